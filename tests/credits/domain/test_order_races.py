"""Two people act on one order at the same moment: threads with connections of their own, on both databases."""

from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest

from credits.domain.grants import ensure_monthly
from credits.domain.orders import UnableToChangeOrder, UnableToOrder, cancel_order, confirm_order
from credits.domain.payment_notices import note_payment
from credits.domain.refunds import refund_order
from credits.domain.reservations import InsufficientCredits, reserve
from credits.domain.verification import discrepancies
from credits.models import Entry, Grant, Order
from credits.payments import PaymentNotice
from tests.at_once import at_once, seen, shared_database
from tests.conftest import NOW, build_cast
from tests.credits.ordering import make_confirmed, make_order, make_pack

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


@pytest.fixture
def cast(transactional_db):
    return build_cast()


def confirm(order, reference="BANK-1"):
    return confirm_order(order=order, payment_reference=reference, at=NOW, actor=None).receipt_number


def test_confirmed_at_once_it_is_one_grant(cast, tmp_path):
    orders = [make_order(cast, make_pack(name=str(number))) for number in range(ROUNDS)]
    outcomes = []
    with shared_database(tmp_path):
        for order in orders:
            notice = PaymentNotice(order.number, order.total, "EUR", "BANK-1", is_paid=True)
            calls = [partial(confirm, order), partial(confirm, order), partial(note_payment, notice=notice, at=NOW)]
            outcomes.append(at_once(*calls))
        found = seen(lambda: sorted(Order.objects.values_list("state", "receipt_number")))
        granted = seen(Entry.objects.filter(kind="GRANT").count)
        wrong = seen(lambda: list(discrepancies()))

    assert outcomes == [[number, number, "PAID"] for number in range(1, ROUNDS + 1)]
    assert found == [("CONFIRMED", number) for number in range(1, ROUNDS + 1)]
    assert (granted, wrong) == (ROUNDS, [])


def test_different_orders_at_once_get_numbers_without_gaps(cast, tmp_path):
    orders = [make_order(cast, make_pack(name=str(number))) for number in range(4)]
    with shared_database(tmp_path):
        outcomes = at_once(*(partial(confirm, order, f"BANK-{order.pk}") for order in orders))

    assert sorted(outcomes) == [1, 2, 3, 4]


def test_confirmed_and_cancelled_at_once_one_of_them_wins(cast, tmp_path):
    orders = [make_order(cast, make_pack(name=str(number))) for number in range(ROUNDS)]
    with shared_database(tmp_path):
        for order in orders:
            cancel = partial(cancel_order, order=order, reason="", actor=cast.alice, at=NOW)
            outcomes = at_once(partial(confirm, order), cancel)
            assert outcomes.count(UnableToChangeOrder) == 1
        found = seen(lambda: list(Order.objects.values_list("state", "grant__credits")))
        wrong = seen(lambda: list(discrepancies()))

    assert len(found) == ROUNDS
    assert set(found) <= {("CONFIRMED", 100), ("CANCELLED", None)}
    assert wrong == []


def test_refunded_while_sessions_reserve_no_credit_is_both(cast, tmp_path):
    ensure_monthly(company=cast.northwind, at=NOW)
    for _ in range(50):
        reserve(company=cast.northwind, session_id=uuid4(), at=NOW)
    order = make_confirmed(cast, make_pack(credits=10, price=Decimal(10)))
    sessions = [partial(reserve, company=cast.northwind, session_id=uuid4(), at=NOW) for _ in range(4)]
    with shared_database(tmp_path):
        outcomes = at_once(*sessions, partial(refund_order, order=order, reason="Too many", at=NOW, actor=None))
        refunded = seen(lambda: Order.objects.get(pk=order.pk).refunded_credits)
        remaining = seen(lambda: Grant.objects.get(pk=order.grant_id).remaining)
        wrong = seen(lambda: list(discrepancies()))

    reserved = sum(isinstance(outcome, int) for outcome in outcomes)
    assert outcomes.count(InsufficientCredits) == 4 - reserved
    assert (refunded, remaining, wrong) == (10 - reserved, 0, [])


def test_the_same_form_sent_twice_at_once_is_one_order(cast, tmp_path):
    pack, key = make_pack(), uuid4()
    with shared_database(tmp_path):
        outcomes = at_once(*(partial(make_order, cast, pack, key=key) for _ in range(3)))
        count = seen(Order.objects.count)

    assert (len({order.pk for order in outcomes}), count) == (1, 1)


def test_many_forms_at_once_keep_the_limit_of_open_orders(cast, tmp_path):
    pack = make_pack()
    with shared_database(tmp_path):
        outcomes = at_once(*(partial(make_order, cast, pack) for _ in range(7)))
        count = seen(Order.objects.count)

    assert (outcomes.count(UnableToOrder), count) == (2, 5)
