"""The seam to a payment provider. None is built in: without one a company pays by invoice and the operator confirms.

A provider is a class that the setting PAYMENT_PROVIDER names by its dotted path. It is made anew for each use, takes no
argument, and does whatever its service demands; what it says is checked here against the order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NoticeRefused(Exception):
    """The notice does not come from the provider, or can't be read; the sentence says why. Nothing was changed."""


class PaymentUnavailable(Exception):
    """The provider can't take a payment at present; the sentence is for the member."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What a provider is told of an order. *return_address* is where the member goes after paying."""

    number: str
    description: str
    total: Decimal
    currency: str
    return_address: str


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """What a provider says of a payment. *payment_reference* is its own number, the same in every repetition."""

    order_number: str
    total: Decimal
    currency: str
    payment_reference: str
    is_paid: bool


class PaymentProvider(Protocol):
    """What a provider's class offers."""

    def start(self, order: PaymentOrder) -> str:
        """Begin a payment and return the address to send the member to. Raises PaymentUnavailable."""
        ...

    def read_notice(self, *, headers: Mapping[str, str], body: bytes) -> PaymentNotice:
        """Check that *body* comes from the provider, and read it. Raises NoticeRefused."""
        ...


def payment_provider() -> PaymentProvider | None:
    """The provider of this installation; None where companies pay by invoice. Raises ImportError for a wrong path."""
    if not settings.PAYMENT_PROVIDER:
        return None
    provider: PaymentProvider = import_string(settings.PAYMENT_PROVIDER)()
    return provider
