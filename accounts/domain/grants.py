"""Nobody can grant what they do not hold: the one rule for roles, members, invitations, passwords and tokens."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import Company, Role, User
from accounts.permissions import SESSION_PERMISSIONS, Permission
from accounts.tenancy import Reach, RoleGrants, grants_by_role, reach_through, role_grants_of


class UnableToGrant(Exception):
    """The actor would hand out a permission that they do not hold, or not so widely."""


def check_grant(
    *, actor: User | None, company: Company, wanted: Iterable[RoleGrants], besides: Iterable[RoleGrants] = ()
) -> None:
    """Raise UnableToGrant if *wanted* reaches further in *company* than the roles of *actor* do.

    *besides* is what was granted before and may stay. None, the installation itself, may grant anything.
    """
    if actor is None:
        return
    held = [role for role in role_grants_of(actor) if role.company_id == company.pk]
    permission = beyond(held=[*held, *besides], wanted=wanted)
    if permission is None:
        return
    if any(permission.value in role.codenames for role in held):
        raise UnableToGrant(
            _("You cannot grant “%(label)s” so widely, because your own roles reach fewer sessions with it.")
            % {"label": permission.label}
        )
    raise UnableToGrant(
        _("You cannot grant “%(label)s”, because your own roles do not include it.") % {"label": permission.label}
    )


def grants_of_roles(roles: Iterable[Role]) -> list[RoleGrants]:
    """What these roles grant; one query."""
    return list(grants_by_role(pk__in=[role.pk for role in roles]).values())


def everything_in(company: Company) -> RoleGrants:
    """What an administrator holds: every permission, in the whole company."""
    return RoleGrants(company.pk, on_company=frozenset(Permission.values), on_groups=frozenset(), groups={})


def beyond(*, held: Iterable[RoleGrants], wanted: Iterable[RoleGrants]) -> Permission | None:
    """The first permission that *wanted* grants further than *held* (all of one company), None where there is none.

    Further is: at all, for all sessions instead of one's own, or for sessions of groups that *held* does not reach.
    """
    held = list(held)
    for role in wanted:
        for permission in Permission:
            if permission.value in role.codenames and not _is_held(held, role, permission):
                return permission
    return None


def _is_held(held: list[RoleGrants], wanted: RoleGrants, permission: Permission) -> bool:
    if permission not in SESSION_PERMISSIONS:
        return any(permission.value in role.on_company for role in held)
    reaches = [reach_through(role, permission) for role in held if permission.value in role.codenames]
    needed = reach_through(wanted, permission)
    reaches = [reach for reach in reaches if needed.own_only or not reach.own_only]
    return any(not reach.groups for reach in reaches) or _reaches_each_group(reaches, needed)


def _reaches_each_group(reaches: list[Reach], needed: Reach) -> bool:
    groups = [(label, key) for label, ids in needed.groups.items() for key in ids]
    return bool(groups) and all(any(key in reach.groups.get(label, ()) for reach in reaches) for label, key in groups)
