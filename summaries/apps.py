from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class SummariesConfig(AppConfig):
    name = "summaries"

    def ready(self) -> None:
        from accounts.models import Company  # models stand only once the apps are loaded

        post_save.connect(start_taxonomy, sender=Company, dispatch_uid="start_taxonomy")
        post_migrate.connect(schedule_sweeper, sender=self, dispatch_uid="schedule_sweeper")
        post_migrate.connect(schedule_retention, sender=self, dispatch_uid="schedule_retention")
        post_migrate.connect(schedule_pulls, sender=self, dispatch_uid="schedule_pulls")


def start_taxonomy(instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    """A new company begins with the IT-support taxonomy. A signal, because accounts know nothing of summaries."""
    if created and not raw:
        from summaries.domain.taxonomy.defaults import create_default_taxonomy  # reads models

        create_default_taxonomy(company=instance)


def schedule_sweeper(**_: Any) -> None:
    """Every minute; see the task."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="sweep", defaults={"func": "summaries.tasks.sweep", "schedule_type": Schedule.MINUTES, "minutes": 1}
    )


def schedule_retention(**_: Any) -> None:
    """Every night. By cron, not MONTHLY or DAILY: those drift, and a night that was missed is made up at the start."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="retention",
        defaults={"func": "summaries.tasks.apply_retention", "schedule_type": Schedule.CRON, "cron": "17 3 * * *"},
    )


def schedule_pulls(**_: Any) -> None:
    """Every five minutes; a company whose service asked to be left alone is left alone."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="pull reports",
        defaults={"func": "summaries.tasks.pull_reports", "schedule_type": Schedule.MINUTES, "minutes": 5},
    )
