from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class SummariesConfig(AppConfig):
    name = "summaries"

    def ready(self) -> None:
        from accounts.models import Company, Membership  # models stand only once the apps are loaded

        post_save.connect(start_taxonomy, sender=Company, dispatch_uid="start_taxonomy")
        post_save.connect(start_counting, sender=Company, dispatch_uid="start_counting")
        post_migrate.connect(note_changes, sender=self, dispatch_uid="note_changes")
        post_migrate.connect(schedule_counting, sender=self, dispatch_uid="schedule_counting")
        post_migrate.connect(schedule_sweeper, sender=self, dispatch_uid="schedule_sweeper")
        post_migrate.connect(schedule_giving_back, sender=self, dispatch_uid="schedule_giving_back")
        post_migrate.connect(schedule_retention, sender=self, dispatch_uid="schedule_retention")
        post_migrate.connect(schedule_pulls, sender=self, dispatch_uid="schedule_pulls")
        post_migrate.connect(schedule_backlogs, sender=self, dispatch_uid="schedule_backlogs")
        post_migrate.connect(schedule_mailed_views, sender=self, dispatch_uid="schedule_mailed_views")
        post_save.connect(end_schedules, sender=Membership, dispatch_uid="end_schedules")
        post_migrate.connect(schedule_sending, sender=self, dispatch_uid="schedule_sending_of_summaries")


def start_taxonomy(instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    """A new company begins with the IT-support taxonomy. A signal, because accounts know nothing of summaries."""
    if created and not raw:
        from summaries.domain.taxonomy.defaults import create_default_taxonomy  # reads models

        create_default_taxonomy(company=instance)


def start_counting(instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    """A new company's sums begin with nothing."""
    if created and not raw:
        from summaries.domain.rollups import counting  # reads models

        counting.start_counting(company=instance)


def end_schedules(instance: Any, raw: bool = False, **_: Any) -> None:
    """Saved views go out neither for nor to who is no member any more."""
    if not instance.is_active and not raw:
        from summaries.domain.schedules.saving import drop_member  # reads models

        drop_member(company=instance.company, user_id=instance.user_id)


def note_changes(using: str, **_: Any) -> None:
    """The triggers that note which sessions changed stand after every migration."""
    from summaries.models.rollup_triggers import keep_triggers  # models stand only once the apps are loaded

    keep_triggers(using=using)


def schedule_counting(**_: Any) -> None:
    """The sums every minute; every night a look whether they are right."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="count sessions",
        defaults={"func": "summaries.tasks.count_sessions", "schedule_type": Schedule.MINUTES, "minutes": 1},
    )
    Schedule.objects.update_or_create(
        name="check counts",
        defaults={"func": "summaries.tasks.check_counts", "schedule_type": Schedule.CRON, "cron": "43 2 * * *"},
    )


def schedule_sweeper(**_: Any) -> None:
    """Every minute; see the task."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="sweep", defaults={"func": "summaries.tasks.sweep", "schedule_type": Schedule.MINUTES, "minutes": 1}
    )


def schedule_giving_back(**_: Any) -> None:
    """Every minute; see the task."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="give back credits",
        defaults={"func": "summaries.tasks.give_back_credits", "schedule_type": Schedule.MINUTES, "minutes": 1},
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


def schedule_backlogs(**_: Any) -> None:
    """Every minute; a provider that asked to be left alone is left alone."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="backlogs",
        defaults={"func": "summaries.tasks.work_at_backlogs", "schedule_type": Schedule.MINUTES, "minutes": 1},
    )


def schedule_sending(**_: Any) -> None:
    """Every minute what waits for another attempt, or whose task was lost; every night what is forgotten."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="send summaries",
        defaults={"func": "summaries.tasks.send_summaries", "schedule_type": Schedule.MINUTES, "minutes": 1},
    )
    Schedule.objects.update_or_create(
        name="forget sent summaries",
        defaults={
            "func": "summaries.tasks.forget_sent_summaries",
            "schedule_type": Schedule.CRON,
            "cron": "52 3 * * *",
        },
    )


def schedule_mailed_views(**_: Any) -> None:
    """Every minute; each view has its own hour."""
    from django_q.models import Schedule  # models stand only once the apps are loaded

    Schedule.objects.update_or_create(
        name="scheduled views",
        defaults={"func": "summaries.tasks.send_scheduled_views", "schedule_type": Schedule.MINUTES, "minutes": 1},
    )
