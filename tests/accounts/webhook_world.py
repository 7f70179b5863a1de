"""Endpoints whose receivers are real servers on loopback, and a clock for their tests."""

from datetime import datetime, timedelta

from accounts.domain.webhook_endpoints import add_endpoint
from accounts.domain.webhook_sending import send_due
from accounts.domain.webhooks import announce
from accounts.models import Company, User, WebhookDelivery, WebhookEndpoint


def endpoint_at(url: str, *, company: Company, actor: User, at: datetime, **values) -> tuple[WebhookEndpoint, str]:
    """(a stored endpoint, its secret in clear)."""
    wish = {"description": "Desk", "event_types": [], **values}
    return add_endpoint(company=company, url=url, actor=actor, at=at, **wish)


def listen(cast, httpserver, at, *, path="/hooks", **values):
    wish = {"company": cast.northwind, "actor": cast.alice, "at": at, **values}
    return endpoint_at(httpserver.url_for(path), **wish)


def requests_of(httpserver):
    return [request for request, _ in httpserver.log]


def tell(company: Company, at: datetime, key: str = "1", event_type: str = "summary.ready") -> None:
    announce(company=company, event_type=event_type, key=key, data={"session": f"S-{key}"}, at=at)


def send(at: datetime) -> int:
    """One run whose clock stands still."""
    return send_due(clock=lambda: at, seconds=50)


def delivery() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


def through_all_attempts(at: datetime) -> datetime:
    """Send until nothing waits any more; the moment of the last attempt."""
    moment = at
    while waiting := WebhookDelivery.objects.filter(state="WAITING").order_by("next_attempt_at").first():
        moment = max(moment, waiting.next_attempt_at)
        send(moment)
        moment += timedelta(microseconds=1)
    return moment
