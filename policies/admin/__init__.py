from policies.admin.devices import DeviceAdmin

__all__ = ["DeviceAdmin"]
