"""A company's endpoints: added, changed, switched, given a new secret, tested, deleted.

A secret is returned once, when it is made. The audit log names an endpoint by its host: the rest of an address may hold
a key of the receiver.
"""

from datetime import datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.connectors.webhook_post import refusal_of
from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.domain.mailing import queue_mail
from accounts.domain.members import holders
from accounts.domain.webhook_events import EVENTS, TEST
from accounts.domain.webhook_signing import BOTH_SIGN, new_secret
from accounts.domain.webhooks import tell
from accounts.enums import DeliveryState
from accounts.models import Company, User, WebhookDelivery, WebhookEndpoint, WebhookMessage
from accounts.permissions import Permission
from accounts.tenancy import access_or_404, forget_grants, require
from insights_portal.lib import crypto
from insights_portal.lib.text import show_controls

MOST_ENDPOINTS = 10
SWITCHED_OFF = "The endpoint was switched off before this was sent."


class UnableToSaveEndpoint(Exception):
    """The endpoint was not saved; the sentence says why. *field* is what it is about."""

    def __init__(self, problem: str, *, field: str = "") -> None:
        super().__init__(problem)
        self.field = field


class UnableToTest(Exception):
    """No test was sent; the sentence says why."""


@transaction.atomic
def add_endpoint(
    *, company: Company, url: str, description: str, event_types: list[str], actor: User, at: datetime
) -> tuple[WebhookEndpoint, str]:
    """Add an endpoint; (it, its secret in clear). Raises PermissionMissing, UnableToSaveEndpoint."""
    lock_company(company=company)
    _authorise(company, actor)
    if WebhookEndpoint.objects.filter(company=company).count() >= MOST_ENDPOINTS:
        raise UnableToSaveEndpoint(
            _("A company has at most %(most_endpoints)s endpoints. Delete one that is not used.")
            % {"most_endpoints": MOST_ENDPOINTS}
        )
    url, event_types = _checked(url, event_types)
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        company=company,
        url=url,
        description=_clean(description),
        event_types=event_types,
        secret_encrypted=crypto.encrypt(secret),
        created_at=at,
    )
    _record(endpoint, "added", actor, at, _described(endpoint))
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *, endpoint: WebhookEndpoint, url: str, description: str, event_types: list[str], actor: User, at: datetime
) -> None:
    """Raises PermissionMissing, UnableToSaveEndpoint; Http404 where it was deleted meanwhile, as all that follow do."""
    _authorise(endpoint.company, actor)
    endpoint = _held(endpoint)
    before, former_url = _described(endpoint), endpoint.url
    endpoint.url, endpoint.event_types = _checked(url, event_types)
    endpoint.description = _clean(description)
    endpoint.save(update_fields=["url", "event_types", "description"])
    if endpoint.url != former_url:
        # The failures were those of another address.
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
    details = {"before": before, "after": {**_described(endpoint), "address": _moved(endpoint.url, former_url)}}
    details["before"]["address"] = ""
    _record(endpoint, "changed", actor, at, details)


@transaction.atomic
def delete_endpoint(*, endpoint: WebhookEndpoint, actor: User, at: datetime) -> None:
    """Forget the endpoint with its log; what waits for it is not sent. Raises PermissionMissing."""
    _authorise(endpoint.company, actor)
    endpoint = _held(endpoint)
    _record(endpoint, "deleted", actor, at, _described(endpoint))
    endpoint.delete()


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint, actor: User, at: datetime) -> str:
    """A new secret, returned in clear this once; the former signs beside it for BOTH_SIGN. Raises PermissionMissing."""
    _authorise(endpoint.company, actor)
    held = _held(endpoint)
    secret = new_secret()
    held.former_secret_encrypted, held.former_secret_until = held.secret_encrypted, at + BOTH_SIGN
    held.secret_encrypted = crypto.encrypt(secret)
    held.save(update_fields=["former_secret_encrypted", "former_secret_until", "secret_encrypted"])
    _record(endpoint, "secret_rotated", actor, at, {"name": str(endpoint)})
    return secret


@transaction.atomic
def switch(*, endpoint: WebhookEndpoint, on: bool, actor: User, at: datetime) -> None:
    """Switch the endpoint on, or off with what waits for it. Twice is once. Raises PermissionMissing."""
    _authorise(endpoint.company, actor)
    if on:
        changes: dict[str, Any] = {
            "is_enabled": True,
            "disabled_at": None,
            "disabled_reason": "",
            "failing_since": None,
        }
    else:
        changes = {"is_enabled": False}
    if WebhookEndpoint.objects.filter(pk=endpoint.pk, is_enabled=not on).update(**changes):
        _record(endpoint, "enabled" if on else "disabled", actor, at, {"name": str(endpoint)})
        if not on:
            _drop_waiting(endpoint, at)


def send_test(*, endpoint: WebhookEndpoint, actor: User, at: datetime) -> WebhookMessage:
    """Send the event TEST to this endpoint alone. Raises PermissionMissing, UnableToTest."""
    _authorise(endpoint.company, actor)
    with transaction.atomic():
        endpoint = _held(endpoint)
        if not endpoint.is_enabled:
            raise UnableToTest(_("This endpoint is switched off. Switch it on, then send the test."))
        message = tell(
            company=endpoint.company,
            endpoints=[endpoint],
            event_type=TEST,
            key=f"test-{token_hex(8)}",
            data={"endpoint": str(endpoint)},
            at=at,
        )
        _record(endpoint, "tested", actor, at, {"name": str(endpoint)})
    return message


@transaction.atomic
def disable(*, endpoint_id: int, reason: str, at: datetime) -> bool:
    """Switch off an endpoint that does not answer any more and tell who manages integrations; False when it is off."""
    row = WebhookEndpoint.objects.filter(pk=endpoint_id, is_enabled=True)
    if not row.update(is_enabled=False, disabled_at=at, disabled_reason=reason):
        return False
    endpoint = WebhookEndpoint.objects.select_related("company").get(pk=endpoint_id)
    _drop_waiting(endpoint, at)
    _record(endpoint, "disabled", None, at, {"name": str(endpoint), "why": reason})
    queue_mail(
        company=endpoint.company,
        recipients=holders(company=endpoint.company, permission=Permission.MANAGE_INTEGRATIONS)
        or holders(company=endpoint.company, permission=Permission.MANAGE_COMPANY),
        key=f"webhook-disabled-{endpoint.pk}-{at:%Y%m%dT%H%M%S}",
        subject=format_lazy(gettext_lazy("A webhook endpoint of {company} was switched off"), company=endpoint.company),
        template="webhook_disabled",
        context={"endpoint": str(endpoint), "reason": reason, "endpoint_id": endpoint.pk},
        at=at,
    )
    return True


def _authorise(company: Company, actor: User) -> None:
    forget_grants(actor)
    require(actor, Permission.MANAGE_INTEGRATIONS, company.pk)


def _held(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """The endpoint as it stands, held until the transaction ends. Raises Http404 when it is gone."""
    rows = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("company")
    found: WebhookEndpoint = access_or_404(rows, pk=endpoint.pk)
    return found


def _checked(url: str, event_types: list[str]) -> tuple[str, list[str]]:
    url = url.strip()
    longest = WebhookEndpoint._meta.get_field("url").max_length or 0
    refusal = refusal_of(url)
    if not refusal and len(url) > longest:
        refusal = _("The address is longer than %(longest)s characters.") % {"longest": longest}
    if refusal:
        raise UnableToSaveEndpoint(refusal, field="url")
    unknown = [name for name in event_types if name not in EVENTS or name == TEST]
    if unknown:
        raise UnableToSaveEndpoint(_("Choose events of the list."), field="event_types")
    return url, [name for name in EVENTS if name in event_types]


def _drop_waiting(endpoint: WebhookEndpoint, at: datetime) -> None:
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.FAILED, settled_at=at, leased_until=None, last_problem=SWITCHED_OFF)


def _record(endpoint: WebhookEndpoint, verb: str, actor: User | None, at: datetime, details: dict[str, Any]) -> None:
    audit.record(
        company=endpoint.company,
        actor=actor,
        action=f"webhook_endpoint.{verb}",
        at=at,
        target=endpoint,
        details=details,
    )


def _described(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {"name": str(endpoint), "host": urlsplit(endpoint.url).hostname or "", "events": endpoint.event_types}


def _moved(url: str, former: str) -> str:
    return "" if url == former else "changed"


def _clean(description: str) -> str:
    return show_controls(" ".join(description.split()))[:120]
