"""Roles: named sets of permissions, granted through one guardian group per role."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import Company, Membership, Role
from accounts.permissions import READY_MADE_ROLES, Permission


@transaction.atomic
def create_role(*, company: Company, name: str, permissions: Iterable[Permission]) -> Role:
    """Create a role and grant its permissions on the company."""
    group = Group.objects.create(name=f"{company.slug}:{name}")
    role = Role.objects.create(company=company, name=name, group=group)
    set_permissions(role=role, permissions=permissions)
    return role


@transaction.atomic
def set_permissions(*, role: Role, permissions: Iterable[Permission]) -> None:
    """Make the role hold exactly *permissions*."""
    wanted = {Permission(permission).value for permission in permissions}
    held = set(role.permissions)
    for codename in held - wanted:
        remove_perm(codename, role.group, role.company)
    for codename in wanted - held:
        assign_perm(codename, role.group, role.company)
    role.permissions = sorted(wanted)
    role.save(update_fields=["permissions"])


def create_ready_made_roles(*, company: Company) -> list[Role]:
    return [
        create_role(company=company, name=name, permissions=permissions)
        for name, permissions in READY_MADE_ROLES.items()
    ]


@transaction.atomic
def set_roles(*, membership: Membership, roles: Iterable[Role]) -> None:
    """Make the member hold exactly *roles*, in the membership and in guardian's groups alike."""
    roles = list(roles)
    company_groups = Group.objects.filter(role__company=membership.company)
    membership.user.groups.remove(*company_groups)
    membership.user.groups.add(*(role.group for role in roles))
    membership.roles.set(roles)
