from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from summaries import tasks
from summaries.models import Job, ScheduleSending
from tests.messages_server import message
from tests.summaries.domain.keeping.test_retention import keep, kept, left
from tests.summaries.domain.remote import ANSWER, ask, point_to, states
from tests.summaries.domain.schedules.conftest import Mailing
from tests.summaries.session_rows import add_session


@pytest.fixture
def due(cast):
    keep(cast.northwind, logs=30)
    return kept(cast.northwind, cast.bob, 1, ended_at=timezone.now() - timedelta(days=40))


def queued():
    """Arguments of the tasks that go on with retention."""
    tasks_of = [task.task for task in OrmQ.objects.order_by("pk")]
    return [task["kwargs"] for task in tasks_of if task["func"] == tasks.RETENTION]


def test_retention_is_scheduled_for_every_night(db):
    schedule = Schedule.objects.get(name="retention")

    assert (schedule.func, schedule.schedule_type, schedule.cron) == (
        "summaries.tasks.apply_retention",
        Schedule.CRON,
        "17 3 * * *",
    )


def test_apply_retention_queues_a_task_for_each_company(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.apply_retention()

    assert queued() == [{"company_id": each.pk} for each in (cast.northwind, cast.contoso)]


def test_apply_retention_of_a_company_deletes_what_is_due(cast, due, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.apply_retention_of(company_id=cast.northwind.pk)

    assert (left(), queued()) == ((1, 0, 1, 1), [])


def test_apply_retention_of_a_company_goes_on_in_another_task(cast, due, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.apply_retention_of(company_id=cast.northwind.pk, seconds=0)

    assert left() == (1, 3, 1, 1)
    assert queued() == [{"company_id": cast.northwind.pk}]


def test_generate_remotely_makes_what_waits_while_it_has_time(cast, messages_server):
    messages_server.answers(message(ANSWER))
    point_to(cast.northwind, messages_server.base_url)
    ask(cast.northwind, cast.bob, [1], at=timezone.now())

    tasks.generate_remotely(seconds=0)
    assert [state for state, _, _ in states(cast.northwind)] == ["QUEUED"]
    tasks.generate_remotely()

    assert states(cast.northwind) == [("READY", "CLAUDE", "")]


def test_generate_summary_makes_the_next_in_turn(cast):
    (summary,) = ask(cast.northwind, cast.bob, [1], at=timezone.now())

    tasks.generate_summary(summary_id=summary.pk)

    assert states(cast.northwind) == [("READY", "BUILT_IN", "")]


def test_scheduled_views_are_looked_at_every_minute(db):
    schedule = Schedule.objects.get(name="scheduled views")

    assert (schedule.func, schedule.schedule_type, schedule.minutes) == (
        "summaries.tasks.send_scheduled_views",
        Schedule.MINUTES,
        1,
    )


def test_each_file_of_a_scheduled_view_is_a_task(cast, django_capture_on_commit_callbacks):
    add_session(cast.northwind, cast.bob, 1)
    Mailing(cast).schedule(cast.mona, cast.bob, at=timezone.now() - timedelta(days=2))

    with django_capture_on_commit_callbacks(execute=True):
        tasks.send_scheduled_views()

    waits = [task.task["kwargs"] for task in OrmQ.objects.order_by("pk") if task.task["func"] == tasks.HAND_OUT]
    assert waits == [{"sending_id": each.pk} for each in ScheduleSending.objects.order_by("pk")]
    assert len(waits) == 2
    tasks.hand_out_scheduled_view(**waits[0])
    assert Job.objects.get().member == ScheduleSending.objects.order_by("pk")[0].recipient
