"""One session of a job after the other, and what is written down of each.

What became of a session is written together with the cursor, and only as long as the claim holds and nobody cancelled:
another worker goes on behind it, wherever the first was killed. The step of an atomic kind stands in the same
transaction, and so happens once. Before another kind's step the item is marked as begun, so that whoever does it again
knows.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.tenancy import PermissionMissing, forget_grants
from summaries.domain.jobs import claims, folders
from summaries.domain.jobs.claims import Cancelled, LostClaim, Stopped
from summaries.domain.jobs.kinds import JobKind, Run, Skip, Step
from summaries.enums import ItemState
from summaries.models import Job, JobItem, SupportSession

log = structlog.get_logger(__name__)

Outcome = tuple[ItemState, str]
_COUNTERS = {ItemState.DONE: "done", ItemState.SKIPPED: "skipped", ItemState.FAILED: "failed"}
#: The run's own business: no failure of a session.
_PASSING = (OperationalError, InterfaceError, LostClaim, Cancelled, Stopped)


def walk(*, kind: JobKind, run: Run, items: Sequence[JobItem], claim: UUID) -> None:
    """Deal with a portion of the job's items. Raises LostClaim, Cancelled, Stopped."""
    sessions = _sessions_of(run=run, items=items)
    with faults_stop(run.job):
        kind.prepare(run, [sessions[item.session_id] for item in items if item.session_id in sessions])
    if kind.is_whole:
        _take_whole(run=run, items=items, seen=sessions, claim=claim)
        return
    for item in items:
        # Asked anew for each session: a role that was taken away a second ago holds no more.
        forget_grants(run.member)
        _deal_with(item, kind=kind, run=run, session=sessions.get(item.session_id), claim=claim)


def _take_whole(*, run: Run, items: Sequence[JobItem], seen: Container[int], claim: UUID) -> None:
    """Note a portion that needs no step each, in one transaction: who is gone or out of reach is left out."""
    there = [item.pk for item in items if item.session_id in seen]
    last, missing = items[-1].place, len(items) - len(there)
    with transaction.atomic():
        more = {"cursor": last, "attempts": 1, "done": F("done") + len(there), "skipped": F("skipped") + missing}
        claims.hold(job_id=run.job.pk, claim=claim, at=run.clock(), **more)
        gone = _("It was deleted meanwhile, or your roles no longer reach it.")
        JobItem.objects.filter(pk__in=[item.pk for item in items]).update(state=ItemState.SKIPPED, sentence=gone)
        JobItem.objects.filter(pk__in=there).update(state=ItemState.DONE, sentence="")
    run.job.cursor = last


def note_outcome(*, job: Job, item: JobItem, outcome: Outcome, claim: UUID, at: datetime) -> None:
    """Write down what became of the item, and go on behind it. Raises LostClaim, Cancelled."""
    state, sentence = outcome
    counter = _COUNTERS[state]
    with transaction.atomic():
        # From here on, this worker's attempt is one at the next session.
        more = {"cursor": item.place, "attempts": 1, counter: F(counter) + 1}
        claims.hold(job_id=job.pk, claim=claim, at=at, **more)
        JobItem.objects.filter(pk=item.pk).update(state=state, sentence=sentence[:400])
    job.cursor = item.place


@contextmanager
def faults_stop(job: Job) -> Iterator[None]:
    """What goes wrong inside the block ends the job, with a sentence for its member."""
    try:
        yield
    except _PASSING:
        raise
    except Exception as error:
        if _is_disk_full(error):
            told = _("The disk of the portal is full. Nothing is left of the file; tell the operator, then try again.")
        else:
            log.exception("job_stopped", job_id=job.pk)
            told = _("It stopped by a fault of the portal. Try again; if that fails, tell the operator.")
        raise Stopped(told) from error


def check_allowed(*, kind: JobKind, run: Run) -> None:
    """Raise Stopped when no role of the member allows this any more."""
    if not kind.is_allowed(member=run.member, company_id=run.job.company_id):
        told = _("Your roles do not include “%(permission)s” any more. What was not done yet is left as it was.")
        raise Stopped(told % {"permission": kind.permission.label})


def _sessions_of(*, run: Run, items: Sequence[JobItem]) -> dict[int, SupportSession]:
    """{key: session} of those that the member still sees."""
    visible = SupportSession.objects.visible_in(run.member, run.job.company)
    found = visible.filter(pk__in=[item.session_id for item in items])
    return found.select_related("company", "supporter", "device", "summary__current").in_bulk()


def _deal_with(item: JobItem, *, kind: JobKind, run: Run, session: SupportSession | None, claim: UUID) -> None:
    is_repeated = item.state == ItemState.BEGUN
    if kind.is_atomic:
        with transaction.atomic():
            outcome = _outcome_of(item, kind=kind, run=run, session=session, is_repeated=is_repeated)
            note_outcome(job=run.job, item=item, outcome=outcome, claim=claim, at=run.clock())
        return
    run.keep()
    JobItem.objects.filter(pk=item.pk).update(state=ItemState.BEGUN)
    outcome = _outcome_of(item, kind=kind, run=run, session=session, is_repeated=is_repeated)
    note_outcome(job=run.job, item=item, outcome=outcome, claim=claim, at=run.clock())


def _outcome_of(
    item: JobItem, *, kind: JobKind, run: Run, session: SupportSession | None, is_repeated: bool
) -> Outcome:
    """Take the step. One bad session never stops the job; a full disk and a lost permission do."""
    if session is None:
        return ItemState.SKIPPED, _("It was deleted meanwhile, or your roles no longer reach it.")
    try:
        step = Step(run.job, run.member, session, item.place, run.clock(), is_repeated, run.folder, item.revision_id)
        _take_step(step, kind=kind)
    except Skip as reason:
        return ItemState.SKIPPED, str(reason)
    except PermissionMissing as reason:
        check_allowed(kind=kind, run=run)
        return ItemState.FAILED, str(reason)
    except kind.errors as reason:
        return ItemState.FAILED, str(reason)
    except _PASSING:
        raise
    except Exception as error:
        if _is_disk_full(error):
            with faults_stop(run.job):
                raise
        log.exception("job_step_failed", job_id=run.job.pk, session_id=item.session_id)
        return ItemState.FAILED, _("It could not be done, by a fault of the portal. Try again, or tell the operator.")
    return ItemState.DONE, ""


def _take_step(step: Step, *, kind: JobKind) -> None:
    if not kind.is_atomic:
        kind.step(step)
        return
    # A savepoint: what a failed step wrote goes, what became of it is still written down.
    with transaction.atomic():
        kind.step(step)


def _is_disk_full(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in folders.DISK_FULL
