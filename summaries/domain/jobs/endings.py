"""How a job ends, whichever way: once, with its audit entry and the mail that its member wished for."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.mailing import queue_mail
from summaries.domain.jobs import folders
from summaries.domain.jobs.kinds import ResultFile
from summaries.domain.jobs.registry import KINDS
from summaries.enums import JobState
from summaries.models import Job
from summaries.models.jobs import OVER

#: How long a file can be downloaded.
FILE_KEPT = timedelta(days=7)


def end(
    *,
    job_id: int,
    claim: UUID | None,
    state: JobState,
    at: datetime,
    failure: str = "",
    file: ResultFile | None = None,
) -> bool:
    """End the job that *claim* holds (None: nobody does); False when it has ended, or another worker has it now."""
    values: dict[str, Any] = {"failure": failure[:400]}
    if file is not None:
        values |= {
            "file_name": file.name,
            "content_type": file.content_type,
            "file_size": file.path.stat().st_size,
            "expires_at": at + FILE_KEPT,
        }
    with transaction.atomic():
        mine = Job.objects.filter(pk=job_id, claim=claim).exclude(state__in=OVER)
        if not mine.update(state=state, finished_at=at, claim=None, claimed_until=None, **values):
            return False
        job = Job.objects.select_related("company", "member").get(pk=job_id)
        _tell(job, at=at)
    if file is None:
        folders.remove(job=job)
    return True


def _tell(job: Job, *, at: datetime) -> None:
    counts = {"done": job.done, "skipped": job.skipped, "failed": job.failed, "of": job.total}
    details = {"kind": job.kind, "state": job.state, **counts}
    audit.record(company=job.company, actor=job.member, action="job.ended", at=at, target=job, details=details)
    kind = KINDS.get(job.kind)
    if kind is not None:
        kind.ended(job=job, at=at)
    if not job.wants_mail:
        return
    with translation.override(job.language or None):
        subject = _("Job finished: %(label)s") if job.state == JobState.DONE else _("Job ended early: %(label)s")
        queue_mail(
            company=job.company,
            recipients=[job.member],
            key=f"job:{job.public_id}",
            subject=subject % {"label": kind.label if kind else job.kind},
            template="job_ended",
            context={"job": job, "did": kind.did(job.done) if kind else ""},
            at=at,
        )
