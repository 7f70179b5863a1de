from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.domain import audit, roles
from accounts.models import Company, Membership, Role, User


@transaction.atomic
def add_member(
    *,
    company: Company,
    email: str,
    name: str,
    role_names: Iterable[str],
    at: datetime,
    password: str | None = None,
    actor: User | None = None,
) -> Membership:
    """Tie the person with this address to the company, making the account if there is none.

    Raises Role.DoesNotExist for a role that the company lacks.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        user = User.objects.create_user(email=email, password=password, name=name)
    membership = Membership.objects.create(company=company, user=user)
    roles.set_roles(
        membership=membership, roles=[Role.objects.get(company=company, name=role_name) for role_name in role_names]
    )
    audit.record(company=company, actor=actor, action="member.added", at=at, target=membership)
    return membership
