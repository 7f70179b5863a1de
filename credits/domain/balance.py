from dataclasses import dataclass
from datetime import datetime

from accounts.models import Company
from credits.domain.plans import MONTHLY_FREE
from credits.enums import ReservationState
from credits.models import Reservation
from insights_portal.lib.periods import month_start


@dataclass(frozen=True, slots=True)
class MonthlyBalance:
    """Credits of one month, in the company's time zone. *used* counts charged and reserved ones."""

    granted: int
    used: int

    @property
    def available(self) -> int:
        return max(self.granted - self.used, 0)


def monthly_balance(*, company: Company, at: datetime) -> MonthlyBalance:
    """What the plan grants in the month of *at*, and what of it is taken."""
    used = Reservation.objects.filter(
        company=company,
        month_date=month_start(at, zone=company.time_zone),
        state__in=[ReservationState.RESERVED, ReservationState.CHARGED],
    ).count()
    return MonthlyBalance(granted=MONTHLY_FREE[company.plan], used=used)
