"""The overview's figures counted from the sessions themselves, for whatever is filtered and whoever reaches how much.

`summaries.domain.rollups` has the same figures of whole companies as sums; both answer alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from summaries.domain.reading.filters import Window
from summaries.domain.rollups.contributions import Amounts
from summaries.enums import Outcome, ReviewState, SummaryState

MICROSECOND = timedelta(microseconds=1)
LENGTH = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
TO_REVIEW = Q(summary__state=SummaryState.READY, summary__review=ReviewState.AI_GENERATED)
FAILED = Q(summary__state=SummaryState.FAILED)
_ENDED = Q(ended_at__isnull=False)
#: {label's filter: the way from a session to the label's name}
LABELS = {"issue_type": "summary__issue_types__name", "application": "summary__applications__name"}


@dataclass(frozen=True, slots=True)
class Totals:
    """Of a window, and of the stretch of the same length *before*; None when there is none.

    *first_day* is the day of the first session.
    """

    now: Amounts
    before: Amounts | None
    first_day: date | None

    @property
    def sessions(self) -> int:
        return self.now.sessions

    @property
    def length(self) -> timedelta:
        return timedelta(microseconds=self.now.microseconds)

    @property
    def to_review(self) -> int:
        return self.now.to_review

    @property
    def failed(self) -> int:
        return self.now.failed

    @property
    def previous(self) -> int | None:
        return self.before.sessions if self.before else None

    @property
    def length_before(self) -> timedelta | None:
        return timedelta(microseconds=self.before.microseconds) if self.before else None


@dataclass(frozen=True, slots=True)
class Share:
    """Sessions that have something in common. *previous*: in the stretch before, None where that was not asked.

    *key* is the value to filter by.
    """

    key: str
    name: str
    count: int
    previous: int | None = None


def label_counts(sessions: QuerySet[Any], label: str) -> dict[str, int]:
    """{name: sessions} for a label of LABELS."""
    path = LABELS[label]
    rows = sessions.order_by().filter(**{f"{path}__isnull": False}).values_list(path)
    return {str(name): count for name, count in rows.annotate(count=Count("pk", distinct=True)).order_by()}


def supporter_counts(sessions: QuerySet[Any]) -> dict[int, int]:
    """{user id: sessions}."""
    rows = sessions.order_by().values_list("supporter_id")
    return dict(rows.annotate(count=Count("pk")).order_by())


def totals(sessions: QuerySet[Any], *, window: Window, zone: tzinfo) -> Totals:
    """Count *sessions* (of every time) within *window*, and before it to compare with."""
    before = window.before()
    found = sessions.order_by()
    if before:
        found = found.filter(started_at__gte=before.start)
    sums = _sums("now", within(window)) | (_sums("before", within(before)) if before else {})
    row = found.aggregate(**sums, first_at=Min("started_at", filter=within(window)))
    return Totals(
        _amounts(row, "now"),
        _amounts(row, "before") if before else None,
        row["first_at"].astimezone(zone).date() if row["first_at"] else None,
    )


def within(window: Window) -> Q:
    condition = Q(pk__isnull=False)
    if window.start:
        condition &= Q(started_at__gte=window.start)
    if window.end:
        condition &= Q(started_at__lt=window.end)
    return condition


def _sums(name: str, condition: Q) -> dict[str, Any]:
    """The aggregates of Amounts, their names beginning with *name*."""
    count: Callable[[Q], Count] = lambda more: Count("pk", filter=condition & more)  # noqa: E731
    with_text = Q(summary__current__isnull=False)
    found = {
        "sessions": Count("pk", filter=condition),
        "ended": count(_ENDED),
        "microseconds": Sum(LENGTH, filter=condition),
        "to_review": count(TO_REVIEW),
        "failed": count(FAILED),
        **{outcome.lower(): count(with_text & Q(summary__outcome=outcome)) for outcome in Outcome.values},
    }
    return {f"{name}_{column}": aggregate for column, aggregate in found.items()}


def _amounts(row: dict[str, Any], name: str) -> Amounts:
    values = {column: row[f"{name}_{column}"] for column in Amounts._fields}
    values["microseconds"] = (values["microseconds"] or timedelta()) // MICROSECOND
    return Amounts(**values)


def median_length(sessions: QuerySet[Any], *, ended: int) -> timedelta | None:
    """The middle length of the *ended* sessions; of an even number, the longer of the two in the middle."""
    if not ended:
        return None
    in_order = sessions.filter(_ENDED).order_by(LENGTH).values_list(LENGTH, flat=True)
    return next(iter(in_order[ended // 2 : ended // 2 + 1]), None)


def day_counts(sessions: QuerySet[Any], *, zone: tzinfo) -> dict[date, tuple[int, int]]:
    """{day in *zone*: (sessions, microseconds of the ended ones)}; days without any are left out."""
    rows = (
        sessions.order_by()
        .annotate(day=TruncDate("started_at", tzinfo=zone))
        .values_list("day")
        .annotate(count=Count("pk"), length=Sum(LENGTH))
        .order_by("day")
    )
    return {day: (count, (length or timedelta()) // MICROSECOND) for day, count, length in rows}
