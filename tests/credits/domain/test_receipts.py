import io
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import translation
from pypdf import PdfReader

from accounts.models import AuditEntry, Company
from credits.domain.orders import cancel_order, confirm_order
from credits.domain.receipts import Line, NoReceipt, export_receipt, receipt_of, refund_receipt_of
from credits.domain.refunds import refund_order
from credits.domain.reservations import reserve
from tests.credits.ordering import make_confirmed, make_order, make_pack


@pytest.fixture(autouse=True)
def seller(settings):
    settings.OPERATOR_NAME, settings.OPERATOR_ADDRESS, settings.OPERATOR_TAX_ID = "Fjord Ltd", "Quay 4\nOslo", "NO 1"


@pytest.fixture
def order(cast):
    return make_confirmed(cast, make_pack(credits=1500, price=Decimal(2000)))


def text_of(pdf):
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_receipt_names_both_sides_and_adds_up(order):
    receipt = receipt_of(order)

    assert (receipt.title, receipt.number, receipt.date) == ("Receipt", "R-000001", "20 Nov 2026")
    assert (receipt.seller_name, receipt.seller_lines) == ("Fjord Ltd", ["Quay 4", "Oslo", "Tax ID NO 1"])
    assert (receipt.buyer_name, receipt.buyer_lines) == (
        "Northwind IT Services",
        ["Harbour Road 12", "20457 Hamburg"],
    )
    assert receipt.particulars == [
        ("Order", f"{order.number}, 20 Nov 2026"),
        ("Payment", "BANK-1"),
        ("Credits can be used until", "20 Nov 2027"),
    ]
    assert receipt.item == "Hundred: 1,500 AI credits"
    assert receipt.lines == [
        Line("Net", "2,000.00 EUR"),
        Line("Tax (19 %)", "380.00 EUR"),
        Line("Total paid", "2,380.00 EUR", is_total=True),
    ]


def test_a_receipt_stays_as_it_was(order, settings, cast):
    settings.OPERATOR_NAME = "Another name"
    Company.objects.filter(pk=cast.northwind.pk).update(name="Southwind")
    order.refresh_from_db()

    receipt = receipt_of(order)

    assert (receipt.seller_name, receipt.buyer_name) == ("Fjord Ltd", "Northwind IT Services")


def test_days_are_those_of_the_company(cast):
    cast.northwind.time_zone = "Pacific/Auckland"
    cast.northwind.save()
    late = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)

    receipt = receipt_of(make_confirmed(cast, make_pack(), at=late))

    assert receipt.date == "21 Nov 2026"


def test_a_refund_receipt_corrects_the_first_and_adds_up(cast, at):
    Company.objects.update(plan="BUSINESS")
    cast.northwind.refresh_from_db()
    pack = make_pack(credits=3, price=Decimal(10), tax_percent=Decimal("7.5"))
    order = make_order(cast, pack, reference="PO 7")
    confirm_order(order=order, payment_reference="BANK-1", at=at, actor=None)
    for _ in range(6):
        reserve(company=cast.northwind, session_id=uuid4(), at=at)
    order = refund_order(order=order, reason="Too many", at=at, actor=None)

    receipt = refund_receipt_of(order)

    assert (receipt.title, receipt.number) == ("Refund receipt", "C-000001")
    assert receipt.item == "Hundred: 2 of 3 AI credits taken back"
    assert receipt.particulars == [
        ("Order", f"{order.number}, 20 Nov 2026"),
        ("Your reference", "PO 7"),
        ("Corrects receipt", "R-000001, 20 Nov 2026"),
        ("Payment", "BANK-1"),
        ("Reason", "Too many"),
    ]
    assert receipt.lines == [
        Line("Net", "-6.67 EUR"),
        Line("Tax (7.5 %)", "-0.50 EUR"),
        Line("Total refunded", "-7.17 EUR", is_total=True),
    ]


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("northwind it services \nHarbour Road 12", ["Harbour Road 12"]),
        ("Northwind IT Services", []),
        ("Northwind IT Services Ltd\nHarbour Road 12", ["Northwind IT Services Ltd", "Harbour Road 12"]),
        ("Harbour Road 12\nNorthwind IT Services", ["Harbour Road 12", "Northwind IT Services"]),
    ],
)
def test_a_name_at_the_head_of_the_address_is_told_once(order, address, lines):
    order.billing_address = address

    assert receipt_of(order).buyer_lines == lines


def test_in_arabic_names_numbers_and_addresses_stay_in_one_piece(order):
    with translation.override("ar"):
        receipt = receipt_of(order)

    assert receipt.seller_lines[:2] == ["\u2068Quay 4\u2069", "\u2068Oslo\u2069"]
    assert receipt.buyer_lines == ["\u2068Harbour Road 12\u2069", "\u206820457 Hamburg\u2069"]
    assert [value for _, value in receipt.particulars[:2]] == [
        f"\u2068{order.number}\u2069، 20 نوفمبر 2026",
        "\u2068BANK-1\u2069",
    ]
    assert receipt.item.startswith("\u2068Hundred\u2069: ")


def test_without_a_payment_there_is_no_receipt(cast, at):
    order = make_order(cast, make_pack())
    cancelled = cancel_order(order=make_order(cast, order.pack), reason="", actor=cast.alice, at=at)

    for each in (order, cancelled):
        with pytest.raises(NoReceipt) as missing:
            receipt_of(each)
        assert str(missing.value) == f"Order {each.number} has a receipt once its payment is confirmed."
        with pytest.raises(NoReceipt) as missing:
            refund_receipt_of(each)
        assert str(missing.value) == f"Order {each.number} was not refunded."


def test_the_pdf_is_tagged_titled_and_on_a4(order, cast, at):
    made = export_receipt(order=order, actor=cast.alice, at=at)

    reader = PdfReader(io.BytesIO(made.pdf))
    assert made.file_name == "receipt-R-000001.pdf"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert (reader.metadata.title, reader.metadata.author) == ("Receipt R-000001", "Fjord Ltd")
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert len(reader.pages) == 1
    for words in ("Fjord Ltd", "Northwind IT Services", "2,380.00 EUR", "BANK-1", "1 / 1"):
        assert words in text_of(made.pdf)
    assert AuditEntry.objects.get(action="receipt.exported").actor == cast.alice


def test_hostile_text_in_a_receipt_is_text(cast, at):
    order = make_order(cast, make_pack(), reference="<img src=file:///etc/passwd>", address="<script>1</script>\n会社")
    order = confirm_order(order=order, payment_reference="<b>1</b>", at=at, actor=None)

    told = text_of(export_receipt(order=order, actor=cast.alice, at=at).pdf)

    for words in ("<img src=file:///etc/passwd>", "<script>1</script>", "会社", "<b>1</b>"):
        assert words in told
