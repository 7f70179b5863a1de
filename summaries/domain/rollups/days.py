"""Stretches of whole days, and how to read one from sums of months and days. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from summaries.models.rollups import Grain

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From *first* to *last*, both included; None: open."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that are read from rows of one *grain*."""

    grain: Grain
    days: Days


def days_between(*, start: datetime | None, end: datetime | None, zone: tzinfo) -> Days:
    """The days of a window that begins and ends at midnight in *zone*, *end* not included."""
    first = start.astimezone(zone).date() if start else None
    last = end.astimezone(zone).date() - ONE_DAY if end else None
    return Days(first, last)


def stretches_of(days: Days) -> list[Stretch]:
    """As few rows as tell the sum of *days*: whole months in the middle, single days at the ends."""
    first, last = days.first, days.last
    months_from = _month_from(first) if first else None
    months_until = _month_of(last + ONE_DAY) if last else None
    if months_from and months_until and months_from >= months_until:
        return [Stretch(Grain.DAY, days)]
    found = [Stretch(Grain.MONTH, Days(months_from, months_until - ONE_DAY if months_until else None))]
    if first and months_from and first < months_from:
        found.insert(0, Stretch(Grain.DAY, Days(first, months_from - ONE_DAY)))
    if last and months_until and last >= months_until:
        found.append(Stretch(Grain.DAY, Days(months_until, last)))
    return found


def next_month(day: date) -> date:
    """The first of the month after *day*."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _month_of(day: date) -> date:
    return day.replace(day=1)


def _month_from(day: date) -> date:
    """The first month that begins with *day* or after it."""
    return day if day.day == 1 else next_month(day)
