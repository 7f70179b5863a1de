"""What a worker can be told to do with credits' upkeep, mails and webhooks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from accounts.domain.webhook_endpoints import add_endpoint
from accounts.domain.webhook_sending import send_due
from accounts.domain.webhooks import announce
from accounts.models import AuditEntry, Company, Mail, User, WebhookDelivery, WebhookMessage
from credits.domain import upkeep
from credits.domain.grants import ensure_monthly
from credits.domain.reservations import reserve
from credits.domain.verification import discrepancies
from credits.models import CreditAlert, Entry, Forecast


def used_credits(*, slug: str, at: str) -> None:
    """A month that has ended unused, and three days of this one with most of its credits used."""
    company, moment = Company.objects.get(slug=slug), datetime.fromisoformat(at)
    ensure_monthly(company=company, at=moment - timedelta(days=31))
    for ago in (3, 2, 1):
        ensure_monthly(company=company, at=moment - timedelta(days=ago))
        for _ in range(13):
            reserve(company=company, session_id=uuid4(), at=moment - timedelta(days=ago))


def keep_up(*, at: str) -> None:
    upkeep.keep_up(at=datetime.fromisoformat(at))


def keep_company_up(*, slug: str, at: str) -> list[str]:
    return upkeep.keep_company_up(company=Company.objects.get(slug=slug), at=datetime.fromisoformat(at))


def upkeep_state(*, slug: str) -> dict[str, Any]:
    mine = {"company__slug": slug}
    return {
        "moved": list(Entry.objects.filter(**mine).exclude(amount=0).order_by("pk").values_list("kind", "amount")),
        "alerts": sorted(CreditAlert.objects.filter(**mine).values_list("threshold", flat=True)),
        "told": AuditEntry.objects.filter(action="credits.threshold_reached", **mine).count(),
        "mails": Mail.objects.filter(**mine).count(),
        "messages": WebhookMessage.objects.filter(**mine).count(),
        "forecasts": Forecast.objects.filter(**mine).count(),
        "wrong": len(list(discrepancies())),
    }


def listen(*, slug: str, url: str, at: str) -> None:
    alice = User.objects.get(email=f"alice@{slug}.example")
    company, moment = Company.objects.get(slug=slug), datetime.fromisoformat(at)
    add_endpoint(company=company, url=url, description="Desk", event_types=[], actor=alice, at=moment)


def announce_one(*, slug: str, at: str) -> None:
    company, moment = Company.objects.get(slug=slug), datetime.fromisoformat(at)
    announce(company=company, event_type="summary.ready", key="1", data={}, at=moment)


def send_webhooks(*, at: str) -> int:
    moment = datetime.fromisoformat(at)
    return send_due(clock=lambda: moment, seconds=50)


def webhook_state(*, slug: str) -> list[str]:
    return list(WebhookDelivery.objects.filter(company__slug=slug).values_list("state", flat=True))
