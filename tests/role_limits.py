"""Roles with limits, for tests that are about what roles reach and not about how they are made."""

from collections.abc import Iterable, Sequence

from accounts.domain.roles import create_role
from accounts.models import Membership, Role
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, forget_grants
from tests.conftest import NOW


def limited_role(
    membership: Membership, name: str, permissions: Iterable[Permission], limits: Sequence[CompanyOwned]
) -> Role:
    """A role with *permissions* that *membership* holds besides its others, limited to groups of users or devices."""
    role = create_role(company=membership.company, name=name, permissions=permissions, limits=list(limits), at=NOW)
    membership.roles.add(role)
    membership.user.groups.add(role.group)
    forget_grants(membership.user)
    return role
