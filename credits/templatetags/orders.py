"""Amounts and states of orders, in words for people."""

from decimal import Decimal

from django import template

from credits.domain import money as amounts
from credits.enums import OrderState
from credits.models import Order

register = template.Library()

#: {state: (words, tone of the label, what happens next)}
_STATES = {
    OrderState.ORDERED: ("Waiting for payment", "is-warn", "We wait for the operator to confirm your payment."),
    OrderState.CONFIRMED: ("Paid", "is-good", "The credits are there."),
    OrderState.CANCELLED: ("Cancelled", "", "Nothing has to be paid. Order again whenever you like."),
    OrderState.REFUNDED: ("Refunded", "", "The unused credits were taken back, and their price is paid back."),
}


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return amounts.money(amount, currency)


@register.filter
def money_as_told(amount: Decimal, currency: str) -> str:
    return amounts.money_as_told(amount, currency)


@register.filter
def state_words(order: Order) -> str:
    return _STATES[OrderState(order.state)][0]


@register.filter
def state_tone(order: Order) -> str:
    return _STATES[OrderState(order.state)][1]


@register.filter
def next_step(order: Order) -> str:
    return _STATES[OrderState(order.state)][2]
