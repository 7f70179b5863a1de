from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.models import AuditEntry, Company
from credits.domain.grants import expire
from credits.domain.operators import OperatorsOnly
from credits.domain.orders import UnableToChangeOrder
from credits.domain.refunds import refund_order
from credits.domain.reservations import release, reserve, settle
from credits.models import Entry, Grant
from insights_portal.lib.periods import years_after
from tests.credits.ordering import make_confirmed, make_operator, make_order, make_pack

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def order(cast):
    """Three credits at 10.00 EUR and 19 % tax, paid; the free ones of the month end first and are used first."""
    Company.objects.update(plan="BUSINESS")
    cast.northwind.refresh_from_db()
    return make_confirmed(cast, make_pack(credits=3, price=Decimal(10)))


def use_free_credits(company, at):
    for _ in range(5):
        reserve(company=company, session_id=uuid4(), at=at)


def refusal_of(order, at, reason="Too many", actor=None):
    before = Entry.objects.count()
    with pytest.raises(UnableToChangeOrder) as refusal:
        refund_order(order=order, reason=reason, at=at, actor=actor)
    assert Entry.objects.count() == before
    return str(refusal.value)


def test_an_unused_order_is_refunded_whole(order, cast, at):
    operator = make_operator()

    refund_order(order=order, reason="Ordered by mistake", at=at, actor=operator)

    order.refresh_from_db()
    assert (order.state, order.refunded_credits, order.refunded_total) == ("REFUNDED", 3, Decimal("11.90"))
    assert (order.closed_by, order.closed_at, order.closing_reason) == (operator, at, "Ordered by mistake")
    assert (order.refund_number, order.refund_label, order.receipt_number) == (1, "C-000001", 1)
    assert order.grant.remaining == 0
    entry = Entry.objects.get(kind="ADJUST")
    assert (entry.grant, entry.amount, entry.actor, entry.note) == (
        order.grant,
        -3,
        operator,
        f"Refund of order {order.number}",
    )
    told = AuditEntry.objects.get(company=cast.northwind, action="order.refunded")
    assert told.details == {
        "order": order.number,
        "credits": 3,
        "refund": "11.90 EUR",
        "receipt": "C-000001",
        "why": "Ordered by mistake",
    }


def test_used_and_reserved_credits_stay(order, cast, at):
    use_free_credits(cast.northwind, at)
    charged, reserved = uuid4(), uuid4()
    for session_id in (charged, reserved):
        reserve(company=cast.northwind, session_id=session_id, at=at)
    settle(company=cast.northwind, session_id=charged, at=at)

    refund_order(order=order, reason="Too many", at=at, actor=None)

    order.refresh_from_db()
    # A third of 11.90 EUR is 3.966… EUR.
    assert (order.refunded_credits, order.refunded_total) == (1, Decimal("3.97"))
    release(company=cast.northwind, session_id=reserved, at=at)
    assert Grant.objects.get(pk=order.grant_id).remaining == 1


def test_with_nothing_unused_there_is_no_refund(order, cast, at):
    use_free_credits(cast.northwind, at)
    for _ in range(3):
        reserve(company=cast.northwind, session_id=uuid4(), at=at)

    assert refusal_of(order, at) == (
        f"All 3 credits of order {order.number} are used or reserved, so there is nothing to refund."
    )


@pytest.mark.parametrize("has_expired", [False, True])
def test_after_the_credits_ended_there_is_no_refund(order, has_expired):
    ended_at = years_after(order.confirmed_at, 1)
    if has_expired:
        expire(at=ended_at)

    assert refusal_of(order, ended_at) == (
        f"The credits of order {order.number} have ended, so they can't be refunded. Adjust the company's credits if "
        "you want to make up for it."
    )
    if not has_expired:
        refund_order(order=order, reason="Just in time", at=ended_at - timedelta(seconds=1), actor=None)


def test_a_second_refund_says_so(order, at):
    refund_order(order=order, reason="Too many", at=at, actor=None)

    assert refusal_of(order, at) == f"Order {order.number} is refunded already: 3 credits."


def test_what_nobody_paid_is_not_refunded(cast, at):
    order = make_order(cast, make_pack())

    assert refusal_of(order, at) == (
        f"Order {order.number} was never confirmed, so there is nothing to refund. Cancel it instead."
    )


def test_a_refund_has_a_reason(order, at):
    assert refusal_of(order, at, reason=" ") == "Say why in 1 to 200 characters: the company reads it."


def test_only_the_operator_refunds(order, cast, at):
    for stranger in (cast.alice, cast.charlie):
        with pytest.raises(OperatorsOnly):
            refund_order(order=order, reason="Mine", at=at, actor=stranger)

    order.refresh_from_db()
    assert order.state == "CONFIRMED"


@pytest.mark.parametrize(("currency", "price", "expected"), [("JPY", "1000", "397"), ("KWD", "10", "3.967")])
def test_a_refund_is_rounded_to_the_smallest_unit(cast, at, currency, price, expected):
    Company.objects.update(plan="BUSINESS")
    pack = make_pack(credits=3, price=Decimal(price), currency=currency)
    order = make_confirmed(cast, pack)
    use_free_credits(cast.northwind, at)
    for _ in range(2):
        reserve(company=cast.northwind, session_id=uuid4(), at=at)

    assert str(refund_order(order=order, reason="Too many", at=at, actor=None).refunded_total) == expected
