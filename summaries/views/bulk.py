"""What is done to many sessions of a list: first a page that names it, then the job that does it."""

from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.reauthentication import ask_again, is_recent
from accounts.tenancy import require
from summaries.domain.jobs import reading
from summaries.domain.jobs.kinds import JobKind
from summaries.domain.jobs.registry import KINDS
from summaries.domain.jobs.requests import UnableToStart, ask_for_job
from summaries.domain.jobs.selection import MOST_CHOSEN, Selection, plan
from summaries.domain.keeping.removal import UNDO_DAYS
from summaries.domain.reading.filters import window_of
from summaries.enums import SessionList
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page
from summaries.views.filtering import chips_of, filters_in

#: The status of an answer to a form that could not be carried out as it was sent.
CONFLICT = 409
LISTS = {"home": SessionList.HOME, "reports": SessionList.REPORTS}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(*READ_REPORTS)
def bulk(request: MemberRequest) -> HttpResponse:
    """Tell what would happen to how many; a POST starts it. Filter and choice stand in the address."""
    asked = request.POST if request.method == "POST" else request.GET
    kind = KINDS.get(asked.get("kind", ""))
    if kind is None or not kind.is_offered:
        raise Http404(_("There is no such action."))
    require(request.user, kind.permission, request.company.pk)
    selection = _selection(request, asked)
    if selection is None:
        messages.warning(request, _("No session was selected. Tick the sessions that you mean, then choose again."))
        return redirect(_list_address(asked))
    if kind.asks_again and not is_recent(request):
        return ask_again(request)
    if request.method != "POST":
        return _confirm(request, kind, selection)
    return _start(request, kind, selection)


def _start(request: MemberRequest, kind: JobKind, selection: Selection) -> HttpResponse:
    try:
        job = ask_for_job(
            kind=kind,
            selection=selection,
            company=request.company,
            actor=request.user,
            at=timezone.now(),
            key=_key(request.POST.get("key", "")),
            wants_mail="wants_mail" in request.POST,
        )
    except UnableToStart as reason:
        return _confirm(request, kind, selection, problem=str(reason))
    remember_jobs(request)
    return redirect("summaries:job", job.public_id)


def remember_jobs(request: HttpRequest) -> None:
    """From now on the top bar tells of jobs: whoever has none is spared the query on every page."""
    request.session["has_jobs"] = True


def _confirm(request: MemberRequest, kind: JobKind, selection: Selection, *, problem: str = "") -> HttpResponse:
    company, member = request.company, request.user
    planned = plan(kind=kind, selection=selection, company=company, member=member, at=timezone.now())
    asked = request.POST if request.method == "POST" else request.GET
    wishes_mail = "wants_mail" in asked if problem else reading.wished_mail(company=company, viewer=member)
    context: dict[str, Any] = {
        "kind": kind,
        "undo_days": UNDO_DAYS if kind.undo_page else 0,
        "plan": planned,
        "will": kind.will(planned.count),
        "chosen_count": len(selection.numbers),
        "chips": () if selection.numbers else chips_of(request, selection.filters, listed={}),
        "carried": _carried(asked, selection),
        "key": uuid4(),
        "wishes_mail": wishes_mail,
        "list_address": _list_address(asked),
        "problem": problem,
    }
    return render(request, "summaries/bulk.html", context, status=CONFLICT if problem else 200)


def _selection(request: MemberRequest, asked: QueryDict) -> Selection | None:
    """What was selected on which list; None when nothing was."""
    numbers = () if asked.get("all") else _numbers(asked)
    if not numbers and not asked.get("all"):
        return None
    list_name = LISTS.get(asked.get("list", ""), SessionList.HOME)
    if not may(request, Permission.VIEW_SUMMARIES):
        list_name = SessionList.REPORTS
    filters = filters_in(request, asked.urlencode())
    window = window_of(filters, at=timezone.now(), zone=ZoneInfo(request.company.time_zone))
    return Selection(list_name, filters, window, numbers)


def _numbers(asked: QueryDict) -> tuple[int, ...]:
    picked = (each.removeprefix("S-") for each in asked.getlist("number")[:MOST_CHOSEN])
    return tuple(int(each) for each in picked if each.isascii() and each.isdigit() and len(each) < 10)  # noqa: PLR2004 - fits a column


def _carried(asked: QueryDict, selection: Selection) -> list[tuple[str, str]]:
    """The fields that name the selection once more, in the form that starts the job."""
    name = next(name for name, value in LISTS.items() if value == selection.list_name)
    fields = [("kind", str(asked["kind"])), ("list", name), *selection.filters.pairs()]
    if selection.numbers:
        return [*fields, *(("number", str(number)) for number in selection.numbers)]
    return [*fields, ("all", "1")]


def _list_address(asked: QueryDict) -> str:
    """Back to the list with its filter, and the page that was open."""
    kept = asked.copy()
    for name in ("kind", "number", "all", "key", "wants_mail", "csrfmiddlewaretoken"):
        kept.pop(name, None)
    name = kept.pop("list", ["home"])[-1]
    address = reverse("summaries:reports" if name == "reports" else "summaries:home")
    return f"{address}?{kept.urlencode()}" if kept else address


def _key(value: str) -> UUID:
    """The form's key; a form without a sound one is one of its own."""
    try:
        return UUID(value)
    except ValueError:
        return uuid4()
