"""How many sessions a list holds, and the cards above it: with the page, or right after it.

What must be counted from the sessions themselves takes longer in a big company than all else on the page. There the
rows come first, with "50+", and the page asks for the figures once it stands.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from summaries.domain.jobs.registry import kinds_for
from summaries.domain.reading import filters as session_filters
from summaries.domain.reading import queries
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.listing import Found, SessionPage, count_found
from summaries.domain.reading.overview import Extent, Overview, Question, look_at_sums, look_over
from summaries.enums import SessionList
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page
from summaries.views.list_frame import ListFrame
from summaries.views.overview import cards_of

#: A company that had more sessions than these gets what is counted after the page.
COUNTED_AT_ONCE = 10_000


def question_of(frame: ListFrame, *, at: datetime) -> Question:
    """What the list asks for, before a page of it is taken."""
    company, viewer, filters = frame.request.company, frame.request.user, frame.filters
    is_home = frame.list_name == SessionList.HOME
    if is_home:
        sessions = queries.summarised_of(company=company, viewer=viewer)
    else:
        sessions = queries.reports_of(company=company, viewer=viewer, filters=filters)
    return Question(
        company=company,
        viewer=viewer,
        filters=filters,
        window=session_filters.window_of(filters, at=at, zone=ZoneInfo(company.time_zone)),
        sessions=sessions,
        is_summarised=is_home,
        extent=Extent.CARDS if is_home else Extent.LIST,
    )


def figures_at_once(frame: ListFrame, question: Question, page: SessionPage, *, at: datetime) -> dict[str, Any]:
    """What the page shows of the figures of *question*; `figures_address`: where it gets the others from."""
    is_long = question.company.next_session_number > COUNTED_AT_ONCE
    is_past_the_end = not page.rows and any(name in frame.request.GET for name in ("before", "after"))
    if is_past_the_end or not is_long:
        return _figures(frame, question, at=at)
    if not _is_only_counted(frame) and (known := look_at_sums(question, at=at)):
        return _told(known, frame)
    is_all = not (page.previous or page.next)
    found = Found(len(page.rows), is_capped=not is_all)
    if is_all and frame.list_name == SessionList.REPORTS:
        return {"found": found}
    stem = frame.filters.stem()
    return {"found": found, "figures_address": f"{reverse('summaries:figures')}{stem}list={frame.list_name.lower()}"}


@require_GET
@portal_page(*READ_REPORTS)
def figures(request: MemberRequest) -> HttpResponse:
    """The figures that a list's page has left for later; a fragment for htmx."""
    is_home = request.GET.get("list") == "home" and may(request, Permission.VIEW_SUMMARIES)
    frame, at = ListFrame(request, SessionList.HOME if is_home else SessionList.REPORTS), timezone.now()
    context = _figures(frame, question_of(frame, at=at), at=at) | {
        "filters": frame.filters,
        "list_name": frame.list_name.lower(),
        "periods": period_links(frame.filters),
        "is_selectable": bool(kinds_for(company=request.company, member=request.user)),
    }
    return render(request, "summaries/_figures.html", context)


def _figures(frame: ListFrame, question: Question, *, at: datetime) -> dict[str, Any]:
    if _is_only_counted(frame):
        return {"found": count_found(question.narrowed())}
    return _told(look_over(question, at=at), frame)


def _is_only_counted(frame: ListFrame) -> bool:
    """Whether nothing of the sessions is told but how many they are, and that to a limit."""
    return frame.list_name == SessionList.REPORTS and bool(frame.filters.active())


def _told(found: Overview, frame: ListFrame) -> dict[str, Any]:
    return cards_of(found, frame.filters) | {"found": Found(found.totals.sessions)}


def period_links(filters: SessionFilters) -> list[tuple[str, str, bool]]:
    return [
        (label, filters.address(period=period, since="", until=""), period == filters.period)
        for period, label in session_filters.PERIODS.items()
    ]
