import re
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.models import AuditEntry
from credits.domain.orders import cancel_order
from credits.domain.payment_notices import note_payment
from credits.models import Order, Pack
from credits.payments import PaymentNotice
from tests.conftest import NOW, sign_in_freshly
from tests.credits.ordering import make_confirmed, make_operator, make_order, make_pack

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def olga(client, cast):
    """The operator's client; she is member of no company."""
    sign_in_freshly(client, make_operator())
    return client


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def change(client, order, action, **data):
    return client.post(reverse("credits:operator_order_change", args=[order.pk, action]), data, follow=True)


def test_an_operator_of_no_company_lands_on_the_orders(olga):
    answer = olga.get(reverse("summaries:home"))

    assert answer.headers["Location"] == reverse("credits:operator_orders")
    assert "No order waits" in text_of(olga.get(answer.headers["Location"]))


def test_an_operator_sees_no_page_of_a_company(olga, cast, pack):
    order = make_order(cast, pack)

    for name, args in (
        ("summaries:reports", []),
        ("credits:overview", []),
        ("credits:orders", []),
        ("credits:order", [order.pk]),
        ("summaries:session", [1]),
    ):
        assert olga.get(reverse(name, args=args)).status_code == 403


def test_a_member_who_is_an_operator_too_has_both(client, cast):
    cast.bob.is_staff = True
    cast.bob.save()
    sign_in_freshly(client, cast.bob)

    page = client.get(reverse("credits:operator_orders"))

    assert page.status_code == 200
    assert [section.label for section in page.context["navigation"]["sections"]] == ["", "Views", "Capture", "Operator"]
    assert client.get(reverse("credits:orders")).status_code == 403


def test_members_see_nothing_of_the_operator(client, cast):
    sign_in_freshly(client, cast.alice)

    page = client.get(reverse("credits:orders"))

    assert "Operator" not in [section.label for section in page.context["navigation"]["sections"]]


def test_a_companys_own_sign_on_makes_no_operator(client, cast, pack):
    """Northwind's identity provider may say who somebody is in Northwind, never who runs the installation."""
    operator = make_operator()
    add_member(company=cast.northwind, email=operator.email, name="Olga", role_names=["Supporter"], at=NOW)
    cast.northwind.single_sign_on.is_active = True
    cast.northwind.single_sign_on.save()
    sign_in_freshly(client, operator)
    session = client.session
    session["single_sign_on_company_id"] = cast.northwind.pk
    session.save()
    order = make_order(cast, pack)

    assert client.get(reverse("credits:operator_orders")).status_code == 403
    assert change(client, order, "confirm", payment_reference="1").status_code == 403
    order.refresh_from_db()
    assert order.state == "ORDERED"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_many(olga, cast, pack, count, django_assert_num_queries):
    for _ in range(count):
        make_order(cast, pack)
    olga.get(reverse("credits:operator_orders"))

    with django_assert_num_queries(2):
        page = olga.get(reverse("credits:operator_orders"))

    assert len(page.context["page"].rows) == count


def test_the_list_is_filtered_by_state(olga, cast, pack, at):
    waiting, paid = make_order(cast, pack), make_confirmed(cast, pack)
    cancelled = cancel_order(order=make_order(cast, pack), reason="", actor=cast.alice, at=at)

    def listed(state):
        page = olga.get(reverse("credits:operator_orders"), {"state": state})
        return [order.pk for order in page.context["page"].rows]

    assert listed("") == listed("x") == [waiting.pk]
    assert (listed("CONFIRMED"), listed("CANCELLED"), listed("REFUNDED")) == ([paid.pk], [cancelled.pk], [])
    assert listed("all") == [cancelled.pk, paid.pk, waiting.pk]


def test_confirming_brings_the_credits(olga, cast, pack):
    order = make_order(cast, pack)

    for _ in range(2):
        answer = change(olga, order, "confirm", payment_reference="BANK-9")
        assert f"Order {order.number} is confirmed." in text_of(answer)

    order.refresh_from_db()
    assert (order.state, order.confirmed_by.name, order.grant.remaining) == ("CONFIRMED", "Olga", 100)
    assert olga.get(reverse("credits:operator_receipt", args=[order.pk])).content.startswith(b"%PDF-")


def test_refusals_are_told_on_the_order(olga, cast, pack):
    order = make_order(cast, pack)

    assert "Give the payment&#x27;s reference" in text_of(change(olga, order, "confirm", payment_reference=" "))
    assert "was never confirmed, so there is nothing to refund" in text_of(change(olga, order, "refund", reason="x"))
    assert "Say why in 1 to 200 characters" in text_of(change(olga, order, "cancel"))
    order.refresh_from_db()
    assert order.state == "ORDERED"
    assert change(olga, order, "sell").status_code == 404


def test_the_page_tells_amounts_of_notices_as_amounts(olga, cast, pack, at):
    order = make_order(cast, pack)
    note_payment(notice=PaymentNotice(order.number, Decimal(5), "EUR", "PAY-1", is_paid=True), at=at)

    page = text_of(olga.get(reverse("credits:operator_order", args=[order.pk])))

    assert "5.00 EUR, payment PAY-1" in page


def test_cancelling_and_refunding(olga, cast, pack):
    open_order, paid = make_order(cast, pack), make_confirmed(cast, pack)

    assert "is cancelled." in text_of(change(olga, open_order, "cancel", reason="Never paid"))
    answer = change(olga, paid, "refund", reason="Too many")

    assert f"Order {paid.number} is refunded." in text_of(answer)
    assert "100 credits for 119.00 EUR" in text_of(answer)
    assert olga.get(reverse("credits:operator_refund_receipt", args=[paid.pk])).content.startswith(b"%PDF-")


def test_what_moves_money_asks_again_who_one_is(client, cast, pack):
    order = make_order(cast, pack)
    client.force_login(make_operator())

    for address in (
        reverse("credits:operator_order_change", args=[order.pk, "confirm"]),
        reverse("credits:operator_plan", args=[cast.northwind.pk]),
    ):
        answer = client.post(address, {"payment_reference": "1", "plan": "BUSINESS"})
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))

    order.refresh_from_db()
    cast.northwind.refresh_from_db()
    assert (order.state, cast.northwind.plan) == ("ORDERED", "TENSOR")


PACK = {"name": "Fifty", "credits": "50", "price": "49.90", "currency": "EUR", "tax_percent": "19", "is_offered": "on"}


def test_packs_are_added_changed_and_no_longer_offered(olga):
    olga.post(reverse("credits:operator_pack_new"), PACK)
    pack = Pack.objects.get()
    assert (pack.name, pack.credits, pack.price, pack.is_offered) == ("Fifty", 50, Decimal("49.900"), True)

    page = olga.get(reverse("credits:operator_pack", args=[pack.pk]))
    assert page.context["form"]["price"].value() == Decimal("49.90")
    changed = {**PACK, "price": "45"}
    del changed["is_offered"]
    answer = olga.post(reverse("credits:operator_pack", args=[pack.pk]), changed, follow=True)

    pack.refresh_from_db()
    assert (pack.price, pack.is_offered) == (Decimal(45), False)
    assert "Not offered" in text_of(answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"credits": "-1"},
        {"credits": "999999999999"},
        {"credits": "1.5"},
        {"price": "-1"},
        {"price": "NaN"},
        {"price": "1e400"},
        {"price": "1.005"},
        {"currency": "ZZZ"},
        {"tax_percent": "101"},
        {"name": "Fifty\x00"},
    ],
)
def test_a_pack_that_makes_no_sense_is_shown_again(olga, wrong):
    answer = olga.post(reverse("credits:operator_pack_new"), PACK | wrong)

    assert answer.status_code == 422
    assert "Nothing was saved." in text_of(answer)
    assert Pack.objects.count() == 0


def test_companies_show_plan_credits_and_open_orders(olga, cast, pack):
    make_order(cast, pack)
    make_confirmed(cast, pack)

    rows = olga.get(reverse("credits:operator_companies")).context["page"].rows

    assert [(row.company, row.available, row.open_orders) for row in rows] == [
        (cast.contoso, 50, 0),
        (cast.northwind, 150, 1),
    ]


def test_a_plan_is_changed_and_audited(olga, cast):
    type(cast.northwind).objects.update(plan="BUSINESS")

    answer = olga.post(reverse("credits:operator_plan", args=[cast.northwind.pk]), {"plan": "PREMIUM"}, follow=True)
    refused = olga.post(reverse("credits:operator_plan", args=[cast.northwind.pk]), {"plan": "GOLD"}, follow=True)

    assert "has the plan Premium. 5 free credits were added for this month." in text_of(answer)
    assert "There is no plan “GOLD”." in text_of(refused)
    assert AuditEntry.objects.get(action="company.plan_changed").company == cast.northwind
    assert olga.post(reverse("credits:operator_plan", args=[10**30]), {"plan": "PREMIUM"}).status_code == 404


def test_the_operators_pages_name_no_member(olga, cast, pack):
    order = make_order(cast, pack)

    for name, args in (("operator_orders", []), ("operator_order", [order.pk]), ("operator_companies", [])):
        page = olga.get(reverse(f"credits:{name}", args=args)).content.decode()
        assert [name for name in ("Alice", "Bob", "Mona") if name in page] == []
    assert Order.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_packs_and_companies_ask_the_database_as_often_for_many(olga, cast, count, django_assert_num_queries):
    for number in range(count):
        make_pack(name=str(number))
        create_company(name=str(number), slug=str(number), time_zone=("UTC", "Asia/Tokyo")[number % 2], at=NOW)
    olga.get(reverse("credits:operator_packs"))

    with django_assert_num_queries(2):
        packs = olga.get(reverse("credits:operator_packs")).context["rows"]
    with django_assert_num_queries(3):
        companies = olga.get(reverse("credits:operator_companies")).context["page"].rows

    assert (len(packs), len(companies)) == (count, count + 2)
