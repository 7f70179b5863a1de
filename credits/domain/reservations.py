"""One credit per support session: reserve it before an AI service starts, then charge or release it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from accounts.models import Company
from credits.domain.drawing import Wish, count_only, counts_only, draw
from credits.domain.grants import ensure_monthly, expire_grant
from credits.enums import EntryKind, ReservationState
from credits.models import Entry, Grant, Reservation
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
        raise InsufficientCredits(gettext("All AI credits are used. The session is summarised when credits arrive."))
    return reservation_id


def settle(*, company: Company, session_id: UUID, at: datetime) -> bool:
    """Charge the reserved credit; False when there was none to charge (already charged or released)."""
    return bool(settle_all(sessions=[(company.pk, session_id)], at=at))


@transaction.atomic
def settle_all(*, sessions: Collection[tuple[int, UUID]], at: datetime) -> int:
    """`settle` for many: (company id, session id). As many statements as for one. Returns how many were charged."""
    reserved = Reservation.objects.filter(
        company__in={company_id for company_id, _ in sessions},
        session_id__in=[session_id for _, session_id in sessions],
        state=ReservationState.RESERVED,
    )
    # Locked in one order, and read as they are then; SQLite has one writer at a time.
    rows = reserved.order_by("pk").select_for_update().only("company_id", "session_id", "grant_id")
    held = [row for row in rows if (row.company_id, row.session_id) in sessions]
    Reservation.objects.filter(pk__in=[row.pk for row in held]).update(state=ReservationState.CHARGED, settled_at=at)
    Entry.objects.bulk_create(_entry(row, EntryKind.CHARGE, at=at, amount=-1 if row.grant_id else 0) for row in held)
    return len(held)


@transaction.atomic
def release(*, company: Company, session_id: UUID, at: datetime) -> bool:
    """Give the reserved credit back; a charged one stays charged. False when there was none to give back.

    A credit whose grant has ended meanwhile expires as it returns.
    """
    reserved = Reservation.objects.filter(company=company, session_id=session_id)
    freed = reserved.filter(state=ReservationState.RESERVED).update(state=ReservationState.RELEASED, settled_at=at)
    if not freed:
        return False
    moved = reserved.get()
    _entry(moved, EntryKind.RELEASE, at=at).save()
    if moved.grant_id:
        Grant.objects.filter(pk=moved.grant_id).update(remaining=F("remaining") + 1)
        expire_grant(grant_id=moved.grant_id, at=at)
    return True


def release_all(*, company: Company, session_ids: Collection[UUID], at: datetime) -> int:
    """`release` for several of one company, in the order in which whoever locks several grants locks them.

    Returns how many were given back. Call inside a transaction that lets nobody reserve for these sessions.
    """
    reserved = Reservation.objects.filter(
        company=company, session_id__in=session_ids, state=ReservationState.RESERVED
    ).order_by("grant__ends_at", "grant_id")
    ids = list(reserved.values_list("session_id", flat=True))
    return sum(release(company=company, session_id=session_id, at=at) for session_id in ids)


def _entry(moved: Reservation, kind: EntryKind, *, at: datetime, amount: int = 0) -> Entry:
    return Entry(
        company_id=moved.company_id,
        kind=kind,
        grant_id=moved.grant_id,
        reservation_id=moved.pk,
        amount=amount,
        held=-1 if moved.grant_id else 0,
        at=at,
    )
