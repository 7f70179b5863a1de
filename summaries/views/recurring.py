"""Recurring problems: the groups, the sessions of one, and the draft knowledge article made from it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.adapters import shown_names
from accounts.models import Company
from accounts.permissions import Permission
from summaries.domain.reading import filters as session_filters
from summaries.domain.reading import queries, recurring
from summaries.domain.reading.chips import Chip
from summaries.domain.reading.filter_choices import filter_choices
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.knowledge import MAX_SUMMARIES, Article, Source, draft_article, export_article
from summaries.domain.reading.knowledge_markdown import NO_STEPS, label_of, markdown_of
from summaries.domain.reading.layout import columns_of
from summaries.domain.reading.listing import session_page
from summaries.domain.reading.recurring import Group
from summaries.enums import SessionList
from summaries.models import SupportSession
from summaries.templatetags.portal import evidence_address
from summaries.views.access import MemberRequest, may, portal_page
from summaries.views.filtering import chips_of, filters_of
from summaries.views.list_rows import RowPrinter

#: What the form of the page has fields for; what else is filtered goes along unseen.
_IN_FORM = ("issue_type", "device", "application", "period")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for, the sessions that it finds, and the middle of the time asked about."""

    company: Company
    filters: SessionFilters
    middle: datetime | None
    sessions: QuerySet[SupportSession]

    def address(self, name: str, **changes: str) -> str:
        return reverse(f"summaries:{name}") + self.filters.address(**changes)


def _asked(request: MemberRequest) -> _Asked:
    filters = filters_of(request)
    window = session_filters.window_of(filters, at=timezone.now(), zone=ZoneInfo(request.company.time_zone))
    readable = queries.summarised_of(company=request.company, viewer=request.user)
    company_id, viewer_id = request.company.pk, request.user.pk
    found = session_filters.narrow(readable, filters=filters, company_id=company_id, viewer_id=viewer_id, window=window)
    return _Asked(request.company, filters, recurring.middle_of(readable, window=window), found)


@require_GET
@portal_page(Permission.VIEW_SUMMARIES)
def groups(request: MemberRequest) -> HttpResponse:
    """Every group of the sessions that the address finds, the largest first."""
    asked = _asked(request)
    filters = asked.filters
    least = recurring.read_least(request.GET.get("least", ""))
    found = recurring.recurring_groups(
        company=request.company, sessions=asked.sessions, filters=filters, middle=asked.middle, least=least
    )
    context = {
        "filters": filters,
        "groups": [(_unranked(request, each), _address(asked, "recurring_group", each)) for each in found.rows],
        "is_cut": found.is_cut,
        "most": recurring.MAX_GROUPS,
        "least": least,
        "least_choices": recurring.LEAST_CHOICES,
        "periods": session_filters.PERIODS,
        "choices": filter_choices(company=request.company, viewer=request.user, names=shown_names(request)),
        "chips": _chips(request, filters, least),
        "carried": [(name, value) for name, value in filters.active() if name not in _IN_FORM],
        "is_narrowed": bool(filters.active()) or least != recurring.LEAST,
    }
    return render(request, "summaries/recurring.html", context)


@require_GET
@portal_page(Permission.VIEW_SUMMARIES)
def group(request: MemberRequest) -> HttpResponse:
    """One group, with the sessions in it."""
    asked = _asked(request)
    found = _group(asked)
    page = session_page(asked.sessions, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    columns = columns_of(list_name=SessionList.HOME, wish="")
    context = _frame(asked, _unranked(request, found)) | {
        "page": page,
        "columns": [{"column": column} for column in columns],
        "printed_rows": RowPrinter(request, columns, asked.filters.stem()).print(page.rows),
        "chips": chips_of(request, asked.filters, listed={}),
    }
    return render(request, "summaries/recurring_group.html", context)


@require_GET
@portal_page(Permission.VIEW_SUMMARIES)
def article(request: MemberRequest) -> HttpResponse:
    """The draft knowledge article of a group, made anew at each look."""
    asked = _asked(request)
    found = _group(asked)
    draft = draft_article(
        company=request.company,
        viewer=request.user,
        sessions=asked.sessions,
        title=_title(found),
        at=timezone.now(),
    )
    context = _frame(asked, found) | {
        "article": draft,
        "label": label_of(draft) if draft else "",
        "no_steps": NO_STEPS,
        "most": MAX_SUMMARIES,
        "may_export": may(request, Permission.EXPORT_SUMMARIES),
        "file_address": asked.address("recurring_article_file"),
    }
    return render(request, "summaries/recurring_article.html", context)


@require_GET
@portal_page(Permission.EXPORT_SUMMARIES)
def article_file(request: MemberRequest) -> HttpResponse:
    """The draft as a Markdown file."""
    asked = _asked(request)
    title = _title(_group(asked))
    draft = export_article(
        company=request.company, viewer=request.user, sessions=asked.sessions, title=title, at=timezone.now()
    )
    if draft is None:
        raise PermissionDenied(
            _("No summary of this group may leave: none is approved, or your roles do not let you export them.")
        )
    response = HttpResponse(_markdown(request, draft), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(title) or "recurring-problem"}.md"'
    return response


def _group(asked: _Asked) -> Group:
    """The group that the address names. Raises Http404."""
    found = recurring.group_of(
        company=asked.company, sessions=asked.sessions, filters=asked.filters, middle=asked.middle
    )
    if found is None:
        raise Http404(_("No session that you may read is in this group."))
    return found


def _unranked(request: MemberRequest, found: Group) -> Group:
    """In works-council mode supporters stand by pseudonym: who held the most would be a ranking of people."""
    names = shown_names(request)
    if not names.is_on:
        return found
    by_name = sorted(found.supporters, key=lambda each: names.name_of(each.pk, str(each)))
    return replace(found, supporters=tuple(by_name))


def _frame(asked: _Asked, found: Group) -> dict[str, Any]:
    return {
        "filters": asked.filters,
        "group": found,
        "title": _title(found),
        "group_address": asked.address("recurring_group"),
        "article_address": asked.address("recurring_article"),
        "list_address": asked.address("home"),
        "all_address": asked.address("recurring", issue_type="", device="", application=""),
    }


def _title(found: Group) -> str:
    named = {"issue_type": found.issue_type, "name": found.name}
    return (_("%(issue_type)s on %(name)s") if found.by == "device" else _("%(issue_type)s with %(name)s")) % named


def _address(asked: _Asked, name: str, found: Group) -> str:
    return asked.address(name, **{"issue_type": found.issue_type, found.by: found.name})


def _chips(request: MemberRequest, filters: SessionFilters, least: int) -> list[Chip]:
    """The filters of the lists and the least number of sessions; each address keeps all the others."""
    chips = chips_of(request, filters, listed={})
    if least == recurring.LEAST:
        return chips
    kept = []
    for chip in chips:
        stem = chip.remove_address if chip.remove_address == "?" else f"{chip.remove_address}&"
        kept.append(replace(chip, remove_address=f"{stem}least={least}"))
    return [
        *kept,
        Chip(
            _("At least"),
            ngettext("%(count)s session", "%(count)s sessions", least) % {"count": least},
            filters.address(),
        ),
    ]


def _markdown(request: MemberRequest, draft: Article) -> str:
    def address_of(source: Source) -> str:
        """The first interaction that supports it, or the summary where none does."""
        session = source.session
        if source.numbers:
            path = evidence_address(session, source.numbers[0])
        else:
            path = reverse("summaries:session", args=[session.number])
        return request.build_absolute_uri(path)

    made_at = timezone.localtime(draft.made_at)
    told = f"{date_format(made_at, 'DATE_FORMAT')}, {made_at:%H:%M %Z}"
    return markdown_of(draft, address_of=address_of, made_at=told)
