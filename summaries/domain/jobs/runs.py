"""A worker's turn at a job: it takes it, walks its sessions for a short while, and gives it back or ends it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.tenancy import narrow_to_company
from summaries.domain.jobs import claims, files, folders
from summaries.domain.jobs.claims import Cancelled, LostClaim, Stopped
from summaries.domain.jobs.endings import end
from summaries.domain.jobs.kinds import JobKind, ResultFile, Run
from summaries.domain.jobs.registry import KINDS
from summaries.domain.jobs.steps import check_allowed, faults_stop, note_outcome, walk
from summaries.enums import ItemState, JobState
from summaries.models import Job, JobItem, SupportSession

#: Times that a job is taken without going on: a session that kills its worker ends it.
MOST_ATTEMPTS = 3

Clock = Callable[[], datetime]


def run(*, job_id: int, clock: Clock, keep_going: Callable[[], bool]) -> bool:
    """Do what there is to do of the job while *keep_going* says so; True when another task has to go on with it."""
    claim = claims.take(job_id=job_id, at=clock())
    if claim is None:
        return False
    job = Job.objects.select_related("company").get(pk=job_id)
    try:
        with _language_of(job):
            return _go_on(job=job, claim=claim, clock=clock, keep_going=keep_going)
    except LostClaim:
        return False
    except Cancelled:
        end(job_id=job_id, claim=claim, state=JobState.CANCELLED, at=clock())
    except Stopped as reason:
        end(job_id=job_id, claim=claim, state=JobState.FAILED, at=clock(), failure=str(reason))
    return False


def _go_on(*, job: Job, claim: UUID, clock: Clock, keep_going: Callable[[], bool]) -> bool:
    kind = KINDS.get(job.kind)
    if kind is None:
        raise Stopped(_("This version of the portal does not know this kind of job."))
    _check_attempts(job=job, claim=claim, at=clock())
    keep = partial(_keep, job=job, claim=claim, clock=clock)
    keep()
    with faults_stop(job):
        folder = folders.open_folder(job=job) if kind.needs_file else None
        kind.begin(Run(job, _member_of(job), clock, keep, folder))
    while True:
        # The member as they are now: somebody may have been removed, or lost the role, since the last portion.
        current = Run(job, _member_of(job), clock, keep, folder)
        check_allowed(kind=kind, run=current)
        items = list(JobItem.objects.filter(job=job, place__gt=job.cursor).order_by("place")[: kind.portion])
        if not items:
            _finish(kind=kind, run=current, claim=claim)
            return False
        walk(kind=kind, run=current, items=items, claim=claim)
        if not keep_going():
            return claims.give_back(job_id=job.pk, claim=claim)


def _finish(*, kind: JobKind, run: Run, claim: UUID) -> None:
    run.job.refresh_from_db(fields=["done", "skipped", "failed"])
    with faults_stop(run.job):
        file = kind.finish(run)
        run.keep()
        if file is not None:
            path = folders.keep_result(job=run.job, path=file.path)
            file = ResultFile(path, file.name, file.content_type)
            _check_still_true(run.job)
    end(job_id=run.job.pk, claim=claim, state=JobState.DONE, at=run.clock(), file=file)


def _check_still_true(job: Job) -> None:
    """Raise Stopped when something was deleted of a session after it had been written into the file."""
    if files.count_lost(job=job, readable=SupportSession.objects.of_company(job.company)):
        raise Stopped(
            _("A session was deleted while the file was made. Nothing is left of the file: ask for it again.")
        )


def _check_attempts(*, job: Job, claim: UUID, at: datetime) -> None:
    """Raise Stopped for a job that stopped its worker again and again; the session that it was at counts as failed."""
    if job.attempts <= MOST_ATTEMPTS:
        return
    item = JobItem.objects.filter(job=job, place=job.cursor + 1).first()
    if item is None:
        raise Stopped(_("The worker stopped three times while it finished this job. Try again, or narrow it down."))
    outcome = (ItemState.FAILED, _("The worker stopped three times at this session."))
    note_outcome(job=job, item=item, outcome=outcome, claim=claim, at=at)
    told = _("The worker stopped three times at %(session)s. Try again: that session comes last then.")
    raise Stopped(told % {"session": item.label})


def _member_of(job: Job) -> User:
    member: User = User.objects.get(pk=job.member_id)
    # However they signed in: a job is at home in one company.
    narrow_to_company(member, job.company_id)
    return member


def _keep(*, job: Job, claim: UUID, clock: Clock) -> None:
    claims.hold(job_id=job.pk, claim=claim, at=clock())


def _language_of(job: Job) -> AbstractContextManager[object]:
    return translation.override(job.language) if job.language else nullcontext()
