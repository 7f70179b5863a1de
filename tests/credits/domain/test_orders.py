from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.models import AuditEntry, Mail
from accounts.tenancy import PermissionMissing, narrow_to_company
from credits.domain.operators import OperatorsOnly
from credits.domain.orders import (
    MOST_A_DAY,
    MOST_OPEN,
    UnableToChangeOrder,
    UnableToOrder,
    cancel_order,
    confirm_order,
)
from credits.domain.packs import change_pack, terms_of
from credits.domain.refunds import refund_order
from credits.domain.verification import discrepancies
from credits.models import Entry, Grant, Order
from tests.credits.ordering import ADDRESS, make_confirmed, make_operator, make_order, make_pack


@pytest.fixture(autouse=True)
def ledger_adds_up(db):
    yield
    assert list(discrepancies()) == []


@pytest.fixture
def pack(db):
    return make_pack()


def actions(company):
    entries = AuditEntry.objects.filter(company=company, action__startswith="order.").order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_an_order_takes_the_terms_of_its_pack(cast, pack, at):
    order = make_order(cast, pack, reference="  PO 77 ")
    change_pack(pack=pack, values={"price": Decimal(999), "name": "Renamed"}, actor=None)

    order.refresh_from_db()
    assert (order.state, order.pack_name, order.credits, order.currency) == ("ORDERED", "Hundred", 100, "EUR")
    assert (order.net, order.tax, order.total) == (Decimal(100), Decimal(19), Decimal(119))
    assert (order.purchase_reference, order.billing_address) == ("PO 77", ADDRESS)
    assert (order.buyer_name, order.ordered_by, order.ordered_at) == ("Northwind IT Services", cast.alice, at)
    assert order.number == str(order) == f"O-{order.pk:06d}"
    assert (order.receipt_label, order.refund_label) == ("", "")
    assert actions(cast.northwind) == ["order.placed"]
    assert Grant.objects.filter(kind="PURCHASED").count() == 0


def test_the_same_request_is_one_order(cast, pack):
    key = uuid4()

    first, second = make_order(cast, pack, key=key), make_order(cast, pack, key=key)

    assert first == second
    assert Order.objects.count() == 1
    assert actions(cast.northwind) == ["order.placed"]


def test_the_same_key_with_other_content_is_refused(cast, pack):
    key = uuid4()
    order = make_order(cast, pack, key=key)

    with pytest.raises(UnableToOrder) as refusal:
        make_order(cast, pack, key=key, reference="Another")

    assert str(refusal.value) == (
        f"This form was sent before, as order {order.number}, with other content. Nothing was ordered; open the packs "
        "again for another order."
    )
    assert Order.objects.count() == 1


def test_two_companies_may_use_the_same_key(cast, pack):
    key = uuid4()

    assert make_order(cast, pack, key=key) != make_order(cast, pack, key=key, actor=cast.charlie)


def test_the_company_address_stands_where_none_is_given(cast, pack):
    cast.northwind.address = "Harbour Road 12 · Hamburg"
    cast.northwind.save()

    assert make_order(cast, pack, address="").billing_address == "Harbour Road 12 · Hamburg"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"address": " \n "}, "Give the billing address, with at most 500 characters."),
        ({"address": "x" * 501}, "Give the billing address, with at most 500 characters."),
        ({"reference": "x" * 81}, "The reference has more than 80 characters. Shorten it."),
        (
            {"agreed": "100/1.00/0.19/1.19/EUR"},
            "The price of “Hundred” has changed. Nothing was ordered; check the price below and order again.",
        ),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(cast, pack, values, sentence):
    with pytest.raises(UnableToOrder) as refusal:
        make_order(cast, pack, **values)

    assert str(refusal.value) == sentence
    assert Order.objects.count() == 0


def test_what_a_reader_cannot_see_is_written_out(cast, pack):
    order = make_order(cast, pack, reference="PO\x00 7", address="Line\u202e 1\r\n\r\n Line 2 ")

    assert order.purchase_reference == "PO‹U+0000› 7"
    assert order.billing_address == "Line‹U+202E› 1\nLine 2"


def test_agreed_terms_are_ordered(cast, pack):
    assert make_order(cast, pack, agreed=terms_of(pack).key).total == Decimal(119)


def test_a_pack_that_is_no_longer_offered_is_refused(cast, pack):
    change_pack(pack=pack, values={"is_offered": False}, actor=None)

    with pytest.raises(UnableToOrder) as refusal:
        make_order(cast, pack)

    assert str(refusal.value) == "“Hundred” is no longer offered. Choose another pack."


def test_few_orders_wait_at_a_time(cast, pack):
    orders = [make_order(cast, pack) for _ in range(MOST_OPEN)]

    with pytest.raises(UnableToOrder) as refusal:
        make_order(cast, pack)

    assert str(refusal.value) == "5 orders wait for their payment already. Pay or cancel one of them, then order again."
    cancel_order(order=orders[0], reason="", actor=cast.alice, at=orders[0].ordered_at)
    assert make_order(cast, pack).state == "ORDERED"
    assert make_order(cast, pack, actor=cast.charlie).state == "ORDERED"


def test_few_orders_are_placed_a_day(cast, pack, at):
    for _ in range(MOST_A_DAY):
        cancel_order(order=make_order(cast, pack), reason="", actor=cast.alice, at=at)

    with pytest.raises(UnableToOrder) as refusal:
        make_order(cast, pack)

    assert str(refusal.value) == "A company places at most 20 orders a day. Try again tomorrow."
    assert make_order(cast, pack, at=at + timedelta(days=1)).state == "ORDERED"


def test_ordering_needs_the_permission_in_that_company(cast, pack):
    for stranger in (cast.bob, cast.mona):
        with pytest.raises(PermissionMissing):
            make_order(cast, pack, actor=stranger)

    assert Order.objects.count() == 0


def test_a_confirmed_order_brings_its_credits_for_twelve_months(cast, pack, settings):
    settings.OPERATOR_NAME, settings.OPERATOR_ADDRESS, settings.OPERATOR_TAX_ID = "Fjord Ltd", "Quay 1\nOslo", "NO 1"
    operator, paid_at = make_operator(), datetime(2028, 2, 29, 12, tzinfo=UTC)
    order = make_order(cast, pack)

    confirm_order(order=order, payment_reference=" BANK  77 ", at=paid_at, actor=operator)

    order.refresh_from_db()
    assert (order.state, order.payment_reference, order.confirmed_by) == ("CONFIRMED", "BANK 77", operator)
    assert (order.confirmed_at, order.receipt_number, order.receipt_label) == (paid_at, 1, "R-000001")
    assert order.seller == {"name": "Fjord Ltd", "address": "Quay 1\nOslo", "tax_id": "NO 1"}
    assert (order.grant.kind, order.grant.credits, order.grant.remaining) == ("PURCHASED", 100, 100)
    assert (order.grant.starts_at, order.grant.ends_at) == (paid_at, datetime(2029, 3, 1, 12, tzinfo=UTC))
    assert list(Entry.objects.values_list("kind", "amount", "note")) == [("GRANT", 100, f"Order {order.number}")]
    assert actions(cast.northwind) == ["order.placed", "order.confirmed"]


def test_a_second_confirmation_is_the_first(cast, pack, at):
    order = make_confirmed(cast, pack)

    again = confirm_order(order=order, payment_reference="BANK-1", at=at + timedelta(days=3), actor=None)

    assert (again.grant, again.receipt_number, again.confirmed_at) == (order.grant, 1, at)
    assert Grant.objects.filter(kind="PURCHASED").count() == 1
    assert actions(cast.northwind) == ["order.placed", "order.confirmed"]


def test_receipts_are_numbered_without_gaps(cast, pack, at):
    refused = make_order(cast, pack)
    cancel_order(order=refused, reason="", actor=cast.alice, at=at)
    make_confirmed(cast, pack)
    with pytest.raises(UnableToChangeOrder):
        confirm_order(order=refused, payment_reference="BANK-2", at=at, actor=None)

    assert make_confirmed(cast, pack, payment="BANK-3").receipt_number == 2


@pytest.mark.parametrize(
    ("state", "reference", "sentence"),
    [
        (
            "CONFIRMED",
            "BANK-2",
            "Order {number} is confirmed already, with the payment BANK-1. If the company paid twice, pay the second "
            "amount back.",
        ),
        (
            "CANCELLED",
            "BANK-2",
            "Order {number} is cancelled, so it can't be confirmed. Ask the company to order again.",
        ),
        (
            "REFUNDED",
            "BANK-1",
            "Order {number} is refunded, so it can't be confirmed. Ask the company to order again.",
        ),
        (
            "ORDERED",
            "  ",
            "Give the payment's reference, with at most 120 characters: it stands on the receipt.",
        ),
        (
            "ORDERED",
            "x" * 121,
            "Give the payment's reference, with at most 120 characters: it stands on the receipt.",
        ),
    ],
)
def test_what_cannot_be_confirmed_says_why(cast, pack, at, state, reference, sentence):
    order = make_order(cast, pack) if state in ("ORDERED", "CANCELLED") else make_confirmed(cast, pack)
    if state == "CANCELLED":
        cancel_order(order=order, reason="", actor=cast.alice, at=at)
    if state == "REFUNDED":
        refund_order(order=order, reason="A mistake", at=at, actor=None)
    entries = Entry.objects.count()

    with pytest.raises(UnableToChangeOrder) as refusal:
        confirm_order(order=order, payment_reference=reference, at=at, actor=None)

    assert str(refusal.value) == sentence.format(number=order.number)
    assert Entry.objects.count() == entries


def test_a_payment_before_the_order_is_refused(cast, pack, at):
    order = make_order(cast, pack)

    with pytest.raises(UnableToChangeOrder) as refusal:
        confirm_order(order=order, payment_reference="BANK-1", at=at - timedelta(seconds=1), actor=None)

    assert str(refusal.value) == (
        f"Order {order.number} can't be paid before it was placed. Check the clock of this machine."
    )
    assert Entry.objects.count() == 0


def test_only_the_operator_confirms(cast, pack, at):
    order = make_order(cast, pack)
    former = make_operator("Oscar")
    former.is_active = False
    narrowed = make_operator("Otto")
    narrow_to_company(narrowed, cast.northwind.pk)

    for stranger in (cast.alice, cast.charlie, former, narrowed):
        with pytest.raises(OperatorsOnly):
            confirm_order(order=order, payment_reference="BANK-1", at=at, actor=stranger)

    order.refresh_from_db()
    assert order.state == "ORDERED"


def test_a_member_cancels_an_open_order(cast, pack, at):
    order = make_order(cast, pack)

    cancel_order(order=order, reason=" Not  needed ", actor=cast.alice, at=at)
    cancel_order(order=order, reason="Again", actor=cast.alice, at=at + timedelta(days=1))

    order.refresh_from_db()
    assert (order.state, order.closing_reason, order.closed_by, order.closed_at) == (
        "CANCELLED",
        "Not needed",
        cast.alice,
        at,
    )
    assert actions(cast.northwind) == ["order.placed", "order.cancelled"]
    assert Entry.objects.count() == 0


def test_the_operator_says_why_an_order_is_cancelled(cast, pack, at):
    order = make_order(cast, pack)

    for reason in (" ", "x" * 201):
        with pytest.raises(UnableToChangeOrder) as refusal:
            cancel_order(order=order, reason=reason, actor=make_operator(reason[:1].strip() or "Ole"), at=at)
        assert str(refusal.value) == "Say why in 1 to 200 characters: the company reads it."

    assert cancel_order(order=order, reason="Never paid", actor=None, at=at).closing_reason == "Never paid"


def test_a_paid_order_is_not_cancelled(cast, pack, at):
    order = make_confirmed(cast, pack)

    with pytest.raises(UnableToChangeOrder) as refusal:
        cancel_order(order=order, reason="", actor=cast.alice, at=at)

    assert str(refusal.value) == (
        f"Order {order.number} is paid, so it can't be cancelled. The operator can refund what is unused of it."
    )


def test_nobody_else_cancels(cast, pack, at):
    order = make_order(cast, pack)

    for stranger in (cast.bob, cast.mona, cast.charlie):
        with pytest.raises(PermissionMissing):
            cancel_order(order=order, reason="", actor=stranger, at=at)

    order.refresh_from_db()
    assert order.state == "ORDERED"


def test_each_step_is_mailed_to_members_with_manage_credits_once(cast, pack, at):
    order = make_confirmed(cast, pack)
    confirm_order(order=order, payment_reference="BANK-1", at=at, actor=None)
    refund_order(order=order, reason="Too many", at=at, actor=None)
    cancel_order(order=make_order(cast, pack), reason="", actor=cast.alice, at=at)

    mails = Mail.objects.order_by("pk")
    assert {(mail.company, mail.recipient) for mail in mails} == {(cast.northwind, cast.alice)}
    assert [mail.subject.replace(order.number, "1") for mail in mails] == [
        "Order 1: we wait for your payment",
        "Order 1 is paid: 100 credits arrived",
        "Order 1 is refunded: 119.00 EUR",
        f"Order O-{order.pk + 1:06d}: we wait for your payment",
        f"Order O-{order.pk + 1:06d} is cancelled",
    ]
