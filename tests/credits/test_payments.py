"""A provider that is not built in: a class of the operator's, a server of the provider's, and signed notices."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Mail
from credits.domain.orders import cancel_order
from credits.models import Entry, Grant, NotedPayment
from credits.payments import payment_provider
from insights_portal.checks import check_payment_provider
from tests.conftest import sign_in_freshly
from tests.credits.ordering import make_order, make_pack
from tests.payment_provider import SignedPayments, signature_of

pytestmark = pytest.mark.usefixtures("ledger_adds_up")

ADDRESS = "/credits/payment-notices/"


@pytest.fixture
def provider(settings, httpserver):
    settings.PAYMENT_PROVIDER = "tests.payment_provider.SignedPayments"
    settings.PAYMENT_TEST_ADDRESS = httpserver.url_for("")
    return httpserver


@pytest.fixture
def order(cast):
    return make_order(cast, make_pack())


def notify(client, ordered, *, body=None, signature=None, **values):
    told = {"order": ordered.number, "total": "119.00", "currency": "EUR", "payment": "PAY-1", "status": "paid"}
    body = json.dumps(told | values).encode() if body is None else body
    headers = {"X-Payment-Signature": signature_of(body) if signature is None else signature}
    return client.post(ADDRESS, body, content_type="application/json", headers=headers)


def test_without_a_provider_companies_pay_by_invoice(client, cast, order, settings):
    settings.PAYMENT_INSTRUCTIONS = "Name the number of the order."
    sign_in_freshly(client, cast.alice)

    page = client.get(reverse("credits:order", args=[order.pk])).content.decode()

    assert payment_provider() is None
    assert "Name the number of the order." in page
    assert reverse("credits:order_pay", args=[order.pk]) not in page
    assert notify(client, order).status_code == 404


def test_a_member_is_sent_to_the_provider(client, cast, order, provider):
    provider.expect_ordered_request(
        "/payments",
        method="POST",
        json={
            "order": order.number,
            "description": "100 AI credits",
            "total": "119.000",
            "currency": "EUR",
            "return_address": f"http://testserver/credits/orders/O-{order.pk}/",
        },
    ).respond_with_json({"page": "https://pay.example/p/1"}, status=201)
    sign_in_freshly(client, cast.alice)

    assert isinstance(payment_provider(), SignedPayments)
    assert "Pay 119.00 EUR" in client.get(reverse("credits:order", args=[order.pk])).content.decode()
    page = client.post(reverse("credits:order_pay", args=[order.pk])).content.decode()

    provider.check_assertions()
    assert 'href="https://pay.example/p/1"' in page
    order.refresh_from_db()
    assert order.state == "ORDERED"


def test_the_start_fails_for_a_provider_that_is_not_there(settings):
    assert check_payment_provider(None) == []
    settings.PAYMENT_PROVIDER = "tests.payment_provider.SignedPayments"
    assert check_payment_provider(None) == []

    for wrong in ("nowhere.Provider", "tests.payment_provider.Nothing", "Provider", "tests.payment_provider.SECRET"):
        settings.PAYMENT_PROVIDER = wrong
        assert [message.id for message in check_payment_provider(None)] == ["portal.E006"]


@pytest.mark.parametrize(
    ("status", "page", "sentence"),
    [
        (503, "", "The payment provider takes no payments at present. Try again later."),
        (201, "javascript:alert(1)", "The payment can&#x27;t begin at present. Try again later."),
        (201, "https://[pay.example", "The payment can&#x27;t begin at present. Try again later."),
        (201, None, "The payment can&#x27;t begin at present. Try again later."),
        (201, 7, "The payment can&#x27;t begin at present. Try again later."),
    ],
)
def test_a_provider_that_fails_leaves_the_order_waiting(client, cast, order, provider, status, page, sentence):
    provider.expect_request("/payments").respond_with_json({"page": page}, status=status)
    sign_in_freshly(client, cast.alice)

    answer = client.post(reverse("credits:order_pay", args=[order.pk]), follow=True)

    assert answer.redirect_chain == [(reverse("credits:order", args=[order.pk]), 302)]
    assert sentence in answer.content.decode()


def test_an_order_that_is_closed_is_not_paid(client, cast, order, provider, at):
    cancel_order(order=order, reason="", actor=cast.alice, at=at)
    sign_in_freshly(client, cast.alice)

    answer = client.post(reverse("credits:order_pay", args=[order.pk]), follow=True)

    assert f"Order {order.number} waits for no payment." in answer.content.decode()


def test_a_signed_notice_confirms_once(client, order, provider):
    for _ in range(3):
        answer = notify(client, order)
        assert (answer.status_code, answer.json()) == (200, {"outcome": "PAID"})

    order.refresh_from_db()
    assert (order.state, order.payment_reference, order.receipt_number) == ("CONFIRMED", "PAY-1", 1)
    assert Grant.objects.filter(kind="PURCHASED").count() == 1
    assert Mail.objects.filter(key=f"order-{order.pk}-confirmed").count() == 1


def test_a_notice_with_a_wrong_signature_changes_nothing(client, order, provider):
    for signature in ("", "0" * 64, signature_of(b"something else"), "é"):
        answer = notify(client, order, signature=signature)
        assert (answer.status_code, answer.json()) == (400, {"problem": "The signature does not fit."})

    assert NotedPayment.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "status", "answered"),
    [
        ({"total": "1.00"}, 200, {"outcome": "MISMATCH"}),
        ({"currency": "USD"}, 200, {"outcome": "MISMATCH"}),
        ({"status": "failed"}, 200, {"outcome": "FAILED"}),
        ({"total": "many"}, 400, {"problem": "The notice can't be read."}),
        (
            {"total": "NaN"},
            422,
            {
                "problem": "The amount is not a sum of money. "
                "Give a number below 100,000,000 with at most three decimal places."
            },
        ),
        ({"order": "O-999999"}, 422, {"problem": "There is no such order."}),
        ({"body": b"[]"}, 400, {"problem": "The notice can't be read."}),
        ({"body": b"\xff\xfe"}, 400, {"problem": "The notice can't be read."}),
        ({"body": b""}, 400, {"problem": "The notice can't be read."}),
        ({"body": b"x" * (64 * 1024 + 1)}, 413, {"problem": "The notice is too large."}),
    ],
)
def test_a_notice_that_does_not_fit_never_confirms(client, order, provider, values, status, answered):
    answer = notify(client, order, **values)

    assert (answer.status_code, answer.json()) == (status, answered)
    order.refresh_from_db()
    assert (order.state, order.total) == ("ORDERED", Decimal(119))
    assert Entry.objects.count() == 0


def test_notices_need_no_sign_in_and_no_token_but_a_post(order, provider, client):
    strict = type(client)(enforce_csrf_checks=True)

    assert strict.get(ADDRESS).status_code == 405
    assert notify(strict, order).status_code == 200


def test_many_notices_from_one_address_wait(client, order, provider, monkeypatch):
    monkeypatch.setattr("credits.views.payment_notices.MOST_A_MINUTE", 2)

    answers = [notify(client, order, signature="x") for _ in range(3)]

    # The third falls into the next minute at worst, and then all three were let through.
    assert [answer.status_code for answer in answers][:2] == [400, 400]
    assert answers[2].headers.get("Retry-After", "60") == "60"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff"])
def test_a_providers_class_that_stumbles_is_no_server_error(client, order, provider, settings, body):
    settings.PAYMENT_PROVIDER = "tests.payment_provider.ForgetfulPayments"

    answer = notify(client, order, body=body)

    assert (answer.status_code, answer.json()) == (400, {"problem": "The notice can't be read."})
