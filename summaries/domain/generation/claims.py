"""A worker's hold on the row of a summary: taken by one conditional UPDATE, with a lease, renewed, given back.

A row whose lease ended is free again, so that a worker that was killed keeps nobody waiting.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.domain import audit
from credits.domain.reservations import release
from summaries.enums import SummaryState
from summaries.models import Summary

GIVEN_UP = "The worker stopped three times while it made this summary. Generate it again, or choose the other engine."
UNDER_WAY = (SummaryState.QUEUED, SummaryState.RUNNING)


@dataclass(frozen=True, slots=True)
class Claim:
    """One run's hold on a summary row. *begun_at*: when it was taken."""

    summary: Summary
    token: UUID
    begun_at: datetime


def take(*, summary_id: int, at: datetime, lease_seconds: float | None = None) -> Claim | None:
    """Claim a queued row. None: another run has it, or it is done."""
    token = uuid4()
    seconds = settings.GENERATION_LEASE_SECONDS if lease_seconds is None else lease_seconds
    taken = Summary.objects.filter(pk=summary_id, state=SummaryState.QUEUED).update(
        state=SummaryState.RUNNING,
        claim=token,
        claimed_until=at + timedelta(seconds=seconds),
        attempts=F("attempts") + 1,
        retry_at=None,
    )
    if not taken:
        return None
    found = Summary.objects.select_related("session__company__ai_settings", "session__supporter", "requested_by")
    return Claim(found.get(pk=summary_id), token, at)


def renew(*, tokens: Collection[UUID], at: datetime, lease_seconds: float) -> int:
    """Hold the rows longer: an engine may take more time than a lease lasts. Returns how many are still held."""
    return Summary.objects.filter(claim__in=tokens).update(claimed_until=at + timedelta(seconds=lease_seconds))


def put_back(*, claim: Claim, failure: str, retry_at: datetime, counts: bool) -> int:
    """Queue the summary for another try. *counts*: this one was one of the GENERATION_MAX_ATTEMPTS."""
    return Summary.objects.filter(pk=claim.summary.pk, claim=claim.token).update(
        state=SummaryState.QUEUED,
        claim=None,
        claimed_until=None,
        retry_at=retry_at,
        failure=failure[:300],
        attempts=F("attempts") if counts else F("attempts") - 1,
    )


@transaction.atomic
def fail(*, summary: Summary, claim: UUID | None, failure: str, at: datetime) -> int:
    """Show a summary that is queued or being written as failed with its reason, and give the credit back."""
    under_way = Summary.objects.filter(pk=summary.pk, claim=claim, state__in=UNDER_WAY)
    moved = under_way.update(state=SummaryState.FAILED, claim=None, claimed_until=None, retry_at=None, failure=failure)
    if moved:
        release(company=summary.session.company, session_id=summary.session.public_id, at=at)
        audit.record(
            company=summary.session.company,
            action="summary.failed",
            at=at,
            target=summary.session,
            details={"reason": failure},
        )
    return moved


def free_expired(*, at: datetime) -> int:
    """Queue again what dead workers held, and fail what killed its worker too often. Returns rows moved."""
    expired = Summary.objects.filter(state=SummaryState.RUNNING, claimed_until__lt=at)
    freed = expired.filter(attempts__lt=settings.GENERATION_MAX_ATTEMPTS).update(
        state=SummaryState.QUEUED, claim=None, claimed_until=None
    )
    for summary in expired.filter(attempts__gte=settings.GENERATION_MAX_ATTEMPTS).select_related("session__company"):
        freed += fail(summary=summary, claim=summary.claim, failure=GIVEN_UP, at=at)
    return freed
