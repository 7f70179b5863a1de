"""One credit per support session: reserve it before an AI service starts, then charge or release it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import AISettings, Company
from credits.domain.balance import monthly_balance
from credits.enums import ReservationState
from credits.models import Reservation
from insights_portal.lib.periods import month_start


class InsufficientCredits(Exception):
    """The company has no credit left this month; the session has to wait."""


@transaction.atomic
def reserve(*, company: Company, session_id: UUID, at: datetime) -> Reservation:
    """Hold the session's one credit. A credit already held or charged for it is returned as it stands.

    Raises InsufficientCredits.
    """
    # The company's row is the lock: whoever counts the balance writes before the next one counts. Not against rows
    # that merely point to it: two callers who have each written such a row would wait for each other.
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    held: Reservation | None = Reservation.objects.filter(company=company, session_id=session_id).first()
    if held is not None and held.state != ReservationState.RELEASED:
        return held
    _check_balance(company=company, at=at)
    reservation: Reservation
    reservation, _ = Reservation.objects.update_or_create(
        company=company,
        session_id=session_id,
        defaults={
            "state": ReservationState.RESERVED,
            "month_date": month_start(at, zone=company.time_zone),
            "reserved_at": at,
            "settled_at": None,
        },
    )
    return reservation


def _check_balance(*, company: Company, at: datetime) -> None:
    meter_only = AISettings.objects.filter(company=company, meter_only=True).exists()
    if not meter_only and monthly_balance(company=company, at=at).available == 0:
        raise InsufficientCredits(
            "All AI credits of this month are used. The session is summarised when credits arrive."
        )


def settle(*, company: Company, session_id: UUID, at: datetime) -> bool:
    """Charge the reserved credit; False when there was none to charge (already charged or released)."""
    return _move(company=company, session_id=session_id, to=ReservationState.CHARGED, at=at)


def release(*, company: Company, session_id: UUID, at: datetime) -> bool:
    """Give the reserved credit back; a charged one stays charged. False when there was none to give back."""
    return _move(company=company, session_id=session_id, to=ReservationState.RELEASED, at=at)


def _move(*, company: Company, session_id: UUID, to: ReservationState, at: datetime) -> bool:
    moved = Reservation.objects.filter(company=company, session_id=session_id, state=ReservationState.RESERVED).update(
        state=to, settled_at=at
    )
    return moved == 1
