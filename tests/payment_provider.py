"""A payment provider as an operator would write it: pages on its own server, notices signed with a shared secret."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.conf import settings

from credits.payments import NoticeRefused, PaymentNotice, PaymentOrder, PaymentUnavailable
from insights_portal.lib.http import OutboundRefused, outbound_client

SECRET = b"shared-by-provider-and-portal"
HEADER = "X-Payment-Signature"


def signature_of(body: bytes) -> str:
    return hmac.new(SECRET, body, hashlib.sha256).hexdigest()


class SignedPayments:
    """Speaks to the server that PAYMENT_TEST_ADDRESS names."""

    def start(self, order: PaymentOrder) -> str:
        wanted = {
            "order": order.number,
            "description": order.description,
            "total": str(order.total),
            "currency": order.currency,
            "return_address": order.return_address,
        }
        try:
            with outbound_client(timeout=5) as client:
                answer = client.post(f"{settings.PAYMENT_TEST_ADDRESS}/payments", json=wanted)
        except (OSError, OutboundRefused) as error:
            raise PaymentUnavailable("The payment provider does not answer. Try again later.") from error
        if answer.status_code != 201:
            raise PaymentUnavailable("The payment provider takes no payments at present. Try again later.")
        address: str = answer.json()["page"]
        return address

    def read_notice(self, *, headers: Mapping[str, str], body: bytes) -> PaymentNotice:
        if not hmac.compare_digest(headers.get(HEADER, "").encode(), signature_of(body).encode()):
            raise NoticeRefused("The signature does not fit.")
        try:
            told = json.loads(body)
            return PaymentNotice(
                order_number=str(told["order"]),
                total=Decimal(str(told["total"])),
                currency=str(told["currency"]),
                payment_reference=str(told["payment"]),
                is_paid=told["status"] == "paid",
            )
        except (ValueError, KeyError, TypeError, InvalidOperation) as error:
            raise NoticeRefused("The notice can't be read.") from error


class ForgetfulPayments(SignedPayments):
    """Does not expect that anybody sends anything but what it wants."""

    def read_notice(self, *, headers: Mapping[str, str], body: bytes) -> PaymentNotice:
        told = json.loads(body)
        return PaymentNotice(told["order"], Decimal(told["total"]), told["currency"], told["payment"], is_paid=True)
