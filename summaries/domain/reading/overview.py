"""The figures above the list and on the overview: from the sums where they answer, else from the sessions themselves.

Sums answer whoever reaches the whole company and filters by nothing but time, one issue type and one application.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Company, User
from accounts.permissions import Permission
from summaries.domain.reading.counted_figures import DAYS, LABELS, MEDIAN, SUPPORTERS, TOTALS, CountedFigures
from summaries.domain.reading.filters import Narrowing, SessionFilters, Window
from summaries.domain.reading.insights import Share, Totals
from summaries.domain.reading.reach import reaches_all
from summaries.domain.reading.sum_figures import read_figures
from summaries.domain.reading.trend import DayCounts, TrendPoint, trend_of
from summaries.domain.rollups.days import days_between
from summaries.enums import Outcome

#: What sums know; whoever filters by anything else is answered from the sessions.
_ANSWERED_BY_SUMS = {"issue_type", "application", "since", "until"}


class Extent(Enum):
    """How much is asked: the count for a list, the cards above it, or all of the overview."""

    LIST = 1
    CARDS = 2
    ALL = 3


_CHARTS = {
    Extent.LIST: (TOTALS,),
    Extent.CARDS: (TOTALS, MEDIAN, DAYS, *LABELS),
    Extent.ALL: (TOTALS, MEDIAN, DAYS, SUPPORTERS, *LABELS),
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """*sessions*: what *viewer* reaches, before *filters* narrow it; *is_summarised*: only those with a summary."""

    company: Company
    viewer: User
    filters: SessionFilters
    window: Window
    sessions: QuerySet[Any]
    is_summarised: bool = True
    extent: Extent = Extent.CARDS

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.company.time_zone)

    def narrowed(self, *, window: Window | None = None, without: str = "", is_counted: bool = False) -> QuerySet[Any]:
        """Those that pass; see `Narrowing.of`."""
        window = self.window if window is None else window
        return self._narrowing.of(self.sessions, window=window, without=without, is_counted=is_counted)

    @cached_property
    def _narrowing(self) -> Narrowing:
        return Narrowing(self.filters, company_id=self.company.pk, viewer_id=self.viewer.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Shares stand by their number, the most first. *supporters*: keys are ids of users, without names."""

    totals: Totals
    median: timedelta | None = None
    issue_types: list[Share]
    applications: list[Share]
    supporters: list[Share]
    trend: list[TrendPoint]


class Figures(Protocol):
    """Where the figures come from. *before*: of the stretch before the window."""

    def totals(self) -> Totals: ...
    def labels(self, label: str, *, before: bool = False) -> dict[str, int]: ...
    def supporters(self, *, before: bool = False) -> dict[int, int] | None: ...
    def days(self, *, before: bool = False) -> DayCounts: ...
    def median(self) -> timedelta | None: ...


def look_over(question: Question, *, at: datetime) -> Overview:
    """Answer *question*. Bars, totals and the list that they stand above agree to the session."""
    return _looked_over(question, _figures(question) or counted(question), at=at)


def counted(question: Question) -> CountedFigures:
    """The figures that *question* asks for, from the sessions themselves."""
    return CountedFigures(question, _CHARTS[question.extent])


def look_at_sums(question: Question, *, at: datetime) -> Overview | None:
    """The same where it takes no longer than reading sums; None where sessions would have to be counted."""
    # The median of an issue type's or an application's sessions is in no sum.
    if any(getattr(question.filters, label) for label in LABELS):
        return None
    figures = _figures(question)
    return _looked_over(question, figures, at=at) if figures else None


def _looked_over(question: Question, figures: Figures, *, at: datetime) -> Overview:
    totals = figures.totals()
    if question.extent == Extent.LIST:
        return Overview(totals=totals, issue_types=[], applications=[], supporters=[], trend=[])
    compares = question.extent == Extent.ALL and question.window.before() is not None
    return Overview(
        totals=totals,
        median=figures.median(),
        issue_types=_shares(lambda before: figures.labels("issue_type", before=before), compares),
        applications=_shares(lambda before: figures.labels("application", before=before), compares),
        supporters=_supporters(question, figures, compares) if question.extent == Extent.ALL else [],
        trend=_trend(question, figures, totals, at),
    )


def outcome_shares(totals: Totals) -> list[Share]:
    """The outcomes of *totals* in their order, which is no ranking; sessions without a text have none."""
    return [
        Share(value, str(label), getattr(totals.now, column), getattr(totals.before, column) if totals.before else None)
        for value, label, column in ((each.value, each.label, each.value.lower()) for each in Outcome)
    ]


def users_of(supporters: list[Share]) -> dict[str, User]:
    """{key: who it is} of those who were counted."""
    return {str(user.pk): user for user in User.objects.filter(pk__in=[int(share.key) for share in supporters])}


def _figures(question: Question) -> Figures | None:
    """The sums, if they answer *question*."""
    company, filters = question.company, question.filters
    asked = {name for name, _ in filters.active()}
    several = any(len(filters.values_of(name)) > 1 for name in asked)
    permission = Permission.VIEW_SUMMARIES if question.is_summarised or filters.asks_of_summaries() else None
    reaches = reaches_all(user=question.viewer, company_id=company.pk, permission=permission)
    if several or not asked <= _ANSWERED_BY_SUMS or not reaches:
        return None
    before = question.window.before()
    return read_figures(
        company=company,
        labels={name: filters.values_of(name)[0] for name in LABELS if filters.values_of(name)},
        now=days_between(start=question.window.start, end=question.window.end, zone=question.zone),
        before=days_between(start=before.start, end=before.end, zone=question.zone) if before else None,
        is_summarised=question.is_summarised,
        only_totals=question.extent == Extent.LIST,
        compares=question.extent == Extent.ALL,
        fallback=CountedFigures(question, (MEDIAN,)).median,
    )


def _shares(count: Callable[[bool], dict[str, int]], compares: bool) -> list[Share]:
    now, before = count(False), count(True) if compares else {}
    names = sorted(now.keys() | before.keys(), key=lambda name: (-now.get(name, 0), name))
    return [Share(name, name, now.get(name, 0), before.get(name, 0) if compares else None) for name in names]


def _supporters(question: Question, figures: Figures, compares: bool) -> list[Share]:
    by_hand = CountedFigures(question, (SUPPORTERS,))

    def count(before: bool) -> dict[str, int]:
        found = figures.supporters(before=before)
        found = by_hand.supporters(before=before) if found is None else found
        return {str(pk): sessions for pk, sessions in found.items()}

    return _shares(count, compares)


def _trend(question: Question, figures: Figures, totals: Totals, at: datetime) -> list[TrendPoint]:
    """Empty without a session."""
    if not totals.sessions:
        return []
    counts = figures.days()
    days = days_between(start=question.window.start, end=question.window.end, zone=question.zone)
    first = days.first or min(counts)
    last = days.last or max(at.astimezone(question.zone).date(), *counts)
    before = question.window.before()
    before_first: date | None = None
    if before:
        before_first = days_between(start=before.start, end=before.end, zone=question.zone).first
    return trend_of(
        counts, first=first, last=last, before=figures.days(before=True) if before else None, before_first=before_first
    )
