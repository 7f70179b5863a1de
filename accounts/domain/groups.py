"""User groups: members under one name. They limit what roles reach, so whoever fills one widens those roles."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.domain.grants import UnableToGrant, check_grant, grants_of_roles
from accounts.domain.role_limits import limited_by
from accounts.models import Company, Membership, User, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, RoleGrants, forget_grants, require

LONGEST_NAME = 80


class UnableToSaveGroup(Exception):
    """The group's name or members are not allowed; the sentence says why."""


class UnableToDeleteGroup(Exception):
    """Something else still needs the group."""


def choosable(*, company: Company) -> QuerySet[UserGroup]:
    """The groups of the company, for a choice."""
    return UserGroup.objects.filter(company=company)


@transaction.atomic
def create_group(
    *, company: Company, name: str, members: Iterable[Membership], at: datetime, actor: User | None = None
) -> UserGroup:
    """Create a group with these members. Raises PermissionMissing, UnableToSaveGroup."""
    _lock_and_authorise(company=company, actor=actor)
    group = UserGroup.objects.create(company=company, name=_checked_name(company=company, name=name))
    chosen = _checked_members(company=company, members=members)
    group.members.set(chosen)
    details = {"name": group.name, "members": sorted(member.pk for member in chosen)}
    audit.record(company=company, actor=actor, action="usergroup.created", at=at, target=group, details=details)
    return group


@transaction.atomic
def change_group(
    *, group: UserGroup, name: str, members: Iterable[Membership], at: datetime, actor: User | None = None
) -> None:
    """Rename the group and make it hold exactly *members*. Who left stays in it as long as *members* names them.

    Raises PermissionMissing, UnableToSaveGroup, and UnableToGrant where a role that the group limits would come to
    reach more than *actor* does.
    """
    company = group.company
    _lock_and_authorise(company=company, actor=actor)
    before = UserGroup.objects.get(pk=group.pk)
    held = set(before.members.values_list("pk", flat=True))
    chosen = {member.pk for member in _checked_members(company=company, members=members, held=held)}
    if chosen - held:
        check_growth(group=before, actor=actor)
    group.name = _checked_name(company=company, name=name, but=group)
    group.save(update_fields=["name"])
    group.members.set(chosen)
    details = {
        "before": {"name": before.name},
        "after": {"name": group.name},
        "added": sorted(chosen - held),
        "removed": sorted(held - chosen),
    }
    audit.record(company=company, actor=actor, action="usergroup.changed", at=at, target=group, details=details)


@transaction.atomic
def delete_group(*, group: UserGroup, at: datetime, actor: User | None = None) -> None:
    """Delete a group that nothing needs; its members stay members.

    Raises PermissionMissing, and UnableToDeleteGroup where a role or a setting names the group: without it the role
    would lose its limit, and the setting those whom it means, with nobody told.
    """
    _lock_and_authorise(company=group.company, actor=actor)
    members = sorted(group.members.values_list("pk", flat=True))
    details = {"name": group.name, "members": members}
    audit.record(company=group.company, actor=actor, action="usergroup.deleted", at=at, target=group, details=details)
    if limiting := limited_by(group=group):
        raise UnableToDeleteGroup(
            _("“%(group)s” limits the role “%(limiting)s”. Limit the role to another group first, or delete it.")
            % {"group": group, "limiting": limiting[0]}
        )
    try:
        group.delete()
    except ProtectedError as error:
        raise UnableToDeleteGroup(str(error.args[0])) from error


def check_growth(*, group: CompanyOwned, actor: User | None) -> None:
    """Raise UnableToGrant unless *actor* reaches whatever the roles that *group* limits would reach with more in it."""
    for role in limited_by(group=group):
        wanted = [
            RoleGrants(grants.company_id, on_company=grants.on_groups, on_groups=frozenset(), groups={})
            for grants in grants_of_roles([role])
        ]
        try:
            check_grant(actor=actor, company=role.company, wanted=wanted)
        except UnableToGrant as error:
            raise UnableToGrant(
                _(
                    "“%(group)s” limits the role “%(role)s”, which would reach more than your own roles do if "
                    "you add to it. Ask an administrator."
                )
                % {"group": group, "role": role}
            ) from error


def put_in(*, membership: Membership, groups: Iterable[UserGroup], actor: User | None) -> None:
    """Make *groups* exactly those that the member is in. The callers have locked, authorised and tell the audit log.

    Raises UnableToSaveGroup for another company's group, and UnableToGrant as change_group does.
    """
    groups = list(groups)
    if any(group.company_id != membership.company_id for group in groups):
        raise UnableToSaveGroup(_("One of the groups is no longer there. Look at the groups and choose again."))
    held = set(membership.user_groups.all())
    for group in groups:
        if group not in held:
            check_growth(group=group, actor=actor)
    membership.user_groups.set(groups)


def _lock_and_authorise(*, company: Company, actor: User | None) -> None:
    lock_company(company=company)
    if actor is not None:
        forget_grants(actor)
        require(actor, Permission.MANAGE_USERS, company.pk)


def _checked_name(*, company: Company, name: str, but: UserGroup | None = None) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UnableToSaveGroup(
            _("A group's name has 1 to %(longest_name)s characters; this one has %(name)s.")
            % {"longest_name": LONGEST_NAME, "name": len(name)}
        )
    namesakes = UserGroup.objects.filter(company=company, name__iexact=name)
    if namesakes.exclude(pk=but.pk if but else None).exists():
        raise UnableToSaveGroup(_("There is already a group called “%(name)s”. Choose another name.") % {"name": name})
    return name


def _checked_members(*, company: Company, members: Iterable[Membership], held: Iterable[int] = ()) -> list[Membership]:
    """All of them, if the group may hold them: active members, and who is in it already (*held*)."""
    chosen = {member.pk for member in members}
    allowed = Q(is_active=True) | Q(pk__in=list(held))
    found = list(Membership.objects.filter(allowed, company=company, pk__in=chosen))
    if len(found) != len(chosen):
        raise UnableToSaveGroup(
            _("One of the chosen members was removed meanwhile. Look at the list and choose again.")
        )
    return found
