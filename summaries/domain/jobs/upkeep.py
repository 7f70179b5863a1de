"""What keeps jobs going and lets them go: each minute what lies is queued, each night what is old is deleted."""

import shutil
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from insights_portal.queueing import enqueue_on_commit, nothing_waits
from summaries.domain.jobs import claims, files, folders
from summaries.domain.jobs.endings import end
from summaries.domain.jobs.requests import TASK
from summaries.enums import JobState
from summaries.models import Job, JobItem, SupportSession
from summaries.models.jobs import OVER, UNDER_WAY

#: Noting down the sessions of a job takes seconds; after so long its process died.
PREPARED_WITHIN = timedelta(minutes=15)
#: Jobs that ended are forgotten after so long.
KEPT = timedelta(days=30)
#: Items that one transaction deletes: far below 100 ms on SQLite.
CHUNK = 2_000


def sweep(*, at: datetime) -> int:
    """Queue what no worker has and no task will come for, and end what was cut off early. Returns jobs moved."""
    lying = Job.objects.filter(claims.free(at=at), state__in=UNDER_WAY)
    if not nothing_waits():
        # A task may be in line for it; for what a dead worker held there is none.
        lying = lying.filter(claim__isnull=False)
    ids = list(lying.order_by("pk").values_list("pk", flat=True))
    for job_id in ids:
        enqueue_on_commit(TASK, job_id=job_id)
    cut_off = Job.objects.filter(state=JobState.PREPARING, asked_at__lt=at - PREPARED_WITHIN)
    told = _("The portal stopped while it noted down the sessions. Nothing was done: ask for it again.")
    return len(ids) + sum(
        end(job_id=job_id, claim=None, state=JobState.FAILED, at=at, failure=told)
        for job_id in list(cut_off.values_list("pk", flat=True))
    )


def clear_up(*, at: datetime) -> int:
    """Delete files whose time is over or that tell of what was deleted, old jobs, and folders that belong to none.

    Returns how many files and jobs went.
    """
    dropped = 0
    for job in Job.objects.filter(state=JobState.DONE).exclude(folder="").select_related("company"):
        everybody = SupportSession.objects.of_company(job.company)
        if not files.has_file(job=job, at=at) or files.count_lost(job=job, readable=everybody):
            folders.remove(job=job)
            dropped += 1
    old = Job.objects.filter(state__in=OVER, finished_at__lt=at - KEPT)
    forgotten = sum(_forget(job) for job in old.order_by("pk").iterator())
    _remove_strays()
    return dropped + forgotten


def _forget(job: Job) -> bool:
    folders.remove(job=job)
    items = JobItem.objects.filter(job=job)
    while chunk := list(items.values_list("pk", flat=True)[:CHUNK]):
        JobItem.objects.filter(pk__in=chunk).delete()
    return bool(job.delete()[0])


def _remove_strays() -> None:
    """Folders whose job is gone: a restored backup has them, or a process died between folder and row."""
    if not folders.root().is_dir():
        return
    for folder in folders.root().iterdir():
        if not Job.objects.filter(folder=folder.name).exists():
            shutil.rmtree(folder, ignore_errors=True)
