from datetime import timedelta

from django.utils import timezone
from django_q.models import OrmQ

from summaries import tasks
from summaries.domain.jobs import folders
from summaries.models import Job
from tests.summaries.domain.jobs.job_cases import ask
from tests.summaries.domain.jobs.scripted_kinds import Scripted


def queued():
    return [task.task["kwargs"] for task in OrmQ.objects.all() if task.task["func"] == "summaries.tasks.run_job"]


def test_run_job_does_it(cast, three):
    job = ask("review", cast.mona, cast.northwind)

    tasks.run_job(job_id=job.pk)

    job.refresh_from_db()
    assert (job.state, job.cursor, queued()) == ("DONE", 3, [])


def test_run_job_goes_on_in_another_task(cast, scripted, three, django_capture_on_commit_callbacks):
    job = scripted(Scripted())

    with django_capture_on_commit_callbacks(execute=True):
        tasks.run_job(job_id=job.pk, seconds=0)

    job.refresh_from_db()
    assert (job.state, job.cursor, queued()) == ("RUNNING", 2, [{"job_id": job.pk}])


def test_the_sweep_queues_a_job_that_lies(cast, three, django_capture_on_commit_callbacks):
    job = ask("review", cast.mona, cast.northwind)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()

    assert queued() == [{"job_id": job.pk}]


def test_the_nightly_task_deletes_old_files(cast, three):
    job = ask("review", cast.mona, cast.northwind)
    tasks.run_job(job_id=job.pk)
    folders.open_folder(job=job)
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now() - timedelta(days=1))

    tasks.apply_retention()

    assert list(folders.root().iterdir()) == []
