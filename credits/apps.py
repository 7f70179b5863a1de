from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CreditsConfig(AppConfig):
    name = "credits"

    def ready(self) -> None:
        post_migrate.connect(schedule_ledger_jobs, sender=self, dispatch_uid="schedule_ledger_jobs")


def schedule_ledger_jobs(**_: Any) -> None:
    """Every hour, because months begin at different hours in different zones."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="credits",
        defaults={"func": "credits.tasks.run_ledger_jobs", "schedule_type": Schedule.CRON, "cron": "7 * * * *"},
    )
