from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AuditEntry, Mail
from accounts.tenancy import PermissionMissing, narrow_to_company
from credits.domain.operators import OperatorsOnly
from credits.domain.orders import (
    UnableToChangeOrder,
    cancel_order,
    confirm_order,
)
from credits.domain.refunds import refund_order
from credits.models import Entry, Grant
from tests.credits.ordering import make_confirmed, make_operator, make_order

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def actions(company):
    entries = AuditEntry.objects.filter(company=company, action__startswith="order.").order_by("pk")
    return list(entries.values_list("action", flat=True))


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
