import pytest
from django_q.models import OrmQ, Schedule

from summaries import tasks
from tests.summaries.domain.backlog.orders import add_unsummarised, counts, order

pytestmark = pytest.mark.django_db


def test_backlogs_are_worked_at_every_minute(db):
    schedule = Schedule.objects.get(name="backlogs")

    assert (schedule.func, schedule.schedule_type, schedule.minutes) == (
        "summaries.tasks.work_at_backlogs",
        Schedule.MINUTES,
        1,
    )


def test_each_backlog_that_is_due_gets_a_task_of_its_own(cast, at, django_capture_on_commit_callbacks):
    add_unsummarised(cast.northwind, cast.bob, 1)
    add_unsummarised(cast.contoso, cast.charlie, 1)
    ours, theirs = order(cast.northwind, cast.mona, at), order(cast.contoso, cast.charlie, at)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.work_at_backlogs()

    queued = [row.task for row in OrmQ.objects.order_by("pk")]
    found = [task["kwargs"] for task in queued if task["func"] == tasks.WORK_AT_BACKLOG]
    assert found == [{"backlog_id": ours.pk}, {"backlog_id": theirs.pk}]


def test_a_task_goes_on_with_its_backlog_and_with_no_other(cast, at):
    add_unsummarised(cast.northwind, cast.bob, 1)
    add_unsummarised(cast.contoso, cast.charlie, 1)
    ours, theirs = order(cast.northwind, cast.mona, at), order(cast.contoso, cast.charlie, at)

    tasks.work_at_backlog(backlog_id=ours.pk)

    assert (counts(ours), counts(theirs)) == ({"IN_LINE": 1}, {"WAITING": 1})
