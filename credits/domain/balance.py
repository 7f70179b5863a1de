from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Company
from credits.domain.plans import MONTHLY_FREE
from credits.enums import GrantKind, ReservationState
from credits.models import Grant, Reservation
from insights_portal.lib.periods import month_start
from insights_portal.lib.statements import planned_cursor

#: What `balance_of` needs of a row of `with_figures`, in this order.
FIGURES = ("plan", "left", "free", "used", "taken")
_USED = f"""SELECT COUNT(*) FROM credits_reservation
    WHERE company_id = company.id AND month_date = %(month)s
        AND state IN ('{ReservationState.RESERVED}', '{ReservationState.CHARGED}')"""  # noqa: S608 - our own words
_FIGURES = f"""
SELECT company.plan,
    COALESCE((SELECT SUM(remaining) FROM credits_grant
        WHERE company_id = company.id AND starts_at <= %(at)s AND ends_at > %(at)s), 0),
    COALESCE((SELECT SUM(credits) FROM credits_grant
        WHERE company_id = company.id AND kind = '{GrantKind.MONTHLY_FREE}' AND month_date = %(month)s), 0),
    ({_USED}), ({_USED} AND grant_id IS NOT NULL), settings.meter_only
FROM accounts_company company LEFT JOIN accounts_aisettings settings ON settings.company_id = company.id
WHERE company.id = %(company)s
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class MonthlyBalance:
    """Credits of one month, in the company's time zone. *used* counts sessions: charged, reserved and metered ones.

    *granted* is what could be used in the month: what was taken of it and what is left, purchased credits included.
    *metered* of the used ones were counted in meter-only mode and took nothing.
    """

    granted: int
    used: int
    available: int
    metered: int = 0

    @property
    def taken(self) -> int:
        """Credits that were charged or are reserved."""
        return self.used - self.metered

    @property
    def share(self) -> int:
        """What is taken of what could be, in whole per cent; 100 only when nothing is left."""
        return self.taken * 100 // self.granted if self.granted else 100


def monthly_balance(*, company: Company, at: datetime) -> MonthlyBalance:
    """What a company used in the month of *at* and what it can still use, in one query."""
    return balance_of(with_figures(company=company, at=at).values_list(*FIGURES).get())


def figure_of(*, company: Company, at: datetime) -> tuple[MonthlyBalance, bool]:
    """The month's balance, and whether credits are only counted: what is told wherever credits are named. One query.

    Every page asks it: as text, because putting `with_figures` together takes longer than running it.
    """
    now = connection.ops.adapt_datetimefield_value(at)
    month = connection.ops.adapt_datefield_value(month_start(at, zone=company.time_zone))
    with planned_cursor() as cursor:
        cursor.execute(_FIGURES, {"company": company.pk, "at": now, "month": month})
        plan, *figures, meter_only = cursor.fetchone()
    left, free, used, taken = map(int, figures)
    return balance_of((plan, left, free, used, taken)), bool(meter_only)


def with_figures(*, company: Company, at: datetime) -> QuerySet[Company]:
    """The one company, with the figures of the month of *at* beside it; more can be asked in the same query."""
    month = month_start(at, zone=company.time_zone)
    grants = Grant.objects.filter(company=OuterRef("pk"))
    running = grants.filter(starts_at__lte=at, ends_at__gt=at)
    months = grants.filter(kind=GrantKind.MONTHLY_FREE, month_date=month)
    used = Reservation.objects.filter(
        company=OuterRef("pk"),
        month_date=month,
        state__in=[ReservationState.RESERVED, ReservationState.CHARGED],
    )
    return Company.objects.filter(pk=company.pk).annotate(
        left=_one(running, Sum("remaining")),
        free=_one(months, Sum("credits")),
        used=_one(used, Count("pk")),
        taken=_one(used.filter(grant__isnull=False), Count("pk")),
    )


def balance_of(figures: tuple[str, int, int, int, int]) -> MonthlyBalance:
    plan, left, free, used, taken = figures
    # Free credits that no job has given yet are there for whoever asks first.
    available = left + max(MONTHLY_FREE[plan] - free, 0)
    return MonthlyBalance(granted=taken + available, used=used, available=available, metered=used - taken)


def _one(rows: QuerySet[Grant] | QuerySet[Reservation], figure: Sum | Count) -> Coalesce:
    grouped = rows.order_by().values("company").annotate(figure=figure).values("figure")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)
