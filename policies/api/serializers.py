from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from policies.domain.device_lists import COLUMNS
from policies.domain.effective import PolicyOrigin
from policies.domain.queries import effective_of
from policies.enums import AccessControl
from policies.models import Device, DeviceGroup, Policy

MOST_DEVICES = 1_000


class EffectivePolicySerializer(serializers.Serializer[Any]):
    """The policy that holds for a device, and where it comes from."""

    name = serializers.CharField(allow_null=True, help_text="Null: none holds.")
    origin = serializers.ChoiceField([origin.value for origin in PolicyOrigin])
    reports_enabled = serializers.BooleanField()
    insights_enabled = serializers.BooleanField()
    enforced = serializers.BooleanField()
    locally_off = serializers.BooleanField(help_text="Turned off by the device's own user; no effect where enforced.")
    covers_incoming = serializers.BooleanField(help_text="Incoming sessions are captured, once the company allows it.")


class DeviceSerializer(serializers.Serializer[Device]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    operating_system = serializers.CharField()
    customer = serializers.CharField()
    group = serializers.CharField(source="group.name", default=None, allow_null=True)
    managed = serializers.BooleanField(source="is_managed")
    access_control = serializers.ChoiceField(AccessControl.choices)
    policy = serializers.CharField(source="policy.name", default=None, allow_null=True, help_text="The device's own.")
    effective_policy = serializers.SerializerMethodField()

    @extend_schema_field(EffectivePolicySerializer)
    def get_effective_policy(self, device: Device) -> dict[str, Any]:
        found = effective_of(device)
        return {
            "name": found.policy.name if found.policy else None,
            "origin": found.origin.value,
            "reports_enabled": found.policy is not None and found.policy.reports_enabled,
            "insights_enabled": found.enables_insights,
            "enforced": found.is_enforced,
            "locally_off": found.is_locally_off,
            "covers_incoming": found.covers_incoming,
        }


class DeviceWriteSerializer(serializers.Serializer[Any]):
    """A device by its name. A field that is left out stays as it is; a group that is not there is made."""

    name = serializers.CharField(max_length=120)
    operating_system = serializers.CharField(required=False, allow_blank=True, max_length=120)
    customer = serializers.CharField(required=False, allow_blank=True, max_length=120)
    group = serializers.CharField(required=False, allow_blank=True, max_length=80, help_text="Empty: none.")
    managed = serializers.BooleanField(required=False)
    access_control = serializers.ChoiceField(AccessControl.choices, required=False)
    policy = serializers.CharField(
        required=False, allow_blank=True, max_length=80, help_text="The device's own. Empty: none."
    )


class DevicePatchSerializer(DeviceWriteSerializer):
    name = serializers.CharField(max_length=120, required=False)


class DeviceBulkSerializer(serializers.Serializer[Any]):
    devices = serializers.ListField(
        child=DeviceWriteSerializer(), min_length=1, max_length=MOST_DEVICES, help_text="Up to 1,000; all or none."
    )


class BulkResultSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class LocalSerializer(serializers.Serializer[Any]):
    device = serializers.CharField(max_length=120, help_text="Its name.")
    off = serializers.BooleanField()


class GroupSerializer(serializers.Serializer[DeviceGroup]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    policy = serializers.CharField(source="policy.name", default=None, allow_null=True)
    device_count = serializers.IntegerField()


class GroupWriteSerializer(serializers.Serializer[Any]):
    """A device group by its name. A policy that is left out stays."""

    name = serializers.CharField(max_length=80)
    policy = serializers.CharField(required=False, allow_blank=True, max_length=80, help_text="Empty: none.")


class GroupPatchSerializer(GroupWriteSerializer):
    name = serializers.CharField(max_length=80, required=False)


class PolicySerializer(serializers.Serializer[Policy]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    reports_enabled = serializers.BooleanField()
    insights_enabled = serializers.BooleanField()
    enforced = serializers.BooleanField(source="is_enforced")
    device_count = serializers.IntegerField(help_text="Devices that carry it themselves.")
    group_count = serializers.IntegerField(help_text="Device groups that carry it.")


class AssignmentSerializer(serializers.Serializer[Any]):
    """Devices and groups by id; all or none."""

    devices = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST_DEVICES
    )
    device_groups = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST_DEVICES
    )


class AssignmentResultSerializer(serializers.Serializer[Any]):
    devices_changed = serializers.IntegerField()
    device_groups_changed = serializers.IntegerField()


def given_columns(said: dict[str, Any]) -> dict[str, Any]:
    """What was sent for a device, as the list of devices knows it."""
    return {column: said[column] for column in COLUMNS if column in said}
