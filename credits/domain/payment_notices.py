"""What a payment provider tells of an order: checked against it, acted on once, and kept."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext

from accounts.domain import audit
from credits.domain.money import money_as_told
from credits.domain.order_notices import tell_of_order
from credits.domain.orders import LONGEST_PAYMENT_REFERENCE, confirm_order, locked
from credits.enums import OrderState, PaymentOutcome
from credits.models import NotedPayment, Order
from credits.payments import PaymentNotice
from insights_portal.lib.fields import fits_a_key
from insights_portal.lib.numbers import grouped

#: Beyond it an amount is no amount of this portal's.
HIGHEST_TOTAL = 100_000_000
_TOLD = {
    PaymentOutcome.FAILED: ("order.payment_failed", "failed"),
    PaymentOutcome.MISMATCH: ("order.payment_mismatched", "mismatch"),
    PaymentOutcome.UNEXPECTED: ("order.payment_unexpected", "unexpected"),
}


class UnusableNotice(Exception):
    """The notice names no order of this installation, or no amount; nothing was changed."""


@transaction.atomic
def note_payment(*, notice: PaymentNotice, at: datetime) -> PaymentOutcome:
    """Confirm the order if the notice says it is paid in full; otherwise tell the operator. Repeated, it is one notice.

    Another amount or currency never confirms. Raises UnusableNotice.
    """
    _check_types(notice)
    order = locked(_order_of(notice))
    reference = _reference(notice)
    outcome = _outcome(order, notice, reference)
    _, is_new = NotedPayment.objects.get_or_create(
        company=order.company,
        order=order,
        payment_reference=reference,
        outcome=outcome,
        defaults={"total": notice.total, "currency": notice.currency, "noted_at": at},
    )
    if not is_new:
        return outcome
    if outcome is PaymentOutcome.PAID:
        confirm_order(order=order, payment_reference=reference, at=max(at, order.ordered_at), actor=None)
        return outcome
    action, what = _TOLD[outcome]
    details = {
        "order": order.number,
        "paid": money_as_told(notice.total, notice.currency),
        "payment_reference": reference,
    }
    audit.record(company=order.company, action=action, at=at, target=order, details=details)
    if outcome is not PaymentOutcome.FAILED or order.state == OrderState.ORDERED:
        # A failure that comes late asks nobody to pay what is paid or closed.
        tell_of_order(order=order, what=what, at=at, key=reference)
    return outcome


def _check_types(notice: PaymentNotice) -> None:
    """What the operator's class hands over was read from a message: the text `false` must not count as paid."""
    texts = (notice.order_number, notice.payment_reference, notice.currency)
    fits = isinstance(notice.total, Decimal) and isinstance(notice.is_paid, bool)
    if not fits or not all(isinstance(text, str) for text in texts):
        raise UnusableNotice(gettext("The notice was read wrongly: a value is not of the kind that it must be."))


def _order_of(notice: PaymentNotice) -> Order:
    prefix, _, digits = notice.order_number.partition("-")
    order: Order | None = Order.objects.filter(pk=int(digits)).first() if prefix == "O" and fits_a_key(digits) else None
    if order is None:
        raise UnusableNotice(gettext("There is no such order."))
    return order


def _reference(notice: PaymentNotice) -> str:
    reference = " ".join(notice.payment_reference.split())
    if not 1 <= len(reference) <= LONGEST_PAYMENT_REFERENCE or not reference.isprintable():
        raise UnusableNotice(
            gettext("The payment's reference has 1 to %(longest_payment_reference)s printable characters.")
            % {"longest_payment_reference": LONGEST_PAYMENT_REFERENCE}
        )
    if not notice.total.is_finite() or abs(notice.total) >= HIGHEST_TOTAL or notice.total != round(notice.total, 3):
        raise UnusableNotice(
            gettext(
                "The amount is not a sum of money. Give a number below %(highest)s with at most three decimal places."
            )
            % {"highest": grouped(HIGHEST_TOTAL)}
        )
    if not notice.currency.isalpha() or len(notice.currency) != len("EUR"):
        raise UnusableNotice(gettext("The currency is not a code of three letters."))
    return reference


def _outcome(order: Order, notice: PaymentNotice, reference: str) -> PaymentOutcome:
    if order.state == OrderState.CONFIRMED and order.payment_reference == reference and notice.is_paid:
        return PaymentOutcome.PAID
    if not notice.is_paid:
        return PaymentOutcome.FAILED
    if order.state != OrderState.ORDERED:
        return PaymentOutcome.UNEXPECTED
    if (notice.total, notice.currency) != (order.total, order.currency):
        return PaymentOutcome.MISMATCH
    return PaymentOutcome.PAID
