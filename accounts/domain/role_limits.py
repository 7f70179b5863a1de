"""What a role is limited to, and where its grants stand.

A role without limits has its grants on the company. With limits, what is done to sessions is granted on each group
instead, and the rest stays on the company.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission

from accounts.limits import grants_on, limit_models
from accounts.models import Company, Role
from accounts.permissions import SESSION_PERMISSIONS
from accounts.tenancy import CompanyOwned, RoleGrants, grants_by_role

_ON_SESSIONS = {permission.value for permission in SESSION_PERMISSIONS}


class UnableToLimit(Exception):
    """The role cannot be limited so; the sentence says why."""


def check_limits(*, company: Company, limits: Sequence[CompanyOwned], codenames: set[str]) -> None:
    """Raise UnableToLimit for a group that is not there, or limits that would limit nothing.

    The groups are locked until the transaction ends: nobody deletes one meanwhile.
    """
    if limits and not codenames & _ON_SESSIONS:
        raise UnableToLimit(
            _("Limits hold for what is done to sessions. Choose such a permission too, or remove the limits.")
        )
    for model in {type(group) for group in limits}:
        rows: Any = model._default_manager
        keys = {group.pk for group in limits if type(group) is model}
        found = rows.select_for_update().filter(company=company, pk__in=keys)
        if model not in limit_models or len(found) != len(keys):
            raise UnableToLimit(_("One of the chosen groups is no longer there. Look at the groups and choose again."))


def limit_choices(*, company: Company) -> dict[type[CompanyOwned], QuerySet[Any]]:
    """The company's groups of each kind, for a choice."""
    return {model: model._default_manager.filter(company=company) for model in limit_models}


def limits_of(*, role: Role) -> list[CompanyOwned]:
    """The groups that *role* is limited to, kind by kind in the order of their names."""
    grants = grants_by_role(pk=role.pk).get(role.pk)
    found: list[CompanyOwned] = []
    for model in limit_models if grants else []:
        keys = grants.groups.get(model._meta.label_lower, ()) if grants else ()
        rows: Any = model._default_manager
        found += rows.filter(company=role.company_id, pk__in=keys) if keys else []
    return found


def limited_by(*, group: CompanyOwned) -> list[Role]:
    """The roles that *group* limits."""
    return list(Role.objects.filter(company=group.company_id, group__in=grants_on(group).values("group")))


def placed_grants(company: Company, codenames: set[str], limits: Iterable[CompanyOwned]) -> RoleGrants:
    """What a role with these permissions and limits would grant."""
    groups: dict[str, set[int]] = {}
    for group in limits:
        groups.setdefault(group._meta.label_lower, set()).add(group.pk)
    on_groups = codenames & _ON_SESSIONS if groups else set()
    return RoleGrants(
        company_id=company.pk,
        on_company=frozenset(codenames - on_groups),
        on_groups=frozenset(on_groups),
        groups={label: frozenset(keys) for label, keys in groups.items()},
    )


def place(*, role: Role, codenames: set[str], limits: Sequence[CompanyOwned]) -> None:
    """Make guardian's grants of *role* exactly these, in four queries whatever their number."""
    grants = placed_grants(role.company, codenames, limits)
    kinds = ContentType.objects.get_for_models(Company, *limit_models)
    wanted = {(kinds[Company].pk, str(role.company_id), codename) for codename in grants.on_company}
    wanted |= {(kinds[type(group)].pk, str(group.pk), codename) for group in limits for codename in grants.on_groups}
    held = {
        (kind, granted_on, codename): key
        for key, kind, granted_on, codename in GroupObjectPermission.objects.filter(group=role.group).values_list(
            "pk", "content_type_id", "object_pk", "permission__codename"
        )
    }
    GroupObjectPermission.objects.filter(pk__in=[key for grant, key in held.items() if grant not in wanted]).delete()
    rows = AuthPermission.objects.filter(content_type__in=kinds.values(), codename__in=codenames)
    permissions = {(row.content_type_id, row.codename): row for row in rows}
    GroupObjectPermission.objects.bulk_create(
        GroupObjectPermission(
            group=role.group,
            permission=permissions[kind, codename],
            content_type_id=kind,
            object_pk=granted_on,
        )
        for kind, granted_on, codename in sorted(wanted - held.keys())
    )
