"""What tests of orders begin with: an operator who is no member of any company, a pack, and an order."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from accounts.models import User
from credits.domain.orders import confirm_order, place_order
from credits.domain.packs import create_pack
from credits.models import Order, Pack
from tests.conftest import NOW, PASSWORD, Cast

ADDRESS = "Harbour Road 12\n20457 Hamburg"


def make_operator(name: str = "Olga") -> User:
    return User.objects.create_user(
        email=f"{name.lower()}@operator.example", name=name, password=PASSWORD, is_staff=True
    )


def make_pack(**values: object) -> Pack:
    known = {
        "name": "Hundred",
        "credits": 100,
        "price": Decimal("100"),
        "currency": "EUR",
        "tax_percent": Decimal("19"),
    }
    return create_pack(**{**known, **values}, actor=None)


def make_order(
    cast: Cast,
    pack: Pack,
    *,
    at: datetime = NOW,
    key: UUID | None = None,
    reference: str = "",
    address: str = ADDRESS,
    actor: User | None = None,
    agreed: str = "",
) -> Order:
    """An order of Northwind's by Alice, or of the company of *actor*."""
    actor = actor or cast.alice
    return place_order(
        company=cast.contoso if actor == cast.charlie else cast.northwind,
        pack=pack,
        request_key=key or uuid4(),
        purchase_reference=reference,
        billing_address=address,
        actor=actor,
        at=at,
        agreed=agreed,
    )


def make_confirmed(cast: Cast, pack: Pack, *, at: datetime = NOW, payment: str = "BANK-1") -> Order:
    return confirm_order(order=make_order(cast, pack, at=at), payment_reference=payment, at=at, actor=None)
