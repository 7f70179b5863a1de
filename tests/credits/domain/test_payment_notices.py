from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import AuditEntry, Mail
from credits.domain.orders import cancel_order, confirm_order
from credits.domain.payment_notices import UnusableNotice, note_payment
from credits.models import Entry, Grant, NotedPayment
from credits.payments import PaymentNotice
from tests.credits.ordering import make_order, make_pack

pytestmark = pytest.mark.usefixtures("ledger_adds_up")

READ_WRONGLY = "The notice was read wrongly: a value is not of the kind that it must be."


@pytest.fixture
def order(cast):
    return make_order(cast, make_pack())


def notice_of(order, **values):
    known = {
        "order_number": order.number,
        "total": Decimal("119.00"),
        "currency": "EUR",
        "payment_reference": "PAY-1",
        "is_paid": True,
    }
    return PaymentNotice(**{**known, **values})


def told_of(company):
    entries = AuditEntry.objects.filter(company=company, action__startswith="order.payment")
    return list(entries.order_by("pk").values_list("action", "details__paid", "details__payment_reference"))


def test_a_paid_notice_confirms_once(order, at):
    for minutes in (1, 2):
        outcome = note_payment(notice=notice_of(order), at=at + timedelta(minutes=minutes))
        assert outcome == "PAID"

    order.refresh_from_db()
    assert (order.state, order.payment_reference, order.confirmed_by) == ("CONFIRMED", "PAY-1", None)
    assert order.confirmed_at == at + timedelta(minutes=1)
    assert Grant.objects.filter(kind="PURCHASED").count() == 1
    assert NotedPayment.objects.count() == 1


def test_a_notice_that_comes_a_little_before_the_order_by_another_clock_confirms(order, at):
    note_payment(notice=notice_of(order), at=at - timedelta(seconds=2))

    order.refresh_from_db()
    assert order.confirmed_at == at


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"total": Decimal("1.19")}, "1.19 EUR"),
        ({"total": Decimal("118.99")}, "118.99 EUR"),
        ({"total": Decimal("1190")}, "1,190.00 EUR"),
        ({"currency": "USD"}, "119.00 USD"),
        ({"currency": "eur"}, "119.00 eur"),
        ({"total": Decimal("119.004")}, "119.004 EUR"),
    ],
)
def test_another_amount_or_currency_never_confirms(order, cast, at, values, shown):
    for _ in range(2):
        assert note_payment(notice=notice_of(order, **values), at=at) == "MISMATCH"

    order.refresh_from_db()
    assert order.state == "ORDERED"
    assert Entry.objects.count() == 0
    assert told_of(cast.northwind) == [("order.payment_mismatched", shown, "PAY-1")]


def test_a_failed_payment_is_told_and_the_order_waits(order, cast, at):
    for _ in range(2):
        assert note_payment(notice=notice_of(order, is_paid=False), at=at) == "FAILED"

    assert told_of(cast.northwind) == [("order.payment_failed", "119.00 EUR", "PAY-1")]
    assert Mail.objects.filter(subject=f"The payment of order {order.number} failed").count() == 1
    assert note_payment(notice=notice_of(order, payment_reference="PAY-2"), at=at) == "PAID"


def test_a_failed_payment_of_an_order_that_is_paid_or_closed_asks_nobody_to_pay_again(order, cast, at):
    confirm_order(order=order, payment_reference="BANK-1", at=at, actor=None)
    before = Mail.objects.count()

    assert note_payment(notice=notice_of(order, is_paid=False), at=at) == "FAILED"

    assert Mail.objects.count() == before
    assert told_of(cast.northwind) == [("order.payment_failed", "119.00 EUR", "PAY-1")]


def test_a_second_payment_is_unexpected(order, cast, at):
    confirm_order(order=order, payment_reference="BANK-1", at=at, actor=None)

    assert note_payment(notice=notice_of(order), at=at) == "UNEXPECTED"

    order.refresh_from_db()
    assert order.payment_reference == "BANK-1"
    assert told_of(cast.northwind) == [("order.payment_unexpected", "119.00 EUR", "PAY-1")]


def test_a_payment_for_a_cancelled_order_is_unexpected(order, cast, at):
    cancel_order(order=order, reason="", actor=cast.alice, at=at)

    assert note_payment(notice=notice_of(order), at=at) == "UNEXPECTED"
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"order_number": "O-999999"}, "There is no such order."),
        ({"order_number": "O-" + "9" * 40}, "There is no such order."),
        ({"order_number": "X-1"}, "There is no such order."),
        ({"payment_reference": " "}, "The payment's reference has 1 to 120 printable characters."),
        ({"payment_reference": "a\x00b"}, "The payment's reference has 1 to 120 printable characters."),
        ({"payment_reference": "x" * 121}, "The payment's reference has 1 to 120 printable characters."),
        (
            {"total": Decimal("NaN")},
            "The amount is not a sum of money. Give a number below 100,000,000 with at most three decimal places.",
        ),
        (
            {"total": Decimal("1e40")},
            "The amount is not a sum of money. Give a number below 100,000,000 with at most three decimal places.",
        ),
        (
            {"total": Decimal("119.0000001")},
            "The amount is not a sum of money. Give a number below 100,000,000 with at most three decimal places.",
        ),
        ({"currency": "EURO"}, "The currency is not a code of three letters."),
        ({"currency": "E\x00"}, "The currency is not a code of three letters."),
        ({"is_paid": "false"}, READ_WRONGLY),
        ({"total": 119.0}, READ_WRONGLY),
        ({"order_number": None}, READ_WRONGLY),
        ({"payment_reference": 7}, READ_WRONGLY),
    ],
)
def test_what_is_no_notice_changes_nothing(order, at, values, sentence):
    with pytest.raises(UnusableNotice) as refusal:
        note_payment(notice=notice_of(order, **values), at=at)

    assert str(refusal.value) == sentence
    assert NotedPayment.objects.count() == 0
