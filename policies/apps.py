from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"

    def ready(self) -> None:
        from accounts.limits import register_limit  # models stand only once the apps are loaded
        from policies import signals  # noqa: F401 - listens from now on; as above
        from policies.models import DeviceGroup  # as above

        register_limit(DeviceGroup)
