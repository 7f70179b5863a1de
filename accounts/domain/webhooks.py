"""Tells a company's own endpoints what happened, by the Standard Webhooks convention.

The message is written in the transaction of what it tells, and sent after it.
"""

import json
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from django.db import transaction

from accounts.domain.webhook_events import EVENTS, wants
from accounts.models import Company, WebhookDelivery, WebhookEndpoint, WebhookMessage
from insights_portal.queueing import enqueue_on_commit

TASK = "accounts.tasks.send_webhooks"


class UnknownEvent(Exception):
    """No such event is told by webhooks."""


def announce(*, company: Company, event_type: str, key: str, data: dict[str, Any], at: datetime) -> None:
    """Tell every enabled endpoint that wants this type (a name of EVENTS); without one nothing is stored.

    *key* names what happened (at most 120 characters): announced twice, it is one message. *data* is plain JSON: ids
    and states, never the text of a session. Raises UnknownEvent.
    """
    if event_type not in EVENTS:
        raise UnknownEvent(f"There is no event “{event_type}”. Add it to EVENTS.")
    enabled = WebhookEndpoint.objects.filter(company=company, is_enabled=True)
    endpoints = [endpoint for endpoint in enabled if wants(endpoint.event_types, event_type)]
    if endpoints:
        tell(company=company, endpoints=endpoints, event_type=event_type, key=key, data=data, at=at)


@transaction.atomic
def tell(
    *,
    company: Company,
    endpoints: list[WebhookEndpoint],
    event_type: str,
    key: str,
    data: dict[str, Any],
    at: datetime,
) -> WebhookMessage:
    """Write the message and its deliveries to exactly these endpoints of the company; one message for one key."""
    body = {"type": event_type, "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "data": data}
    message, is_new = WebhookMessage.objects.get_or_create(
        company=company,
        event_type=event_type,
        key=key,
        defaults={
            "public_id": f"msg_{token_hex(16)}",
            "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
            "created_at": at,
        },
    )
    if is_new:
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(company=company, message=message, endpoint=endpoint, next_attempt_at=at)
            for endpoint in endpoints
        )
        enqueue_on_commit(TASK)
    found: WebhookMessage = message
    return found
