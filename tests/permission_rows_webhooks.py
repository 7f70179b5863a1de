"""Rows of the permission matrix: endpoints of webhooks and their log."""

from collections.abc import Callable
from typing import Any

from accounts.domain.webhook_endpoints import add_endpoint, send_test
from accounts.models import WebhookDelivery, WebhookEndpoint
from tests.conftest import NOW
from tests.permission_world import Row, World

#         Adm Man Sup Aud Int vis oth
_OWN = "  200 403 403 403 200 302 200"
_ONE = "  200 403 403 403 200 302 404"
_SENT = " 302 403 403 403 302 302 404"
_WRONG = "422 403 403 403 422 302 422"


def endpoint_of(world: World) -> WebhookEndpoint:
    """Northwind's endpoint, with one delivery."""
    found = WebhookEndpoint.objects.filter(company=world.cast.northwind).first()
    if found is None:
        found, _ = add_endpoint(
            company=world.cast.northwind,
            url="https://desk.example/hooks",
            description="Desk",
            event_types=[],
            actor=world.cast.alice,
            at=NOW,
        )
        send_test(endpoint=found, actor=world.cast.alice, at=NOW)
    return found


def _endpoint(world: World) -> list[Any]:
    return [endpoint_of(world).pk]


def _delivery(world: World) -> list[Any]:
    return [WebhookDelivery.objects.get(endpoint=endpoint_of(world)).pk]


def _nobody(args: Callable[[World], list[Any]]) -> Callable[[World], list[Any]]:
    return lambda world: [args(world)[0] + 2**63]


WEBHOOK_ROWS: dict[str, list[Row]] = {
    "accounts:webhooks": [Row(_OWN)],
    "accounts:webhook_new": [
        Row(_OWN),
        Row(_WRONG, method="POST", data={"url": "http://desk.example/"}),
        Row(_OWN, method="POST", data={"url": "https://desk.example/"}),
    ],
    "accounts:webhook": [
        Row(_ONE, _endpoint),
        Row("404 403 403 403 404 302 404", _nobody(_endpoint)),
    ],
    "accounts:webhook_change": [
        Row(_ONE, _endpoint),
        Row(_SENT, _endpoint, "POST", {"url": "https://desk.example/other"}),
    ],
    "accounts:webhook_switch": [Row(_SENT, _endpoint, "POST")],
    "accounts:webhook_test": [Row(_SENT, _endpoint, "POST")],
    "accounts:webhook_secret": [Row(_ONE, _endpoint, "POST")],
    "accounts:webhook_delete": [Row(_ONE, _endpoint), Row(_SENT, _endpoint, "POST")],
    "accounts:webhook_delivery": [Row(_ONE, _delivery), Row(_SENT, _delivery, "POST")],
}
