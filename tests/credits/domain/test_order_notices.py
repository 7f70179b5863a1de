import json
from ast import literal_eval
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django_q.models import OrmQ, Schedule

from accounts.connectors.post_office import UnableToPost
from accounts.domain.roles import assign, create_role
from accounts.models import Mail, WebhookEndpoint, WebhookMessage
from accounts.permissions import Permission
from credits import tasks
from credits.domain import order_notices
from credits.domain.orders import cancel_order, confirm_order
from credits.domain.payment_notices import note_payment
from credits.domain.refunds import refund_order
from credits.payments import PaymentNotice
from insights_portal.lib.crypto import encrypt
from tests.credits.ordering import make_confirmed, make_operator, make_order, make_pack
from tests.mail_server import mail_server

__all__ = ["mail_server"]


@pytest.fixture
def order(cast):
    return make_order(cast, make_pack())


def queued(callbacks):
    """(operator, what) of the mails that the callbacks of a commit put into the queue."""
    calls = [callback for callback in callbacks if getattr(callback, "args", ()) == (order_notices.TASK,)]
    return [(call.keywords["operator_id"], call.keywords["what"]) for call in calls]


def test_operators_are_told_at_each_step(cast, at, settings, django_capture_on_commit_callbacks):
    settings.OPERATOR_EMAIL = "sales@operator.example"
    olga = make_operator()
    former = make_operator("Oscar")
    former.is_active = False
    former.save()

    with django_capture_on_commit_callbacks() as callbacks:
        make_confirmed(cast, make_pack())

    assert queued(callbacks) == [(0, "ordered"), (olga.pk, "ordered"), (0, "confirmed"), (olga.pk, "confirmed")]


def test_an_operator_whose_address_is_the_setting_is_told_once(order, settings, django_capture_on_commit_callbacks):
    settings.OPERATOR_EMAIL = make_operator().email

    with django_capture_on_commit_callbacks() as callbacks:
        confirm_order(order=order, payment_reference="BANK-1", at=order.ordered_at, actor=None)

    assert queued(callbacks) == [(0, "confirmed")]


def test_an_operators_mail_names_company_amount_and_page(order, settings):
    settings.PORTAL_URL = "https://portal.example"
    olga = make_operator()

    tasks.mail_operator(order_id=order.pk, operator_id=olga.pk, what="ordered")

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (
        [olga.email],
        f"Order {order.number} of Northwind IT Services: confirm its payment",
    )
    for words in (
        "100 credits, 119.00 EUR in all.",
        "Confirm it once the money is there.",
        f"https://portal.example/operator/orders/O-{order.pk}/",
    ):
        assert words in sent.body
        assert words in sent.alternatives[0].content


def test_the_address_of_the_setting_is_told_too(order, settings):
    settings.OPERATOR_EMAIL = "sales@operator.example"

    tasks.mail_operator(order_id=order.pk, operator_id=order_notices.OPERATOR_EMAIL_ID, what="mismatch")

    assert mail.outbox[0].to == ["sales@operator.example"]
    assert "another one than the order’s, so nothing was confirmed" in mail.outbox[0].body


def test_each_payment_that_does_not_match_is_a_mail_of_its_own(
    order, at, mail_server, django_capture_on_commit_callbacks
):
    make_operator()

    with django_capture_on_commit_callbacks(execute=True):
        for reference in ("PAY-1", "PAY-2", "PAY-2"):
            note_payment(notice=PaymentNotice(order.number, Decimal(1), "EUR", reference, is_paid=True), at=at)
    for task in [row.task for row in OrmQ.objects.order_by("pk")]:
        if task["func"] == order_notices.TASK:
            tasks.mail_operator(**task["kwargs"])

    assert len({sent["Message-ID"] for sent in mail_server.mails}) == len(mail_server.mails) == 2


def test_a_mail_server_that_is_away_is_asked_again_later_and_not_for_ever(order, mail_server):
    mail_server.says = "451 later"
    wish = {"order_id": order.pk, "operator_id": make_operator().pk, "what": "mismatch", "key": "PAY-1"}

    tasks.mail_operator(**wish)

    again = Schedule.objects.get(func=order_notices.TASK)
    assert literal_eval(again.kwargs) == {**wish, "attempt": 2}
    mail_server.says = ""
    tasks.mail_operator(**literal_eval(again.kwargs))
    assert len(mail_server.mails) == 1
    mail_server.says = "451 later"
    with pytest.raises(UnableToPost):
        tasks.mail_operator(**wish, attempt=len(tasks.PAUSES) + 1)
    mail_server.says = "550 no such box"
    with pytest.raises(UnableToPost):
        tasks.mail_operator(**wish)
    assert Schedule.objects.filter(func=order_notices.TASK).count() == 1


def test_who_is_no_operator_any_more_is_not_told(order, cast):
    tasks.mail_operator(order_id=order.pk, operator_id=cast.alice.pk, what="ordered")

    assert mail.outbox == []


def test_where_nobody_manages_credits_administrators_are_told(cast, order, at):
    boss = create_role(company=cast.northwind, name="Boss", permissions=[Permission.MANAGE_COMPANY], at=at)
    assign(membership=cast.membership(cast.mona), roles=[boss])
    assign(membership=cast.membership(cast.alice), roles=[])
    Mail.objects.all().delete()

    confirm_order(order=order, payment_reference="BANK-1", at=at, actor=None)

    assert [sent.recipient for sent in Mail.objects.all()] == [cast.mona]


def test_members_read_what_happened_and_where(cast, at, settings):
    settings.PORTAL_URL, settings.PAYMENT_INSTRUCTIONS = "https://portal.example", "Name the order’s number."
    order = make_confirmed(cast, make_pack())
    refund_order(order=order, reason="Too many", at=at, actor=None)
    cancel_order(order=make_order(cast, order.pack), reason="Not needed", actor=cast.alice, at=at)

    told = [each.text for each in Mail.objects.order_by("pk")]

    assert len(told) == 5
    for text, words in zip(
        told,
        (
            "Name the order’s number.",
            "They can be used until 20 Nov 2027. The receipt R-000001 is on the page",
            "100 unused credits were taken back, and 119.00 EUR is paid back to you.",
            "Northwind IT Services has ordered credits.",
            "Your order is cancelled: Not needed",
        ),
        strict=True,
    ):
        assert words in text
    assert f"https://portal.example/credits/orders/O-{order.pk}/" in told[0]


def test_webhooks_tell_each_change_once(cast, at):
    WebhookEndpoint.objects.create(
        company=cast.northwind, url="https://example.com/", secret_encrypted=encrypt("x"), created_at=at
    )
    order = make_confirmed(cast, make_pack())
    confirm_order(order=order, payment_reference="BANK-1", at=at + timedelta(hours=1), actor=None)
    refund_order(order=order, reason="Too many", at=at, actor=None)

    told = [(each.event_type, json.loads(each.body)["data"]) for each in WebhookMessage.objects.order_by("pk")]

    assert [(kind, data.get("state")) for kind, data in told] == [
        ("credits.order_changed", "ORDERED"),
        ("credits.order_changed", "CONFIRMED"),
        ("credits.granted", None),
        ("credits.order_changed", "REFUNDED"),
    ]
    assert told[1][1] == {
        "order": order.number,
        "state": "CONFIRMED",
        "credits": 100,
        "total": "119.000",
        "currency": "EUR",
        "refunded_credits": 0,
        "refunded_total": "0.000",
    }
    assert told[2][1] == {
        "kind": "PURCHASED",
        "credits": 100,
        "ends_at": "2027-11-20T09:00:00+00:00",
        "order": order.number,
    }
