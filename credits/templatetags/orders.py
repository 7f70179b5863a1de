"""Amounts and states of orders, in words for people."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credits.domain import money as amounts
from credits.enums import OrderState
from credits.models import Order

register = template.Library()

#: {state: (words, tone of the label, what happens next)}
_STATES = {
    OrderState.ORDERED: (_("Waiting for payment"), "is-warn", _("We wait for the operator to confirm your payment.")),
    OrderState.CONFIRMED: (_("Paid"), "is-good", _("The credits are there.")),
    OrderState.CANCELLED: (
        pgettext_lazy("order", "Cancelled"),
        "",
        _("Nothing has to be paid. Order again whenever you like."),
    ),
    OrderState.REFUNDED: (_("Refunded"), "", _("The unused credits were taken back, and their price is paid back.")),
}


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return amounts.money(amount, currency)


@register.filter
def money_as_told(amount: Decimal, currency: str) -> str:
    return amounts.money_as_told(amount, currency)


@register.filter
def state_words(order: Order) -> str:
    return str(_STATES[OrderState(order.state)][0])


@register.filter
def state_tone(order: Order) -> str:
    return _STATES[OrderState(order.state)][1]


@register.filter
def next_step(order: Order) -> str:
    return str(_STATES[OrderState(order.state)][2])
