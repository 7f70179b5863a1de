"""What a company used on each day of a month, by the calendar of its zone."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import Company
from credits.enums import ReservationState
from credits.models import Reservation
from insights_portal.lib.periods import month_start, next_month

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_FIRST_YEAR = 2000
#: States of a session's credit that count as used.
COUNTED_STATES = (ReservationState.RESERVED, ReservationState.CHARGED)


@dataclass(frozen=True, slots=True)
class DayUse:
    day: date
    used: int
    #: Of the month's highest day, in per cent.
    height: int


@dataclass(frozen=True, slots=True)
class MonthUse:
    """*used* counts sessions like the month's balance does, and is the sum of the days; *metered* of them took nothing.

    *busiest* is the day with most of them, None in a month without use. *previous* and *next*: the months that can be
    leafed to.
    """

    month: date
    days: list[DayUse]
    used: int
    metered: int
    busiest: DayUse | None
    previous: date | None
    next: date | None


def read_month(text: str, *, company: Company, at: datetime) -> date:
    """The first day of the month that *text* (`2026-11`) names; the present one for anything else or later."""
    present = month_start(at, zone=company.time_zone)
    found = month_named(text)
    return found if found is not None and found < present else present


def month_named(text: str) -> date | None:
    """The first day of the month that *text* (`2026-11`) names; None for anything else."""
    named = _MONTH.fullmatch(text) if text.isascii() else None
    # The calendar's last year has a month without a next one.
    if named is None or not _FIRST_YEAR <= int(named[1]) < date.max.year:
        return None
    try:
        return date(int(named[1]), int(named[2]), 1)
    except ValueError:
        return None


def counted_in(*, company: Company, month: date) -> QuerySet[Reservation]:
    """The sessions that are counted in *month*: those whose credit is reserved or charged, and metered ones."""
    rows: QuerySet[Reservation] = Reservation.objects.filter(company=company, month_date=month)
    return rows.filter(state__in=COUNTED_STATES)


def month_use(*, company: Company, month: date, at: datetime) -> MonthUse:
    """The use of *month*, a first day, day by day. Of the present month the days up to that of *at*. Two queries."""
    present = month_start(at, zone=company.time_zone)
    last = next_month(month) - timedelta(days=1)
    if month == present:
        last = at.astimezone(ZoneInfo(company.time_zone)).date()
    counts, metered = _counts(company=company, month=month, last=last)
    highest = max(counts.values(), default=0)
    days = [
        DayUse(day, counts[day], -(-counts[day] * 100 // highest) if highest else 0)
        for day in (month + timedelta(days=number) for number in range((last - month).days + 1))
    ]
    earlier = Reservation.objects.filter(company=company, month_date__lt=month).exists()
    return MonthUse(
        month=month,
        days=days,
        used=sum(counts.values()),
        metered=metered,
        busiest=max(days, key=lambda each: each.used) if highest else None,
        previous=(month - timedelta(days=1)).replace(day=1) if earlier else None,
        next=next_month(month) if month < present else None,
    )


def _counts(*, company: Company, month: date, last: date) -> tuple[Counter[date], int]:
    rows = (
        counted_in(company=company, month=month)
        .order_by()
        .annotate(day=TruncDate("reserved_at", tzinfo=ZoneInfo(company.time_zone)))
        .values_list("day")
        .annotate(used=Count("pk"), metered=Count("pk", filter=Q(grant__isnull=True)))
    )
    counts: Counter[date] = Counter()
    metered = 0
    for day, used, of_them_metered in rows:
        # A company that moved to another zone keeps its month: what lies beside it counts on its nearest day.
        counts[min(max(day, month), last)] += used
        metered += of_them_metered
    return counts, metered
