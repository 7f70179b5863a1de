"""Roles: named sets of permissions, granted through one guardian group per role.

Every function locks the company, reads again and checks again, so that two administrators who act at the same moment
cannot undo each other's safety. *actor* None is the installation itself (set-up, command line): it may grant anything.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from guardian.models import GroupObjectPermission

from accounts.domain import audit
from accounts.domain.administrators import keep_an_administrator, lock_company
from accounts.models import Company, Membership, Role, User
from accounts.permissions import READY_MADE_ROLES, Permission
from accounts.tenancy import forget_grants, grants_of, require

MOST_ROLES = 100
LONGEST_NAME = 50


class UnableToSaveRole(Exception):
    """The role's name or number is not allowed; the sentence says why."""


class UnableToGrant(Exception):
    """The actor would hand out a permission that they do not hold."""


class UnableToDeleteRole(Exception):
    """Members still hold the role."""


@transaction.atomic
def create_role(
    *, company: Company, name: str, permissions: Iterable[Permission], at: datetime, actor: User | None = None
) -> Role:
    """Create a role and grant its permissions on the company.

    Raises PermissionMissing, UnableToSaveRole, UnableToGrant.
    """
    _lock_and_authorise(company=company, actor=actor)
    if Role.objects.filter(company=company).count() >= MOST_ROLES:
        raise UnableToSaveRole(f"A company has at most {MOST_ROLES} roles. Delete one that is no longer used.")
    name = _checked_name(company=company, name=name)
    wanted = {Permission(permission).value for permission in permissions}
    check_grant(actor=actor, company=company, codenames=wanted)
    group = Group.objects.create(name=f"{company.slug}:{uuid4().hex}")
    role = Role.objects.create(company=company, name=name, group=group)
    _grant(role=role, wanted=wanted)
    audit.record(
        company=company, actor=actor, action="role.created", at=at, target=role, details=_described(name, wanted)
    )
    return role


@transaction.atomic
def change_role(
    *, role: Role, name: str, permissions: Iterable[Permission], at: datetime, actor: User | None = None
) -> None:
    """Rename the role and make it hold exactly *permissions*.

    Raises PermissionMissing, UnableToSaveRole, UnableToGrant, LastAdministrator.
    """
    _lock_and_authorise(company=role.company, actor=actor)
    before = Role.objects.get(pk=role.pk)
    name = _checked_name(company=role.company, name=name, but=role)
    wanted = {Permission(permission).value for permission in permissions}
    check_grant(actor=actor, company=role.company, codenames=wanted - set(before.permissions))
    with keep_an_administrator(company=role.company):
        role.name = name
        role.save(update_fields=["name"])
        _grant(role=role, wanted=wanted)
    details = {"before": _described(before.name, before.permissions), "after": _described(name, wanted)}
    audit.record(company=role.company, actor=actor, action="role.changed", at=at, target=role, details=details)


@transaction.atomic
def delete_role(*, role: Role, at: datetime, actor: User | None = None) -> None:
    """Delete a role that no active member holds. Raises PermissionMissing, UnableToDeleteRole."""
    _lock_and_authorise(company=role.company, actor=actor)
    holders = Membership.objects.filter(roles=role).count()
    if holders:
        noun = "member holds" if holders == 1 else "members hold"
        raise UnableToDeleteRole(f"{holders} {noun} the role “{role}”. Give them another role first.")
    audit.record(
        company=role.company,
        actor=actor,
        action="role.deleted",
        at=at,
        target=role,
        details=_described(role.name, role.permissions),
    )
    group = role.group
    role.delete()
    group.delete()


def create_ready_made_roles(*, company: Company, at: datetime) -> list[Role]:
    return [
        create_role(company=company, name=name, permissions=permissions, at=at)
        for name, permissions in READY_MADE_ROLES.items()
    ]


def assign(*, membership: Membership, roles: Iterable[Role]) -> None:
    """Make the member hold exactly *roles*, in the membership and in guardian's groups alike.

    The callers in `members` have locked and authorised.
    """
    roles = list(roles)
    membership.user.groups.remove(*Group.objects.filter(role__company=membership.company))
    membership.user.groups.add(*(role.group for role in roles))
    membership.roles.set(roles)
    forget_grants(membership.user)


def check_grant(*, actor: User | None, company: Company, codenames: Iterable[str]) -> None:
    """Raise UnableToGrant if *actor* would hand out a permission that they do not hold in *company*."""
    if actor is None:
        return
    missing = sorted(set(codenames) - grants_of(actor).get(company.pk, set()))
    if missing:
        label = Permission(missing[0]).label
        raise UnableToGrant(f"You cannot grant “{label}”, because your own roles do not include it.")


def _lock_and_authorise(*, company: Company, actor: User | None) -> None:
    lock_company(company=company)
    if actor is not None:
        forget_grants(actor)
        require(actor, Permission.MANAGE_COMPANY, company.pk)


def _checked_name(*, company: Company, name: str, but: Role | None = None) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UnableToSaveRole(f"A role's name has 1 to {LONGEST_NAME} characters; this one has {len(name)}.")
    namesakes = Role.objects.filter(company=company, name__iexact=name)
    if namesakes.exclude(pk=but.pk if but else None).exists():
        raise UnableToSaveRole(f"There is already a role called “{name}”. Choose another name.")
    return name


def _grant(*, role: Role, wanted: set[str]) -> None:
    """Store the grants as guardian does, in two queries instead of three for each permission."""
    granted_on: dict[str, Any] = {
        "content_type": ContentType.objects.get_for_model(Company),
        "object_pk": str(role.company_id),
    }
    held = GroupObjectPermission.objects.filter(group=role.group, **granted_on)
    held.exclude(permission__codename__in=wanted).delete()
    missing = wanted - set(held.values_list("permission__codename", flat=True))
    rows = AuthPermission.objects.filter(content_type=granted_on["content_type"], codename__in=missing)
    GroupObjectPermission.objects.bulk_create(
        GroupObjectPermission(group=role.group, permission=row, **granted_on) for row in rows
    )
    role.permissions = sorted(wanted)
    role.save(update_fields=["permissions"])


def _described(name: str, permissions: Iterable[str]) -> dict[str, object]:
    return {"name": name, "permissions": sorted(permissions)}
