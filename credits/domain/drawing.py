"""Taking one credit for one session from the grant that ends first: one call on PostgreSQL, a few statements on SQLite.

Neither reads a balance and writes it back, a grant cannot go below zero, and a session has one reservation by
constraint.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.db.models import F

from accounts.models import AISettings
from credits.enums import EntryKind, GrantKind, ReservationState
from credits.models import Entry, Grant, Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A credit that is wanted for one session. *member_id*, *policy* … say what it is used for.

    The fields stand in the order in which `draw_credit` of the database takes them.
    """

    company_id: int
    session_id: UUID
    month: date
    at: datetime
    session_label: str = ""
    member_id: int | None = None
    policy: str = ""
    device_group: str = ""


def draw(wish: Wish) -> int | None:
    """Reserve a credit for the session, or find the reservation that it has. Returns its id.

    None when no credit may be taken: the company only counts, its free credits of the month are not given yet, or
    nothing is left.
    """
    return _draw_in_one_call(wish) if connection.vendor == "postgresql" else _draw_step_by_step(wish)


def counts_only(*, company_id: int) -> bool:
    """Whether the company is in meter-only mode."""
    return AISettings.objects.filter(company=company_id, meter_only=True).exists()


@transaction.atomic
def count_only(wish: Wish) -> int:
    """Reserve in meter-only mode: counted, taken from no grant. Returns the reservation's id."""
    values = _values(wish) | {"state": ReservationState.RESERVED, "grant": None, "settled_at": None}
    reservation, created = Reservation.objects.get_or_create(
        company_id=wish.company_id, session_id=wish.session_id, defaults=values
    )
    released = Reservation.objects.filter(pk=reservation.pk, state=ReservationState.RELEASED)
    if created or released.update(**values):
        enter(reservation_id=reservation.pk, company_id=wish.company_id, kind=EntryKind.RESERVE, at=wish.at)
    return reservation.pk


def enter(
    *,
    reservation_id: int,
    company_id: int,
    kind: EntryKind,
    at: datetime,
    grant_id: int | None = None,
    amount: int = 0,
    held: int = 0,
) -> None:
    """Write the ledger's line on a reservation."""
    Entry.objects.create(
        company_id=company_id,
        kind=kind,
        grant_id=grant_id,
        reservation_id=reservation_id,
        amount=amount,
        held=held,
        at=at,
    )


@transaction.atomic
def _draw_step_by_step(wish: Wish) -> int | None:
    held = Reservation.objects.filter(company=wish.company_id, session_id=wish.session_id).first()
    if held is not None and held.state != ReservationState.RELEASED:
        standing: int = held.pk
        return standing
    months = Grant.objects.filter(company=wish.company_id, kind=GrantKind.MONTHLY_FREE, month_date=wish.month)
    if counts_only(company_id=wish.company_id) or not months.exists():
        return None
    grant_id = _take_from_a_grant(wish)
    if grant_id is None:
        return None
    values = _values(wish) | {"state": ReservationState.RESERVED, "grant_id": grant_id, "settled_at": None}
    reservation, _ = Reservation.objects.update_or_create(
        company_id=wish.company_id, session_id=wish.session_id, defaults=values
    )
    enter(
        reservation_id=reservation.pk,
        company_id=wish.company_id,
        kind=EntryKind.RESERVE,
        at=wish.at,
        grant_id=grant_id,
        held=1,
    )
    return reservation.pk


def _take_from_a_grant(wish: Wish) -> int | None:
    running = Grant.objects.filter(
        company=wish.company_id, remaining__gt=0, starts_at__lte=wish.at, ends_at__gt=wish.at
    )
    grant_id: int | None = running.order_by("ends_at", "pk").values_list("pk", flat=True).first()
    if grant_id is not None:
        # SQLite has one writer at a time, and nothing of a grant can go below zero.
        Grant.objects.filter(pk=grant_id).update(remaining=F("remaining") - 1)
    return grant_id


def _values(wish: Wish) -> dict[str, Any]:
    return {
        "month_date": wish.month,
        "reserved_at": wish.at,
        "session_label": wish.session_label,
        "member_id": wish.member_id,
        "policy": wish.policy,
        "device_group": wish.device_group,
    }


_CALL = "SELECT draw_credit(%s, %s, %s, %s, %s, %s, %s, %s)"


def _draw_in_one_call(wish: Wish) -> int | None:  # pragma: no cover - what PostgreSQL runs is tested there
    # The function stands in a migration, so that the server plans its statements once and not at each call; the call
    # itself is prepared, which Django's own cursors can't.
    connection.ensure_connection()
    values = [getattr(wish, name) for name in wish.__slots__]
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        row = cursor.execute(_CALL, values, prepare=True).fetchone()
    return cast("tuple[int | None]", row)[0]
