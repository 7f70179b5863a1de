from policies.admin.devices import DeviceAdmin
from policies.admin.groups import DeviceGroupAdmin
from policies.admin.policies import PolicyAdmin

__all__ = ["DeviceAdmin", "DeviceGroupAdmin", "PolicyAdmin"]
