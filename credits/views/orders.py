"""A company's orders: the list, ordering a pack in two steps, one order with its receipts, cancelling and paying it."""

from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated_to_send
from accounts.views.pages import MemberRequest, portal_page
from credits.domain import order_queries, packs, receipts
from credits.domain.orders import UnableToChangeOrder, UnableToOrder, cancel_order, place_order
from credits.enums import OrderState
from credits.forms import OrderForm
from credits.models import Order, Pack
from credits.payments import PaymentOrder, PaymentProvider, PaymentUnavailable, payment_provider
from credits.views.operator_pages import OperatorRequest

log = structlog.get_logger(__name__)


@require_safe
@portal_page(Permission.MANAGE_CREDITS)
def order_list(request: MemberRequest) -> HttpResponse:
    page = order_queries.order_page(company=request.company, viewer=request.user, before=request.GET.get("before", ""))
    return render(request, "credits/order_list.html", {"page": page})


@require_safe
@portal_page(Permission.MANAGE_CREDITS)
def choose_pack(request: MemberRequest) -> HttpResponse:
    offered = [(pack, packs.terms_of(pack)) for pack in packs.offered_packs()]
    return render(request, "credits/order_packs.html", {"offered": offered})


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.MANAGE_CREDITS)
@recently_authenticated_to_send
def order_pack(request: MemberRequest, pack_id: int) -> HttpResponse:
    """Check the terms of a pack; sent, it is ordered. Looking never orders."""
    pack = packs.find_pack(pack_id=pack_id)
    if request.method == "POST":
        return _order(request, pack)
    if not pack.is_offered:
        messages.error(request, _("“%(name)s” is no longer offered. Choose another pack.") % {"name": pack.name})
        return redirect("credits:order_packs")
    form = OrderForm.empty(address=request.company.address, terms_key=packs.terms_of(pack).key)
    return _check_page(request, pack, form)


def _order(request: MemberRequest, pack: Pack) -> HttpResponse:
    form = OrderForm(request.POST)
    if not form.is_valid():
        if not any(field.errors for field in form.hidden_fields()):
            return _check_page(request, pack, form, refusal=_("Nothing was ordered. See the marked field below."))
        # What the page itself carries came back broken: a fresh one, with what was typed.
        form.data = {**request.POST.dict(), "agreed": packs.terms_of(pack).key, "request_key": str(uuid4())}
        told = _("Nothing was ordered. Check the order below and send it again.")
        return _check_page(request, pack, form, refusal=told)
    try:
        order = place_order(
            company=request.company, pack=pack, actor=request.user, at=timezone.now(), **form.cleaned_data
        )
    except UnableToOrder as refusal:
        # The terms as they are now: whoever sends it again has seen them.
        form.data = {**request.POST.dict(), "agreed": packs.terms_of(pack).key}
        return _check_page(request, pack, form, refusal=str(refusal))
    messages.success(request, _("Order %(number)s is placed.") % {"number": order.number})
    return redirect("credits:order", order.pk)


def _check_page(request: MemberRequest, pack: Pack, form: OrderForm, *, refusal: str = "") -> HttpResponse:
    context = {"pack": pack, "terms": packs.terms_of(pack), "form": form, "refusal": refusal, **_payment()}
    return render(request, "credits/order_check.html", context, status=422 if refusal else 200)


@require_safe
@portal_page(Permission.MANAGE_CREDITS)
def order_page(request: MemberRequest, number: int) -> HttpResponse:
    order = _found(request, number)
    context = {"order": order, "history": order_queries.history_of(order), **_payment()}
    return render(request, "credits/order.html", context)


@require_safe
@portal_page(Permission.MANAGE_CREDITS)
def receipt(request: MemberRequest, number: int, kind: str = "") -> HttpResponse:
    """The receipt of the payment, or of the refund, as a PDF."""
    order = _found(request, number)
    return receipt_answer(request, order, kind)


@require_POST
@portal_page(Permission.MANAGE_CREDITS)
def cancel(request: MemberRequest, number: int) -> HttpResponse:
    order = _found(request, number)
    try:
        cancel_order(order=order, reason=request.POST.get("reason", ""), actor=request.user, at=timezone.now())
    except UnableToChangeOrder as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Order %(number)s is cancelled.") % {"number": order.number})
    return redirect("credits:order", order.pk)


@require_POST
@portal_page(Permission.MANAGE_CREDITS)
def pay(request: MemberRequest, number: int) -> HttpResponse:
    """Begin a payment at the provider, and show the way there."""
    order, provider = _found(request, number), payment_provider()
    if provider is None:
        raise Http404("Orders are paid by invoice here.")
    if order.state != OrderState.ORDERED:
        messages.info(request, _("Order %(number)s waits for no payment.") % {"number": order.number})
        return redirect("credits:order", order.pk)
    back = request.build_absolute_uri(reverse("credits:order", args=[order.pk]))
    what = PaymentOrder(order.number, f"{order.credits} AI credits", order.total, order.currency, back)
    try:
        address = _begin(provider, what)
    except PaymentUnavailable as refusal:
        messages.error(request, str(refusal))
        return redirect("credits:order", order.pk)
    return render(request, "credits/order_pay.html", {"order": order, "address": address})


def _begin(provider: PaymentProvider, what: PaymentOrder) -> str:
    """The address at which *what* is paid. Raises PaymentUnavailable."""
    try:
        address = provider.start(what)
        is_web = urlsplit(address).scheme in ("https", "http")
    except PaymentUnavailable:
        raise
    except Exception:
        # The class is the operator's, and its service may answer anything.
        log.exception("payment_not_begun", order=what.number)
        is_web = False
    if not is_web:
        raise PaymentUnavailable(_("The payment can't begin at present. Try again later."))
    return address


def receipt_answer(request: MemberRequest | OperatorRequest, order: Order, kind: str) -> HttpResponse:
    try:
        made = receipts.export_receipt(order=order, actor=request.user, at=timezone.now(), is_refund=kind == "refund")
    except receipts.NoReceipt as missing:
        raise Http404(str(missing)) from missing
    answer = HttpResponse(made.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return answer


def _found(request: MemberRequest, number: int) -> Order:
    return order_queries.find_order(company=request.company, viewer=request.user, number=number)


def _payment() -> dict[str, object]:
    """How orders are paid here."""
    return {"by_invoice": not settings.PAYMENT_PROVIDER, "instructions": settings.PAYMENT_INSTRUCTIONS}
