"""What a company will use by the end of the month, from what it used in the last four weeks.

`foresee` takes values and queries nothing. It says nothing at all while there is too little to tell from.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from accounts.models import AISettings, Company
from credits.domain.balance import monthly_balance
from credits.domain.grants import open_grants
from credits.domain.plans import MONTHLY_FREE
from credits.enums import ReservationState
from credits.models import Forecast, Reservation
from insights_portal.lib.periods import month_start, next_month

#: The days that a forecast looks back on.
DAYS = 28
#: So many of them tell the days of the week apart; fewer give one mean.
DAYS_FOR_A_WEEK = 14
#: Days with use; fewer are too little to tell from.
LEAST_DAYS_OF_USE = 3
_DAY = timedelta(days=1)
#: Sums of means are not exact.
_NEXT_TO_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Lot:
    """Credits that can be used up to and including *last_day*."""

    credits: int
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a forecast is made of; days are those of the company's zone.

    *use* counts sessions by day, today included; days before *since*, the first day with use ever, say nothing. *used*
    counts those of the month. *lots* are None where use is only counted. *monthly_credits* arrive with each new month.
    """

    today: date
    since: date
    use: Mapping[date, int]
    used: int
    lots: Sequence[Lot] | None
    monthly_credits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """*daily_use* is a mean; *month_use* what the whole month will come to."""

    daily_use: Decimal
    month_use: int
    runs_out_on: date | None
    ends_unused: int


def foresee(facts: Facts) -> Outlook | None:
    """The forecast, or None while fewer than LEAST_DAYS_OF_USE of the last DAYS days had any use."""
    first = max(facts.since, facts.today - DAYS * _DAY)
    days = [first + number * _DAY for number in range((facts.today - first).days)]
    counts = [facts.use.get(day, 0) for day in days]
    if sum(count > 0 for count in counts) < LEAST_DAYS_OF_USE:
        return None
    expected = _by_weekday(days, counts)
    # What today has had already is not expected again.
    rest_of_today = max(expected[facts.today.weekday()] - facts.use.get(facts.today, 0), 0.0)
    month_end = facts.today.replace(day=monthrange(facts.today.year, facts.today.month)[1])
    ahead = [facts.today + number * _DAY for number in range(1, (month_end - facts.today).days + 1)]
    to_come = rest_of_today + sum(expected[day.weekday()] for day in ahead)
    runs_out_on, ends_unused = _walk(facts, expected=expected, rest_of_today=rest_of_today, month_end=month_end)
    return Outlook(
        daily_use=round(Decimal(sum(counts)) / len(days), 2),
        month_use=facts.used + round(to_come),
        runs_out_on=runs_out_on,
        ends_unused=ends_unused,
    )


def _by_weekday(days: Sequence[date], counts: Sequence[int]) -> list[float]:
    """Sessions expected on a Monday, a Tuesday …"""
    mean = sum(counts) / len(counts)
    if len(days) < DAYS_FOR_A_WEEK:
        return [mean] * 7
    own = [[count for day, count in zip(days, counts, strict=True) if day.weekday() == number] for number in range(7)]
    return [sum(each) / len(each) for each in own]


def _walk(facts: Facts, *, expected: Sequence[float], rest_of_today: float, month_end: date) -> tuple[date | None, int]:
    """Use the lots up day by day, the one that ends first at the head: (when nothing is left, what ends unused)."""
    if facts.lots is None:
        return None, 0
    stock: dict[date, float] = defaultdict(float)
    for lot in facts.lots:
        stock[lot.last_day] += lot.credits
    horizon, day, unused = max(stock, default=facts.today), facts.today, 0.0
    while day <= horizon:
        _take(stock, rest_of_today if day == facts.today else expected[day.weekday()])
        if sum(stock.values()) < _NEXT_TO_NOTHING:
            return day, int(unused)
        ending = stock.pop(day, 0.0)
        unused += ending if day <= month_end else 0.0
        day += _DAY
        if day.day == 1:
            stock[next_month(day) - _DAY] += facts.monthly_credits
    return None, int(unused + _NEXT_TO_NOTHING)


def _take(stock: dict[date, float], need: float) -> None:
    for last_day in sorted(stock):
        taken = min(stock[last_day], need)
        stock[last_day] -= taken
        need -= taken


def forecast_for(*, company: Company, at: datetime) -> Forecast | None:
    """The forecast stored today, else one of this moment, not stored; None while there is too little use to tell."""
    stored: Forecast | None = Forecast.objects.filter(company=company, day_date=_today(company, at)).first()
    return stored or _forecast(company=company, at=at)


def store_forecast(*, company: Company, at: datetime) -> bool:
    """Keep today's forecast unless it is kept already; whether there is a new one.

    Days that no job ran on stay without: yesterday can't be foreseen any more.
    """
    if Forecast.objects.filter(company=company, day_date=_today(company, at)).exists():
        return False
    made = _forecast(company=company, at=at)
    if made is None:
        return False
    values = {name: getattr(made, name) for name in _VALUES}
    _, is_new = Forecast.objects.get_or_create(company=company, day_date=made.day_date, defaults=values)
    return bool(is_new)


_VALUES = ("used", "available", "daily_use", "month_use", "runs_out_on", "ends_unused")


def _today(company: Company, at: datetime) -> date:
    return at.astimezone(ZoneInfo(company.time_zone)).date()


def _forecast(*, company: Company, at: datetime) -> Forecast | None:
    facts, available = _facts_of(company=company, at=at)
    outlook = foresee(facts)
    if outlook is None:
        return None
    return Forecast(
        company=company,
        day_date=facts.today,
        used=facts.used,
        available=available,
        daily_use=outlook.daily_use,
        month_use=outlook.month_use,
        runs_out_on=outlook.runs_out_on,
        ends_unused=outlook.ends_unused,
    )


def _facts_of(*, company: Company, at: datetime) -> tuple[Facts, int]:
    today = _today(company, at)
    use, since = _use_of(company=company, today=today)
    balance = monthly_balance(company=company, at=at)
    is_metered = AISettings.objects.filter(company=company, meter_only=True).exists()
    return (
        Facts(
            today=today,
            since=since,
            use=use,
            used=balance.used,
            lots=None if is_metered else _lots_of(company=company, at=at, available=balance.available),
            monthly_credits=MONTHLY_FREE[company.plan],
        ),
        0 if is_metered else balance.available,
    )


def _use_of(*, company: Company, today: date) -> tuple[dict[date, int], date]:
    """Sessions by day, and the first day with use that a forecast may look back to (today: there is none)."""
    first = today - DAYS * _DAY
    counted = Reservation.objects.filter(
        company=company, state__in=[ReservationState.RESERVED, ReservationState.CHARGED]
    )
    by_day = (
        counted.filter(month_date__gte=first.replace(day=1))
        .annotate(day=TruncDate("reserved_at", tzinfo=ZoneInfo(company.time_zone)))
        .order_by()
        .values_list("day")
        .annotate(sessions=Count("pk"))
    )
    use = dict(by_day)
    if counted.filter(month_date__lt=first.replace(day=1)).exists():
        return use, first
    return use, min(use, default=today)


def _lots_of(*, company: Company, at: datetime, available: int) -> list[Lot]:
    zone = ZoneInfo(company.time_zone)
    lots = [
        Lot(remaining, (ends_at - timedelta(microseconds=1)).astimezone(zone).date())
        for remaining, ends_at in open_grants(company=company, at=at).values_list("remaining", "ends_at")
    ]
    # Free credits that no job has given yet.
    missing = available - sum(lot.credits for lot in lots)
    last_of_month = next_month(month_start(at, zone=company.time_zone)) - _DAY
    return [*lots, Lot(missing, last_of_month)] if missing else lots
