"""The two lists: session summaries below their overview, and connection reports."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.permissions import Permission
from credits.domain.operators import is_operator
from summaries.domain.reading import filters as session_filters
from summaries.domain.reading import queries
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.overview import Extent, Question
from summaries.domain.reading.reach import reached_among
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page
from summaries.views.filtering import chips_of, filters_of
from summaries.views.overview import overview_of


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
    return _list_page(request, "summaries/session_list.html", only_summarised=True)


@portal_page(*READ_REPORTS)
def reports(request: MemberRequest) -> HttpResponse:
    """Every session, whether or not it is summarised, with why there is no summary."""
    return _list_page(request, "summaries/report_list.html", only_summarised=False)


def _list_page(request: MemberRequest, template: str, *, only_summarised: bool) -> HttpResponse:
    at = timezone.now()
    reads_summaries = may(request, Permission.VIEW_SUMMARIES)
    filters = filters_of(request)
    window = session_filters.window_of(filters, at=at, zone=ZoneInfo(request.company.time_zone))
    company, viewer = request.company, request.user
    if only_summarised:
        sessions = queries.summarised_of(company=company, viewer=viewer)
    else:
        sessions = queries.reports_of(company=company, viewer=viewer, filters=filters)

    question = Question(
        company=company,
        viewer=viewer,
        filters=filters,
        window=window,
        sessions=sessions,
        is_summarised=only_summarised,
        extent=Extent.CARDS if only_summarised else Extent.LIST,
    )
    page = queries.session_page(
        question.narrowed(), before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    context = {
        "filters": filters,
        "window": window,
        "page": page,
        "rows": _rows(request, page.rows),
        "periods": _period_links(filters),
        "chips": chips_of(request, filters, listed=_supporters(page) if page.rows else None),
        "open_number": _opened(request),
        "reads_summaries": reads_summaries,
        "may_import": may(request, Permission.GENERATE_SUMMARIES),
        "list_heading": _heading(filters, only_summarised=only_summarised),
        "is_first_use": not page.rows and not filters.asks_of_summaries() and not sessions.exists(),
        **overview_of(question, at=at),
    }
    return render(request, template, context)


def _rows(request: MemberRequest, sessions: list[Any]) -> list[tuple[Any, Any, bool]]:
    """Each session with its state, and whether its summary may be read."""
    readable = reached_among(user=request.user, permission=Permission.VIEW_SUMMARIES, sessions=sessions)
    return [(session, queries.state_of_session(session), session.pk in readable) for session in sessions]


def _supporters(page: queries.Page) -> dict[str, str]:
    return {str(session.supporter_id): session.supporter.name for session in page.rows}


def _heading(filters: SessionFilters, *, only_summarised: bool) -> str:
    """The name of the view that the filters make, as the navigation calls it."""
    views = {"AI_GENERATED": "To review", "FAILED": "Failed"} if only_summarised else {}
    if filters.supporter == ("me",) and not filters.state:
        return "My sessions"
    return views.get("".join(filters.state), "All summaries" if only_summarised else "All sessions")


def _period_links(filters: SessionFilters) -> list[tuple[str, str, bool]]:
    return [
        (label, filters.address(period=period, since="", until=""), period == filters.period)
        for period, label in session_filters.PERIODS.items()
    ]


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
        raise PermissionDenied("Your roles open no page of this portal. Ask an administrator.") from missing
