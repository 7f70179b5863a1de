"""Secrets of endpoints and the signatures made with them, by the Standard Webhooks convention."""

import base64
import secrets
from datetime import datetime, timedelta

from standardwebhooks.webhooks import Webhook

from accounts.models import WebhookEndpoint
from insights_portal.lib import crypto

MARK = "whsec_"
#: Random bytes of a secret; the convention asks for 24 to 64.
SECRET_BYTES = 32
#: So long both secrets sign after a rotation.
BOTH_SIGN = timedelta(hours=24)


def new_secret() -> str:
    return MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(*, endpoint: WebhookEndpoint, message_id: str, body: str, at: datetime) -> dict[str, str]:
    """The headers by which the receiver knows sender, message and moment. Raises crypto.UnableToDecrypt."""
    signatures = [
        Webhook(crypto.decrypt(stored)).sign(msg_id=message_id, timestamp=at, data=body)
        for stored in _standing(endpoint, at)
    ]
    return {
        "content-type": "application/json",
        "user-agent": "Session-Insights-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _standing(endpoint: WebhookEndpoint, at: datetime) -> list[str]:
    former = endpoint.former_secret_until is not None and at < endpoint.former_secret_until
    return [endpoint.secret_encrypted, *([endpoint.former_secret_encrypted] if former else [])]
