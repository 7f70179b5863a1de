"""Orders of all companies, for the operator: confirm what was paid, cancel, refund."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.reauthentication import recently_authenticated
from credits.domain import order_queries
from credits.domain.orders import UnableToChangeOrder, cancel_order, confirm_order
from credits.domain.refunds import refund_order
from credits.enums import OrderState
from credits.models import Order
from credits.views.operator_pages import OperatorRequest, operator_page
from credits.views.orders import receipt_answer

#: Filters of the list, in the order of its links.
FILTERS = (
    (OrderState.ORDERED.value, gettext_lazy("Waiting for payment")),
    (OrderState.CONFIRMED.value, gettext_lazy("Paid")),
    (OrderState.CANCELLED.value, pgettext_lazy("order", "Cancelled")),
    (OrderState.REFUNDED.value, gettext_lazy("Refunded")),
    ("all", gettext_lazy("All")),
)
#: What was done, by the state that the order is in now.
_DONE = {
    OrderState.CONFIRMED: gettext_lazy("Order %(number)s is confirmed."),
    OrderState.CANCELLED: gettext_lazy("Order %(number)s is cancelled."),
    OrderState.REFUNDED: gettext_lazy("Order %(number)s is refunded."),
}


@require_safe
@operator_page
def order_list(request: OperatorRequest) -> HttpResponse:
    """Orders that wait for payment, or those of another `state`."""
    asked = request.GET.get("state", "")
    state = asked if asked in dict(FILTERS) else OrderState.ORDERED.value
    page = order_queries.operators_order_page(viewer=request.user, state=state, before=request.GET.get("before", ""))
    context = {"page": page, "state": state, "filters": FILTERS, "heading": dict(FILTERS)[state]}
    return render(request, "credits/operator_order_list.html", context)


@require_safe
@operator_page
def order_page(request: OperatorRequest, number: int) -> HttpResponse:
    order = _found(request, number)
    context = {
        "order": order,
        "history": order_queries.history_of(order),
        "notices": order_queries.noted_payments(order=order),
    }
    return render(request, "credits/operator_order.html", context)


@require_safe
@operator_page
def receipt(request: OperatorRequest, number: int, kind: str = "") -> HttpResponse:
    return receipt_answer(request, _found(request, number), kind)


@require_POST
@operator_page
@recently_authenticated
def change_order(request: OperatorRequest, number: int, action: str) -> HttpResponse:
    """`action`: confirm (`payment_reference`), cancel or refund (`reason`)."""
    order = _found(request, number)
    if action not in _ACTIONS:
        raise Http404("There is no such page.")
    try:
        changed = _ACTIONS[action](order, request)
    except UnableToChangeOrder as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(_DONE[OrderState(changed.state)]) % {"number": changed.number})
    return redirect("credits:operator_order", order.pk)


def _confirm(order: Order, request: OperatorRequest) -> Order:
    reference = request.POST.get("payment_reference", "")
    return confirm_order(order=order, payment_reference=reference, at=timezone.now(), actor=request.user)


def _cancel(order: Order, request: OperatorRequest) -> Order:
    return cancel_order(order=order, **_closing(request))


def _refund(order: Order, request: OperatorRequest) -> Order:
    return refund_order(order=order, **_closing(request))


_ACTIONS: dict[str, Callable[[Order, OperatorRequest], Order]] = {
    "confirm": _confirm,
    "cancel": _cancel,
    "refund": _refund,
}


def _closing(request: OperatorRequest) -> dict[str, Any]:
    return {"reason": request.POST.get("reason", ""), "actor": request.user, "at": timezone.now()}


def _found(request: OperatorRequest, number: int) -> Order:
    return order_queries.operators_order(viewer=request.user, number=number)
