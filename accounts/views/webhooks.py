"""Endpoints of webhooks with their log: for members with *Manage integrations*."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain import webhook_endpoints, webhook_log
from accounts.domain.webhook_endpoints import UnableToSaveEndpoint, UnableToTest
from accounts.domain.webhook_events import EVENTS
from accounts.domain.webhook_log import UnableToSendAgain
from accounts.enums import DeliveryState
from accounts.forms import WebhookEndpointForm
from accounts.models import WebhookEndpoint
from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated, recently_authenticated_to_send
from accounts.views.pages import MemberRequest, portal_page
from insights_portal.lib.rates import is_within_rate

#: Tests and messages sent again of one company in a minute.
SENDS_A_MINUTE = 20
_MANAGES = portal_page(Permission.MANAGE_INTEGRATIONS)


@_MANAGES
@require_safe
def webhook_list(request: MemberRequest) -> HttpResponse:
    endpoints = webhook_log.endpoints_of(company=request.company, viewer=request.user)
    context = {"endpoints": endpoints, "is_full": len(endpoints) >= webhook_endpoints.MOST_ENDPOINTS}
    return render(request, "accounts/webhook_list.html", context)


@_MANAGES
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated
def webhook_new(request: MemberRequest) -> HttpResponse:
    """The form, and the one page that shows the secret; it travels through no redirect, session or message."""
    form = WebhookEndpointForm(request.POST or None)
    if form.is_valid():
        try:
            endpoint, secret = webhook_endpoints.add_endpoint(
                company=request.company, actor=request.user, at=timezone.now(), **form.cleaned_data
            )
        except UnableToSaveEndpoint as error:
            form.add_error(error.field or None, str(error))
        else:
            return _secret_page(request, endpoint, secret)
    return _form_page(request, form)


@_MANAGES
@require_safe
def webhook(request: MemberRequest, key: int) -> HttpResponse:
    endpoint = _endpoint(request, key)
    narrowed = webhook_log.narrow(state=request.GET.get("state", ""), event=request.GET.get("event", ""))
    before = request.GET.get("before", "")
    context = {
        "endpoint": endpoint,
        "event_words": [(name, EVENTS[name]) for name in endpoint.event_types if name in EVENTS],
        "page": webhook_log.log_of(endpoint=endpoint, narrowed=narrowed, before=before),
        "narrowed": narrowed,
        "states": DeliveryState.choices,
        "events": list(EVENTS),
        "query": urlencode(narrowed.values()),
        "is_first_page": not before,
        "now": timezone.now(),
    }
    return render(request, "accounts/webhook.html", context)


@_MANAGES
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated_to_send
def webhook_change(request: MemberRequest, key: int) -> HttpResponse:
    endpoint = _endpoint(request, key)
    stored = {"url": endpoint.url, "description": endpoint.description, "event_types": endpoint.event_types}
    form = WebhookEndpointForm(request.POST or None, initial=stored)
    if form.is_valid():
        try:
            webhook_endpoints.change_endpoint(
                endpoint=endpoint, actor=request.user, at=timezone.now(), **form.cleaned_data
            )
        except UnableToSaveEndpoint as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("The endpoint is changed."))
            return redirect("accounts:webhook", endpoint.pk)
    return _form_page(request, form, endpoint)


@_MANAGES
@require_POST
def webhook_switch(request: MemberRequest, key: int) -> HttpResponse:
    """`on`: 1 or nothing."""
    endpoint, on = _endpoint(request, key), request.POST.get("on") == "1"
    webhook_endpoints.switch(endpoint=endpoint, on=on, actor=request.user, at=timezone.now())
    messages.success(request, _("The endpoint is switched on.") if on else _("The endpoint is switched off."))
    return redirect("accounts:webhook", endpoint.pk)


@_MANAGES
@require_POST
def webhook_test(request: MemberRequest, key: int) -> HttpResponse:
    endpoint = _endpoint(request, key)
    if not _may_send(request):
        return redirect("accounts:webhook", endpoint.pk)
    try:
        webhook_endpoints.send_test(endpoint=endpoint, actor=request.user, at=timezone.now())
    except UnableToTest as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A test is on its way. Its line in the log below says what became of it."))
    return redirect("accounts:webhook", endpoint.pk)


@_MANAGES
@require_POST
@recently_authenticated
def webhook_secret(request: MemberRequest, key: int) -> HttpResponse:
    endpoint = _endpoint(request, key)
    secret = webhook_endpoints.rotate_secret(endpoint=endpoint, actor=request.user, at=timezone.now())
    return _secret_page(request, endpoint, secret, is_new=False)


@_MANAGES
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated_to_send
def webhook_delete(request: MemberRequest, key: int) -> HttpResponse:
    endpoint = _endpoint(request, key)
    if request.method != "POST":
        return render(request, "accounts/webhook_delete.html", {"endpoint": endpoint})
    webhook_endpoints.delete_endpoint(endpoint=endpoint, actor=request.user, at=timezone.now())
    messages.success(request, _("The endpoint is deleted."))
    return redirect("accounts:webhooks")


@_MANAGES
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_delivery(request: MemberRequest, key: int) -> HttpResponse:
    """One delivery with its attempts; a POST sends it again."""
    delivery = _found(webhook_log.find_delivery, request, key)
    if request.method == "POST" and not _may_send(request):
        return redirect("accounts:webhook_delivery", delivery.pk)
    if request.method == "POST":
        try:
            webhook_log.send_again(delivery=delivery, actor=request.user, at=timezone.now())
        except UnableToSendAgain as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The message is on its way again."))
        return redirect("accounts:webhook_delivery", delivery.pk)
    context = {
        "delivery": delivery,
        "attempts": webhook_log.attempts_of(delivery=delivery),
        "body": webhook_log.readable_body(delivery=delivery),
        "now": timezone.now(),
    }
    return render(request, "accounts/webhook_delivery.html", context)


def _may_send(request: MemberRequest) -> bool:
    """Whether one more message may be sent by hand now; a company must not hammer a receiver through the portal."""
    if is_within_rate(key=f"webhook-send:{request.company.pk}", limit=SENDS_A_MINUTE, seconds=60):
        return True
    messages.error(request, _("Those were many messages in a short time. Wait a minute and send again."))
    return False


def _endpoint(request: MemberRequest, key: int) -> WebhookEndpoint:
    found: WebhookEndpoint = _found(webhook_log.find_endpoint, request, key)
    return found


def _found(find: Callable[..., Any], request: MemberRequest, key: int) -> Any:
    if key > _LARGEST_KEY:
        raise Http404("There is no such record here.")
    return find(company=request.company, viewer=request.user, pk=key)


#: What a database's key can hold.
_LARGEST_KEY = 2**63 - 1


def _form_page(
    request: MemberRequest, form: WebhookEndpointForm, endpoint: WebhookEndpoint | None = None
) -> HttpResponse:
    chosen = form["event_types"].value() or []
    events = [(name, words, name in chosen) for name, words in form.fields["event_types"].choices]  # type: ignore[attr-defined]
    context = {"form": form, "endpoint": endpoint, "events": events}
    return render(request, "accounts/webhook_form.html", context, status=422 if form.errors else 200)


def _secret_page(
    request: MemberRequest, endpoint: WebhookEndpoint, secret: str, *, is_new: bool = True
) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret, "is_new": is_new}
    return render(request, "accounts/webhook_secret.html", context)
