import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from credits.domain.orders import confirm_order
from credits.domain.packs import change_pack
from credits.domain.refunds import refund_order
from credits.models import Grant, Order
from tests.conftest import sign_in_freshly
from tests.credits.ordering import make_confirmed, make_order

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def alice(client, cast):
    sign_in_freshly(client, cast.alice)
    return client


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def form_of(response):
    """The fields that a browser would send back, as the page holds them."""
    form = response.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


def test_looking_never_orders_and_sending_does(alice, cast, pack):
    cast.northwind.address = "Harbour Road 12"
    cast.northwind.save()
    address = reverse("credits:order_pack", args=[pack.pk])

    page = alice.get(address)
    assert Order.objects.count() == 0
    sent = form_of(page) | {"purchase_reference": "PO 7"}
    for _ in range(2):
        answer = alice.post(address, sent)

    order = Order.objects.get()
    assert answer.headers["Location"] == reverse("credits:order", args=[order.pk])
    assert (order.purchase_reference, order.billing_address, order.total) == ("PO 7", "Harbour Road 12", Decimal(119))
    assert "We wait for the operator to confirm your payment." in text_of(alice.get(answer.headers["Location"]))


def test_an_order_at_a_price_that_nobody_saw_is_shown_again(alice, pack):
    address = reverse("credits:order_pack", args=[pack.pk])
    sent = form_of(alice.get(address)) | {"billing_address": "Harbour Road 12"}
    change_pack(pack=pack, values={"price": Decimal(200)}, actor=None)

    refused = alice.post(address, sent)

    assert refused.status_code == 422
    assert "The price of “Hundred” has changed." in text_of(refused)
    assert "Order for 238.00 EUR" in text_of(refused)
    assert Order.objects.count() == 0
    assert alice.post(address, form_of(refused)).status_code == 302
    assert Order.objects.get().total == Decimal(238)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"billing_address": "x" * 501},
        {"billing_address": "  "},
        {"request_key": "1", "billing_address": "Harbour Road 12"},
        {"request_key": "", "billing_address": "Harbour Road 12", "agreed": "1"},
        {"request_key": "6f1f7a52-5d5b-4a38-9d64-0c6b1f2a8a11", "billing_address": "A", "agreed": "x" * 81},
        {"request_key": "6f1f7a52-5d5b-4a38-9d64-0c6b1f2a8a11", "billing_address": "A", "purchase_reference": "x" * 81},
        {"request_key": "6f1f7a52-5d5b-4a38-9d64-0c6b1f2a8a11", "billing_address": "A\x00", "agreed": "1"},
    ],
)
def test_a_forged_form_is_refused(alice, pack, sent):
    answer = alice.post(reverse("credits:order_pack", args=[pack.pk]), sent)

    assert answer.status_code == 422
    assert Order.objects.count() == 0


def test_a_pack_that_is_not_offered_leads_back(alice, pack):
    change_pack(pack=pack, values={"is_offered": False}, actor=None)

    answer = alice.get(reverse("credits:order_pack", args=[pack.pk]), follow=True)

    assert answer.redirect_chain == [(reverse("credits:order_packs"), 302)]
    assert "“Hundred” is no longer offered. Choose another pack." in text_of(answer)
    assert "No pack is offered" in text_of(answer)


def test_ordering_asks_again_who_one_is(client, cast, pack):
    client.force_login(cast.alice)

    answer = client.post(reverse("credits:order_pack", args=[pack.pk]), {"billing_address": "A"})

    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert Order.objects.count() == 0


@pytest.mark.parametrize("broken", [{"request_key": "x"}, {"request_key": ""}, {"agreed": ""}, {"agreed": "x" * 81}])
def test_a_form_that_came_back_broken_is_given_anew(alice, pack, broken):
    address = reverse("credits:order_pack", args=[pack.pk])
    sent = form_of(alice.get(address)) | {"billing_address": "Harbour Road 12"} | broken

    answer = alice.post(address, sent)

    assert (answer.status_code, Order.objects.count()) == (422, 0)
    assert "Nothing was ordered. Check the order below and send it again." in text_of(answer)
    assert alice.post(address, form_of(answer)).status_code == 302
    assert Order.objects.get().billing_address == "Harbour Road 12"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_many(alice, cast, pack, count, django_assert_num_queries):
    orders = [make_order(cast, pack) for _ in range(count)]
    make_order(cast, pack, actor=cast.charlie, reference="Contoso only")
    alice.get(reverse("credits:orders"))

    with django_assert_num_queries(5):
        page = alice.get(reverse("credits:orders"))

    assert [order.pk for order in page.context["page"].rows] == [order.pk for order in reversed(orders)]
    assert "Contoso only" not in text_of(page)


def test_an_empty_list_names_the_next_step(alice):
    assert "No orders yet" in text_of(alice.get(reverse("credits:orders")))


def test_a_long_list_goes_on_at_a_key(alice, cast, pack, monkeypatch):
    monkeypatch.setattr("credits.domain.order_queries.PAGE_SIZE", 2)
    orders = [make_order(cast, pack) for _ in range(3)]

    first = alice.get(reverse("credits:orders"))
    second = alice.get(reverse("credits:orders"), {"before": first.context["page"].older})

    assert [order.pk for order in second.context["page"].rows] == [orders[0].pk]
    assert second.context["page"].older == ""
    assert alice.get(reverse("credits:orders"), {"before": "9" * 50}).status_code == 200


def test_another_companys_order_is_not_there(alice, cast, pack):
    theirs = make_order(cast, pack, actor=cast.charlie)
    confirm_order(order=theirs, payment_reference="BANK-1", at=theirs.ordered_at, actor=None)

    for name in ("order", "receipt", "refund_receipt"):
        assert alice.get(reverse(f"credits:{name}", args=[theirs.pk])).status_code == 404
    for name in ("order_cancel", "order_pay"):
        assert alice.post(reverse(f"credits:{name}", args=[theirs.pk])).status_code == 404


def test_a_number_beyond_the_database_is_not_there(alice):
    assert alice.get(reverse("credits:order", args=[10**30])).status_code == 404
    assert alice.get(reverse("credits:order_pack", args=[10**30])).status_code == 404


def test_the_receipt_comes_as_a_file_and_is_audited(alice, cast, pack):
    order = make_confirmed(cast, pack)

    answer = alice.get(reverse("credits:receipt", args=[order.pk]))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt-R-000001.pdf"'
    assert answer.content.startswith(b"%PDF-")
    told = AuditEntry.objects.get(action="receipt.exported")
    assert (told.actor, told.details) == (cast.alice, {"order": order.number, "receipt": "R-000001"})
    assert alice.get(reverse("credits:refund_receipt", args=[order.pk])).status_code == 404


def test_the_page_of_a_refunded_order_tells_everything(alice, cast, pack, at):
    order = make_confirmed(cast, pack)
    refund_order(order=order, reason="Too many", at=at, actor=None)

    told = text_of(alice.get(reverse("credits:order", args=[order.pk])))

    for words in ("Refunded", "Too many", "Payment BANK-1", "100 credits for 119.00 EUR", "R-000001", "C-000001"):
        assert words in told
    assert alice.get(reverse("credits:refund_receipt", args=[order.pk])).content.startswith(b"%PDF-")


def test_a_member_cancels(alice, cast, pack):
    order = make_order(cast, pack)

    answer = alice.post(reverse("credits:order_cancel", args=[order.pk]), {"reason": "Not needed"}, follow=True)

    assert f"Order {order.number} is cancelled." in text_of(answer)
    order.refresh_from_db()
    assert (order.state, order.closing_reason) == ("CANCELLED", "Not needed")


def test_a_paid_order_says_why_it_is_not_cancelled(alice, cast, pack):
    order = make_confirmed(cast, pack)

    answer = alice.post(reverse("credits:order_cancel", args=[order.pk]), follow=True)

    assert "is paid, so it can&#x27;t be cancelled" in text_of(answer)
    assert Grant.objects.filter(kind="PURCHASED").count() == 1


def test_hostile_text_stays_text(alice, cast, pack):
    hostile = "<script>alert(1)</script>"
    order = make_order(cast, pack, reference=hostile, address=hostile, key=uuid4())

    for name, args in (("orders", []), ("order", [order.pk])):
        assert hostile not in alice.get(reverse(f"credits:{name}", args=args)).content.decode()
