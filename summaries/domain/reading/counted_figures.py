"""The overview's figures counted from the sessions themselves, for whatever is filtered and whoever reaches how much.

`sum_figures` has the same figures of whole companies from sums; both answer alike. Finding the sessions takes most of
the time, so that all charts that ask of the same ones are counted by one statement.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from summaries.domain.reading.filters import SessionFilters, Window
from summaries.domain.reading.insights import FAILED, LENGTH, MICROSECOND, TO_REVIEW, Microseconds, Totals, within
from summaries.domain.reading.trend import DayCounts
from summaries.domain.rollups.contributions import Amounts
from summaries.enums import Outcome
from summaries.models import Summary

TOTALS, MEDIAN, DAYS, SUPPORTERS = "totals", "median", "days", "supporter"
#: {chart, called as the filter that its bars set: the links of summaries to what it counts}
LABELS: dict[str, Any] = {"issue_type": Summary.issue_types, "application": Summary.applications}

_COLUMNS = ("is_now", "day", "length", "supporter", "summary", "is_to_review", "has_failed", "outcome")


def _amounts(**columns: str) -> str:
    """The columns of Amounts, 0 where a chart does not tell them."""
    return ", ".join((dict.fromkeys(Amounts._fields, "0") | columns).values())


_ALL = _amounts(
    sessions="COUNT(*)",
    ended="COUNT(length)",
    microseconds="SUM(length)",
    to_review="SUM(is_to_review)",
    failed="SUM(has_failed)",
    **{each.lower(): f"COUNT(CASE WHEN outcome = '{each}' THEN 1 END)" for each in Outcome.values},
)
#: (chart, is_now, key, Amounts) of what is in `found`. The median is the middle length; of an even number the longer of
#: the two in the middle.
_CHARTS = {
    TOTALS: f"SELECT 'totals', is_now, CAST(MIN(day) AS text), {_ALL} FROM found GROUP BY is_now",  # noqa: S608
    DAYS: f"""SELECT 'days', is_now, CAST(day AS text), {_amounts(sessions="COUNT(*)", microseconds="SUM(length)")}
        FROM found GROUP BY is_now, day""",  # noqa: S608
    SUPPORTERS: f"""SELECT 'supporter', is_now, CAST(supporter AS text), {_amounts(sessions="COUNT(*)")}
        FROM found GROUP BY is_now, supporter""",  # noqa: S608
    MEDIAN: f"""SELECT 'median', 1, '', {_amounts(microseconds="length")}
        FROM (SELECT length FROM found WHERE is_now = 1 AND length IS NOT NULL ORDER BY length
            LIMIT 1 OFFSET (SELECT COUNT(length) / 2 FROM found WHERE is_now = 1)) AS middle""",  # noqa: S608
}
_LABEL_CHART = f"""SELECT '{{chart}}', is_now, name.name, {_amounts(sessions="counted.sessions")}
    FROM (SELECT is_now, link.{{label}} AS label, COUNT(*) AS sessions
        FROM found JOIN {{links}} link ON link.summary_id = found.summary GROUP BY is_now, link.{{label}}) AS counted
    JOIN {{names}} name ON name.id = counted.label"""  # noqa: S608


class Asked(Protocol):
    """What is asked; see `summaries.domain.reading.overview.Question`."""

    @property
    def filters(self) -> SessionFilters: ...
    @property
    def window(self) -> Window: ...
    @property
    def zone(self) -> ZoneInfo: ...
    def narrowed(self, *, window: Window, without: str, is_counted: bool) -> QuerySet[Any]: ...


class _Row(NamedTuple):
    """What was counted of one bar, day …: *is_now*, or in the stretch before."""

    chart: str
    is_now: bool
    key: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class CountedFigures:
    """See `summaries.domain.reading.overview.Figures`. *charts*: those that will be asked for."""

    question: Asked
    charts: tuple[str, ...]
    _read: dict[str, list[_Row]] = field(default_factory=dict)

    def totals(self) -> Totals:
        now, before = list(self._rows(TOTALS)), list(self._rows(TOTALS, before=True))
        return Totals(
            now[0].amounts if now else Amounts(),
            (before[0].amounts if before else Amounts()) if self.question.window.before() else None,
            date.fromisoformat(now[0].key) if now else None,
        )

    def labels(self, label: str, *, before: bool = False) -> dict[str, int]:
        return {row.key: row.amounts.sessions for row in self._rows(label, before=before)}

    def supporters(self, *, before: bool = False) -> dict[int, int]:
        return {int(row.key): row.amounts.sessions for row in self._rows(SUPPORTERS, before=before)}

    def days(self, *, before: bool = False) -> DayCounts:
        rows = self._rows(DAYS, before=before)
        return {date.fromisoformat(row.key): (row.amounts.sessions, row.amounts.microseconds) for row in rows}

    def median(self) -> timedelta | None:
        return next((row.amounts.microseconds * MICROSECOND for row in self._rows(MEDIAN)), None)

    def _rows(self, chart: str, *, before: bool = False) -> Iterator[_Row]:
        without = self._left_out(chart)
        if without not in self._read:
            alike = [each for each in self.charts if self._left_out(each) == without]
            self._read[without] = _count(self.question, alike, without=without)
        return (row for row in self._read[without] if row.chart == chart and row.is_now != before)

    def _left_out(self, chart: str) -> str:
        """A chart leaves its own filter out, so that the other bars stay beside the chosen one."""
        return chart if chart in (SUPPORTERS, *LABELS) and self.question.filters.values_of(chart) else ""


def _count(question: Asked, charts: list[str], *, without: str) -> list[_Row]:
    """The rows of all *charts*, in one statement."""
    sessions = _selected(question, without=without)
    try:
        text, values = sessions.query.sql_with_params()
    except EmptyResultSet:
        return []
    parts = " UNION ALL ".join(_label_chart(chart) if chart in LABELS else _CHARTS[chart] for chart in charts)
    with connections[sessions.db].cursor() as cursor:
        cursor.execute(f"WITH found ({', '.join(_COLUMNS)}) AS ({text}) {parts}", values)
        rows = cursor.fetchall()
    return [
        _Row(chart, bool(is_now), key, Amounts(*(int(each or 0) for each in amounts)))
        for chart, is_now, key, *amounts in rows
    ]


def _selected(question: Asked, *, without: str) -> QuerySet[Any, Any]:
    """_COLUMNS of each session within the window, and before it to compare with."""
    before = question.window.before()
    window = Window(before.start, question.window.end) if before else question.window
    sessions = question.narrowed(window=window, without=without, is_counted=True).order_by()
    selected: QuerySet[Any, Any] = sessions.annotate(
        is_now=_number(within(question.window)),
        day=TruncDate("started_at", tzinfo=question.zone),
        length=Microseconds(LENGTH),
        is_to_review=_number(TO_REVIEW),
        has_failed=_number(FAILED),
        told=Case(When(summary__current__isnull=False, then=F("summary__outcome")), default=Value("")),
    ).values_list("is_now", "day", "length", "supporter_id", "summary__pk", "is_to_review", "has_failed", "told")
    return selected


def _number(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _label_chart(label: str) -> str:
    links = LABELS[label]
    return _LABEL_CHART.format(
        chart=label,
        label=f"{links.field.m2m_reverse_field_name()}_id",
        links=links.through._meta.db_table,
        names=links.field.related_model._meta.db_table,
    )
