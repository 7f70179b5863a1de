"""The file that a job left: for a week, for its member alone, as long as they reach all that it tells of."""

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, require
from policies.enums import Reason
from summaries.domain.jobs.folders import result_of
from summaries.domain.jobs.registry import KINDS
from summaries.domain.reading.release import approval_required_by, held_back
from summaries.enums import ItemState, JobState
from summaries.models import Job, JobItem, SupportSession
from summaries.models.sessions import HIDDEN


class FileGone(Exception):
    """There is no file to download any more; the sentence says what to do."""


def has_file(*, job: Job, at: datetime) -> bool:
    return bool(job.state == JobState.DONE and job.folder and job.file_name and job.expires_at and job.expires_at > at)


@transaction.atomic
def download(*, job: Job, actor: User, at: datetime) -> Path:
    """The file's path, for the job's member, who still must reach each session that it tells of.

    Raises Http404 for anybody else, PermissionMissing, FileGone.
    """
    if job.member_id != actor.pk:
        raise Http404(_("There is no such record here."))
    kind, path = KINDS.get(job.kind), result_of(job)
    if kind is None or not has_file(job=job, at=at) or not path.is_file():
        raise FileGone(_("The file is gone. Ask for it anew: its job page has a button for that."))
    require(actor, kind.permission, job.company_id)
    reached = SupportSession.objects.reached_with(actor, kind.permission, job.company)
    # A file tells what summaries say: whoever may no longer read them takes none along.
    read = SupportSession.objects.reached_with(actor, Permission.VIEW_SUMMARIES, job.company).order_by().values("pk")
    lost = count_lost(job=job, readable=reached.filter(pk__in=read))
    if lost:
        told = _(
            "The file tells of %(count)s sessions that were deleted or that your roles no longer reach. Make it anew."
        )
        raise PermissionMissing(told % {"count": lost})
    if count_lost(job=job, readable=reached.exclude(_held_back(job))):
        raise PermissionMissing(
            _(
                "Your company wants summaries approved before they leave the portal, and the file tells of some that "
                "are not. Have them approved, or make the file anew."
            )
        )
    details = {"kind": job.kind, "sessions": job.done}
    audit.record(company=job.company, actor=actor, action="job.downloaded", at=at, target=job, details=details)
    return path


def _held_back(job: Job) -> Q:
    """The sessions whose text may not leave by now: the company may demand approval since the file was made."""
    return held_back(approval_required=approval_required_by(company_id=job.company_id))


def count_lost(*, job: Job, readable: QuerySet[SupportSession]) -> int:
    """Of how many sessions the job's file tells that are not *readable*, or of which something was deleted since."""
    gone = Q(summary_deleted_at__gte=job.started_at) | Q(reason=Reason.CONSENT_WITHDRAWN)
    kept = readable.order_by().exclude(status__in=HIDDEN).exclude(gone)
    told = JobItem.objects.filter(job=job, state=ItemState.DONE)
    return told.exclude(session_id__in=kept.values("pk")).count()
