"""Receipts as PDF: of an order that was paid, and of the refund that corrects it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from credits.domain.money import money
from credits.domain.refunds import share_of
from credits.enums import OrderState
from credits.models import Order
from insights_portal.lib.pdf import Paper, render_pdf
from insights_portal.lib.text import listed, set_apart

STYLESHEET = Path(settings.BASE_DIR) / "templates" / "pdf" / "receipt.css"


class NoReceipt(Exception):
    """The order has no such receipt yet; the sentence says when it will."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of amounts. *is_total* stands out."""

    label: str
    amount: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that a receipt shows, as text; moments are days of the company's calendar."""

    title: str
    number: str
    date: str
    made_at: datetime
    seller_name: str
    seller_lines: list[str]
    buyer_name: str
    buyer_lines: list[str]
    particulars: list[tuple[str, str]]
    item: str
    lines: list[Line]
    note: str


@dataclass(frozen=True, slots=True)
class ExportedReceipt:
    file_name: str
    pdf: bytes


def export_receipt(*, order: Order, actor: User, at: datetime, is_refund: bool = False) -> ExportedReceipt:
    """Make the PDF of an order's receipt, or of its refund's, and enter the export in the audit log.

    Whoever calls has found *order* among what *actor* may see. Raises NoReceipt.
    """
    receipt = refund_receipt_of(order) if is_refund else receipt_of(order)
    pdf = render_receipt(receipt)
    details = {"order": order.number, "receipt": receipt.number}
    audit.record(company=order.company, actor=actor, action="receipt.exported", at=at, target=order, details=details)
    return ExportedReceipt(f"receipt-{receipt.number}.pdf", pdf)


def receipt_of(order: Order) -> Receipt:
    """The receipt of a payment. Raises NoReceipt."""
    if order.confirmed_at is None or order.grant is None:
        raise NoReceipt(_("Order %(number)s has a receipt once its payment is confirmed.") % {"number": order.number})
    ends_on = _day(order, order.grant.ends_at)
    return _receipt(
        order,
        title=_("Receipt"),
        number=order.receipt_label,
        at=order.confirmed_at,
        particulars=[(_("Payment"), _apart(order.payment_reference)), (_("Credits can be used until"), ends_on)],
        item=ngettext("%(pack)s: %(credits)s AI credit", "%(pack)s: %(credits)s AI credits", order.credits)
        % {"pack": _apart(order.pack_name), "credits": number_format(order.credits, force_grouping=True)},
        amounts=(order.net, order.tax, order.total),
        words=(_("Net"), _("Total paid")),
        note=_("Paid. Each credit covers all AI services of one support session."),
    )


def refund_receipt_of(order: Order) -> Receipt:
    """The receipt that corrects the first one by what was paid back. Raises NoReceipt."""
    if order.state != OrderState.REFUNDED or order.closed_at is None or order.confirmed_at is None:
        raise NoReceipt(_("Order %(number)s was not refunded.") % {"number": order.number})
    net = share_of(order.net, order=order, credits=order.refunded_credits)
    refunded, ordered = (number_format(each, force_grouping=True) for each in (order.refunded_credits, order.credits))
    return _receipt(
        order,
        title=_("Refund receipt"),
        number=order.refund_label,
        at=order.closed_at,
        particulars=[
            (_("Corrects receipt"), listed((_apart(order.receipt_label), _day(order, order.confirmed_at)))),
            (_("Payment"), _apart(order.payment_reference)),
            (_("Reason"), _apart(order.closing_reason)),
        ],
        item=_("%(pack)s: %(refunded)s of %(ordered)s AI credits taken back")
        % {"pack": _apart(order.pack_name), "refunded": refunded, "ordered": ordered},
        amounts=(-net, net - order.refunded_total, -order.refunded_total),
        words=(_("Net"), _("Total refunded")),
        note=_("The credits named above were unused and can no longer be used."),
    )


def render_receipt(receipt: Receipt) -> bytes:
    html = render_to_string("pdf/receipt.html", {"receipt": receipt})
    return render_pdf(html=html, stylesheets=[STYLESHEET], paper=Paper.A4)


def _receipt(
    order: Order,
    *,
    title: str,
    number: str,
    at: datetime,
    particulars: list[tuple[str, str]],
    item: str,
    amounts: tuple[Decimal, Decimal, Decimal],
    words: tuple[str, str],
    note: str,
) -> Receipt:
    net, tax, total = (money(amount, order.currency) for amount in amounts)
    percent = number_format(order.tax_percent.normalize())
    tax_id = order.seller.get("tax_id", "")
    ordered = [(_("Order"), listed((_apart(order.number), _day(order, order.ordered_at))))]
    if order.purchase_reference:
        ordered.append((_("Your reference"), _apart(order.purchase_reference)))
    return Receipt(
        title=title,
        number=number,
        date=_day(order, at),
        made_at=at,
        seller_name=order.seller.get("name", ""),
        seller_lines=[
            *map(_apart, order.seller.get("address", "").splitlines()),
            *([_("Tax ID %(number)s") % {"number": tax_id}] if tax_id else []),
        ],
        buyer_name=order.buyer_name,
        buyer_lines=[_apart(line) for line in order.billing_lines],
        particulars=[*ordered, *particulars],
        item=item,
        lines=[
            Line(words[0], net),
            Line(_("Tax (%(percent)s %%)") % {"percent": percent}, tax),
            Line(words[1], total, is_total=True),
        ],
        note=note,
    )


def _day(order: Order, at: datetime) -> str:
    return date_format(at.astimezone(ZoneInfo(order.company.time_zone)), "DATE_FORMAT")


def _apart(written: str) -> str:
    """What others wrote, in one piece also where the receipt's lines run from the right."""
    return set_apart(written, direction="rtl" if get_language_bidi() else "ltr")
