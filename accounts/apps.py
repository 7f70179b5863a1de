from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import signals  # noqa: F401 - models stand only once the apps are loaded
        from accounts.limits import register_limit  # as above
        from accounts.models import UserGroup  # as above

        register_limit(UserGroup)
        post_migrate.connect(schedule_sealing, sender=self, dispatch_uid="schedule_sealing")
        post_migrate.connect(schedule_forgetting, sender=self, dispatch_uid="schedule_forgetting")
        post_migrate.connect(schedule_sending, sender=self, dispatch_uid="schedule_sending")


def schedule_sealing(**_: Any) -> None:
    """Every minute: seal the audit entries that no process sealed after its commit."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="seal audit log",
        defaults={"func": "accounts.tasks.seal_audit_log", "schedule_type": Schedule.MINUTES, "minutes": 1},
    )


def schedule_forgetting(**_: Any) -> None:
    """Every night, by cron: forget whom a company once invited, and what was sent a month ago."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="forget invitations",
        defaults={
            "func": "accounts.tasks.forget_ended_invitations",
            "schedule_type": Schedule.CRON,
            "cron": "47 3 * * *",
        },
    )


def schedule_sending(**_: Any) -> None:
    """Every minute: send the mails and webhooks that wait for another attempt, or whose task was lost."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    for name, task in (("send mails", "accounts.tasks.send_mails"), ("send webhooks", "accounts.tasks.send_webhooks")):
        Schedule.objects.update_or_create(
            name=name, defaults={"func": task, "schedule_type": Schedule.MINUTES, "minutes": 1}
        )
