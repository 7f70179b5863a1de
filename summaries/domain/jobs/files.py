"""The files that jobs leave: in folders with random names below DATA_DIR/jobs, for a week, for their member alone."""

import errno
import secrets
import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.tenancy import PermissionMissing, require
from summaries.domain.jobs.kinds import JobKind
from summaries.domain.jobs.registry import KINDS
from summaries.enums import ItemState, JobState
from summaries.models import Job, JobItem, SupportSession

#: What the file is called on the disk.
RESULT = "result"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FileGone(Exception):
    """There is no file to download any more; the sentence says what to do."""


def root() -> Path:
    return Path(settings.DATA_DIR) / "jobs"


def folder_of(job: Job) -> Path:
    return root() / job.folder


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
    folder = folder_of(job)
    kept = folder / RESULT
    path.replace(kept)
    for each in folder.iterdir():
        if each != kept:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    return kept


def remove(*, job: Job) -> None:
    """Delete the job's folder with all that is in it. The row goes last: what is left of a crash is found again."""
    if job.folder:
        shutil.rmtree(folder_of(job), ignore_errors=True)
        Job.objects.filter(pk=job.pk).update(folder="", file_size=0)


def has_file(*, job: Job, at: datetime) -> bool:
    return bool(job.state == JobState.DONE and job.folder and job.file_name and job.expires_at and job.expires_at > at)


@transaction.atomic
def download(*, job: Job, actor: User, at: datetime) -> Path:
    """The file's path, for the job's member, who still must reach each session that it tells of.

    Raises Http404 for anybody else, PermissionMissing, FileGone.
    """
    if job.member_id != actor.pk:
        raise Http404(_("There is no such record here."))
    kind, path = KINDS.get(job.kind), folder_of(job) / RESULT
    if kind is None or not has_file(job=job, at=at) or not path.is_file():
        raise FileGone(_("The file is gone. Ask for it anew: its job page has a button for that."))
    require(actor, kind.permission, job.company_id)
    lost = _out_of_reach(job=job, kind=kind, actor=actor)
    if lost:
        told = _(
            "The file tells of %(count)s sessions that were deleted or that your roles no longer reach. Make it anew."
        )
        raise PermissionMissing(told % {"count": lost})
    details = {"kind": job.kind, "sessions": job.done}
    audit.record(company=job.company, actor=actor, action="job.downloaded", at=at, target=job, details=details)
    return path


def _out_of_reach(*, job: Job, kind: JobKind, actor: User) -> int:
    reached = SupportSession.objects.reached_with(actor, kind.permission, job.company).order_by()
    return JobItem.objects.filter(job=job, state=ItemState.DONE).exclude(session_id__in=reached.values("pk")).count()


def drop_files_of(*, session_ids: Collection[int]) -> int:
    """Delete the files that tell of any of the sessions, because something of those was deleted; returns how many."""
    telling = JobItem.objects.filter(session_id__in=session_ids).order_by().values("job")
    dropped = 0
    for job in Job.objects.filter(pk__in=telling).exclude(folder=""):
        if job.is_over:
            remove(job=job)
            dropped += 1
    return dropped
