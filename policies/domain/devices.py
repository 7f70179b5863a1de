"""Devices of a company: made, changed, moved between groups, deleted, and turned off by their own users."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, holds, require
from policies.domain.assignment import NAMES_TOLD, check_attachable, chosen_devices
from policies.domain.groups import growth_refusal
from policies.domain.naming import checked_name
from policies.domain.queries import effective_of, with_policies
from policies.models import Device, DeviceGroup

#: What is said of a device besides its company.
CHANGEABLE = ("name", "operating_system", "customer", "group", "is_managed", "access_control", "policy")


class UnableToSaveDevice(Exception):
    """The values do not fit together; the sentence says what to change."""


class UnableToDeleteDevice(Exception):
    """Something still needs the device."""


class UnableToTurnOff(Exception):
    """The effective policy is enforced: the device's own user cannot turn it off."""


@transaction.atomic
def create_device(*, company: Company, values: dict[str, Any], actor: User, at: datetime) -> Device:
    """Store a new device; *values* holds fields of CHANGEABLE.

    Raises PermissionMissing, UnableToName, UnableToSaveDevice, UnableToAssign.
    """
    _authorise(company, values, Device(company=company), actor)
    device = Device(company=company)
    _set(device, values)
    _check_growth(device.group, actor)
    device.save()
    audit.record(
        company=company, actor=actor, action="device.created", at=at, target=device, details={"name": device.name}
    )
    return device


@transaction.atomic
def change_device(*, device: Device, values: dict[str, Any], actor: User, at: datetime) -> Device:
    """Store what is different; *values* holds fields of CHANGEABLE. Returns the device as stored.

    Raises PermissionMissing, UnableToName, UnableToSaveDevice, UnableToAssign.
    """
    company = device.company
    lock_company(company=company)
    stored: Device = Device.objects.select_related("group", "policy").get(pk=device.pk)
    _authorise(company, values, stored, actor)
    before = {name: getattr(stored, name) for name in CHANGEABLE}
    _set(stored, values)
    changed = [name for name in CHANGEABLE if getattr(stored, name) != before[name]]
    if "group" in changed:
        _check_growth(stored.group, actor)
    if changed:
        stored.save(update_fields=changed)
        details = {name: {"before": _told(before[name]), "after": _told(getattr(stored, name))} for name in changed}
        audit.record(company=company, actor=actor, action="device.changed", at=at, target=stored, details=details)
    return stored


@transaction.atomic
def delete_device(*, device: Device, actor: User, at: datetime) -> None:
    """Delete a device that no session names. Raises PermissionMissing, UnableToDeleteDevice."""
    require(actor, Permission.MANAGE_POLICIES, device.company_id)
    audit.record(
        company=device.company,
        actor=actor,
        action="device.deleted",
        at=at,
        target=device,
        details={"name": device.name},
    )
    try:
        # Undone by itself alone, so that the refusal can be told.
        with transaction.atomic():
            device.delete()
    except models.ProtectedError as error:
        count = len(error.protected_objects)
        raise UnableToDeleteDevice(
            ngettext(
                "“%(name)s” stands in %(count)s session and was not deleted. Its report needs it.",
                "“%(name)s” stands in %(count)s sessions and was not deleted. Their reports need it.",
                count,
            )
            % {"name": device.name, "count": count}
        ) from error


@transaction.atomic
def move_devices(
    *, company: Company, device_ids: Collection[int], group: DeviceGroup | None, actor: User, at: datetime
) -> int:
    """Put devices into *group*, or into none; returns how many moved.

    Raises PermissionMissing, NothingThere, TooMany, UnableToSaveDevice.
    """
    require(actor, Permission.MANAGE_POLICIES, company.pk)
    lock_company(company=company)
    devices = chosen_devices(company=company, device_ids=device_ids)
    if group is not None and group.company_id != company.pk:
        raise UnableToSaveDevice(_("There is no such device group here. Choose one of the list."))
    moved = devices.exclude(group=group) if group else devices.filter(group__isnull=False)
    if moved.exists():
        _check_growth(group, actor)
    return _update_all(
        company=company, devices=moved, values={"group": group}, action="device.moved", actor=actor, at=at
    )


@transaction.atomic
def set_managed(*, company: Company, device_ids: Collection[int], on: bool, actor: User, at: datetime) -> int:
    """Say that devices belong to the company, or do not; returns how many changed.

    Raises PermissionMissing, NothingThere, TooMany, and UnableToSaveDevice for one that carries a policy of its own.
    """
    require(actor, Permission.MANAGE_POLICIES, company.pk)
    lock_company(company=company)
    changed = chosen_devices(company=company, device_ids=device_ids).filter(is_managed=not on)
    carrying = [] if on else sorted(changed.filter(policy__isnull=False).values_list("name", flat=True))
    if carrying:
        raise UnableToSaveDevice(
            _(
                "Policies attach to managed devices only, and these have one: %(listed)s. Take the policy "
                "away first. Nothing was changed."
            )
            % {"listed": _listed(carrying)}
        )
    return _update_all(
        company=company, devices=changed, values={"is_managed": on}, action="device.managed", actor=actor, at=at
    )


@transaction.atomic
def set_locally_off(*, device: Device, is_off: bool, actor: User, at: datetime) -> Device:
    """The device's own user turns Session Insights off, or on again. Told by the capture client or on the page.

    Raises PermissionMissing, UnableToTurnOff.
    """
    if not holds(actor, Permission.GENERATE_SUMMARIES, device.company_id):
        require(actor, Permission.MANAGE_POLICIES, device.company_id)
    lock_company(company=device.company)
    stored: Device = with_policies(Device.objects.filter(pk=device.pk)).get()
    effective = effective_of(stored)
    if is_off and effective.is_enforced:
        name = effective.policy.name if effective.policy else ""
        raise UnableToTurnOff(
            _("The policy “%(name)s” is enforced: it cannot be turned off on the device.") % {"name": name}
        )
    if stored.is_locally_off != is_off:
        stored.is_locally_off = is_off
        stored.save(update_fields=["is_locally_off"])
        audit.record(
            company=stored.company,
            actor=actor,
            action="device.turned_off_locally" if is_off else "device.turned_on_locally",
            at=at,
            target=stored,
            details={"name": stored.name},
        )
    return stored


def _authorise(company: Company, values: dict[str, Any], stored: Device, actor: User) -> None:
    """A policy is put on a device with *Assign policies*, everything else with *Manage policies*."""
    lock_company(company=company)
    require(actor, Permission.MANAGE_POLICIES, company.pk)
    if "policy" in values and values["policy"] != stored.policy:
        require(actor, Permission.ASSIGN_POLICIES, company.pk)


def _check_growth(group: DeviceGroup | None, actor: User) -> None:
    if group is not None and (refusal := growth_refusal(groups=[group], actor=actor)):
        raise UnableToSaveDevice(refusal)


def _set(device: Device, values: dict[str, Any]) -> None:
    for name in CHANGEABLE:
        if name in values:
            setattr(device, name, values[name])
    if any(row is not None and row.company_id != device.company_id for row in (device.group, device.policy)):
        raise UnableToSaveDevice(_("There is no such device group or policy here. Choose one of the list."))
    namesakes = Device.objects.filter(company=device.company_id).exclude(pk=device.pk)
    device.name = checked_name(name=device.name, namesakes=namesakes, longest=120, noun="device")
    if device.policy is not None:
        check_attachable(unmanaged=[] if device.is_managed else [device.name])


def _update_all(
    *, company: Company, devices: QuerySet[Device], values: dict[str, Any], action: str, actor: User, at: datetime
) -> int:
    names = list(devices.order_by("name").values_list("name", flat=True))
    if not names:
        return 0
    devices.update(**values)
    details = {name: _told(value) for name, value in values.items()}
    details |= {"count": len(names), "devices": names[:NAMES_TOLD]}
    audit.record(company=company, actor=actor, action=action, at=at, details=details)
    return len(names)


def _told(value: Any) -> Any:
    return value.name if isinstance(value, CompanyOwned) else value  # type: ignore[attr-defined]


def _listed(names: Iterable[str]) -> str:
    first, *rest = names
    return f"“{first}”" if not rest else _("“%(first)s” and %(count)s more") % {"first": first, "count": len(rest)}
