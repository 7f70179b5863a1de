"""Device groups of a company: made, changed, deleted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.domain.grants import UnableToGrant
from accounts.domain.groups import check_growth
from accounts.domain.role_limits import limited_by
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from policies.domain.conditions import StillNamed, check_not_named
from policies.domain.naming import checked_name
from policies.models import Device, DeviceGroup, Policy


class UnableToSaveGroup(Exception):
    """The values do not fit; the sentence says what to change."""


class UnableToDeleteGroup(Exception):
    """Something still names the group; the sentence says what, and what to do first."""


@transaction.atomic
def create_group(
    *, company: Company, name: str, policy: Policy | None = None, actor: User, at: datetime
) -> DeviceGroup:
    """Raises PermissionMissing, UnableToName, UnableToSaveGroup."""
    group = DeviceGroup(company=company)
    _authorise(group, policy, actor)
    _set(group, name, policy)
    group.save()
    details = {"name": group.name, "policy": policy.name if policy else None}
    audit.record(company=company, actor=actor, action="device_group.created", at=at, target=group, details=details)
    return group


@transaction.atomic
def change_group(*, group: DeviceGroup, name: str, policy: Policy | None, actor: User, at: datetime) -> DeviceGroup:
    """Rename the group, or put another policy on its managed devices. Returns the group as stored.

    Raises PermissionMissing, UnableToName, UnableToSaveGroup.
    """
    lock_company(company=group.company)
    stored: DeviceGroup = DeviceGroup.objects.select_related("policy").get(pk=group.pk)
    _authorise(stored, policy, actor)
    before = _described(stored)
    _set(stored, name, policy)
    after = _described(stored)
    if after != before:
        stored.save(update_fields=["name", "policy"])
        details = {key: {"before": before[key], "after": after[key]} for key in after if before[key] != after[key]}
        audit.record(
            company=group.company, actor=actor, action="device_group.changed", at=at, target=stored, details=details
        )
    return stored


@transaction.atomic
def delete_group(*, group: DeviceGroup, actor: User, at: datetime) -> None:
    """Delete a group that nothing names any more. Raises PermissionMissing, UnableToDeleteGroup."""
    require(actor, Permission.MANAGE_POLICIES, group.company_id)
    lock_company(company=group.company)
    _check_free(group)
    details = {"name": group.name}
    audit.record(
        company=group.company, actor=actor, action="device_group.deleted", at=at, target=group, details=details
    )
    group.delete()


def _check_free(group: DeviceGroup) -> None:
    count = Device.objects.filter(group=group).count()
    if count:
        raise UnableToDeleteGroup(
            ngettext(
                "%(count)s device is in “%(name)s”. Move it to another group first.",
                "%(count)s devices are in “%(name)s”. Move them to another group first.",
                count,
            )
            % {"count": count, "name": group.name}
        )
    try:
        check_not_named(group=group)
    except StillNamed as error:
        raise UnableToDeleteGroup(str(error)) from error
    if limited := limited_by(group=group):
        raise UnableToDeleteGroup(
            _("The role “%(limited)s” is limited to “%(name)s”. Change the role first.")
            % {"limited": limited[0], "name": group.name}
        )


def _authorise(group: DeviceGroup, policy: Policy | None, actor: User) -> None:
    """A policy is put on a group with *Assign policies*, everything else with *Manage policies*."""
    lock_company(company=group.company)
    require(actor, Permission.MANAGE_POLICIES, group.company_id)
    if policy != group.policy:
        require(actor, Permission.ASSIGN_POLICIES, group.company_id)


def _set(group: DeviceGroup, name: str, policy: Policy | None) -> None:
    if policy is not None and policy.company_id != group.company_id:
        raise UnableToSaveGroup(_("There is no such policy here. Choose one of the list."))
    namesakes = DeviceGroup.objects.filter(company=group.company_id).exclude(pk=group.pk)
    group.name = checked_name(name=name, namesakes=namesakes, longest=80, noun="device group")
    group.policy = policy


def _described(group: DeviceGroup) -> dict[str, Any]:
    return {"name": group.name, "policy": group.policy.name if group.policy else None}


def growth_refusal(*, groups: Iterable[DeviceGroup], actor: User) -> str:
    """Why *actor* may not put devices into one of *groups*; empty when they may.

    A group may limit roles, which reach the sessions of whatever is put into it.
    """
    try:
        for group in groups:
            check_growth(group=group, actor=actor)
    except UnableToGrant as error:
        return str(error)
    return ""
