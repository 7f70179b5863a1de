"""A worker's hold on the rows of summaries: taken by one conditional UPDATE, with a lease, renewed, given back.

A row whose lease ended is free again, so that a worker that was killed keeps nobody waiting.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.domain import audit
from credits.domain.reservations import release
from summaries.enums import SummaryState
from summaries.models import Summary
from summaries.models.summaries import SummaryQuerySet

GIVEN_UP = _(
    "The worker stopped three times while it made this summary. Generate it again, or choose the other engine."
)
UNDER_WAY = (SummaryState.QUEUED, SummaryState.RUNNING)


@dataclass(frozen=True, slots=True)
class Claim:
    """One run's hold on a summary row. *token*: of all rows taken together. *begun_at*: when they were."""

    summary: Summary
    token: UUID
    begun_at: datetime


def take(*, summary_id: int, at: datetime, lease_seconds: float | None = None) -> Claim | None:
    """Claim a queued row. None: another run has it, or it is done."""
    taken = take_all(summary_ids=[summary_id], at=at, lease_seconds=lease_seconds)
    return taken[0] if taken else None


def take_all(*, summary_ids: Sequence[int], at: datetime, lease_seconds: float | None = None) -> list[Claim]:
    """Claim those of the rows that are queued; in the order in which they are named. Two statements, however many."""
    token = uuid4()
    seconds = settings.GENERATION_LEASE_SECONDS if lease_seconds is None else lease_seconds
    taken = Summary.objects.filter(pk__in=summary_ids, state=SummaryState.QUEUED).update(
        state=SummaryState.RUNNING,
        claim=token,
        claimed_until=at + timedelta(seconds=seconds),
        attempts=F("attempts") + 1,
        retry_at=None,
    )
    if not taken:
        return []
    mine = _with_session().filter(pk__in=summary_ids, claim=token).in_bulk()
    return [Claim(mine[summary_id], token, at) for summary_id in summary_ids if summary_id in mine]


def _with_session() -> SummaryQuerySet:
    """Summaries with all that is asked of them before and after the engine, save the session's large texts."""
    found = Summary.objects.select_related(
        "session__company__ai_settings", "session__supporter", "session__device", "requested_by"
    )
    return found.defer("session__search_text", "session__redaction_memory", "session__bad_records")


def renew(*, claims: Collection[Claim], at: datetime, lease_seconds: float) -> int:
    """Hold the rows longer: an engine may take more time than a lease lasts. Returns how many are still held."""
    held = Summary.objects.filter(
        pk__in=[each.summary.pk for each in claims], claim__in={each.token for each in claims}
    )
    return held.update(claimed_until=at + timedelta(seconds=lease_seconds))


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
        freed += fail(summary=summary, claim=summary.claim, failure=str(GIVEN_UP), at=at)
    return freed
