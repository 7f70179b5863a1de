"""What became of each message: the log of an endpoint's deliveries, one delivery with its attempts, sending again."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.domain import audit, deliveries
from accounts.domain.webhook_events import EVENTS
from accounts.domain.webhooks import TASK
from accounts.enums import DeliveryState
from accounts.models import Company, User, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from accounts.permissions import Permission
from accounts.tenancy import access_or_404, require
from insights_portal.lib.fields import fits_a_key
from insights_portal.queueing import enqueue_on_commit

PAGE = 50


class UnableToSendAgain(Exception):
    """The message was not sent again; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Page:
    """Deliveries, newest first; *older* continues (the parameter `before`), None at the end."""

    rows: list[WebhookDelivery]
    older: int | None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Filters of the address; what is not a state or an event filters nothing."""

    state: str = ""
    event: str = ""

    def values(self) -> dict[str, str]:
        return {name: value for name, value in (("state", self.state), ("event", self.event)) if value}


def narrow(*, state: str, event: str) -> Narrowed:
    return Narrowed(state if state in DeliveryState.values else "", event if event in EVENTS else "")


def endpoints_of(*, company: Company, viewer: User) -> list[WebhookEndpoint]:
    """The endpoints that *viewer* may see, each with `last_state` and `last_at` of its newest delivery. One query."""
    newest = WebhookDelivery.objects.filter(endpoint=OuterRef("pk")).order_by("-pk")
    visible = WebhookEndpoint.objects.visible_in(viewer, company)
    return list(
        visible.annotate(
            last_state=Subquery(newest.values("state")[:1]), last_at=Subquery(newest.values("message__created_at")[:1])
        )
    )


def find_endpoint(*, company: Company, viewer: User, pk: int) -> WebhookEndpoint:
    """Raises Http404."""
    found: WebhookEndpoint = access_or_404(
        WebhookEndpoint.objects.visible_in(viewer, company).select_related("company"), pk=pk
    )
    return found


def find_delivery(*, company: Company, viewer: User, pk: int) -> WebhookDelivery:
    """Raises Http404."""
    visible = WebhookDelivery.objects.visible_in(viewer, company)
    found: WebhookDelivery = access_or_404(visible.select_related("message", "endpoint", "company"), pk=pk)
    return found


def log_of(*, endpoint: WebhookEndpoint, narrowed: Narrowed, before: str = "") -> Page:
    """One page of the endpoint's deliveries. Callers have found the endpoint for its viewer."""
    rows = _deliveries_of(endpoint, narrowed)
    if before and fits_a_key(before):
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.select_related("message")[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def attempts_of(*, delivery: WebhookDelivery) -> list[WebhookAttempt]:
    return list(WebhookAttempt.objects.filter(delivery=delivery))


def readable_body(*, delivery: WebhookDelivery) -> str:
    """The body with line breaks; what is sent has none."""
    return json.dumps(json.loads(delivery.message.body), indent=2, ensure_ascii=False)


@transaction.atomic
def send_again(*, delivery: WebhookDelivery, actor: User, at: datetime) -> None:
    """Let the message be sent anew, under its id and with all its attempts; one that waits goes at once.

    Raises PermissionMissing, UnableToSendAgain.
    """
    require(actor, Permission.MANAGE_INTEGRATIONS, delivery.company_id)
    if not WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, is_enabled=True).exists():
        raise UnableToSendAgain(_("This endpoint is switched off. Switch it on, then send the message again."))
    free = WebhookDelivery.objects.filter(deliveries.free_at(at=at), pk=delivery.pk)
    changed = free.filter(~Q(state=DeliveryState.WAITING) | Q(attempt_count__gt=0)).update(
        state=DeliveryState.WAITING,
        attempt_count=0,
        next_attempt_at=at,
        leased_until=None,
        settled_at=None,
        last_problem="",
    )
    if not changed:
        raise UnableToSendAgain(_("This message is on its way. Look again in a minute."))
    audit.record(
        company=delivery.company,
        actor=actor,
        action="webhook_delivery.resent",
        at=at,
        target=delivery,
        details={"event": delivery.message.event_type, "message": delivery.message.public_id},
    )
    enqueue_on_commit(TASK)


def _deliveries_of(endpoint: WebhookEndpoint, narrowed: Narrowed) -> QuerySet[WebhookDelivery]:
    rows: QuerySet[WebhookDelivery] = WebhookDelivery.objects.filter(endpoint=endpoint).order_by("-pk")
    if narrowed.state:
        rows = rows.filter(state=narrowed.state)
    if narrowed.event:
        rows = rows.filter(message__event_type=narrowed.event)
    return rows
