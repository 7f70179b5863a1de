import pytest
from django_q.models import OrmQ

from summaries.domain.jobs import claims, reading, requests, upkeep
from summaries.enums import JobState
from summaries.models import Job
from tests.summaries.domain.jobs.job_cases import ASKED, after, ask, chosen, work


def queued():
    return [task.task["kwargs"]["job_id"] for task in OrmQ.objects.order_by("pk") if task.task["func"] == requests.TASK]


def sweep(at, capture):
    with capture(execute=True):
        return upkeep.sweep(at=at)


def test_a_job_whose_task_was_lost_is_queued_again(cast, three, django_capture_on_commit_callbacks):
    job = ask("approve", cast.mona, cast.northwind)

    first = sweep(after(minutes=1), django_capture_on_commit_callbacks)
    second = sweep(after(minutes=2), django_capture_on_commit_callbacks)

    assert (first, second, queued()) == (1, 0, [job.pk])


def test_a_job_of_a_dead_worker_is_queued_whatever_waits(cast, three, django_capture_on_commit_callbacks):
    lying, held = ask("approve", cast.mona, cast.northwind), ask("review", cast.mona, cast.northwind)
    sweep(ASKED, django_capture_on_commit_callbacks)
    OrmQ.objects.order_by("pk").last().delete()
    claims.take(job_id=held.pk, at=ASKED)

    alive = sweep(after(minutes=1), django_capture_on_commit_callbacks)
    dead = sweep(after(minutes=3), django_capture_on_commit_callbacks)

    assert (alive, dead, queued()) == (0, 1, [lying.pk, held.pk])


def test_jobs_that_are_over_stay_as_they_are(cast, three, django_capture_on_commit_callbacks):
    work(ask("approve", cast.mona, cast.northwind))

    assert (sweep(after(minutes=5), django_capture_on_commit_callbacks), queued()) == (0, [])


def test_a_job_that_is_unknown_here_is_not_done_again(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    Job.objects.filter(pk=job.pk).update(kind="gone", state=JobState.FAILED, finished_at=ASKED)
    job.refresh_from_db()

    with pytest.raises(requests.UnableToStart):
        requests.retry(job=job, actor=cast.mona, at=after(minutes=1))


def test_figures_count_own_jobs_until_they_were_seen(cast, three):
    ask("approve", cast.alice, cast.northwind)
    job = work(ask("approve", cast.mona, cast.northwind, chosen(1)))
    running = ask("review", cast.mona, cast.northwind, chosen(2))

    before = reading.figures_of(company=cast.northwind, viewer=cast.mona)
    reading.mark_seen(jobs=[job, running], at=after(minutes=1))
    reading.mark_seen(jobs=[running], at=after(minutes=2))
    after_that = reading.figures_of(company=cast.northwind, viewer=cast.mona)

    assert before == reading.JobFigures(under_way=1, unseen=1)
    assert after_that == reading.JobFigures(under_way=1, unseen=0)
    assert reading.figures_of(company=cast.contoso, viewer=cast.mona) == reading.JobFigures(0, 0)


def test_a_member_reads_their_own_jobs_only(cast, three):
    mine = ask("approve", cast.mona, cast.northwind, wants_mail=True)
    ask("approve", cast.alice, cast.northwind)
    mine.items.update(state="FAILED")

    assert reading.newest_jobs(company=cast.northwind, viewer=cast.mona) == [mine]
    assert reading.newest_jobs(company=cast.northwind, viewer=cast.charlie) == []
    assert reading.job_of(company=cast.northwind, viewer=cast.mona, public_id=mine.public_id) == mine
    assert [item.number for item in reading.problems_of(job=mine)] == [3, 2, 1]
    assert reading.wished_mail(company=cast.northwind, viewer=cast.mona) is True
    assert reading.wished_mail(company=cast.northwind, viewer=cast.bob) is False


def test_a_former_member_reads_no_jobs(cast, three):
    mine = ask("approve", cast.mona, cast.northwind)
    cast.membership(cast.mona).__class__.objects.filter(user=cast.mona).update(is_active=False)
    mona = type(cast.mona).objects.get(pk=cast.mona.pk)

    assert list(Job.objects.visible_to(mona)) == []
    assert list(Job.objects.visible_to(None)) == []
    assert list(mine.items.visible_to(mona)) == []
    assert list(mine.items.visible_to(None)) == []
    assert len(mine.items.visible_to(mine.member)) == 3
