"""Who may do what, in words: the role × permission matrix, and what one person may do through which role."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.domain.permission_groups import PERMISSION_GROUPS
from accounts.limits import limit_models
from accounts.models import Company, Membership, Role, User
from accounts.permissions import SESSION_PERMISSIONS, Permission
from accounts.tenancy import RoleGrants, grants_by_role, reach_through

#: {"app.model" of a kind of groups: {id: its name in words}}
GroupNames = dict[str, dict[int, str]]


@dataclass(frozen=True, slots=True)
class MatrixRole:
    role: Role
    members: int
    #: The groups that limit it, in words.
    limits: list[str]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One permission: a cell for each role, in words; empty where the role lacks it."""

    permission: Permission
    help: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Matrix:
    roles: list[MatrixRole]
    groups: list[tuple[str, list[MatrixRow]]]


@dataclass(frozen=True, slots=True)
class Source:
    """A role through which a member holds a permission, and how far it reaches."""

    role: Role
    reach: str


@dataclass(frozen=True, slots=True)
class Access:
    permission: Permission
    help: str
    sources: list[Source]


def matrix_of(*, company: Company) -> Matrix:
    """Every role of the company against every permission; a query each for roles, grants and kinds of groups."""
    holders = Count("memberships", filter=Q(memberships__is_active=True))
    roles = list(Role.objects.filter(company=company).annotate(holders=holders).order_by("name"))
    grants = grants_by_role(company=company)
    names = _group_names(company, grants.values())
    columns = [MatrixRole(role, role.holders, _limits(grants.get(role.pk), names)) for role in roles]
    return Matrix(
        columns,
        [
            (
                str(group.title),
                [
                    MatrixRow(permission, str(text), [_cell(grants.get(role.pk), permission) for role in roles])
                    for permission, text in group.permissions.items()
                ],
            )
            for group in PERMISSION_GROUPS
        ],
    )


def limits_in_words(*, company: Company) -> dict[int, list[str]]:
    """{role id: the groups that limit it}; one query for the grants and one for each kind of groups."""
    grants = grants_by_role(company=company)
    names = _group_names(company, grants.values())
    return {role_id: _limits(granted, names) for role_id, granted in grants.items()}


def access_of(*, membership: Membership) -> list[tuple[str, list[Access]]]:
    """Each permission, group by group, with the roles through which the member holds it (none: they may not)."""
    roles = list(membership.roles.all()) if membership.is_active else []
    grants = grants_by_role(pk__in=[role.pk for role in roles])
    names = _group_names(membership.company, grants.values())
    held = [(role, grants[role.pk]) for role in roles if role.pk in grants]
    return [
        (
            str(group.title),
            [
                Access(
                    permission,
                    str(text),
                    [
                        Source(role, _reach(granted, permission, names))
                        for role, granted in held
                        if permission.value in granted.codenames
                    ],
                )
                for permission, text in group.permissions.items()
            ],
        )
        for group in PERMISSION_GROUPS
    ]


def membership_of(*, user: User, company: Company) -> Membership:
    """The active membership of *user* in *company*. Raises Membership.DoesNotExist."""
    memberships = Membership.objects.select_related("user", "company")
    membership: Membership = memberships.get(user=user, company=company, is_active=True)
    return membership


def _cell(grants: RoleGrants | None, permission: Permission) -> str:
    if grants is None or permission.value not in grants.codenames:
        return ""
    if permission not in SESSION_PERMISSIONS:
        return _("yes")
    reach = reach_through(grants, permission)
    if reach.groups:
        return _("own, limited") if reach.own_only else _("all, limited")
    return _("own") if reach.own_only else _("all")


def _reach(grants: RoleGrants, permission: Permission, names: GroupNames) -> str:
    if permission not in SESSION_PERMISSIONS:
        return _("whole company")
    reach = reach_through(grants, permission)
    whole, limited = _("all sessions"), _("all sessions of %(groups)s")
    if reach.own_only:
        whole, limited = _("own sessions"), _("own sessions of %(groups)s")
    reads = {Permission.VIEW_ALL_REPORTS.value, Permission.VIEW_OWN_REPORTS.value}
    if not reads & grants.codenames:
        whole = _("sessions that the member's other roles show")
        limited = _("sessions that the member's other roles show of %(groups)s")
    return limited % {"groups": _(" or ").join(_limits(grants, names))} if reach.groups else whole


def _limits(grants: RoleGrants | None, names: GroupNames) -> list[str]:
    groups = grants.groups if grants else {}
    return [names[label][key] for label, keys in groups.items() for key in sorted(keys) if key in names.get(label, {})]


def _group_names(company: Company, grants: Iterable[RoleGrants]) -> GroupNames:
    wanted: dict[str, set[int]] = {}
    for role in grants:
        for label, keys in role.groups.items():
            wanted.setdefault(label, set()).update(keys)
    names: GroupNames = {}
    for model in limit_models:
        label = model._meta.label_lower
        if label in wanted:
            rows = model._default_manager.filter(company=company, pk__in=wanted[label])
            names[label] = {
                row.pk: _("%(kind)s “%(name)s”") % {"kind": model._meta.verbose_name, "name": row} for row in rows
            }
    return names
