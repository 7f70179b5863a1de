"""Ordering and confirming in a real browser: a double click is one order, and every page is readable everywhere."""

import pytest

from credits.models import Order
from tests.conftest import PASSWORD
from tests.credits.ordering import make_confirmed, make_operator, make_order, make_pack

pytestmark = pytest.mark.e2e


@pytest.fixture
def complaints(page):
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def as_operator(page, live_server):
    """The operator, member of no company, signs in through the page and lands on the orders."""
    page.context.clear_cookies()
    page.goto(live_server.url)
    page.get_by_label("Email").fill(make_operator().email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live_server.url}/operator/orders/")
    return page


def test_an_order_from_choice_to_receipt(sign_in, portal, live_server):
    make_pack()
    page = sign_in(portal.alice)

    page.goto(f"{live_server.url}/credits/orders/")
    page.get_by_role("link", name="Order credits").click()
    page.get_by_role("link", name="Choose Hundred").click()
    page.get_by_label("Billing address").fill("Harbour Road 12")
    page.get_by_role("button", name="Order for 119.00 EUR").dblclick()
    page.get_by_text("We wait for the operator to confirm your payment.").wait_for()
    order = Order.objects.get()
    assert page.url == f"{live_server.url}/credits/orders/O-{order.pk}/"

    as_operator(page, live_server)
    page.get_by_role("link", name=order.number).click()
    page.get_by_label("Payment reference").fill("BANK-1")
    page.get_by_role("button", name="Confirm 119.00 EUR").click()
    page.get_by_text(f"Order {order.number} is confirmed.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Receipt R-000001 (PDF)").click()
    assert download.value.suggested_filename == "receipt-R-000001.pdf"


@pytest.mark.parametrize(("width", "scheme"), [(1600, "light"), (1600, "dark"), (320, "light")])
def test_pages_of_orders_are_accessible(sign_in, portal, live_server, complaints, axe, width, scheme):
    pack = make_pack(name="A pack with quite a long name for the whole service desk")
    paid, waiting = make_confirmed(portal, pack), make_order(portal, pack, reference="PO 2026-1180044-A")
    page = sign_in(portal.alice)
    page.emulate_media(color_scheme=scheme)
    found = {}

    def look(*addresses):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(live_server.url + address)
            found[address] = [*complaints, *axe(page)]
            # What axe itself does to a page is not the page's fault.
            complaints.clear()
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            cut = page.evaluate(
                "[...document.querySelectorAll('.card')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
            )
            found[address] += [("overflow", overflow, cut)] if overflow > 0 or cut else []

    of_order = [f"O-{order.pk}/" for order in (paid, waiting)]
    look("/credits/orders/", "/credits/orders/new/", f"/credits/orders/new/{pack.pk}/")
    look(*(f"/credits/orders/{each}" for each in of_order))
    as_operator(page, live_server)
    look("/operator/orders/?state=all", "/operator/packs/", f"/operator/packs/{pack.pk}/", "/operator/companies/")
    look(*(f"/operator/orders/{each}" for each in of_order))

    assert {address: findings for address, findings in found.items() if findings} == {}
