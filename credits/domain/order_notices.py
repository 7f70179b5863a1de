"""Who is told what became of an order: members with *Manage credits*, the operator, and the company's webhooks."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.domain.mailing import queue_mail
from accounts.domain.members import holders
from accounts.domain.webhooks import announce
from accounts.models import Company, User
from accounts.permissions import Permission
from credits.domain.money import money
from credits.models import Order
from insights_portal.lib.numbers import grouped
from insights_portal.queueing import enqueue_on_commit

#: Read in the language of whoever gets the mail.
_grouped, _money = lazy(grouped, str), lazy(money, str)

TASK = "credits.tasks.mail_operator"
#: {what happened: (subject for members, subject for the operator)}
SUBJECTS: dict[str, tuple[Any, Any]] = {
    "ordered": (_("Order {number}: we wait for your payment"), _("Order {number} of {company}: confirm its payment")),
    "confirmed": (
        _("Order {number} is paid: {credits} credits arrived"),
        _("Order {number} of {company} is confirmed"),
    ),
    "cancelled": (_("Order {number} is cancelled"), _("Order {number} of {company} is cancelled")),
    "refunded": (_("Order {number} is refunded: {refund}"), _("Order {number} of {company}: pay {refund} back")),
    "failed": (_("The payment of order {number} failed"), _("A payment of order {number} of {company} failed")),
    "mismatch": ("", _("A payment of order {number} of {company} does not match: look into it")),
    "unexpected": ("", _("A payment came for order {number} of {company}, which waits for none: look into it")),
}
#: The address of OPERATOR_EMAIL among the ids of operators.
OPERATOR_EMAIL_ID = 0


def tell_of_order(*, order: Order, what: str, at: datetime, key: str = "") -> None:
    """Mail and announce what happened, a name of SUBJECTS, to those whom it concerns; in the transaction of it.

    *key* tells several of one kind apart (a payment's reference).
    """
    told = f"order-{order.pk}-{what}-{key}"[:120].rstrip("-")
    of_members, _of_operator = subjects_of(order=order, what=what)
    if of_members:
        queue_mail(
            company=order.company,
            recipients=managers_of_credits(company=order.company),
            key=told,
            subject=of_members,
            template=f"credits/order_{what}",
            context=context_of(order),
            at=at,
        )
    for operator_id in _operator_ids():
        enqueue_on_commit(TASK, order_id=order.pk, operator_id=operator_id, what=what, key=key)
    if what in ("ordered", "confirmed", "cancelled", "refunded"):
        _announce(order, told, at)


def managers_of_credits(*, company: Company) -> list[User]:
    """Who is told of the company's credits: members with *Manage credits*, or where there is none, administrators."""
    return holders(company=company, permission=Permission.MANAGE_CREDITS) or holders(
        company=company, permission=Permission.MANAGE_COMPANY
    )


def subjects_of(*, order: Order, what: str) -> tuple[Any, Any]:
    """(for members, for the operator), lazy: each is read in the language of its reader."""
    known = {
        "number": order.number,
        "company": order.company,
        "credits": _grouped(order.credits),
        "refund": _money(order.refunded_total, order.currency),
    }
    of_members, of_operator = SUBJECTS[what]
    return of_members and format_lazy(of_members, **known), format_lazy(of_operator, **known)


def context_of(order: Order) -> dict[str, object]:
    """What mails of an order show."""
    return {
        "order": order,
        "total": _money(order.total, order.currency),
        "refund": _money(order.refunded_total, order.currency),
        "by_invoice": not settings.PAYMENT_PROVIDER,
        "instructions": settings.PAYMENT_INSTRUCTIONS,
        "portal_url": settings.PORTAL_URL,
    }


def operator_of(*, operator_id: int) -> User | None:
    """One operator; None when they no longer are one. Whoever has OPERATOR_EMAIL need not have an account."""
    if operator_id == OPERATOR_EMAIL_ID:
        known = User.objects.filter(email=settings.OPERATOR_EMAIL).first()
        return known or User(email=settings.OPERATOR_EMAIL)
    return User.objects.filter(pk=operator_id, **_OPERATORS).first()


def order_to_tell(*, order_id: int) -> Order:
    order: Order = Order.objects.select_related("company", "grant").get(pk=order_id)
    return order


_OPERATORS = {"is_staff": True, "is_active": True}


def _operator_ids() -> list[int]:
    staff = User.objects.filter(**_OPERATORS).exclude(email=settings.OPERATOR_EMAIL)
    ids = list(staff.order_by("pk").values_list("pk", flat=True))
    return [*([OPERATOR_EMAIL_ID] if settings.OPERATOR_EMAIL else []), *ids]


def _announce(order: Order, key: str, at: datetime) -> None:
    data = {
        "order": order.number,
        "state": order.state,
        "credits": order.credits,
        "total": str(order.total),
        "currency": order.currency,
        "refunded_credits": order.refunded_credits,
        "refunded_total": str(order.refunded_total),
    }
    announce(company=order.company, event_type="credits.order_changed", key=key, data=data, at=at)
    if order.grant is not None and not order.refund_number:
        ends_at = order.grant.ends_at.isoformat()
        arrived = {"kind": order.grant.kind, "credits": order.credits, "ends_at": ends_at, "order": order.number}
        announce(company=order.company, event_type="credits.granted", key=f"order-{order.pk}", data=arrived, at=at)
