"""Reads of devices with the policy that holds for them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import AISettings, Company, User
from policies.domain.device_lists import write_list
from policies.domain.effective import EffectivePolicy, PolicyStep, PolicyValues, effective_policy, explain_policy
from policies.models import Device, DeviceImport, Policy


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
    company = PolicyStep("The company's incoming summaries", "On." if is_on else "Off.", is_on)
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
