"""How one time ends, whatever is killed, cancelled or refused on the way: once."""

from datetime import timedelta

from accounts.domain.roles import assign
from summaries.domain.jobs import claims, endings, upkeep
from summaries.domain.jobs.requests import cancel
from summaries.domain.schedules.outcomes import settle_failed, settle_refused, settle_sent
from summaries.domain.schedules.running import begin_due, hand_out, waiting
from summaries.enums import JobState
from summaries.models import Job, ScheduleSending
from tests.summaries.domain.schedules.conftest import DUE


def test_a_worker_that_was_killed_is_followed_by_another_and_one_mail_goes(cast, mailing, rows):
    mailing.schedule()
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)
    claims.take(job_id=Job.objects.get().pk, at=DUE)

    mailing.run(DUE + timedelta(minutes=5))
    mailing.run(DUE + timedelta(minutes=6))

    assert mailing.states() == [("Mona", "SENT")]
    assert len(mailing.mails()) == 1


def test_who_was_killed_before_writing_down_the_job_finds_it_again(cast, mailing, rows):
    mailing.schedule()
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)
    ScheduleSending.objects.update(state="WAITING")

    mailing.run()

    assert (Job.objects.count(), len(mailing.mails()), mailing.states()) == (1, 1, [("Mona", "SENT")])


def test_a_job_that_was_cut_off_early_is_asked_for_again(cast, mailing, rows):
    mailing.schedule()
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)
    Job.objects.update(state=JobState.PREPARING)

    upkeep.sweep(at=DUE + timedelta(hours=1))
    assert mailing.states() == [("Mona", "WAITING")]
    mailing.run(DUE + timedelta(hours=1))

    assert (Job.objects.count(), len(mailing.mails()), mailing.states()) == (2, 1, [("Mona", "SENT")])


def test_what_fails_three_times_ends_and_its_owner_is_told_once(cast, mailing, rows):
    mailing.schedule(cast.bob)
    begin_due(at=DUE)
    for _attempt in range(3):
        hand_out(sending_id=ScheduleSending.objects.get().pk, at=DUE)
        job = Job.objects.exclude(state=JobState.FAILED).get()
        endings.end(job_id=job.pk, claim=None, state=JobState.FAILED, at=DUE, failure="The disk is full.")

    mailing.run()

    sending = ScheduleSending.objects.get()
    assert (sending.state, sending.note) == ("FAILED", "The disk is full.")
    assert mailing.mails() == [("Mona", "Not sent: Mine")]


def test_a_recipient_may_cancel_and_the_owner_learns_of_it(cast, mailing, rows):
    mailing.schedule(cast.bob)
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)

    cancel(job=Job.objects.get(), actor=cast.bob, at=DUE)

    assert ScheduleSending.objects.get().note == "The recipient cancelled it."
    assert mailing.mails() == [("Mona", "Not sent: Mine")]


def test_a_job_made_again_by_hand_sends_no_second_mail(cast, mailing, rows):
    mailing.schedule()
    mailing.run()
    job = Job.objects.get()
    job.pk, job.public_id, job.key = None, "a" * 32, "b" * 32
    job.state, job.finished_at = JobState.QUEUED, None
    job.save(force_insert=True)
    ScheduleSending.objects.update(state="MAKING")

    endings.end(job_id=job.pk, claim=None, state=JobState.DONE, at=DUE)

    assert mailing.states() == [("Mona", "MAKING")]
    assert len(mailing.mails()) == 1


def test_a_list_that_is_too_long_is_told_to_its_owner(cast, mailing, rows, monkeypatch):
    monkeypatch.setattr("summaries.domain.jobs.requests.MOST_SESSIONS", 2)
    mailing.schedule()

    mailing.run()

    sending = ScheduleSending.objects.get()
    assert (sending.state, sending.note) == (
        "FAILED",
        "One job takes at most 2 sessions. Narrow the list down, then try again.",
    )
    assert mailing.mails() == [("Mona", "Not sent: Mine")]


def test_who_loses_the_role_while_the_file_is_made_gets_none(cast, mailing, rows):
    mailing.schedule(cast.bob)
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)
    assign(membership=cast.membership(cast.bob), roles=[])

    mailing.work()
    mailing.run(DUE + timedelta(minutes=1))

    assert ScheduleSending.objects.get().state == "REFUSED"
    assert mailing.mails() == [("Mona", "Not sent: Mine")]


def test_a_sending_that_is_settled_is_handed_out_no_more(cast, mailing, rows):
    mailing.schedule()
    mailing.run()

    hand_out(sending_id=ScheduleSending.objects.get().pk, at=DUE)

    assert Job.objects.count() == 1


def test_what_is_settled_is_told_once(cast, mailing, rows):
    mailing.schedule()
    begin_due(at=DUE)
    sending = ScheduleSending.objects.select_related("schedule__view", "recipient").get()

    for _again in range(2):
        settle_failed(sending=sending, why="The disk is full.", at=DUE)
        settle_sent(sending=sending, job=None, at=DUE)
        settle_refused(sending=sending, why="No role.", at=DUE)

    assert mailing.mails() == [("Mona", "Not sent: Mine")]
    assert mailing.states() == [("Mona", "FAILED")]
