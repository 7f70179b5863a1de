"""Asking for a job, cancelling one, and asking again for what failed.

Which sessions are meant is settled here: each becomes an item of the job, and what the filter matches later is no part
of it. Items are written in short transactions; the job waits for a worker once the last one stands.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Company, User
from insights_portal.lib.numbers import grouped
from insights_portal.lib.rates import is_within_rate
from insights_portal.queueing import enqueue_on_commit
from summaries.domain.jobs.endings import end
from summaries.domain.jobs.items import note_again, note_sessions
from summaries.domain.jobs.kinds import JobKind
from summaries.domain.jobs.registry import KINDS
from summaries.domain.jobs.selection import MOST_SESSIONS, Selection, able, count_up, sessions_of
from summaries.enums import ItemState, JobState
from summaries.models import Job, JobItem
from summaries.models.jobs import UNDER_WAY

TASK = "summaries.tasks.run_job"
#: Jobs of one member in one company that wait or run at a time.
MOST_UNDER_WAY = 5
#: Jobs that a member may ask for in an hour.
PER_HOUR = 60


class UnableToStart(Exception):
    """No job was started; the sentence says what to do."""


def ask_for_job(
    *,
    kind: JobKind,
    selection: Selection,
    company: Company,
    actor: User,
    at: datetime,
    key: UUID,
    wants_mail: bool = False,
    options: dict[str, object] | None = None,
    is_bounded: bool = True,
) -> Job:
    """Start the job for the sessions that it can be done to now. The same *key* twice is the same job.

    *is_bounded*: a member's own wish, of which there may be so many at a time. Raises PermissionMissing, UnableToStart.
    """
    kind.require_allowed(member=actor, company_id=company.pk)
    sessions = sessions_of(selection=selection, company=company, member=actor)
    refusals = kind.refusals(company=company, member=actor)
    count, left_out = count_up(sessions, refusals=refusals)
    if count > MOST_SESSIONS:
        told = _("One job takes at most %(count)s sessions. Narrow the list down, then try again.")
        raise UnableToStart(told % {"count": grouped(MOST_SESSIONS)})
    job = Job(
        company=company,
        member=actor,
        key=key,
        kind=kind.code,
        list_name=selection.list_name,
        query=selection.filters.query(),
        is_chosen=bool(selection.numbers),
        left_out=[[count, str(why)] for count, why in left_out],
        options=options or {},
        language=get_language() or "",
        wants_mail=wants_mail,
        asked_at=at,
    )
    willing = able(sessions, refusals=refusals)
    return _start(job, note=lambda: note_sessions(job=job, sessions=willing), at=at, is_bounded=is_bounded)


def retry(*, job: Job, actor: User, at: datetime) -> Job:
    """A new job for what this one did not do: first what it did not come to, then what failed.

    Raises PermissionMissing, UnableToStart.
    """
    kind = KINDS.get(job.kind)
    if kind is None:
        raise UnableToStart(_("This version of the portal does not know this kind of job."))
    kind.require_allowed(member=actor, company_id=job.company_id)
    if not job.is_over or not retryable(job=job).exists():
        raise UnableToStart(_("Nothing of this job is left to be done again."))
    # Made from the job's id: a second click leads to the same job.
    key = uuid5(job.public_id, "all" if _needs_all(job) else "left")
    again = Job(
        company=job.company,
        member=actor,
        key=key,
        kind=job.kind,
        list_name=job.list_name,
        query=job.query,
        is_chosen=job.is_chosen,
        options=job.options,
        language=job.language,
        wants_mail=job.wants_mail,
        retry_of=job,
        asked_at=at,
    )
    return _start(again, note=lambda: note_again(job=again, left=_left_of(job)), at=at)


def retryable(*, job: Job) -> QuerySet[JobItem]:
    """The items of a job that ended which another one could do. A file that is not there needs all of them."""
    items = JobItem.objects.filter(job=job)
    if _needs_all(job):
        return items
    return items.filter(state__in=[ItemState.WAITING, ItemState.BEGUN, ItemState.FAILED])


def _needs_all(job: Job) -> bool:
    return KINDS[job.kind].needs_file and not (job.state == JobState.DONE and job.folder)


def cancel(*, job: Job, actor: User, at: datetime) -> None:
    """Stop the job before its next session; what was done stays done. Nothing happens to one that is over."""
    asked = Job.objects.filter(pk=job.pk, state__in=UNDER_WAY, cancel_asked_at=None).update(cancel_asked_at=at)
    if not asked:
        return
    audit.record(
        company=job.company, actor=actor, action="job.cancelled", at=at, target=job, details={"kind": job.kind}
    )
    # Nobody works at it: it ends here. A worker sees the wish before its next session.
    end(job_id=job.pk, claim=None, state=JobState.CANCELLED, at=at)


def _start(job: Job, *, note: Callable[[], int], at: datetime, is_bounded: bool = True) -> Job:
    asked_before: QuerySet[Job] = Job.objects.filter(company=job.company, member=job.member, key=job.key)
    earlier = asked_before.first()
    if earlier is not None:
        return earlier
    if is_bounded:
        _check_bounds(job)
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        return asked_before.get()
    job.total = note()
    if not job.total:
        job.delete()
        raise UnableToStart(_("It can't be done to any of these sessions any more. Look at the list again."))
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state=JobState.PREPARING).update(total=job.total, state=JobState.QUEUED)
        details = {"kind": job.kind, "sessions": job.total}
        audit.record(company=job.company, actor=job.member, action="job.asked", at=at, target=job, details=details)
        enqueue_on_commit(TASK, job_id=job.pk)
    job.refresh_from_db(fields=["state"])
    return job


def _check_bounds(job: Job) -> None:
    under_way = Job.objects.filter(
        company=job.company, member=job.member, state__in=[JobState.PREPARING, *UNDER_WAY]
    ).count()
    if under_way >= MOST_UNDER_WAY:
        told = _("You have %(count)s jobs under way. Wait until one has finished, or cancel one.")
        raise UnableToStart(told % {"count": under_way})
    if not is_within_rate(key=f"jobs:{job.member_id}", limit=PER_HOUR, seconds=3600):
        told = _("You asked for %(count)s jobs within the hour. Wait a little, then try again.")
        raise UnableToStart(told % {"count": PER_HOUR})


def _left_of(job: Job) -> list[QuerySet[JobItem]]:
    """What an earlier job left: what stopped its worker comes last."""
    left = retryable(job=job)
    return [left.exclude(state=ItemState.FAILED), left.filter(state=ItemState.FAILED)]
