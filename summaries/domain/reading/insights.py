"""What the overview's figures are, however they are counted: see `counted_figures` and `sum_figures`."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, DurationField, ExpressionWrapper, F, Func, Q

from summaries.domain.reading.filters import Window
from summaries.domain.rollups.contributions import Amounts
from summaries.enums import ReviewState, SummaryState

MICROSECOND = timedelta(microseconds=1)
LENGTH = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
TO_REVIEW = Q(summary__state=SummaryState.READY, summary__review=ReviewState.AI_GENERATED)
FAILED = Q(summary__state=SummaryState.FAILED)


class Microseconds(Func):
    """A length of time as a whole number, so that steps divide it without a rest lost."""

    output_field = BigIntegerField()
    # SQLite keeps lengths so.
    template = "(%(expressions)s)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # pragma: no cover - on PostgreSQL
        told = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
        return self.as_sql(compiler, connection, template=told, **context)


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


def within(window: Window) -> Q:
    condition = Q(pk__isnull=False)
    if window.start:
        condition &= Q(started_at__gte=window.start)
    if window.end:
        condition &= Q(started_at__lt=window.end)
    return condition
