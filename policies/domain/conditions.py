"""Which groups' sessions a company summarises at all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import require
from policies.enums import GroupMode
from policies.models import CaptureConditions, DeviceGroup

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class _Words(NamedTuple):
    is_gone: "StrPromise"
    is_missing: "StrPromise"


_WORDS_OF_USER_GROUPS = _Words(
    is_gone=gettext_lazy("One user group is not there any more. Choose among the groups that are listed."),
    is_missing=gettext_lazy("Choose at least one user group for “%(label)s”, or choose “All”."),
)
_WORDS_OF_DEVICE_GROUPS = _Words(
    is_gone=gettext_lazy("One device group is not there any more. Choose among the groups that are listed."),
    is_missing=gettext_lazy("Choose at least one device group for “%(label)s”, or choose “All”."),
)


class UnableToSaveConditions(Exception):
    """The conditions do not fit together; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class GroupCondition:
    """How a condition uses the groups it names. *group_ids* means nothing under ALL."""

    mode: GroupMode = GroupMode.ALL
    group_ids: frozenset[int] = frozenset()

    def excludes(self, held: Collection[int]) -> bool:
        """Whether it excludes what is in the groups *held*."""
        if self.mode == GroupMode.ALL:
            return False
        named = not self.group_ids.isdisjoint(held)
        return named if self.mode == GroupMode.EXCEPT else not named


def excluded_by_groups(
    *,
    users: GroupCondition,
    devices: GroupCondition,
    user_group_ids: Collection[int],
    device_group_id: int | None,
) -> bool:
    """Whether the conditions exclude a session by the groups of its supporter or the group of its device."""
    held = () if device_group_id is None else (device_group_id,)
    return users.excludes(user_group_ids) or devices.excludes(held)


class StillNamed(Exception):
    """The company's conditions name the group: without it, other sessions than chosen would be captured."""


def check_not_named(*, group: UserGroup | DeviceGroup) -> None:
    """Raise StillNamed for a group that a condition of its company names."""
    named = Q(device_groups=group.pk) if isinstance(group, DeviceGroup) else Q(user_groups=group.pk)
    if CaptureConditions.objects.filter(named, company=group.company_id).exists():
        raise StillNamed(
            _("The company's conditions name “%(name)s”. Change them in the AI settings first.") % {"name": group.name}
        )


def conditions_of(company: Company) -> CaptureConditions:
    """The company's conditions; made, excluding nothing, when they are first asked for."""
    return CaptureConditions.objects.get_or_create(company=company)[0]


def stored_conditions(company_id: int) -> tuple[GroupCondition, GroupCondition]:
    """(of supporters, of devices), as values. At most three queries; none for groups that nothing names."""
    row = CaptureConditions.objects.filter(company=company_id).first()
    if row is None:
        return GroupCondition(), GroupCondition()
    return (
        _as_value(row.user_groups_mode, row.user_groups),
        _as_value(row.device_groups_mode, row.device_groups),
    )


def _as_value(mode: str, groups: Any) -> GroupCondition:
    if mode == GroupMode.ALL:
        return GroupCondition()
    return GroupCondition(GroupMode(mode), frozenset(groups.values_list("pk", flat=True)))


@transaction.atomic
def save_conditions(
    *,
    company: Company,
    user_groups_mode: GroupMode,
    user_groups: Collection[UserGroup],
    device_groups_mode: GroupMode,
    device_groups: Collection[DeviceGroup],
    actor: User,
    at: datetime,
) -> CaptureConditions:
    """Store which groups are summarised; under ALL no groups are kept.

    Raises PermissionMissing, UnableToSaveConditions.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    lock_company(company=company)
    users = _checked(company, user_groups_mode, user_groups, _WORDS_OF_USER_GROUPS)
    devices = _checked(company, device_groups_mode, device_groups, _WORDS_OF_DEVICE_GROUPS)
    stored = conditions_of(company)
    before = _described(stored)
    stored.user_groups_mode, stored.device_groups_mode = user_groups_mode, device_groups_mode
    stored.save(update_fields=["user_groups_mode", "device_groups_mode"])
    stored.user_groups.set(users)
    stored.device_groups.set(devices)
    after = _described(stored)
    changed = {name: {"before": before[name], "after": after[name]} for name in after if before[name] != after[name]}
    if changed:
        audit.record(
            company=company, actor=actor, action="capture_conditions.changed", at=at, target=stored, details=changed
        )
    return stored


def _checked(company: Company, mode: GroupMode, groups: Collection[Any], words: _Words) -> list[Any]:
    if mode == GroupMode.ALL:
        return []
    if any(group.company_id != company.pk for group in groups):
        raise UnableToSaveConditions(str(words.is_gone))
    if not groups:
        raise UnableToSaveConditions(words.is_missing % {"label": GroupMode(mode).label})
    return list(groups)


def _described(conditions: CaptureConditions) -> dict[str, Any]:
    return {
        "supporters": conditions.user_groups_mode,
        "user_groups": sorted(conditions.user_groups.values_list("name", flat=True)),
        "devices": conditions.device_groups_mode,
        "device_groups": sorted(conditions.device_groups.values_list("name", flat=True)),
    }
