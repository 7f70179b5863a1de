"""Which sessions the roles of a user reach: as a condition for the database, and asked of one session.

Ids of supporters and devices are materialised first, so that the database chooses between its indexes by what it knows
of them; behind a subselect it would walk the company's sessions in search of a group that has few.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Func, Q

from accounts.models import UserGroup
from accounts.permissions import Permission
from accounts.tenancy import Reach, reaches_of, remembered
from policies.models import Device

if TYPE_CHECKING:
    from summaries.models.sessions import SupportSession

USER_GROUPS, DEVICE_GROUPS = "accounts.usergroup", "policies.devicegroup"
READ_REPORTS = (Permission.VIEW_ALL_REPORTS, Permission.VIEW_OWN_REPORTS)
#: More devices than these stay a subselect: so many ids in every statement would cost more than they save.
MOST_DEVICE_IDS = 2_000


class IsAmong(Func):
    """Whether a column holds one of these ids, which are written into the statement.

    Bound one by one, a thousand ids take longer than the query that they are for.
    """

    output_field = BooleanField()
    template = "%(expressions)s IN (%(ids)s)"

    def __init__(self, column: str, ids: Iterable[int]) -> None:
        super().__init__(F(column), ids=",".join(str(int(pk)) for pk in sorted(ids)))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # One constant is read faster than a list of a thousand.
        return self.as_sql(compiler, connection, template="%(expressions)s = ANY('{%(ids)s}'::bigint[])", **context)


def _among(column: str, ids: Iterable[int]) -> Q:
    # An empty list is what the database need not be asked about.
    return Q(IsAmong(column, ids)) if ids else Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Reached:
    """The sessions of one company that any of a user's roles reaches with one permission, or one of several."""

    company_id: int
    is_whole_company: bool = False
    is_own: bool = False
    #: Supporters whose sessions are reached: the members of the roles' user groups.
    supporter_ids: frozenset[int] = frozenset()
    device_group_ids: frozenset[int] = frozenset()
    #: Device groups in which one's own sessions are reached.
    own_device_group_ids: frozenset[int] = frozenset()

    def holds(self, session: "SupportSession", user: Any) -> bool:
        """Whether *session*, of any company, is one of them. No query when its device was selected with it."""
        if session.company_id != self.company_id:
            return False
        if self.covers(session.supporter_id, None, user):
            return True
        asks_of_devices = self.device_group_ids or self.own_device_group_ids
        group_id = session.device.group_id if asks_of_devices and session.device else None
        return self.covers(session.supporter_id, group_id, user)

    def covers(self, supporter_id: int, device_group_id: int | None, user: Any) -> bool:
        """The same of a session of this company by what decides it."""
        is_own = supporter_id == user.pk
        if self.is_whole_company or (self.is_own and is_own) or supporter_id in self.supporter_ids:
            return True
        groups = self.device_group_ids | self.own_device_group_ids if is_own else self.device_group_ids
        return device_group_id is not None and device_group_id in groups

    def condition(self, user: Any) -> Q:
        if self.is_whole_company:
            return Q(company_id=self.company_id)
        found = _among("supporter_id", self.supporter_ids | ({user.pk} if self.is_own else set()))
        if self.device_group_ids:
            found |= _on_devices(user, self.device_group_ids)
        if self.own_device_group_ids:
            found |= Q(supporter_id=user.pk) & _on_devices(user, self.own_device_group_ids)
        return Q(company_id=self.company_id) & found


def reached_in(user: Any, company_id: int, any_of: tuple[Permission, ...]) -> Reached:
    """What *user* reaches in the company with *any_of* (of SESSION_PERMISSIONS); worked out once per user object."""
    return remembered(user, ("reached", company_id, any_of), lambda: _merged(user, company_id, any_of))


def companies_reached(user: Any, any_of: tuple[Permission, ...]) -> list[int]:
    return sorted({reach.company_id for permission in any_of for reach in reaches_of(user, permission)})


def condition_in(user: Any, company_id: int, permission: Permission | None = None) -> Q:
    """The sessions of the company that *user* sees, or those of them to which they may do *permission*."""
    seen = reached_in(user, company_id, READ_REPORTS)
    found = seen.condition(user)
    if permission is None:
        return found
    reached = reached_in(user, company_id, (permission,))
    return found if reached in (seen, Reached(company_id, is_whole_company=True)) else found & reached.condition(user)


def condition_everywhere(user: Any, permission: Permission | None = None) -> Q:
    """The same over all companies of *user*; those that are reached as a whole are one list of ids."""
    whole, narrowed = [], Q()
    for company_id in companies_reached(user, READ_REPORTS):
        condition = condition_in(user, company_id, permission)
        if condition == Q(company_id=company_id):
            whole.append(company_id)
        else:
            narrowed |= condition
    return Q(company_id__in=whole) | narrowed


def _merged(user: Any, company_id: int, any_of: tuple[Permission, ...]) -> Reached:
    reaches = [
        reach for permission in any_of for reach in reaches_of(user, permission) if reach.company_id == company_id
    ]
    if any(reach.is_whole_company for reach in reaches):
        return Reached(company_id, is_whole_company=True)
    others = [reach for reach in reaches if not reach.own_only]
    own = [reach for reach in reaches if reach.own_only]
    return Reached(
        company_id,
        is_own=any(not reach.groups for reach in own) or user.pk in _members_of(user, _groups(own, USER_GROUPS)),
        supporter_ids=_members_of(user, _groups(others, USER_GROUPS)),
        device_group_ids=_groups(others, DEVICE_GROUPS),
        own_device_group_ids=_groups(own, DEVICE_GROUPS),
    )


def _groups(reaches: Iterable[Reach], label: str) -> frozenset[int]:
    return frozenset().union(*(reach.groups.get(label, frozenset()) for reach in reaches))


def _members_of(user: Any, groups: frozenset[int]) -> frozenset[int]:
    """The users of the groups, former members included: a group keeps the sessions of those who left."""
    if not groups:
        return frozenset()
    rows = UserGroup.members.through.objects.filter(_among("usergroup_id", groups))
    read = rows.values_list("membership__user_id", flat=True).distinct()
    return remembered(user, ("members", groups), lambda: frozenset(read))


def _on_devices(user: Any, groups: frozenset[int]) -> Q:
    devices = Device.objects.filter(_among("group_id", groups)).order_by().values_list("pk", flat=True)
    ids = remembered(user, ("devices", groups), lambda: list(devices[: MOST_DEVICE_IDS + 1]))
    return _among("device_id", ids) if len(ids) <= MOST_DEVICE_IDS else Q(device_id__in=devices)
