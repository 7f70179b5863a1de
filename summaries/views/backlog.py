"""Backlogs: what ordering one would take, how far those are that were ordered, and what can be done about them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import SummaryLanguage
from accounts.permissions import Permission
from summaries.domain.backlog import orders, reading
from summaries.domain.reading.filters import ABOUT_SUMMARIES, PERIODS, SessionFilters
from summaries.models import Backlog
from summaries.views.access import MemberRequest, may, portal_page
from summaries.views.filtering import chips_of, filters_in

#: Seconds until the page of a backlog that is not over looks again.
LOOK_SECONDS = 10
CHANGES = {"pause": orders.pause_backlog, "resume": orders.resume_backlog, "cancel": orders.cancel_backlog}


@require_safe
@portal_page(Permission.GENERATE_SUMMARIES, Permission.MANAGE_COMPANY)
def backlogs(request: MemberRequest) -> HttpResponse:
    return _page(request, request.GET.urlencode())


@require_POST
@portal_page(Permission.GENERATE_SUMMARIES)
def order(request: MemberRequest) -> HttpResponse:
    query = request.POST.get("query", "")
    language = request.POST.get("language", "")
    try:
        backlog = orders.order_backlog(
            company=request.company,
            actor=request.user,
            filters=_filters(request, query),
            at=timezone.now(),
            language=SummaryLanguage(language) if language in SummaryLanguage.values else None,
        )
    except orders.UnableToOrder as refusal:
        return _page(request, query, error=str(refusal))
    messages.success(request, _("The backlog was ordered. You can leave this page: it goes on."))
    return redirect("summaries:backlog", backlog.public_id)


@require_safe
@portal_page(Permission.GENERATE_SUMMARIES, Permission.MANAGE_COMPANY)
def backlog(request: MemberRequest, public_id: UUID) -> HttpResponse:
    progress = _progress(request, public_id)
    context = {
        "progress": progress,
        "backlog": progress.backlog,
        "wait": LOOK_SECONDS,
        "batches": reading.batches_of(backlog=progress.backlog),
        "problems": reading.problems_of(backlog=progress.backlog, viewer=request.user),
        "problems_shown": reading.PROBLEMS_SHOWN,
        "chips": chips_of(request, filters_in(request, progress.backlog.query), listed={}),
    }
    return render(request, "summaries/backlog.html", context)


@require_safe
@portal_page(Permission.GENERATE_SUMMARIES, Permission.MANAGE_COMPANY)
def progress(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """How far it is, as a fragment that asks again; once its state has changed, the whole page is shown anew."""
    found = _progress(request, public_id)
    context = {"progress": found, "backlog": found.backlog, "wait": LOOK_SECONDS}
    answer = render(request, "summaries/_backlog_progress.html", context)
    if found.is_over or request.GET.get("state") != found.backlog.state:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@portal_page(Permission.GENERATE_SUMMARIES, Permission.MANAGE_COMPANY)
def change(request: MemberRequest, public_id: UUID, what: str) -> HttpResponse:
    """Pause, resume or cancel it."""
    found: Backlog = _progress(request, public_id).backlog
    if what not in CHANGES:
        raise Http404
    try:
        CHANGES[what](backlog=found, actor=request.user, at=timezone.now())
    except orders.UnableToChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _done(what))
    return redirect("summaries:backlog", public_id)


def _done(what: str) -> str:
    return {
        "pause": _("Paused: nothing more is sent. What is at the provider comes back and is stored."),
        "resume": _("The backlog goes on."),
        "cancel": _("Cancelled: what was written stays, and the credits of the rest are given back."),
    }[what]


def _progress(request: MemberRequest, public_id: UUID) -> reading.BacklogProgress:
    return reading.backlog_of(company=request.company, viewer=request.user, public_id=public_id)


def _page(request: MemberRequest, query: str, *, error: str = "") -> HttpResponse:
    rows = reading.newest_backlogs(company=request.company, viewer=request.user)
    is_mine_open = any(row.is_open and row.backlog.ordered_by_id == request.user.pk for row in rows)
    filters = _filters(request, query)
    may_order = may(request, Permission.GENERATE_SUMMARIES) and not is_mine_open
    context: dict[str, Any] = {
        "rows": rows,
        "is_mine_open": is_mine_open,
        "shown": reading.LISTED,
        "error": error,
        "may_order": may_order,
    }
    if may_order:
        preview = orders.preview_backlog(
            company=request.company, actor=request.user, filters=filters, at=timezone.now()
        )
        context |= {
            "preview": preview,
            "filters": filters,
            "periods": PERIODS,
            "carried": [pair for pair in filters.pairs() if pair[0] not in ("period", "since", "until")],
            "chips": _chips(request, filters),
            "languages": SummaryLanguage.choices,
            "language": request.company.ai_settings.language,
        }
    return render(request, "summaries/backlog_list.html", context, status=422 if error else 200)


def _filters(request: MemberRequest, query: str) -> SessionFilters:
    """Of the address; all time when it names nothing. What asks of a summary's text asks of what is not there yet."""
    if not query:
        return SessionFilters(period="all")
    wished = filters_in(request, query)
    return wished.changed(**dict.fromkeys(("view", "columns", "sort", *ABOUT_SUMMARIES), ""))


def _chips(request: MemberRequest, filters: SessionFilters) -> list[Any]:
    """What narrows it beside the period, which has fields of its own."""
    return chips_of(request, filters.changed(period="all", since="", until=""), listed={})
