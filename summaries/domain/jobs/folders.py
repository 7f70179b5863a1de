"""The folders of jobs: random names below DATA_DIR/jobs, each with what its job makes and the file that it leaves.

Whatever deletes something of a session calls `drop_files_of`: a file may tell of it.
"""

import errno
import secrets
import shutil
from collections.abc import Collection
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from summaries.models import Job, JobItem
from summaries.models.jobs import OVER

#: What the file is called on the disk.
RESULT = "result"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def root() -> Path:
    return Path(settings.DATA_DIR) / "jobs"


def folder_of(job: Job) -> Path:
    return root() / job.folder


def result_of(job: Job) -> Path:
    return folder_of(job) / RESULT


def open_folder(*, job: Job) -> Path:
    """The job's own folder, made for its first worker. Raises OSError."""
    if not job.folder:
        Job.objects.filter(pk=job.pk, folder="").update(folder=secrets.token_hex(16))
        job.refresh_from_db(fields=["folder"])
    folder = folder_of(job)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep_result(*, job: Job, path: Path) -> Path:
    """Move the finished file to its place and delete what it was made of."""
    kept = result_of(job)
    path.replace(kept)
    for each in folder_of(job).iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each != kept:
            each.unlink()
    return kept


def remove(*, job: Job) -> None:
    """Delete the job's folder with all that is in it, and say so: a crash in between is made good later."""
    if job.folder:
        shutil.rmtree(folder_of(job), ignore_errors=True)
        Job.objects.filter(pk=job.pk).update(folder="", file_size=0)


def drop_files_of(*, session_ids: Collection[int]) -> None:
    """Delete the files that tell of any of the sessions, once the open transaction commits.

    A job that is still writing one goes on: what it makes of the session from now on has nothing of it any more, and
    what it made before is asked for again when the file is downloaded.
    """
    telling = JobItem.objects.filter(session_id__in=session_ids).order_by().values("job")
    for job in Job.objects.filter(pk__in=telling, state__in=OVER).exclude(folder=""):
        transaction.on_commit(partial(remove, job=job))
