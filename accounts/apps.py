from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import signals  # noqa: F401 - models stand only once the apps are loaded
        from accounts.limits import register_limit  # as above
        from accounts.models import UserGroup  # as above

        register_limit(UserGroup)
