"""A month of sessions in figures: by customer, device and supporter, beside the month before.

The database sums; what comes back is one row for each device and each supporter, in one statement, so that all tables
of a report are of one moment. The index (company, start) holds the two months together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Expression, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts.domain.pseudonyms import SupporterNames
from accounts.models import Company, User
from insights_portal.lib.periods import moment_of, month_start, next_month
from insights_portal.lib.text import show_controls
from summaries.domain.reading.conditions import NO_CUSTOMER, NO_DEVICE
from summaries.domain.reading.filters import SessionFilters, Window, narrow
from summaries.domain.reading.insights import LENGTH, MICROSECOND, Microseconds, within
from summaries.domain.reading.queries import reports_of
from summaries.domain.reports.billing import BillingRule, billing_rule_of
from summaries.domain.reports.billing_sums import billable_sum_of

#: In works-council mode fewer supporters than these are not told apart.
FEWEST_SUPPORTERS = 5
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_DEVICE, _SUPPORTER = "device", "supporter"


@dataclass(frozen=True, slots=True)
class Sums:
    """*running*: of the sessions, those without an end, which have no time yet. *billable* in minutes."""

    sessions: int = 0
    running: int = 0
    microseconds: int = 0
    billable: int = 0

    @property
    def length(self) -> timedelta:
        return self.microseconds * MICROSECOND

    @property
    def billable_length(self) -> timedelta:
        return timedelta(minutes=self.billable)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.sessions + other.sessions,
            self.running + other.running,
            self.microseconds + other.microseconds,
            self.billable + other.billable,
        )


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One line of a table. *key* is the value by which the lists filter; *customer*: of a device."""

    key: str
    name: str
    now: Sums
    before: Sums
    customer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """*month*: its first day. The tables hold each session once; an empty name means that none is known.

    *supporters* are None where works-council mode does not tell so few apart. *revealed*: users among them whose names
    two members revealed.
    """

    month: date
    zone: str
    rule: BillingRule
    filters: SessionFilters
    totals: MonthRow
    customers: list[MonthRow]
    devices: list[MonthRow]
    supporters: list[MonthRow] | None
    revealed: frozenset[int] = field(default=frozenset())


def month_asked_for(wish: str, *, company: Company, at: datetime) -> date:
    """The month of `2026-11`; for anything else the last one that is over in the company's zone."""
    try:
        month = date.fromisoformat(f"{wish}-01")
    except ValueError:
        month = date.min
    if _FIRST_YEAR <= month.year <= _LAST_YEAR:
        return month
    return month_before(month_start(at, zone=company.time_zone))


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def filters_of_month(filters: SessionFilters, *, month: date) -> SessionFilters:
    """*filters* with the days of the month: the lists show its very sessions under them."""
    last = next_month(month) - timedelta(days=1)
    return filters.changed(since=f"{month}", until=f"{last}", period="all", sort="", columns="", view="")


def build_monthly_report(
    *, company: Company, viewer: User, names: SupporterNames, filters: SessionFilters, month: date
) -> MonthlyReport:
    """Sum up the sessions of *month* that *viewer* sees under *filters* (their own time aside). One query.

    *names*: how the viewer calls members; *filters* as `wishes.filters_for` leaves them.
    """
    rule = billing_rule_of(company)
    chosen = filters_of_month(filters, month=month)
    by_device, by_supporter = _read(company=company, viewer=viewer, filters=chosen, month=month, rule=rule)
    devices = [MonthRow(name or NO_DEVICE, name, now, before, customer) for name, customer, now, before in by_device]
    supporters = [
        MonthRow(str(pk), show_controls(names.name_of(pk, name)), now, before) for pk, name, now, before in by_supporter
    ]
    has_too_few = names.is_on and len(supporters) < FEWEST_SUPPORTERS
    return MonthlyReport(
        month=month,
        zone=company.time_zone,
        rule=rule,
        filters=chosen,
        totals=_together("", "", devices),
        customers=_most_first(_by_customer(devices)),
        devices=_most_first(devices),
        supporters=None if has_too_few else _in_order(supporters, names),
        revealed=frozenset() if has_too_few else names.revealed & {pk for pk, *_ in by_supporter},
    )


def _read(
    *, company: Company, viewer: User, filters: SessionFilters, month: date, rule: BillingRule
) -> tuple[list[tuple[str, str, Sums, Sums]], list[tuple[int, str, Sums, Sums]]]:
    """([(device, customer, now, before)], [(user id, name, now, before)]), the empty device for sessions without."""
    now, before = (_window(each, zone=company.time_zone) for each in (month, month_before(month)))
    sessions = narrow(
        reports_of(company=company, viewer=viewer, filters=filters),
        filters=filters.changed(since="", until=""),
        viewer_id=viewer.pk,
        window=Window(before.start, now.end),
        company_id=company.pk,
    ).order_by()
    sums = _sums("now", now, rule) | _sums("before", before, rule)
    devices = _grouped(sessions, _DEVICE, ("device_id", "device__name", "device__customer"), sums)
    supporters = _grouped(sessions, _SUPPORTER, ("supporter_id", "supporter__name", "supporter__email"), sums)
    rows = [
        (kind, pk, name or "", more or "", Sums(*map(int, figures[:4])), Sums(*map(int, figures[4:])))
        for kind, pk, name, more, *figures in devices.union(supporters, all=True)
    ]
    return (
        [(name, more, now_sums, old_sums) for kind, _, name, more, now_sums, old_sums in rows if kind == _DEVICE],
        [
            (pk, name or more, now_sums, old_sums)
            for kind, pk, name, more, now_sums, old_sums in rows
            if kind != _DEVICE
        ],
    )


def _grouped(sessions: QuerySet[Any], kind: str, columns: tuple[str, ...], sums: dict[str, Any]) -> QuerySet[Any]:
    named = dict(zip(("key", "first", "second"), map(F, columns), strict=True))
    found: QuerySet[Any] = sessions.annotate(kind=Value(kind), **named).values_list("kind", *named).annotate(**sums)
    return found


def _sums(name: str, window: Window, rule: BillingRule) -> dict[str, Any]:
    inside = within(window)
    ended = inside & Q(ended_at__isnull=False)
    return {
        f"{name}_sessions": Count("pk", filter=inside),
        f"{name}_running": Count("pk", filter=inside & Q(ended_at__isnull=True)),
        f"{name}_length": _sum(Microseconds(LENGTH), ended),
        f"{name}_billable": _sum(billable_sum_of(rule), ended),
    }


def _sum(column: Expression, condition: Q) -> Coalesce:
    whole = BigIntegerField()
    return Coalesce(Sum(column, filter=condition, output_field=whole), Value(0), output_field=whole)


def _window(month: date, *, zone: str) -> Window:
    return Window(moment_of(month, zone=zone), moment_of(next_month(month), zone=zone))


def _by_customer(devices: Iterable[MonthRow]) -> list[MonthRow]:
    found: dict[str, list[MonthRow]] = {}
    for device in devices:
        found.setdefault(device.customer, []).append(device)
    return [_together(name or NO_CUSTOMER, name, rows) for name, rows in found.items()]


def _together(key: str, name: str, rows: Iterable[MonthRow]) -> MonthRow:
    parts = list(rows)
    now, before = (sum((getattr(row, which) for row in parts), Sums()) for which in ("now", "before"))
    return MonthRow(key, name, now, before)


def _most_first(rows: Iterable[MonthRow]) -> list[MonthRow]:
    return sorted(rows, key=lambda row: (-row.now.billable, -row.now.microseconds, -row.now.sessions, row.name))


def _in_order(supporters: list[MonthRow], names: SupporterNames) -> list[MonthRow]:
    """By name in works-council mode: no order there tells who worked most."""
    return sorted(supporters, key=lambda row: (row.name, row.key)) if names.is_on else _most_first(supporters)
