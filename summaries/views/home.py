"""The two lists: session summaries below their overview, and connection reports."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from credits.domain.operators import is_operator
from summaries.domain.jobs.registry import kinds_for
from summaries.domain.reading.listing import ListedSession, session_page
from summaries.domain.reading.search import words_of
from summaries.domain.reading.search_pages import Search
from summaries.enums import SessionList
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page
from summaries.views.filtering import chips_of
from summaries.views.list_figures import figures_at_once, period_links, question_of
from summaries.views.list_frame import ListFrame
from summaries.views.list_rows import RowPrinter


def home(request: MemberRequest) -> HttpResponse:
    """The first page: session summaries, or for an operator who is member of no company what they run."""
    if request.company is None and is_operator(request.user):
        return redirect("credits:operator_orders")
    return _home(request)


@portal_page(Permission.VIEW_SUMMARIES, *Permission)
def _home(request: MemberRequest) -> HttpResponse:
    """Session summaries. Members whose roles don't read them land on what they may see."""
    if not (may(request, Permission.VIEW_SUMMARIES) and _reads_reports(request)):
        return redirect(_first_page(request))
    return _list_page(request, "summaries/session_list.html", SessionList.HOME)


@portal_page(*READ_REPORTS)
def reports(request: MemberRequest) -> HttpResponse:
    """Every session, whether or not it is summarised, with why there is no summary."""
    return _list_page(request, "summaries/report_list.html", SessionList.REPORTS)


def _list_page(request: MemberRequest, template: str, list_name: SessionList) -> HttpResponse:
    frame, at = ListFrame(request, list_name), timezone.now()
    question = question_of(frame, at=at)
    filters = frame.filters
    keys = {name: request.GET.get(name, "") for name in ("before", "after")}
    search = Search(filters.q, request.company.pk) if filters.q else None
    narrowed, reached = question.narrowed(without="q"), question.sessions
    page = session_page(narrowed, sort=filters.sort, search=search, reached=reached, **keys)
    kinds = kinds_for(company=request.company, member=request.user)
    context = frame.context() | {
        "window": question.window,
        "page": page,
        "rows": page.rows,
        "job_kinds_offered": kinds,
        "printed_rows": _printed(frame, page.rows, is_selectable=bool(kinds)),
        "periods": period_links(filters),
        "chips": chips_of(request, filters, listed=_supporters(page.rows) if page.rows else None),
        "open_number": _opened(request),
        "reads_summaries": may(request, Permission.VIEW_SUMMARIES),
        "may_import": may(request, Permission.GENERATE_SUMMARIES),
        "list_heading": _heading(frame),
        "is_first_use": not page.rows and not filters.asks_of_summaries() and not question.sessions.exists(),
    }
    context |= figures_at_once(frame, question, page, at=at)
    return render(request, template, context)


def _printed(frame: ListFrame, rows: list[ListedSession], *, is_selectable: bool) -> SafeString:
    is_report = frame.list_name == SessionList.REPORTS
    words = words_of(frame.filters.q)
    printer = RowPrinter(frame.request, frame.columns, frame.filters.stem(), is_report, is_selectable, words)
    return printer.print(rows)


def _supporters(rows: list[ListedSession]) -> dict[str, str]:
    return {str(row.supporter_id): row.supporter__name for row in rows}


def _heading(frame: ListFrame) -> str:
    """The name of the view, saved or made by the filters, as the navigation calls it."""
    filters, is_home = frame.filters, frame.list_name == SessionList.HOME
    if frame.opened:
        return frame.opened.view.name
    views = {"AI_GENERATED": _("To review"), "FAILED": _("Failed")} if is_home else {}
    if filters.supporter == ("me",) and not filters.state:
        return _("My sessions")
    return views.get("".join(filters.state), _("All summaries") if is_home else _("All sessions"))


def _opened(request: HttpRequest) -> int:
    """The session opened in the panel, from `open=S-1042`; 0 for none."""
    number = request.GET.get("open", "").removeprefix("S-")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0  # noqa: PLR2004


def _reads_reports(request: MemberRequest) -> bool:
    return any(may(request, permission) for permission in READ_REPORTS)


def _first_page(request: MemberRequest) -> str:
    if _reads_reports(request):
        return reverse("summaries:reports")
    try:
        return reverse("admin:index")
    except NoReverseMatch as missing:
        raise PermissionDenied(_("Your roles open no page of this portal. Ask an administrator.")) from missing
