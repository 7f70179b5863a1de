"""A worker's hold on a job: a claim with a lease, by one conditional UPDATE, renewed with all that is written down."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from summaries.enums import JobState
from summaries.models import Job
from summaries.models.jobs import UNDER_WAY

#: Beyond what one step, or a stretch of work between two calls of `Run.keep`, may take.
LEASE = timedelta(minutes=2)


class LostClaim(Exception):
    """The lease ended and another worker has the job: this one writes nothing more."""


class Cancelled(Exception):
    """The member cancelled the job."""


class Stopped(Exception):
    """The job can't go on; the sentence says why."""


def free(*, at: datetime) -> Q:
    """Jobs that no living worker has."""
    return Q(claim__isnull=True) | Q(claimed_until__lt=at)


def take(*, job_id: int, at: datetime) -> UUID | None:
    """Claim the job if nobody has it. The attempt counts until a session was dealt with."""
    claim = uuid4()
    taken = Job.objects.filter(free(at=at), pk=job_id, state__in=UNDER_WAY).update(
        state=JobState.RUNNING,
        claim=claim,
        claimed_until=at + LEASE,
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", at),
    )
    return claim if taken else None


def hold(*, job_id: int, claim: UUID, at: datetime, **values: object) -> None:
    """Hold the job longer, and write *values*. Raises LostClaim, Cancelled; nothing was written then."""
    mine = Job.objects.filter(pk=job_id, claim=claim)
    if mine.filter(cancel_asked_at=None).update(claimed_until=at + LEASE, **values):
        return
    raise Cancelled if mine.exists() else LostClaim


def give_back(*, job_id: int, claim: UUID) -> bool:
    """Let the next worker have the job: this one is alive and well, so its attempt counts for nothing."""
    return bool(Job.objects.filter(pk=job_id, claim=claim).update(claim=None, claimed_until=None, attempts=0))
