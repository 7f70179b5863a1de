"""A job is worked off once, wherever its worker is killed, and stops for what should stop it."""

from contextlib import suppress

import pytest

from accounts.models import AuditEntry, Mail
from summaries.domain.jobs import claims, requests, runs
from summaries.domain.jobs.kinds import Skip
from summaries.enums import JobState
from summaries.models import Job
from tests.at_once import at_once, seen, shared_database
from tests.summaries.domain.jobs.job_cases import ASKED, add_summaries, after, ask, counts, states, work
from tests.summaries.domain.jobs.scripted_kinds import Killed, OnceScripted, Scripted


def test_a_job_does_each_session_once_and_ends(cast, three, scripted):
    kind = Scripted()

    job = work(scripted(kind), at=after(minutes=1))

    assert counts(job) == ("DONE", 3, 3, 0, 0)
    assert kind.seen == [(3, False), (2, False), (1, False)]
    assert (kind.begun, kind.finished, kind.prepared) == (1, 1, [[3, 2], [1]])
    assert (job.claim, job.started_at, job.finished_at) == (None, after(minutes=1), after(minutes=1))


def test_the_end_is_audited(cast, three, scripted):
    job = work(scripted(Scripted(s2=Skip("No."))))

    entry = AuditEntry.objects.get(action="job.ended")
    assert (entry.actor, entry.object_id) == (cast.mona, str(job.public_id))
    assert entry.details == {"kind": "scripted", "state": "DONE", "done": 2, "skipped": 1, "failed": 0, "of": 3}


def test_a_worker_gives_the_job_back_after_its_time(cast, three, scripted):
    job = scripted(Scripted())

    goes_on = runs.run(job_id=job.pk, clock=lambda: ASKED, keep_going=lambda: False)

    job.refresh_from_db()
    assert (goes_on, counts(job), job.claim, job.attempts) == (True, ("RUNNING", 3, 2, 0, 0), None, 0)
    assert work(job, keep_going=lambda: False).state == JobState.DONE


@pytest.mark.parametrize("kind", [Scripted, OnceScripted])
def test_another_worker_goes_on_behind_one_that_was_killed(cast, three, scripted, kind):
    kind = kind(s2=Killed())
    job = scripted(kind)

    with pytest.raises(Killed):
        work(job)
    held = runs.run(job_id=job.pk, clock=lambda: after(seconds=60), keep_going=lambda: True)
    kind.by_number.clear()
    job = work(job, at=after(minutes=3))

    assert (held, counts(job)) == (False, ("DONE", 3, 3, 0, 0))
    assert kind.seen == [(3, False), (2, False), (2, not kind.is_atomic), (1, False)]


def test_a_session_that_kills_its_worker_ends_the_job_after_three_attempts(cast, three, scripted):
    job = scripted(Scripted(s2=Killed()))

    for attempt in range(3):
        with pytest.raises(Killed):
            work(job, at=after(minutes=3 * attempt))
    job = work(job, at=after(minutes=9))

    assert counts(job) == ("FAILED", 3, 1, 0, 1)
    assert job.failure == "The worker stopped three times at S-2. Try again: that session comes last then."
    assert states(job) == [(3, "DONE"), (2, "FAILED"), (1, "WAITING")]
    assert states(requests.retry(job=job, actor=cast.mona, at=after(minutes=10))) == [(1, "WAITING"), (2, "WAITING")]


def test_a_job_whose_end_kills_its_worker_ends_after_three_attempts(cast, three, scripted):
    job = scripted(Scripted(finish=Killed()))

    for attempt in range(4):
        with suppress(Killed):
            job = work(job, at=after(minutes=3 * attempt))

    assert counts(job) == ("FAILED", 3, 3, 0, 0)
    assert job.failure == "The worker stopped three times while it finished this job. Try again, or narrow it down."


def test_a_cancelled_job_stops_before_its_next_session(cast, three, scripted):
    class CancelledOnTheWay(OnceScripted):
        def step(self, step):
            super().step(step)
            if step.session.number == 2:
                requests.cancel(job=job, actor=cast.mona, at=after(minutes=1))

    kind = CancelledOnTheWay()
    job = scripted(kind)

    job = work(job)

    assert (job.state, [number for number, _ in kind.seen]) == (JobState.CANCELLED, [3, 2])
    assert counts(job) == ("CANCELLED", 3, 1, 0, 0)


def test_a_job_that_was_cancelled_while_its_worker_was_dead_ends(cast, three, scripted):
    job = scripted(Scripted(s3=Killed()))
    with pytest.raises(Killed):
        work(job)

    requests.cancel(job=job, actor=cast.mona, at=after(seconds=30))
    job.refresh_from_db()
    still = job.state
    job = work(job, at=after(minutes=3))

    assert (still, job.state) == (JobState.RUNNING, JobState.CANCELLED)


def test_a_worker_that_lost_its_lease_writes_nothing_more(cast, three, scripted):
    class Slow(Scripted):
        def step(self, step):
            super().step(step)
            if step.session.number == 2 and len(self.seen) == 2:
                Job.objects.filter(pk=job.pk).update(claimed_until=after(minutes=-5))
                assert runs.run(job_id=job.pk, clock=lambda: ASKED, keep_going=lambda: True) is False

    kind = Slow()
    job = scripted(kind)

    job = work(job)

    assert counts(job) == ("DONE", 3, 3, 0, 0)
    assert AuditEntry.objects.filter(action="job.ended").count() == 1


def test_a_kind_that_is_not_known_any_more_ends_the_job(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    Job.objects.filter(pk=job.pk).update(kind="gone")

    job = work(job)

    assert (job.state, job.failure) == (
        JobState.FAILED,
        "This version of the portal does not know this kind of job.",
    )


def test_the_member_is_mailed_who_wished_for_it(cast, three, scripted):
    kind = Scripted(s2=Skip("No."), s1=RuntimeError())

    work(scripted(kind, wants_mail=True))

    mail = Mail.objects.get()
    assert (mail.recipient, mail.subject) == (cast.mona, "Job finished: Scripted")
    assert "1 did. 1 session was left as it was. 1 session failed." in mail.text


def test_nobody_else_is_mailed(cast, three, scripted):
    work(scripted(Scripted()))

    assert Mail.objects.count() == 0


def test_a_mail_tells_of_a_job_that_ended_early(cast, three):
    job = ask("approve", cast.mona, cast.northwind, wants_mail=True)
    Job.objects.filter(pk=job.pk).update(kind="gone")

    work(job)

    assert Mail.objects.get().subject == "Job ended early: gone"


def test_a_job_speaks_the_language_of_its_member(cast, three, scripted):
    kind = Scripted()
    job = scripted(kind)
    Job.objects.filter(pk=job.pk).update(language="")

    assert work(job).state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_the_work_of_one(cast, tmp_path):
    add_summaries(cast.northwind, cast.bob, 3)
    job = ask("approve", cast.mona, cast.northwind)

    with shared_database(tmp_path):
        at_once(*[lambda: runs.run(job_id=job.pk, clock=lambda: ASKED, keep_going=lambda: True) for _ in range(2)])
        found = seen(lambda: counts(Job.objects.get()))
        approvals = seen(AuditEntry.objects.filter(action="summary.approved").count)

    assert (found, approvals) == (("DONE", 3, 3, 0, 0), 3)


def test_holding_a_job_that_another_has_is_refused(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    first = claims.take(job_id=job.pk, at=ASKED)
    second = claims.take(job_id=job.pk, at=after(minutes=3))

    with pytest.raises(claims.LostClaim):
        claims.hold(job_id=job.pk, claim=first, at=after(minutes=3))
    assert claims.give_back(job_id=job.pk, claim=first) is False
    assert claims.give_back(job_id=job.pk, claim=second) is True
