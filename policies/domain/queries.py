"""Reads of devices with the policy that holds for them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AISettings, Company, User
from policies.domain.assignment import NothingThere
from policies.domain.device_lists import write_list
from policies.domain.effective import EffectivePolicy, PolicyStep, PolicyValues, effective_policy, explain_policy
from policies.models import Device, DeviceGroup, DeviceImport, Policy


def with_policies(devices: QuerySet[Any]) -> QuerySet[Any]:
    """The same devices, with everything that `effective_of` reads."""
    return devices.select_related("policy", "group__policy")


def effective_of(device: Device) -> EffectivePolicy:
    """The device's effective policy. No query for a device of `with_policies`."""
    return effective_policy(
        is_managed=device.is_managed,
        own=_values(device.policy),
        of_group=_values(device.group.policy) if device.group else None,
        is_locally_off=device.is_locally_off,
    )


def policy_steps(*, device: Device) -> list[PolicyStep]:
    """Why incoming sessions of the device are captured, or not, step by step. One query."""
    group_name = device.group.name if device.group else ""
    is_on = AISettings.objects.filter(company=device.company_id, is_active=True, incoming_enabled=True).exists()
    company = PolicyStep(_("The company's incoming summaries"), _("On.") if is_on else _("Off."), is_on)
    return [*explain_policy(effective_of(device), group_name=group_name), company]


def with_assignments(policies: QuerySet[Any]) -> QuerySet[Any]:
    """The same policies with `device_count` and `group_count`: how many carry it themselves."""
    counts = {"device_count": Count("devices", distinct=True), "group_count": Count("device_groups", distinct=True)}
    counted: QuerySet[Any] = policies.annotate(**counts)
    return counted


def _values(policy: Policy | None) -> PolicyValues | None:
    if policy is None:
        return None
    return PolicyValues(
        name=policy.name,
        reports_enabled=policy.reports_enabled,
        insights_enabled=policy.insights_enabled,
        is_enforced=policy.is_enforced,
    )


def device_rows(*, company: Company, viewer: User) -> QuerySet[Any]:
    """The company's devices that *viewer* may see, by name, with their policies."""
    rows: QuerySet[Any] = Device.objects.visible_to(viewer).filter(company=company)
    return with_policies(rows).order_by("name", "pk")


def device_lines(devices: QuerySet[Any]) -> Iterator[str]:
    """The lines of the CSV file of *devices*, read in parts."""
    return write_list(devices.iterator(chunk_size=1_000))


def waiting_imports(*, company: Company, viewer: User) -> QuerySet[Any]:
    """The lists of devices that were checked in the company."""
    rows: QuerySet[Any] = DeviceImport.objects.visible_to(viewer).filter(company=company)
    return rows


def device_called(*, company: Company, viewer: User, name: str) -> Device | None:
    """The company's device of that name, whatever its capitals, if *viewer* may see it."""
    return device_rows(company=company, viewer=viewer).filter(name__iexact=name.strip()[:120]).first()


def groups_of(*, company: Company, viewer: User) -> QuerySet[Any]:
    """The company's device groups that *viewer* may see, with `device_count`."""
    rows: QuerySet[Any] = DeviceGroup.objects.visible_to(viewer).filter(company=company)
    counted: QuerySet[Any] = rows.select_related("policy").annotate(device_count=Count("devices"))
    return counted.order_by("name", "pk")


def policies_of(*, company: Company, viewer: User) -> QuerySet[Any]:
    """The company's policies that *viewer* may see, with `device_count` and `group_count`."""
    rows: QuerySet[Any] = Policy.objects.visible_to(viewer).filter(company=company)
    return with_assignments(rows).order_by("name", "pk")


def policy_called(*, company: Company, name: str) -> Policy | None:
    """The company's policy of that name; None for an empty one. Raises NothingThere."""
    return _called(Policy, company, name) if name else None


def patched_values(*, company: Company, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a device list as fields of a device. Raises NothingThere for an unknown group or policy."""
    fields = {"managed": "is_managed"}
    values = {fields.get(column, column): value for column, value in given.items()}
    if "policy" in values:
        values["policy"] = policy_called(company=company, name=values["policy"])
    if values.get("group") is not None:
        name = values["group"]
        values["group"] = _called(DeviceGroup, company, name) if name else None
    return values


def ids_of(model: type[Device] | type[DeviceGroup], *, company: Company, public_ids: Collection[UUID]) -> list[int]:
    """The keys of these rows of the company. Raises NothingThere if one is missing."""
    rows: Any = model._default_manager
    found = list(rows.filter(company=company, public_id__in=public_ids).values_list("pk", flat=True))
    if len(found) != len(set(public_ids)):
        raise NothingThere(
            _("One device of the list is not there. Check the ids.")
            if model is Device
            else _("One device group of the list is not there. Check the ids.")
        )
    return found


def _called(model: type[Policy] | type[DeviceGroup], company: Company, name: str) -> Any:
    rows: Any = model._default_manager
    found = rows.filter(company=company, name__iexact=name.strip()).first()
    if found is None:
        said = (
            _("There is no policy “%(name)s”. Make it first.")
            if model is Policy
            else _("There is no device group “%(name)s”. Make it first.")
        )
        raise NothingThere(said % {"name": name})
    return found
