"""Does the ledger add up? One SQL query over all companies, whose rows are what does not."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One row that does not add up: *what* it is, of which company, and the two figures that should be equal."""

    what: str
    company_id: int
    row_id: int
    expected: int
    found: int


#: What is checked, for each grant: its entries bring exactly its credits, leave exactly what remains of it, hold
#: exactly its open reservations and charge exactly its charged ones; and for each reservation: it is held, or charged,
#: as often as its state says. It follows that the balance of a company is the sum of its entries, and that this is the
#: sum of its grants minus charges, expiries and what was taken back.
QUERY = """
WITH sums AS (
    SELECT grant_id,
        SUM(amount) AS amount,
        SUM(held) AS held,
        SUM(CASE WHEN kind = 'GRANT' OR (kind = 'ADJUST' AND amount > 0) THEN amount ELSE 0 END) AS brought,
        SUM(CASE WHEN kind = 'CHARGE' THEN 1 ELSE 0 END) AS charged
    FROM credits_entry WHERE grant_id IS NOT NULL GROUP BY grant_id
), drawn AS (
    SELECT grant_id,
        SUM(CASE WHEN state = 'RESERVED' THEN 1 ELSE 0 END) AS reserved,
        SUM(CASE WHEN state = 'CHARGED' THEN 1 ELSE 0 END) AS charged
    FROM credits_reservation WHERE grant_id IS NOT NULL GROUP BY grant_id
), settled AS (
    SELECT reservation_id,
        SUM(CASE kind WHEN 'RESERVE' THEN 1 ELSE -1 END) AS open,
        SUM(CASE WHEN kind = 'CHARGE' THEN 1 ELSE 0 END) AS charged
    FROM credits_entry WHERE reservation_id IS NOT NULL GROUP BY reservation_id
), grants AS (
    SELECT g.id, g.company_id, g.credits, g.remaining,
        COALESCE(s.amount, 0) AS amount, COALESCE(s.held, 0) AS held,
        COALESCE(s.brought, 0) AS brought, COALESCE(s.charged, 0) AS charges,
        COALESCE(d.reserved, 0) AS reserved, COALESCE(d.charged, 0) AS charged
    FROM credits_grant g LEFT JOIN sums s ON s.grant_id = g.id LEFT JOIN drawn d ON d.grant_id = g.id
), reservations AS (
    SELECT r.id, r.company_id, COALESCE(s.open, 0) AS open, COALESCE(s.charged, 0) AS charged,
        CASE WHEN r.state = 'RESERVED' THEN 1 ELSE 0 END AS open_by_state,
        CASE WHEN r.state = 'CHARGED' THEN 1 ELSE 0 END AS charged_by_state
    FROM credits_reservation r LEFT JOIN settled s ON s.reservation_id = r.id
)
SELECT 'credits of grant', company_id, id, credits, brought FROM grants WHERE credits <> brought
UNION ALL SELECT 'remaining of grant', company_id, id, amount - held, remaining
    FROM grants WHERE remaining <> amount - held
UNION ALL SELECT 'held of grant', company_id, id, reserved, held FROM grants WHERE held <> reserved
UNION ALL SELECT 'charges of grant', company_id, id, charged, charges FROM grants WHERE charges <> charged
UNION ALL SELECT 'balance of grant below zero', company_id, id, 0, amount FROM grants WHERE amount < 0
UNION ALL SELECT 'reservation held', company_id, id, open_by_state, open FROM reservations WHERE open <> open_by_state
UNION ALL SELECT 'reservation charged', company_id, id, charged_by_state, charged FROM reservations
    WHERE charged <> charged_by_state
UNION ALL SELECT 'entry of another company', e.company_id, e.id, g.company_id, e.company_id
    FROM credits_entry e JOIN credits_grant g ON g.id = e.grant_id WHERE g.company_id <> e.company_id
UNION ALL SELECT 'entry on a reservation of another company', e.company_id, e.id, r.company_id, e.company_id
    FROM credits_entry e JOIN credits_reservation r ON r.id = e.reservation_id WHERE r.company_id <> e.company_id
UNION ALL SELECT 'reservation of another company', r.company_id, r.id, g.company_id, r.company_id
    FROM credits_reservation r JOIN credits_grant g ON g.id = r.grant_id WHERE g.company_id <> r.company_id
ORDER BY 2, 1, 3
"""


def discrepancies() -> Iterator[Discrepancy]:
    """Everything in the ledger that does not add up; nothing when it does."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        for row in cursor:
            yield Discrepancy(*row)
