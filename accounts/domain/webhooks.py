"""Tells a company's own endpoints what happened, by the Standard Webhooks convention.

The message is written in the transaction of what it tells, and sent after it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.webhook_events import EVENTS, wants
from accounts.models import Company, WebhookDelivery, WebhookEndpoint, WebhookMessage
from insights_portal.queueing import enqueue_on_commit

TASK = "accounts.tasks.send_webhooks"


class UnknownEvent(Exception):
    """No such event is told by webhooks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """*key* names what happened (at most 120 characters): announced twice, it is one message. *data* is plain JSON:
    ids and states, never the text of a session.
    """

    company: Company
    key: str
    data: dict[str, Any]


def announce(*, company: Company, event_type: str, key: str, data: dict[str, Any], at: datetime) -> None:
    """`announce_all` for one. Raises UnknownEvent."""
    announce_all(event_type=event_type, happenings=[Announcement(company=company, key=key, data=data)], at=at)


def announce_all(*, event_type: str, happenings: Sequence[Announcement], at: datetime) -> None:
    """Tell every enabled endpoint of each company that wants this type (a name of EVENTS); without one nothing is
    stored. Raises UnknownEvent.
    """
    if event_type not in EVENTS:
        raise UnknownEvent(_("There is no event “%(event_type)s”. Add it to EVENTS.") % {"event_type": event_type})
    companies = {each.company.pk for each in happenings}
    enabled = WebhookEndpoint.objects.filter(company__in=companies, is_enabled=True)
    wanting = [endpoint for endpoint in enabled if wants(endpoint.event_types, event_type)]
    for each in happenings:
        endpoints = [endpoint for endpoint in wanting if endpoint.company_id == each.company.pk]
        if endpoints:
            tell(company=each.company, endpoints=endpoints, event_type=event_type, key=each.key, data=each.data, at=at)


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
