"""The file that a job left: for a week, for its member alone, as long as they reach all that it tells of."""

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import audit
from accounts.domain.disclosures import is_hidden_since
from accounts.models import User
from accounts.tenancy import PermissionMissing
from policies.enums import Reason
from summaries.domain.jobs.folders import result_of
from summaries.domain.jobs.kinds import Told
from summaries.domain.jobs.registry import KINDS
from summaries.enums import ItemState, JobState
from summaries.models import Job, JobItem, SupportSession
from summaries.models.sessions import HIDDEN

#: No condition.
ALL_ITEMS = Q()


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
    if is_hidden_since(company=job.company, moment=job.started_at or job.asked_at):
        raise FileGone(_("The file was made before works-council mode was switched on. Make the file again."))
    kind.require_allowed(member=actor, company_id=job.company_id)
    for told in kind.told_of(job=job, reader=actor):
        _require_readable(job, told)
    details = {"kind": job.kind, "sessions": job.done}
    audit.record(company=job.company, actor=actor, action="job.downloaded", at=at, target=job, details=details)
    return path


def _require_readable(job: Job, told: Told) -> None:
    lost = count_lost(job=job, readable=told.readable, items=told.items)
    if lost and told.is_about_release:
        raise PermissionMissing(
            _(
                "Your company wants summaries approved before they leave the portal, and the file holds some that "
                "are not. Have them approved, or make the file again."
            )
        )
    if lost:
        sentence = ngettext(
            "The file holds %(count)s session that was deleted or that your roles no longer reach. Make it again.",
            "The file holds %(count)s sessions that were deleted or that your roles no longer reach. Make it again.",
            lost,
        )
        raise PermissionMissing(sentence % {"count": lost})


def count_lost(*, job: Job, readable: QuerySet[SupportSession], items: Q = ALL_ITEMS) -> int:
    """Of how many sessions the job's file tells that are not *readable*, or of which something was deleted since."""
    gone = Q(summary_deleted_at__gte=job.started_at) | Q(reason=Reason.CONSENT_WITHDRAWN)
    kept = readable.order_by().exclude(status__in=HIDDEN).exclude(gone)
    told = JobItem.objects.filter(items, job=job, state=ItemState.DONE)
    return told.exclude(session_id__in=kept.values("pk")).count()
