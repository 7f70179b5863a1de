"""One credit per support session: reserve it before an AI service starts, then charge or release it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import Company
from credits.domain.drawing import Wish, count_only, counts_only, draw, enter
from credits.domain.grants import ensure_monthly, expire_grant
from credits.enums import EntryKind, ReservationState
from credits.models import Grant, Reservation
from insights_portal.lib.periods import month_start


class InsufficientCredits(Exception):
    """The company has no credit left; the session has to wait."""


def reserve(
    *,
    company: Company,
    session_id: UUID,
    at: datetime,
    session_label: str = "",
    member_id: int | None = None,
    policy: str = "",
    device_group: str = "",
) -> int:
    """Hold the session's one credit, of the grant that ends first. One already held or charged stands as it is.

    Returns the id of its reservation, with which it is kept what the credit is used for. Raises InsufficientCredits.
    """
    wish = Wish(
        company_id=company.pk,
        session_id=session_id,
        at=at,
        month=month_start(at, zone=company.time_zone),
        session_label=session_label,
        member_id=member_id,
        policy=policy,
        device_group=device_group,
    )
    reservation_id = draw(wish)
    if reservation_id is None and counts_only(company_id=company.pk):
        return count_only(wish)
    if reservation_id is None:
        # The month has begun, or the plan has grown, and no job has run yet. The month's free credits end first, so
        # they are given before any is taken. The second try also finds a credit that was released during the first.
        ensure_monthly(company=company, at=at)
        reservation_id = draw(wish)
    if reservation_id is None:
        raise InsufficientCredits("All AI credits are used. The session is summarised when credits arrive.")
    return reservation_id


@transaction.atomic
def settle(*, company: Company, session_id: UUID, at: datetime) -> bool:
    """Charge the reserved credit; False when there was none to charge (already charged or released)."""
    moved = _move(company=company, session_id=session_id, to=ReservationState.CHARGED, at=at)
    if moved is None:
        return False
    taken = -1 if moved.grant_id else 0
    _enter(moved, EntryKind.CHARGE, at=at, amount=taken)
    return True


@transaction.atomic
def release(*, company: Company, session_id: UUID, at: datetime) -> bool:
    """Give the reserved credit back; a charged one stays charged. False when there was none to give back.

    A credit whose grant has ended meanwhile expires as it returns.
    """
    moved = _move(company=company, session_id=session_id, to=ReservationState.RELEASED, at=at)
    if moved is None:
        return False
    _enter(moved, EntryKind.RELEASE, at=at)
    if moved.grant_id:
        Grant.objects.filter(pk=moved.grant_id).update(remaining=F("remaining") + 1)
        expire_grant(grant_id=moved.grant_id, at=at)
    return True


def _move(*, company: Company, session_id: UUID, to: ReservationState, at: datetime) -> Reservation | None:
    reserved = Reservation.objects.filter(company=company, session_id=session_id)
    if not reserved.filter(state=ReservationState.RESERVED).update(state=to, settled_at=at):
        return None
    moved: Reservation = reserved.get()
    return moved


def _enter(moved: Reservation, kind: EntryKind, *, at: datetime, amount: int = 0) -> None:
    enter(
        reservation_id=moved.pk,
        company_id=moved.company_id,
        kind=kind,
        at=at,
        grant_id=moved.grant_id,
        amount=amount,
        held=-1 if moved.grant_id else 0,
    )
