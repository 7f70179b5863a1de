"""A refund takes back what is unused of an order's credits, and pays back the same share of its price."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from credits.domain.money import money, rounded
from credits.domain.numbering import next_number
from credits.domain.operators import require_operator
from credits.domain.order_notices import tell_of_order
from credits.domain.orders import UnableToChangeOrder, checked_reason, locked
from credits.enums import EntryKind, OrderState
from credits.models import Entry, Grant, Order
from insights_portal.lib.numbers import grouped


@transaction.atomic
def refund_order(*, order: Order, reason: str, at: datetime, actor: User | None) -> Order:
    """Take back exactly the unused credits of the order's grant; used and reserved ones stay and are not paid back.

    *actor* None is a command. Raises OperatorsOnly, UnableToChangeOrder; the ledger is unchanged then.
    """
    require_operator(actor)
    text = checked_reason(reason)
    held = locked(order)
    grant = _refundable_grant(held, at=at)
    unused = grant.remaining
    Grant.objects.filter(pk=grant.pk).update(remaining=F("remaining") - unused)
    Entry.objects.create(
        company_id=held.company_id,
        kind=EntryKind.ADJUST,
        grant=grant,
        amount=-unused,
        held=0,
        at=at,
        actor=actor,
        note=f"Refund of order {held.number}",
    )
    held.state, held.closed_at, held.closed_by, held.closing_reason = OrderState.REFUNDED, at, actor, text
    held.refunded_credits, held.refunded_total = unused, share_of(held.total, order=held, credits=unused)
    held.refund_number = next_number("refunds")
    held.save()
    details = {
        "order": held.number,
        "credits": unused,
        "refund": money(held.refunded_total, held.currency),
        "receipt": held.refund_label,
        "why": text,
    }
    audit.record(company=held.company, actor=actor, action="order.refunded", at=at, target=held, details=details)
    tell_of_order(order=held, what="refunded", at=at)
    return held


def share_of(amount: Decimal, *, order: Order, credits: int) -> Decimal:
    """The share of *amount* that so many credits of the order are, half a smallest unit up."""
    return rounded(amount * credits / order.credits, currency=order.currency)


def _refundable_grant(order: Order, *, at: datetime) -> Grant:
    """The order's grant, locked. Raises UnableToChangeOrder when nothing of it can be paid back."""
    if order.state == OrderState.REFUNDED:
        raise UnableToChangeOrder(
            _("Order %(number)s is refunded already: %(refunded_credits)s credits.")
            % {"number": order.number, "refunded_credits": grouped(order.refunded_credits)}
        )
    if order.state != OrderState.CONFIRMED or order.grant_id is None:
        raise UnableToChangeOrder(
            _("Order %(number)s was never confirmed, so there is nothing to refund. Cancel it instead.")
            % {"number": order.number}
        )
    grant: Grant = Grant.objects.select_for_update(no_key=True).get(pk=order.grant_id)
    if grant.ends_at <= at:
        raise UnableToChangeOrder(
            _(
                "The credits of order %(number)s have ended, so they can't be refunded. Adjust the company's "
                "credits if you want to make up for it."
            )
            % {"number": order.number}
        )
    if not grant.remaining:
        raise UnableToChangeOrder(
            _("All %(credits)s credits of order %(number)s are used or reserved, so there is nothing to refund.")
            % {"credits": grouped(order.credits), "number": order.number}
        )
    return grant
