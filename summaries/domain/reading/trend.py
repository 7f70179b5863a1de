"""Sessions over time, beside the same stretch before. Pure."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from summaries.domain.rollups.days import ONE_DAY, Days, next_month

#: A line has at most so many days before it goes by weeks, and weeks before months.
DAYS_BY_DAY = 31
DAYS_BY_WEEK = 190
#: {day: (sessions, microseconds of the ended ones)}
DayCounts = Mapping[date, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """From *day* to *last*. *previous*: sessions in that part of the stretch before; None without one."""

    day: date
    last: date
    count: int
    length: timedelta
    previous: int | None = None


def trend_of(
    counts: DayCounts, *, first: date, last: date, before: DayCounts | None = None, before_first: date | None = None
) -> list[TrendPoint]:
    """The stretch from *first* to *last* by days, weeks or months, each beginning where the stretch begins; parts
    without sessions count 0. The stretch *before* is parted in the same way from *before_first* on.
    """
    starts = _starts(first, last)
    parts = _sum_up(counts, starts, last)
    earlier: list[tuple[int, int]] | None = None
    if before is not None and before_first is not None:
        earlier = _sum_up(before, _starts(before_first, first - ONE_DAY, like=(first, last)), first - ONE_DAY)
    ends = [*(start - ONE_DAY for start in starts[1:]), last]
    return [
        TrendPoint(start, end, count, timedelta(microseconds=length), _at(earlier, place))
        for place, (start, end, (count, length)) in enumerate(zip(starts, ends, parts, strict=True))
    ]


def _at(parts: list[tuple[int, int]] | None, place: int) -> int | None:
    if parts is None:
        return None
    return parts[place][0] if place < len(parts) else 0


def _starts(first: date, last: date, *, like: tuple[date, date] | None = None) -> list[date]:
    """The first days of the parts, which are as long as those of the stretch *like*."""
    whole = like or (first, last)
    days = (whole[1] - whole[0]).days
    found, number = [first], 1
    step = ONE_DAY if days <= DAYS_BY_DAY else timedelta(days=7) if days <= DAYS_BY_WEEK else None
    while (start := first + step * number if step else _months_later(first, number)) <= last:
        found.append(start)
        number += 1
    return found


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last one."""
    month = day.replace(day=1)
    for _ in range(months):
        month = next_month(month)
    end = next_month(month) - ONE_DAY
    return month.replace(day=min(day.day, end.day))


def _sum_up(counts: DayCounts, starts: list[date], last: date) -> list[tuple[int, int]]:
    parts = [[0, 0] for _ in starts]
    within = Days(starts[0], last)
    for day, (count, length) in counts.items():
        if within.holds(day):
            part = parts[bisect_right(starts, day) - 1]
            part[0] += count
            part[1] += length
    return [(count, length) for count, length in parts]
