from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from credits.domain.orders import (
    MOST_A_DAY,
    MOST_OPEN,
    UnableToOrder,
    cancel_order,
)
from credits.domain.packs import change_pack, terms_of
from credits.models import Grant, Order
from tests.credits.ordering import ADDRESS, make_order

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


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
