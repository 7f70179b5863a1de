"""Credits in the demo: an operator, packs on offer, and orders of the first company, one of them paid."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from accounts.models import Company, User
from credits.domain.orders import confirm_order, place_order
from credits.domain.packs import all_packs, create_pack
from credits.models import Pack
from summaries.domain.demo.sessions import PASSWORD

OPERATOR_EMAIL = "olga@operator.example"
#: (name, credits, net price in euros)
_PACKS = (("Starter", 25, "45.00"), ("Team", 100, "160.00"), ("Service desk", 500, "700.00"))
_TAX_PERCENT = Decimal(19)


@transaction.atomic
def ensure_credits(*, company: Company, at: datetime) -> bool:
    """Make it all on the first run; False when packs are there already."""
    if all_packs(viewer=None).exists():
        return False
    operator = User.objects.create_user(email=OPERATOR_EMAIL, name="Olga", password=PASSWORD, is_staff=True)
    packs = [
        create_pack(
            name=name, credits=credits, price=Decimal(price), currency="EUR", tax_percent=_TAX_PERCENT, actor=operator
        )
        for name, credits, price in _PACKS
    ]
    _order(company, packs[1], operator, ordered_at=at - timedelta(days=30), reference="PO 2026-118", is_paid=True)
    _order(company, packs[0], operator, ordered_at=at - timedelta(hours=5), reference="PO 2026-131", is_paid=False)
    return True


def _order(
    company: Company, pack: Pack, operator: User, *, ordered_at: datetime, reference: str, is_paid: bool
) -> None:
    buyer = User.objects.get(memberships__company=company, name="Alice")
    order = place_order(
        company=company,
        pack=pack,
        request_key=uuid4(),
        purchase_reference=reference,
        billing_address="",
        actor=buyer,
        at=ordered_at,
    )
    if is_paid:
        paid_at = ordered_at + timedelta(days=2)
        confirm_order(order=order, payment_reference="SEPA 4711-0815", at=paid_at, actor=operator)
