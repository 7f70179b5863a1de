"""Reads of devices with the policy that holds for them."""

from typing import Any

from django.db.models import Count, QuerySet

from policies.domain.effective import EffectivePolicy, PolicyValues, effective_policy
from policies.models import Device, Policy


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
