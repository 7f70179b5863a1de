"""Roles: named sets of permissions, granted through one guardian group per role.

Every function locks the company, reads again and checks again, so that two administrators who act at the same moment
cannot undo each other's safety. *actor* None is the installation itself (set-up, command line): it may grant anything.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import audit
from accounts.domain.administrators import keep_an_administrator, lock_company
from accounts.domain.grants import check_grant, grants_of_roles
from accounts.domain.role_limits import check_limits, limits_of, place, placed_grants
from accounts.models import Company, Membership, Role, User
from accounts.permissions import READY_MADE_ROLES, Permission
from accounts.tenancy import CompanyOwned, forget_grants, require

MOST_ROLES = 100
LONGEST_NAME = 50


class UnableToSaveRole(Exception):
    """The role's name or number is not allowed; the sentence says why."""


class UnableToDeleteRole(Exception):
    """Members still hold the role."""


@transaction.atomic
def create_role(
    *,
    company: Company,
    name: str,
    permissions: Iterable[Permission],
    at: datetime,
    limits: Iterable[CompanyOwned] = (),
    actor: User | None = None,
) -> Role:
    """Create a role. With *limits* (groups) its permissions on sessions reach the sessions of any of them only.

    Raises PermissionMissing, UnableToSaveRole, UnableToLimit, UnableToGrant.
    """
    _lock_and_authorise(company=company, actor=actor)
    if Role.objects.filter(company=company).count() >= MOST_ROLES:
        raise UnableToSaveRole(
            _("A company has at most %(most_roles)s roles. Delete one that is no longer used.")
            % {"most_roles": MOST_ROLES}
        )
    name = _checked_name(company=company, name=name)
    wanted, limits = {Permission(permission).value for permission in permissions}, list(limits)
    check_limits(company=company, limits=limits, codenames=wanted)
    check_grant(actor=actor, company=company, wanted=[placed_grants(company, wanted, limits)])
    group = Group.objects.create(name=f"{company.slug}:{uuid4().hex}")
    role = Role.objects.create(company=company, name=name, group=group)
    _grant(role=role, wanted=wanted, limits=limits)
    audit.record(
        company=company, actor=actor, action="role.created", at=at, target=role, details=_described(role, limits)
    )
    return role


@transaction.atomic
def change_role(
    *,
    role: Role,
    name: str,
    permissions: Iterable[Permission],
    at: datetime,
    limits: Iterable[CompanyOwned] = (),
    actor: User | None = None,
) -> None:
    """Rename the role and make it hold exactly *permissions*, within *limits*.

    Raises PermissionMissing, UnableToSaveRole, UnableToLimit, UnableToGrant, LastAdministrator.
    """
    company = role.company
    _lock_and_authorise(company=company, actor=actor)
    before = Role.objects.get(pk=role.pk)
    described = _described(before, limits_of(role=before))
    name = _checked_name(company=company, name=name, but=role)
    wanted, limits = {Permission(permission).value for permission in permissions}, list(limits)
    check_limits(company=company, limits=limits, codenames=wanted)
    check_grant(
        actor=actor,
        company=company,
        wanted=[placed_grants(company, wanted, limits)],
        besides=grants_of_roles([before]),
    )
    with keep_an_administrator(company=company):
        role.name = name
        role.save(update_fields=["name"])
        _grant(role=role, wanted=wanted, limits=limits)
    details = {"before": described, "after": _described(role, limits)}
    audit.record(company=company, actor=actor, action="role.changed", at=at, target=role, details=details)


@transaction.atomic
def delete_role(*, role: Role, at: datetime, actor: User | None = None) -> None:
    """Delete a role that no active member holds. Raises PermissionMissing, UnableToDeleteRole."""
    _lock_and_authorise(company=role.company, actor=actor)
    holders = Membership.objects.filter(roles=role).count()
    if holders:
        raise UnableToDeleteRole(
            ngettext(
                "%(count)s member holds the role “%(role)s”. Give them another role first.",
                "%(count)s members hold the role “%(role)s”. Give them another role first.",
                holders,
            )
            % {"count": holders, "role": role}
        )
    details = _described(role, limits_of(role=role))
    audit.record(company=role.company, actor=actor, action="role.deleted", at=at, target=role, details=details)
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


def _lock_and_authorise(*, company: Company, actor: User | None) -> None:
    lock_company(company=company)
    if actor is not None:
        forget_grants(actor)
        require(actor, Permission.MANAGE_COMPANY, company.pk)


def _checked_name(*, company: Company, name: str, but: Role | None = None) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UnableToSaveRole(
            _("A role's name has 1 to %(longest_name)s characters; this one has %(name)s.")
            % {"longest_name": LONGEST_NAME, "name": len(name)}
        )
    namesakes = Role.objects.filter(company=company, name__iexact=name)
    if namesakes.exclude(pk=but.pk if but else None).exists():
        raise UnableToSaveRole(_("There is already a role called “%(name)s”. Choose another name.") % {"name": name})
    return name


def _grant(*, role: Role, wanted: set[str], limits: Sequence[CompanyOwned]) -> None:
    place(role=role, codenames=wanted, limits=limits)
    role.permissions = sorted(wanted)
    role.save(update_fields=["permissions"])


def _described(role: Role, limits: Iterable[CompanyOwned]) -> dict[str, object]:
    named = sorted(_("%(kind)s “%(name)s”") % {"kind": group._meta.verbose_name, "name": group} for group in limits)
    return {"name": role.name, "permissions": sorted(role.permissions), "limits": named}
