import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Company
from credits.models import Entry, Grant, Order, Pack
from tests.credits.ordering import make_confirmed, make_order, make_pack

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def refused(*arguments):
    with pytest.raises(CommandError) as error:
        run(*arguments)
    return str(error.value)


FIFTY = ("packs", "--add", "Fifty", "--credits", "50", "--price", "49.90", "--currency", "eur", "--tax", "19")


def test_packs_are_added_changed_and_listed():
    assert run("packs") == "No packs yet. Add one with --add."
    assert run(*FIFTY) == "The pack is added: Fifty: 50 credits for 59.38 EUR, 19 % tax in it, offered"
    changed = run("packs", "--change", "Fifty", "--name", "Five tens", "--tax", "0", "--no-offered")
    assert changed == "The pack is changed: Five tens: 50 credits for 49.90 EUR, not offered"
    assert run("packs") == "Five tens: 50 credits for 49.90 EUR, not offered"
    assert json.loads(run("packs", "--json")) == [
        {
            "name": "Five tens",
            "credits": 50,
            "price": "49.900",
            "currency": "EUR",
            "tax_percent": "0.00",
            "is_offered": False,
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("packs", "--add", "Fifty"), "A new pack needs --credits, --price, --currency too."),
        ((*FIFTY, "--price", "x"), "“x” is not a number. Write it like 1234.50."),
        ((*FIFTY, "--price", "NaN"), "A price is 0 to 10,000,000."),
        ((*FIFTY, "--credits", "-5"), "A pack holds 1 to 100,000 credits."),
        (("packs", "--change", "None", "--tax", "1"), "There is no pack “None”."),
        (
            ("confirm_order", "O-000007", "--payment", "1"),
            "There is no order “O-000007”. “orders --state all” lists them.",
        ),
        (("set_plan", "nobody", "TENSOR"), "There is no company “nobody”."),
        (("adjust_credits", "nobody", "1", "--reason", "x"), "There is no company “nobody”."),
    ],
)
def test_what_makes_no_sense_is_refused(cast, arguments, sentence):
    assert refused(*arguments) == sentence
    assert (Pack.objects.count(), Entry.objects.count()) == (0, 0)


def test_orders_are_listed_by_state(cast):
    pack = make_pack()
    waiting, paid = make_order(cast, pack), make_confirmed(cast, pack)

    assert run("orders") == f"{waiting.number}  2026-11-20  northwind: 100 credits for 119.00 EUR, ordered"
    assert run("orders", "--state", "CONFIRMED") == (
        f"{paid.number}  2026-11-20  northwind: 100 credits for 119.00 EUR, confirmed, payment BANK-1"
    )
    assert run("orders", "--state", "REFUNDED") == "No orders."
    rows = [json.loads(line) for line in run("orders", "--state", "all", "--json").splitlines()]
    assert [row["order"] for row in rows] == [paid.number, waiting.number]


def test_all_pages_of_orders_are_listed(cast, monkeypatch):
    monkeypatch.setattr("credits.domain.order_queries.PAGE_SIZE", 2)
    pack = make_pack()
    for _ in range(5):
        make_order(cast, pack)

    assert len(run("orders").splitlines()) == 5


def test_an_order_is_confirmed_once_and_refunded(cast):
    order = make_order(cast, make_pack())
    confirmed = f"Order {order.number} of northwind is confirmed: 100 credits, receipt R-000001."

    assert run("confirm_order", order.number, "--payment", "BANK-1") == confirmed
    assert run("confirm_order", str(order.pk), "--payment", "BANK-1") == confirmed
    assert refused("confirm_order", order.number, "--payment", "BANK-2").startswith(
        f"Order {order.number} is confirmed already, with the payment BANK-1."
    )
    assert refused("cancel_order", order.number, "--reason", "x").startswith(f"Order {order.number} is paid")
    assert run("refund_order", order.number, "--reason", "Too many") == (
        f"Order {order.number} of northwind is refunded: 100 credits taken back, receipt C-000001. Pay 119.00 EUR back."
    )
    assert refused("refund_order", order.number, "--reason", "Too many") == (
        f"Order {order.number} is refunded already: 100 credits."
    )


def test_an_order_is_cancelled(cast):
    order = make_order(cast, make_pack())

    assert run("cancel_order", order.number, "--reason", "Never paid") == (
        f"Order {order.number} of northwind is cancelled."
    )
    assert Order.objects.get().closing_reason == "Never paid"


def test_a_plan_is_set(cast):
    Company.objects.update(plan="BUSINESS")

    assert run("set_plan", "northwind", "premium") == (
        "Northwind IT Services has the plan PREMIUM; 5 free credits were added for this month."
    )
    assert refused("set_plan", "northwind", "gold") == (
        "There is no plan “GOLD”. The plans are BUSINESS, PREMIUM, CORPORATE, TENSOR."
    )


def test_credits_are_adjusted(cast):
    assert run("adjust_credits", "northwind", "7", "--reason", "For the trouble") == (
        "Northwind IT Services: +7 credits. 57 are left to use."
    )
    assert run("adjust_credits", "northwind", "--reason", "A slip", "--", "-2") == (
        "Northwind IT Services: -2 credits. 55 are left to use."
    )
    assert refused("adjust_credits", "northwind", "0", "--reason", "x") == (
        "Credits are given and taken in whole numbers from 1 to 1,000,000."
    )
    assert refused("adjust_credits", "northwind", "--reason", "x", "--", "-6") == (
        "Only 5 unused credits are left, so 6 can't be taken back. Nothing was changed."
    )
    assert refused("adjust_credits", "northwind", "1", "--reason", "x" * 201) == (
        "Say why in 1 to 200 characters: the company reads it."
    )
    assert Grant.objects.get(kind="ADJUSTMENT").remaining == 5
