"""Two workers at the same minute, on connections of their own."""

from functools import partial

import pytest

from accounts.models import Mail
from summaries.domain.jobs.runs import run
from summaries.domain.schedules.running import begin_due, hand_out, waiting
from summaries.models import Job, ScheduleSending
from tests.at_once import at_once, seen, shared_database
from tests.conftest import build_cast
from tests.summaries.domain.schedules.conftest import DUE, Mailing
from tests.summaries.session_rows import add_session


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail(tmp_path):
    cast = build_cast()
    add_session(cast.northwind, cast.bob, 1)
    Mailing(cast).schedule()
    with shared_database(tmp_path):
        begun = at_once(*[partial(begin_due, at=DUE)] * 4)
        (sending_id,) = seen(waiting)
        at_once(*[partial(hand_out, sending_id=sending_id, at=DUE)] * 4)
        jobs = seen(lambda: list(Job.objects.values_list("pk", flat=True)))
        work = [partial(run, job_id=pk, clock=lambda: DUE, keep_going=lambda: True) for pk in jobs]
        at_once(*work * 4)

        counts = seen(lambda: (Job.objects.count(), Mail.objects.count()))
        states = seen(lambda: list(ScheduleSending.objects.values_list("state", flat=True)))

    assert sorted(begun) == [0, 0, 0, 1]
    assert counts == (1, 1)
    assert states == ["SENT"]
