"""When a schedule runs, by the calendar of its time zone. Pure.

An hour that the clocks leave out counts as the one after it; one that comes twice runs when it comes first.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from summaries.enums import ScheduleRhythm

ONE_DAY = timedelta(days=1)
#: Missed times are counted up to here: beyond that, nobody wants the number.
MOST_MISSED = 1_000


@dataclass(frozen=True, slots=True)
class Timetable:
    """*weekday*: 0 is Monday; *day* of a shorter month is its last one; *zone*: an IANA name."""

    rhythm: str
    hour: int
    weekday: int
    day: int
    zone: str

    def runs_on(self, day: date) -> bool:
        if self.rhythm == ScheduleRhythm.WEEKLY:
            return day.weekday() == self.weekday
        if self.rhythm == ScheduleRhythm.MONTHLY:
            return day.day == min(self.day, monthrange(day.year, day.month)[1])
        return True

    def moment_on(self, day: date) -> datetime:
        """The moment of *day*, in UTC."""
        return datetime.combine(day, time(self.hour), tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """The newest time that has come: its moment, its name, and how many came before it that nobody sent."""

    at: datetime
    period: str
    missed: int


def next_run(table: Timetable, *, after: datetime) -> datetime:
    """The first moment after *after*."""
    start = after.astimezone(ZoneInfo(table.zone)).date() - ONE_DAY
    return next(moment for moment in _moments(table, start) if moment > after)


def newest_due(table: Timetable, *, since: datetime, at: datetime) -> Due:
    """The last run from *since*, which is one itself and has come, to *at*."""
    days = _days_back(table, at)
    newest = next(day for day in days if table.moment_on(day) <= at)
    missed = takewhile(lambda day: table.moment_on(day) >= since, islice(days, MOST_MISSED))
    return Due(table.moment_on(newest), period_of(table.rhythm, newest), sum(1 for _ in missed))


def period_of(rhythm: str, day: date) -> str:
    """What the run of *day* is called: the day, its week or its month."""
    if rhythm == ScheduleRhythm.WEEKLY:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day:%Y-%m}" if rhythm == ScheduleRhythm.MONTHLY else f"{day}"


def _moments(table: Timetable, day: date) -> Iterator[datetime]:
    while True:
        if table.runs_on(day):
            yield table.moment_on(day)
        day += ONE_DAY


def _days_back(table: Timetable, at: datetime) -> Iterator[date]:
    day = at.astimezone(ZoneInfo(table.zone)).date() + ONE_DAY
    while True:
        if table.runs_on(day):
            yield day
        day -= ONE_DAY
