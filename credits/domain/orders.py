"""A company orders a pack, the operator confirms the payment, the credits arrive; or the order is cancelled.

Every change locks the order's row, reads it again and checks again: two confirmations at once make one grant.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, holds, require
from credits.domain import grants
from credits.domain.money import money
from credits.domain.numbering import next_number
from credits.domain.operators import is_operator, require_operator
from credits.domain.order_notices import tell_of_order
from credits.domain.packs import Terms, terms_of
from credits.enums import OrderState
from credits.models import Order, Pack
from insights_portal.lib.text import show_controls

#: Orders of one company that may wait for payment at a time, and that may be placed within a day.
MOST_OPEN = 5
MOST_A_DAY = 20
LONGEST_REFERENCE = 80
LONGEST_ADDRESS = 500
LONGEST_PAYMENT_REFERENCE = 120
LONGEST_REASON = 200


class UnableToOrder(Exception):
    """The order can't be placed; the sentence says why. Nothing was ordered."""


class UnableToChangeOrder(Exception):
    """The order can't be confirmed, cancelled or refunded; the sentence says why. Nothing was changed."""


@transaction.atomic
def place_order(
    *,
    company: Company,
    pack: Pack,
    request_key: UUID,
    purchase_reference: str,
    billing_address: str,
    actor: User,
    at: datetime,
    agreed: str = "",
) -> Order:
    """Order the pack at its present terms; the same *request_key* again is the same order.

    Without a billing address the company's own stands. *agreed* is the key of the terms that the buyer saw: when they
    changed meanwhile, nothing is ordered. Raises PermissionMissing, UnableToOrder.
    """
    require(actor, Permission.MANAGE_CREDITS, company.pk)
    # One at a time for each company, so that limits hold and a key stands once.
    held = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    reference = _one_line(purchase_reference, longest=LONGEST_REFERENCE)
    address = _address(billing_address or held.address)
    before = Order.objects.filter(company=held, request_key=request_key).first()
    if before is not None:
        return _same_order(before, pack=pack, reference=reference, address=address)
    sold = Pack.objects.select_for_update(no_key=True).get(pk=pack.pk)
    terms = _terms(sold, agreed=agreed)
    _check_number_of_orders(company=held, at=at)
    order = _at_terms(sold, terms, buyer=held)
    order.purchase_reference, order.billing_address = reference, address
    order.request_key, order.ordered_by, order.ordered_at = request_key, actor, at
    order.save()
    _record(order, "order.placed", actor, at, pack=order.pack_name)
    tell_of_order(order=order, what="ordered", at=at)
    return order


@transaction.atomic
def confirm_order(*, order: Order, payment_reference: str, at: datetime, actor: User | None) -> Order:
    """Take the payment as made: the credits arrive, for twelve months from *at*, and the receipt gets its number.

    Confirmed twice with the same payment reference, it is one confirmation. *actor* None is a command, or the payment
    provider. Raises OperatorsOnly, UnableToChangeOrder.
    """
    require_operator(actor)
    reference = " ".join(show_controls(payment_reference).split())
    if not 1 <= len(reference) <= LONGEST_PAYMENT_REFERENCE:
        raise UnableToChangeOrder(
            _(
                "Give the payment's reference, with at most %(longest_payment_reference)s characters: it "
                "stands on the receipt."
            )
            % {"longest_payment_reference": LONGEST_PAYMENT_REFERENCE}
        )
    held = locked(order)
    if held.state == OrderState.CONFIRMED and held.payment_reference == reference:
        return held
    _check_confirmable(held, at=at)
    held.grant = grants.grant_purchased(company=held.company, credits=held.credits, at=at, note=f"Order {held.number}")
    held.state, held.payment_reference = OrderState.CONFIRMED, reference
    held.confirmed_at, held.confirmed_by = at, actor
    held.receipt_number = next_number("receipts")
    held.seller = {
        "name": settings.OPERATOR_NAME,
        "address": settings.OPERATOR_ADDRESS,
        "tax_id": settings.OPERATOR_TAX_ID,
    }
    held.save()
    _record(held, "order.confirmed", actor, at, payment_reference=reference, receipt=held.receipt_label)
    tell_of_order(order=held, what="confirmed", at=at)
    return held


@transaction.atomic
def cancel_order(*, order: Order, reason: str, actor: User | None, at: datetime) -> Order:
    """Cancel an order that nobody paid yet: by a member with *Manage credits*, or by the operator.

    Cancelled twice, the first time stands. Raises PermissionMissing, UnableToChangeOrder.
    """
    by_operator = actor is None or is_operator(actor)
    if actor is not None and not by_operator and not holds(actor, Permission.MANAGE_CREDITS, order.company_id):
        raise PermissionMissing(
            _("Your roles do not include “%(label)s”. Ask for it.") % {"label": Permission.MANAGE_CREDITS.label}
        )
    held = locked(order)
    if held.state == OrderState.CANCELLED:
        return held
    if held.state != OrderState.ORDERED:
        raise UnableToChangeOrder(
            _("Order %(number)s is paid, so it can't be cancelled. The operator can refund what is unused of it.")
            % {"number": held.number}
        )
    # Members write why if they like; the operator owes them a reason.
    held.closing_reason = checked_reason(reason, is_needed=by_operator)
    held.state, held.closed_at, held.closed_by = OrderState.CANCELLED, at, actor
    held.save(update_fields=["state", "closed_at", "closed_by", "closing_reason"])
    _record(held, "order.cancelled", actor, at, why=held.closing_reason)
    tell_of_order(order=held, what="cancelled", at=at)
    return held


def locked(order: Order) -> Order:
    """The order as it stands, held until the transaction ends."""
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).select_related("company")
    held: Order = rows.get(pk=order.pk)
    return held


def checked_reason(reason: str, *, is_needed: bool = True) -> str:
    """*reason* on one line. Raises UnableToChangeOrder."""
    text = " ".join(show_controls(reason).split())
    if (is_needed and not text) or len(text) > LONGEST_REASON:
        raise UnableToChangeOrder(
            _("Say why in 1 to %(longest_reason)s characters: the company reads it.")
            % {"longest_reason": LONGEST_REASON}
        )
    return text


def _check_confirmable(order: Order, *, at: datetime) -> None:
    if order.state == OrderState.CONFIRMED:
        raise UnableToChangeOrder(
            _(
                "Order %(number)s is confirmed already, with the payment %(payment_reference)s. If the "
                "company paid twice, pay the second amount back."
            )
            % {"number": order.number, "payment_reference": order.payment_reference}
        )
    if order.state != OrderState.ORDERED:
        sentences = {
            OrderState.CANCELLED: _(
                "Order %(number)s is cancelled, so it can't be confirmed. Ask the company to order again."
            ),
            OrderState.REFUNDED: _(
                "Order %(number)s is refunded, so it can't be confirmed. Ask the company to order again."
            ),
        }
        raise UnableToChangeOrder(sentences[OrderState(order.state)] % {"number": order.number})
    if at < order.ordered_at:
        raise UnableToChangeOrder(
            _("Order %(number)s can't be paid before it was placed. Check the clock of this machine.")
            % {"number": order.number}
        )


def _same_order(order: Order, *, pack: Pack, reference: str, address: str) -> Order:
    if (order.pack_id, order.purchase_reference, order.billing_address) != (pack.pk, reference, address):
        raise UnableToOrder(
            _(
                "This form was sent before, as order %(number)s, with other content. Nothing was ordered; "
                "open the packs again for another order."
            )
            % {"number": order.number}
        )
    return order


def _at_terms(pack: Pack, terms: Terms, *, buyer: Company) -> Order:
    return Order(
        company=buyer,
        buyer_name=buyer.name,
        pack=pack,
        pack_name=pack.name,
        credits=terms.credits,
        net=terms.net,
        tax_percent=terms.tax_percent,
        tax=terms.tax,
        total=terms.total,
        currency=terms.currency,
    )


def _terms(pack: Pack, *, agreed: str) -> Terms:
    if not pack.is_offered:
        raise UnableToOrder(_("“%(name)s” is no longer offered. Choose another pack.") % {"name": pack.name})
    terms = terms_of(pack)
    if agreed and agreed != terms.key:
        raise UnableToOrder(
            _("The price of “%(name)s” has changed. Nothing was ordered; check the price below and order again.")
            % {"name": pack.name}
        )
    return terms


def _check_number_of_orders(*, company: Company, at: datetime) -> None:
    orders = Order.objects.filter(company=company)
    if orders.filter(state=OrderState.ORDERED).count() >= MOST_OPEN:
        raise UnableToOrder(
            _("%(most_open)s orders wait for their payment already. Pay or cancel one of them, then order again.")
            % {"most_open": MOST_OPEN}
        )
    if orders.filter(ordered_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise UnableToOrder(
            _("A company places at most %(most_a_day)s orders a day. Try again tomorrow.") % {"most_a_day": MOST_A_DAY}
        )


def _one_line(text: str, *, longest: int) -> str:
    line = " ".join(show_controls(text).split())
    if len(line) > longest:
        raise UnableToOrder(_("The reference has more than %(longest)s characters. Shorten it.") % {"longest": longest})
    return line


def _address(text: str) -> str:
    lines = [" ".join(line.split()) for line in show_controls(text).splitlines()]
    address = "\n".join(line for line in lines if line)
    if not 1 <= len(address) <= LONGEST_ADDRESS:
        raise UnableToOrder(
            _("Give the billing address, with at most %(longest_address)s characters.")
            % {"longest_address": LONGEST_ADDRESS}
        )
    return address


def _record(order: Order, action: str, actor: User | None, at: datetime, **details: str) -> None:
    known = {"order": order.number, "credits": order.credits, "total": money(order.total, order.currency)}
    audit.record(company=order.company, actor=actor, action=action, at=at, target=order, details={**known, **details})
