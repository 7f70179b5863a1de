"""Taking one credit for one session from the grant that ends first: one statement on PostgreSQL, a few on SQLite.

Neither reads a balance and writes it back, a grant cannot go below zero, and a session has one reservation by
constraint.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from accounts.models import AISettings
from credits.enums import EntryKind, GrantKind, ReservationState
from credits.models import Entry, Grant, Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A credit that is wanted for one session. *member_id*, *policy* … say what it is used for."""

    company_id: int
    session_id: UUID
    at: datetime
    month: date
    session_label: str = ""
    member_id: int | None = None
    policy: str = ""
    device_group: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of it: the reservation that now stands, or why there is none."""

    reservation_id: int | None
    lacks_month: bool = False
    is_metered: bool = False


def draw(wish: Wish) -> Drawn:
    """Reserve a credit for the session, or find the reservation that it has."""
    return _draw_in_one_statement(wish) if connection.vendor == "postgresql" else _draw_step_by_step(wish)


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
def _draw_step_by_step(wish: Wish) -> Drawn:
    held = Reservation.objects.filter(company=wish.company_id, session_id=wish.session_id).first()
    if held is not None and held.state != ReservationState.RELEASED:
        return Drawn(held.pk)
    if AISettings.objects.filter(company=wish.company_id, meter_only=True).exists():
        return Drawn(None, is_metered=True)
    months = Grant.objects.filter(company=wish.company_id, kind=GrantKind.MONTHLY_FREE, month_date=wish.month)
    if not months.exists():
        return Drawn(None, lacks_month=True)
    grant_id = _take_from_a_grant(wish)
    if grant_id is None:
        return Drawn(None)
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
    return Drawn(reservation.pk)


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


#: One round trip, a transaction of its own where there is no other: the grant's row is held no longer than it takes.
#: A row that another client emptied meanwhile is passed over: the lock is taken below the limit, and its condition is
#: checked again.
_ONE_STATEMENT = """
WITH metered AS (
    SELECT 1 FROM accounts_aisettings WHERE company_id = %(company_id)s AND meter_only
), months AS (
    SELECT 1 FROM credits_grant
    WHERE company_id = %(company_id)s AND kind = 'MONTHLY_FREE' AND month_date = %(month)s LIMIT 1
), standing AS (
    SELECT id FROM credits_reservation
    WHERE company_id = %(company_id)s AND session_id = %(session_id)s AND state <> 'RELEASED'
), picked AS (
    SELECT id FROM credits_grant
    WHERE company_id = %(company_id)s AND remaining > 0 AND starts_at <= %(at)s AND ends_at > %(at)s
        AND EXISTS (SELECT 1 FROM months)
        AND NOT EXISTS (SELECT 1 FROM metered) AND NOT EXISTS (SELECT 1 FROM standing)
    ORDER BY ends_at, id LIMIT 1 FOR NO KEY UPDATE
), reserved AS (
    INSERT INTO credits_reservation AS mine (company_id, session_id, state, grant_id, month_date, reserved_at,
        settled_at, session_label, member_id, policy, device_group)
    SELECT %(company_id)s, %(session_id)s, 'RESERVED', id, %(month)s, %(at)s,
        NULL, %(session_label)s, %(member_id)s, %(policy)s, %(device_group)s FROM picked
    ON CONFLICT (company_id, session_id) DO UPDATE SET state = 'RESERVED', grant_id = excluded.grant_id,
        month_date = excluded.month_date, reserved_at = excluded.reserved_at, settled_at = NULL,
        session_label = excluded.session_label, member_id = excluded.member_id,
        policy = excluded.policy, device_group = excluded.device_group
    WHERE mine.state = 'RELEASED' RETURNING id, grant_id
), taken AS (
    UPDATE credits_grant SET remaining = remaining - 1
    FROM reserved WHERE credits_grant.id = reserved.grant_id
), entered AS (
    INSERT INTO credits_entry (company_id, kind, grant_id, reservation_id, amount, held, at, actor_id, note)
    SELECT %(company_id)s, 'RESERVE', grant_id, id, 0, 1, %(at)s, NULL, '' FROM reserved
)
SELECT (SELECT id FROM reserved), (SELECT id FROM standing), EXISTS (SELECT 1 FROM picked),
    EXISTS (SELECT 1 FROM months), EXISTS (SELECT 1 FROM metered)
"""


def _draw_in_one_statement(wish: Wish) -> Drawn:  # pragma: no cover - what PostgreSQL runs is tested there
    with connection.cursor() as cursor:
        cursor.execute(_ONE_STATEMENT, {name: getattr(wish, name) for name in wish.__slots__})
        reserved, standing, has_picked, has_month, is_metered = cursor.fetchone()
    if reserved or standing:
        return Drawn(reserved or standing)
    if has_picked:
        # Another client reserved for the same session at the same moment: its reservation stands, nothing was taken.
        return _draw_in_one_statement(wish)
    return Drawn(None, lacks_month=not has_month, is_metered=is_metered)
