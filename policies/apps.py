from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = "Capture"

    def ready(self) -> None:
        from accounts.limits import register_limit  # models stand only once the apps are loaded
        from policies import signals  # noqa: F401 - listens from now on; as above
        from policies.models import DeviceGroup  # as above

        register_limit(DeviceGroup)
