from uuid import uuid4

import pytest
from django_q.models import OrmQ

from accounts.domain.members import add_member
from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.jobs import items, requests, selection, upkeep
from summaries.domain.jobs.registry import KINDS
from summaries.domain.jobs.requests import UnableToStart
from summaries.enums import JobState, SessionList
from summaries.models import Job, JobItem
from tests.at_once import at_once, seen, shared_database
from tests.summaries.domain.jobs.job_cases import (
    add_summaries,
    after,
    ask,
    chosen,
    counts,
    everything,
    reviews,
    states,
    work,
)
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def summaries(cast):
    """S-1 to S-3 of Bob, and one of the other company that could be touched."""
    add_summary(add_session(cast.contoso, cast.charlie, 1))
    return add_summaries(cast.northwind, cast.bob, 3)


def test_a_job_notes_what_the_filter_matches_newest_first(cast, summaries):
    job = ask("approve", cast.mona, cast.northwind)

    assert states(job) == [(3, "WAITING"), (2, "WAITING"), (1, "WAITING")]
    assert (job.state, job.query, job.is_chosen) == (JobState.QUEUED, "period=all", False)


def test_a_job_is_queued_with_its_id_alone(cast, summaries, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask("approve", cast.mona, cast.northwind)

    tasks = [each.task for each in OrmQ.objects.all()]
    assert [(task["func"], task["kwargs"]) for task in tasks] == [("summaries.tasks.run_job", {"job_id": job.pk})]


def test_asking_is_audited(cast, summaries):
    job = ask("approve", cast.mona, cast.northwind)

    entry = AuditEntry.objects.get(action="job.asked")
    assert (entry.actor, entry.company, entry.object_id) == (cast.mona, cast.northwind, str(job.public_id))
    assert entry.details == {"kind": "approve", "sessions": 3}


def test_a_job_leaves_out_what_it_cannot_be_done_to(cast, summaries):
    summaries[1].review = "APPROVED"
    summaries[1].save(update_fields=["review"])

    job = ask("approve", cast.mona, cast.northwind)

    assert states(job) == [(3, "WAITING"), (1, "WAITING")]
    assert job.left_out == [[1, "they are approved already"]]


def test_chosen_sessions_are_taken_whatever_the_filter(cast, summaries):
    job = ask("approve", cast.mona, cast.northwind, chosen(1, 3, 4711))

    assert states(job) == [(3, "WAITING"), (1, "WAITING")]
    assert (job.query, job.is_chosen) == ("", True)


def test_sessions_of_the_reports_list_need_no_summary(cast, summaries):
    add_session(cast.northwind, cast.bob, 4)

    job = ask("delete_reports", cast.alice, cast.northwind, everything(list_name=SessionList.REPORTS))

    assert [number for number, _ in states(job)] == [4, 3, 2, 1]


def test_what_comes_later_is_not_touched(cast, summaries):
    job = ask("approve", cast.mona, cast.northwind)
    add_summary(add_session(cast.northwind, cast.bob, 4))

    work(job)

    assert reviews() == ["AI_GENERATED", "APPROVED", "APPROVED", "APPROVED", "AI_GENERATED"]


@pytest.mark.parametrize("kind", [code for code, kind in KINDS.items() if kind.is_offered])
def test_a_job_needs_its_permission(cast, summaries, kind, at):
    email = "audrey@northwind.example"
    audrey = add_member(company=cast.northwind, email=email, name="Audrey", role_names=["Auditor"], at=at).user

    with pytest.raises(PermissionMissing):
        ask(kind, audrey, cast.northwind)


@pytest.mark.parametrize("kind", [code for code, kind in KINDS.items() if not kind.is_offered])
def test_a_file_of_a_list_needs_a_role_that_reads_reports(cast, summaries, kind, at):
    email = "ned@northwind.example"
    ned = add_member(company=cast.northwind, email=email, name="Ned", role_names=[], at=at).user

    with pytest.raises(PermissionMissing, match="View own connection reports"):
        ask(kind, ned, cast.northwind)

    assert Job.objects.count() == 0


def test_another_company_starts_nothing_here(cast, summaries):
    with pytest.raises(PermissionMissing):
        ask("approve", cast.charlie, cast.northwind)


def test_the_sessions_of_another_company_are_never_items(cast, summaries):
    job = ask("approve", cast.charlie, cast.contoso, chosen(1, 2, 3))

    assert JobItem.objects.filter(job=job).count() == 1
    assert JobItem.objects.get(job=job).company == cast.contoso


def test_a_form_sent_twice_is_one_job(cast, summaries):
    key = uuid4()

    first = ask("approve", cast.mona, cast.northwind, key=key)
    again = ask("approve", cast.mona, cast.northwind, key=key)

    assert (again, JobItem.objects.count()) == (first, 3)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_is_one_job(cast, tmp_path):
    add_summaries(cast.northwind, cast.bob, 3)
    key = uuid4()

    with shared_database(tmp_path):
        jobs = at_once(*[lambda: ask("approve", cast.mona, cast.northwind, key=key).pk for _ in range(3)])
        assert (len(set(jobs)), seen(JobItem.objects.count)) == (1, 3)


def test_the_key_of_another_member_is_no_way_to_their_job(cast, summaries):
    key = uuid4()
    theirs = ask("approve", cast.mona, cast.northwind, key=key)

    mine = ask("approve", cast.alice, cast.northwind, key=key)

    assert (mine.member, mine != theirs) == (cast.alice, True)


def test_nothing_to_do_is_no_job(cast, summaries):
    with pytest.raises(UnableToStart):
        ask("approve", cast.mona, cast.northwind, everything("period=all&state=APPROVED"))

    assert Job.objects.count() == 0


def test_too_many_sessions_are_refused_and_leave_nothing(cast, summaries, monkeypatch):
    monkeypatch.setattr(requests, "MOST_SESSIONS", 2)

    with pytest.raises(UnableToStart) as refused:
        ask("approve", cast.mona, cast.northwind)

    assert "at most 2 sessions" in str(refused.value)
    assert (Job.objects.count(), JobItem.objects.count()) == (0, 0)


def test_many_sessions_are_noted_in_portions(cast, summaries, monkeypatch):
    monkeypatch.setattr(items, "NOTED", 2)

    job = ask("approve", cast.mona, cast.northwind)

    assert [number for number, _ in states(job)] == [3, 2, 1]
    assert list(JobItem.objects.values_list("place", flat=True)) == [1, 2, 3]


def test_a_member_has_few_jobs_at_a_time(cast, summaries, monkeypatch):
    monkeypatch.setattr(requests, "MOST_UNDER_WAY", 2)
    ask("approve", cast.mona, cast.northwind)
    ask("review", cast.mona, cast.northwind)

    with pytest.raises(UnableToStart) as refused:
        ask("regenerate", cast.mona, cast.northwind)

    assert str(refused.value) == "You have 2 jobs under way. Wait until one has finished, or cancel one."
    assert ask("approve", cast.alice, cast.northwind).state == JobState.QUEUED


def test_a_member_asks_for_so_many_jobs_an_hour(cast, summaries, monkeypatch):
    monkeypatch.setattr(requests, "PER_HOUR", 1)
    work(ask("approve", cast.mona, cast.northwind, chosen(1)))

    with pytest.raises(UnableToStart):
        ask("approve", cast.mona, cast.northwind, chosen(2))


def test_a_job_that_nobody_works_at_is_cancelled_at_once(cast, summaries):
    job = ask("approve", cast.mona, cast.northwind)

    requests.cancel(job=job, actor=cast.mona, at=after(minutes=1))

    job.refresh_from_db()
    assert (counts(job), job.finished_at) == (("CANCELLED", 3, 0, 0, 0), after(minutes=1))
    assert AuditEntry.objects.filter(action="job.cancelled", actor=cast.mona).count() == 1
    assert work(job).state == JobState.CANCELLED


def test_a_job_that_is_over_is_not_cancelled(cast, summaries):
    job = work(ask("approve", cast.mona, cast.northwind))

    requests.cancel(job=job, actor=cast.mona, at=after(minutes=1))

    job.refresh_from_db()
    assert (job.state, AuditEntry.objects.filter(action="job.cancelled").count()) == (JobState.DONE, 0)


def test_retry_takes_what_was_not_come_to_and_then_what_failed(cast, summaries):
    job = ask("approve", cast.mona, cast.northwind)
    JobItem.objects.filter(job=job, number=3).update(state="FAILED")
    JobItem.objects.filter(job=job, number=2).update(state="DONE")
    Job.objects.filter(pk=job.pk).update(done=1, failed=1, cursor=2, state=JobState.FAILED, finished_at=after(hours=1))
    job.refresh_from_db()

    again = requests.retry(job=job, actor=cast.mona, at=after(hours=2))

    assert states(again) == [(1, "WAITING"), (3, "WAITING")]
    meant = dict(again.items.values_list("number", "revision_id"))
    assert meant == {each.session.number: each.current_id for each in (summaries[0], summaries[2])}
    assert (again.retry_of, again.kind, again.member) == (job, "approve", cast.mona)
    assert requests.retry(job=job, actor=cast.mona, at=after(hours=2)) == again


def test_retry_reads_in_portions(cast, summaries, monkeypatch):
    monkeypatch.setattr(items, "NOTED", 1)
    job = ask("approve", cast.mona, cast.northwind)
    requests.cancel(job=job, actor=cast.mona, at=after(minutes=1))
    job.refresh_from_db()

    again = requests.retry(job=job, actor=cast.mona, at=after(hours=2))

    assert [number for number, _ in states(again)] == [3, 2, 1]


def test_a_job_that_did_everything_is_not_done_again(cast, summaries):
    job = work(ask("approve", cast.mona, cast.northwind))

    with pytest.raises(UnableToStart):
        requests.retry(job=job, actor=cast.mona, at=after(hours=2))


def test_a_running_job_is_not_done_again(cast, summaries):
    with pytest.raises(UnableToStart):
        requests.retry(job=ask("approve", cast.mona, cast.northwind), actor=cast.mona, at=after(hours=2))


def test_a_job_whose_process_died_while_it_was_prepared_ends(cast, summaries):
    job = ask("approve", cast.mona, cast.northwind)
    Job.objects.filter(pk=job.pk).update(state=JobState.PREPARING)

    upkeep.sweep(at=after(minutes=14))
    job.refresh_from_db()
    waits = job.state
    upkeep.sweep(at=after(minutes=16))
    job.refresh_from_db()

    assert (waits, job.state) == (JobState.PREPARING, JobState.FAILED)


def test_the_plan_tells_how_many_and_why_not(cast, summaries, at):
    summaries[0].review = "APPROVED"
    summaries[0].save(update_fields=["review"])
    add_session(cast.northwind, cast.bob, 4)

    plan = selection.plan(
        kind=KINDS["approve"],
        selection=everything(list_name=SessionList.REPORTS),
        company=cast.northwind,
        member=cast.mona,
        at=at,
    )

    assert (plan.count, plan.left_out_count) == (2, 2)
    assert plan.left_out == ((1, "they have no summary"), (1, "they are approved already"))
