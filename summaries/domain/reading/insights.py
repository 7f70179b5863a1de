"""The figures above the list: issue types, applications, totals, trend. All under the list's own filters."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import TruncDate, TruncMonth, TruncWeek

from summaries.domain.reading.filters import Window
from summaries.enums import ReviewState, SummaryState

BARS = 6
#: The trend has at most so many days before it goes by weeks, and weeks before months.
DAYS_BY_DAY = 31
DAYS_BY_WEEK = 190

LENGTH = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
TO_REVIEW = Q(summary__state=SummaryState.READY, summary__review=ReviewState.AI_GENERATED)
FAILED = Q(summary__state=SummaryState.FAILED)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. *share* is its length in percent of the longest."""

    name: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Totals:
    """*previous* is the number of sessions in the stretch of the same length before; None when there is none."""

    sessions: int
    ended: int
    length: timedelta
    to_review: int
    failed: int
    previous: int | None
    first_at: datetime | None

    @property
    def hours(self) -> int:
        return round(self.length / timedelta(hours=1))

    @property
    def change_percent(self) -> int | None:
        """How many percent more (or fewer, below 0) than before; None without anything to compare with."""
        if not self.previous:
            return None
        return round((self.sessions - self.previous) * 100 / self.previous)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    day: date
    count: int


def issue_type_bars(sessions: QuerySet[Any]) -> list[Bar]:
    return _bars(sessions, "summary__issue_types__name")


def application_bars(sessions: QuerySet[Any]) -> list[Bar]:
    return _bars(sessions, "summary__applications__name")


def _bars(sessions: QuerySet[Any], path: str) -> list[Bar]:
    rows = (
        sessions.order_by()
        .filter(**{f"{path}__isnull": False})
        .values_list(path)
        .annotate(count=Count("pk", distinct=True))
        .order_by("-count", path)[:BARS]
    )
    counted = [(str(name), int(count)) for name, count in rows]
    longest = max((count for _, count in counted), default=1)
    return [Bar(name, count, round(count * 100 / longest)) for name, count in counted]


def totals(sessions: QuerySet[Any], *, window: Window) -> Totals:
    """Count *sessions* (of every time) within *window*, and before it to compare with."""
    current = _within(window)
    before = window.before()
    found = sessions.order_by()
    if before:
        found = found.filter(started_at__gte=before.start)
    row = found.aggregate(
        sessions=Count("pk", filter=current),
        ended=Count("pk", filter=current & Q(ended_at__isnull=False)),
        length=Sum(LENGTH, filter=current),
        to_review=Count("pk", filter=current & TO_REVIEW),
        failed=Count("pk", filter=current & FAILED),
        previous=Count("pk", filter=_within(before)) if before else Count("pk", filter=Q(pk__isnull=True)),
        first_at=Min("started_at", filter=current),
    )
    return Totals(
        sessions=row["sessions"],
        ended=row["ended"],
        length=row["length"] or timedelta(),
        to_review=row["to_review"],
        failed=row["failed"],
        previous=row["previous"] if before else None,
        first_at=row["first_at"],
    )


def _within(window: Window) -> Q:
    condition = Q(pk__isnull=False)
    if window.start:
        condition &= Q(started_at__gte=window.start)
    if window.end:
        condition &= Q(started_at__lt=window.end)
    return condition


def median_length(sessions: QuerySet[Any], *, ended: int) -> timedelta | None:
    """The middle length of the *ended* sessions; of an even number, the longer of the two in the middle."""
    if not ended:
        return None
    in_order = sessions.filter(ended_at__isnull=False).order_by(LENGTH).values_list(LENGTH, flat=True)
    return next(iter(in_order[ended // 2 : ended // 2 + 1]), None)


def trend(sessions: QuerySet[Any], *, first_day: date, last_day: date, zone: tzinfo) -> list[TrendPoint]:
    """Sessions per day, week or month in *zone*, whichever keeps the line short; empty stretches count 0."""
    days = (last_day - first_day).days
    truncate = TruncDate if days <= DAYS_BY_DAY else TruncWeek if days <= DAYS_BY_WEEK else TruncMonth
    rows = (
        sessions.order_by()
        .annotate(stretch=truncate("started_at", tzinfo=zone))
        .values_list("stretch")
        .annotate(count=Count("pk"))
        .order_by("stretch")
    )
    counts = {_as_day(stretch): count for stretch, count in rows}
    return [TrendPoint(day, counts.get(day, 0)) for day in _stretches(truncate, first_day, last_day)]


def _as_day(stretch: Any) -> date:
    return stretch.date() if isinstance(stretch, datetime) else stretch


def _stretches(truncate: type, first_day: date, last_day: date) -> list[date]:
    day = first_day
    if truncate is TruncWeek:
        day -= timedelta(days=day.weekday())
    if truncate is TruncMonth:
        day = day.replace(day=1)
    found = []
    while day <= last_day:
        found.append(day)
        day = _next(truncate, day)
    return found


def _next(truncate: type, day: date) -> date:
    if truncate is TruncMonth:
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day + timedelta(days=7 if truncate is TruncWeek else 1)
