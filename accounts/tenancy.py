"""The tenancy seam: every row of a company is reached through here, and nowhere else."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission

from accounts.permissions import Permission
from insights_portal.lib.statements import planned_cursor

Value = TypeVar("Value")
#: A role (guardian group, company, role), or a grant: (guardian group, None, None, app, model, row, codename).
GrantRow = tuple[Any, ...]


class PermissionMissing(PermissionDenied):
    """The member may see the row but not do this with it. Interfaces answer 403."""


@dataclass(frozen=True, slots=True)
class RoleGrants:
    """What one role of a user grants. *groups* is empty for a role without limits."""

    company_id: int
    #: Codenames that hold in the whole company.
    on_company: frozenset[str]
    #: Codenames that hold for the sessions of the groups only.
    on_groups: frozenset[str]
    #: {"app.model" of the groups: their ids}; a session of any of them is reached.
    groups: dict[str, frozenset[int]]

    @property
    def codenames(self) -> frozenset[str]:
        return self.on_company | self.on_groups


@dataclass(frozen=True, slots=True)
class Reach:
    """Which sessions of a company one permission reaches through one role. *groups* is empty without a limit."""

    company_id: int
    own_only: bool
    groups: dict[str, frozenset[int]]

    @property
    def is_whole_company(self) -> bool:
        return not self.own_only and not self.groups


def company_ids_with(user: Any, permission: Permission) -> list[int]:
    """Ids of the companies in which *user*'s roles hold *permission*, if only for some sessions, sorted.

    Materialised on purpose: with a list of ids the database walks its own index (3.5 ms against 389 ms for
    per-session rows at 1,000,000 sessions).
    """
    return sorted(company_id for company_id, held in grants_of(user).items() if permission.value in held)


def grants_of(user: Any) -> dict[int, set[str]]:
    """{company id: codenames} of the companies where *user* is an active member, whatever a role is limited to."""
    if not user.is_authenticated or not user.is_active:
        return {}
    # A page asks for dozens of permissions: what they are read from is put together once.
    return remembered(user, "grants", lambda: _by_company(role_grants_of(user)))


def _by_company(roles: list[RoleGrants]) -> dict[int, set[str]]:
    grants: dict[int, set[str]] = {}
    for role in roles:
        grants.setdefault(role.company_id, set()).update(role.codenames)
    return grants


def reaches_of(user: Any, permission: Permission) -> list[Reach]:
    """The sessions to which *user* may do *permission* (one of SESSION_PERMISSIONS), role by role.

    A role that views its holder's own reports, and not all, reaches the own sessions only. A role that views neither
    reaches whatever the user's other roles make visible.
    """
    grants = [role for role in role_grants_of(user) if permission.value in role.codenames]
    return [reach_through(role, permission) for role in grants]


def reach_through(role: RoleGrants, permission: Permission) -> Reach:
    """The sessions to which *role*, which grants *permission* (one of SESSION_PERMISSIONS), lets its holders do it."""
    reads_all = Permission.VIEW_ALL_REPORTS.value in role.codenames
    reads_own = Permission.VIEW_OWN_REPORTS.value in role.codenames
    own_only = permission is Permission.VIEW_OWN_REPORTS or (reads_own and not reads_all)
    groups = {} if permission.value in role.on_company else role.groups
    return Reach(role.company_id, own_only, groups)


def role_grants_of(user: Any) -> list[RoleGrants]:
    """What each role of *user* grants, in companies where they are an active member; one query per user object.

    Guardian stores the grants: one per role and permission on the company, or on each group that a role is limited to.
    Its own shortcuts spend several queries on each permission and let global permissions and superusers in; here
    neither is a way into a company.
    """
    if not user.is_authenticated or not user.is_active:
        return []
    return remembered(user, "role grants", lambda: _read_grants(user))


def remembered(user: Any, key: Hashable, read: Callable[[], Value]) -> Value:
    """What *read* returns, read once for each user object; each request makes its own."""
    memory: dict[Hashable, Any] = user.__dict__.setdefault("_remembered_grants", {})
    if key not in memory:
        memory[key] = read()
    return memory[key]  # type: ignore[no-any-return]


def narrow_to_company(user: Any, company_id: int) -> None:
    """From now on this user object is granted nothing outside the company, whatever their roles elsewhere."""
    user.only_company_id = company_id
    forget_grants(user)


def forget_grants(user: Any) -> None:
    """Read the grants of this user object, and what follows from them, again when they are next asked for."""
    user.__dict__.pop("_remembered_grants", None)


def grants_by_role(**lookup: Any) -> dict[int, RoleGrants]:
    """{role id: what it grants} of the roles that *lookup* names by fields of Role; a role that grants nothing is
    left out. One query.
    """
    roles = _roles().filter(**lookup)
    return _by_role(_read_rows(roles, roles.values("group_id")))


def _roles() -> models.QuerySet[Any]:
    # By name: the models stand above the seam.
    return apps.get_model("accounts", "Role")._default_manager.order_by()


#: `_read_rows` of one user as text: every request asks it, and putting it together takes longer than running it.
_ROLES_OF_USER = """
SELECT group_id, company_id, id, NULL, NULL, NULL, NULL FROM accounts_role
WHERE group_id IN (SELECT group_id FROM accounts_user_groups WHERE user_id = %s)
    AND company_id IN (SELECT company_id FROM accounts_membership WHERE user_id = %s AND is_active)"""
_GRANTS_OF_USER = """
UNION ALL
SELECT given.group_id, NULL, NULL, kind.app_label, kind.model, given.object_pk, permission.codename
FROM guardian_groupobjectpermission given
JOIN django_content_type kind ON kind.id = given.content_type_id
JOIN auth_permission permission ON permission.id = given.permission_id
WHERE given.group_id IN (SELECT group_id FROM accounts_user_groups WHERE user_id = %s)"""


def _read_grants(user: Any) -> list[RoleGrants]:
    only = getattr(user, "only_company_id", None)
    narrowed, values = ("", []) if only is None else (" AND company_id = %s", [only])
    with planned_cursor() as cursor:
        cursor.execute(f"{_ROLES_OF_USER}{narrowed}{_GRANTS_OF_USER}", [user.pk, user.pk, *values, user.pk])
        rows = cursor.fetchall()
    return list(_by_role(rows).values())


def _by_role(read: list[GrantRow]) -> dict[int, RoleGrants]:
    """{role id: what it grants}."""
    found = {row[0]: (row[1], row[2]) for row in read if row[2] is not None}
    on_company: dict[tuple[int, int], set[str]] = {}
    on_groups: dict[tuple[int, int], set[str]] = {}
    limits: dict[tuple[int, int], dict[str, set[int]]] = {}
    for group_id, _company, is_role, app, model, granted_on, codename in read:
        if is_role is not None or group_id not in found:
            continue
        role = found[group_id]
        on_company.setdefault(role, set())
        if (app, model) != ("accounts", "company"):
            on_groups.setdefault(role, set()).add(codename)
            limits.setdefault(role, {}).setdefault(f"{app}.{model}", set()).add(int(granted_on))
        elif granted_on == str(role[0]):
            # A role reaches its own company only, whatever a grant says.
            on_company[role].add(codename)
    return {
        role_id: RoleGrants(
            company_id=company_id,
            on_company=frozenset(codenames),
            on_groups=frozenset(on_groups.get((company_id, role_id), ())),
            groups={label: frozenset(ids) for label, ids in limits.get((company_id, role_id), {}).items()},
        )
        for (company_id, role_id), codenames in on_company.items()
    }


def _read_rows(roles: models.QuerySet[Any], groups: models.QuerySet[Any]) -> list[GrantRow]:
    """*roles* and the grants of guardian's *groups*.

    Two short queries in one: as a join of nine tables PostgreSQL takes longer to plan them than to run them.
    """
    number = models.Value(None, output_field=models.BigIntegerField())
    text = models.Value(None, output_field=models.TextField())
    named = roles.values_list("group_id", "company_id", "pk", text, text, text, text)
    kind = ("content_type__app_label", "content_type__model")
    granted = GroupObjectPermission.objects.filter(group_id__in=groups).values_list(
        "group_id", number, number, *kind, "object_pk", "permission__codename"
    )
    return list(named.union(granted, all=True))


def holds(user: Any, permission: Permission, company_id: int) -> bool:
    return permission.value in grants_of(user).get(company_id, ())


def require(user: Any, permission: Permission, company_id: int) -> None:
    """Raise PermissionMissing unless a role of *user* in that company holds *permission*."""
    if not holds(user, permission, company_id):
        raise PermissionMissing(
            _("Your roles do not include “%(label)s”. Ask an administrator for it.") % {"label": permission.label}
        )


class CompanyQuerySet(models.QuerySet[Any]):
    """Rows of companies. Subclasses name the permission that makes a row visible, and narrow it further."""

    #: Any one of these, held in the row's company, makes its rows visible.
    visible_with: tuple[Permission, ...] = ()

    def visible_to(self, user: Any) -> Self:
        """The rows *user* may see, over all companies of theirs; interfaces narrow to the current company."""
        if isinstance(user, AnonymousUser) or user is None:
            return self.none()
        ids = {pk for permission in self.visible_with for pk in company_ids_with(user, permission)}
        return self.filter(company_id__in=sorted(ids))

    def visible_in(self, user: Any, company: Any) -> Self:
        """The rows that *user* may see in *company*."""
        return self.visible_to(user).of_company(company)

    def of_company(self, company: Any) -> Self:
        return self.filter(company=company)


class CompanyOwned(models.Model):
    """A row that belongs to one company and is never visible to another."""

    company = models.ForeignKey("accounts.Company", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=models.Model)


def access_or_404(queryset: models.QuerySet[Row], **lookup: Any) -> Row:
    """The one row, or Http404 with the same words whether it is missing or another company's."""
    row = queryset.filter(**lookup).first()
    if row is None:
        raise Http404("There is no such record here.")
    return row
