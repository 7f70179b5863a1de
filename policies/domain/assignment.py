"""Policies on devices and on device groups. A device's own assignment wins over its group's."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from insights_portal.lib.numbers import grouped
from policies.models import Device, DeviceGroup, Policy

#: A list of keys in one query has its limits.
MOST_AT_ONCE = 10_000
#: So many names of a bulk change stand in its audit entry.
NAMES_TOLD = 100


class UnableToAssign(Exception):
    """The policy can't be put there; the sentence says what to do first."""


class NothingThere(Exception):
    """A device, group or policy is not there, or is another company's."""


class TooMany(Exception):
    """More devices than one change takes."""


def check_attachable(*, unmanaged: Sequence[str]) -> None:
    """Raise UnableToAssign when a policy would land on these devices, which are not managed."""
    if not unmanaged:
        return
    more = len(unmanaged) - 1
    if not more:
        raise UnableToAssign(
            _("Policies attach to managed devices only. Mark “%(unmanaged)s” as managed first. Nothing was changed.")
            % {"unmanaged": unmanaged[0]}
        )
    raise UnableToAssign(
        ngettext(
            "Policies attach to managed devices only. Mark “%(unmanaged)s” and %(count)s more as managed first. "
            "Nothing was changed.",
            "Policies attach to managed devices only. Mark “%(unmanaged)s” and %(count)s more as managed first. "
            "Nothing was changed.",
            more,
        )
        % {"unmanaged": unmanaged[0], "count": more}
    )


def chosen_devices(*, company: Company, device_ids: Collection[int]) -> QuerySet[Device]:
    """Those devices of the company. Raises NothingThere if one is missing, TooMany beyond 10,000."""
    if len(device_ids) > MOST_AT_ONCE:
        raise TooMany(
            _("%(device_ids)s devices are too many at once. Filter the list, or use the CSV import.")
            % {"device_ids": grouped(len(device_ids))}
        )
    devices = Device.objects.filter(company=company, pk__in=set(device_ids))
    if devices.count() != len(set(device_ids)):
        raise NothingThere(_("There is no such device here."))
    return devices


@transaction.atomic
def assign_to_devices(
    *, company: Company, device_ids: Collection[int], policy: Policy | None, actor: User, at: datetime
) -> int:
    """Give devices *policy* as their own, or take theirs away (None); returns how many changed.

    All or none. Raises PermissionMissing, NothingThere, TooMany, UnableToAssign.
    """
    _authorise(company, policy, actor)
    devices = chosen_devices(company=company, device_ids=device_ids)
    if policy is not None:
        unmanaged = devices.filter(is_managed=False).order_by("name")
        check_attachable(unmanaged=list(unmanaged.values_list("name", flat=True)))
    changed = devices.exclude(policy=policy) if policy else devices.filter(policy__isnull=False)
    names = list(changed.order_by("name").values_list("name", flat=True))
    changed.update(policy=policy)
    _tell(company=company, kind="devices", names=names, policy=policy, actor=actor, at=at)
    return len(names)


@transaction.atomic
def assign_to_groups(
    *, company: Company, group_ids: Collection[int], policy: Policy | None, actor: User, at: datetime
) -> int:
    """Give device groups *policy*, for their managed devices, or take theirs away; returns how many changed.

    All or none. Raises PermissionMissing, NothingThere.
    """
    _authorise(company, policy, actor)
    groups = DeviceGroup.objects.filter(company=company, pk__in=set(group_ids))
    if groups.count() != len(set(group_ids)):
        raise NothingThere(_("There is no such device group here."))
    changed = groups.exclude(policy=policy) if policy else groups.filter(policy__isnull=False)
    names = list(changed.order_by("name").values_list("name", flat=True))
    changed.update(policy=policy)
    _tell(company=company, kind="device_groups", names=names, policy=policy, actor=actor, at=at)
    return len(names)


def _authorise(company: Company, policy: Policy | None, actor: User) -> None:
    require(actor, Permission.ASSIGN_POLICIES, company.pk)
    lock_company(company=company)
    if policy is not None and not Policy.objects.filter(company=company, pk=policy.pk).exists():
        raise NothingThere(_("There is no such policy here."))


def _tell(
    *, company: Company, kind: str, names: Sequence[str], policy: Policy | None, actor: User, at: datetime
) -> None:
    if names:
        details = {"policy": policy.name if policy else None, "count": len(names), kind: names[:NAMES_TOLD]}
        action = "policy.assigned" if policy else "policy.unassigned"
        audit.record(company=company, actor=actor, action=action, at=at, target=policy, details=details)
