"""A person's word on a summary: reviewed, approved. AI-GENERATED → REVIEWED → APPROVED, never backwards by accident."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from summaries.domain.reading.reach import require_on
from summaries.domain.webhook_notices import tell_of_approval
from summaries.enums import ReviewState, SummaryState
from summaries.models import Summary


class UnableToReview(Exception):
    """The summary is not in the state that was looked at; the sentence says what to do."""


def mark_reviewed(*, summary: Summary, revision_id: int, actor: User, at: datetime) -> None:
    """Say that *actor* has checked the text *revision_id*. Raises UnableToReview, PermissionMissing."""
    require_on(user=actor, permission=Permission.EDIT_SUMMARIES, session=summary.session)
    _move(
        summary=summary,
        revision_id=revision_id,
        allowed=[ReviewState.AI_GENERATED],
        review=ReviewState.REVIEWED,
        actor=actor,
        at=at,
    )


def approve(*, summary: Summary, revision_id: int, actor: User, at: datetime) -> None:
    """Release the text *revision_id* for use outside. Raises UnableToReview, PermissionMissing."""
    require_on(user=actor, permission=Permission.APPROVE_SUMMARIES, session=summary.session)
    _move(
        summary=summary,
        revision_id=revision_id,
        allowed=[ReviewState.AI_GENERATED, ReviewState.REVIEWED],
        review=ReviewState.APPROVED,
        actor=actor,
        at=at,
    )


@transaction.atomic
def _move(
    *,
    summary: Summary,
    revision_id: int,
    allowed: list[ReviewState],
    review: ReviewState,
    actor: User,
    at: datetime,
) -> None:
    """One conditional UPDATE: a text that was replaced meanwhile is not the one that was read."""
    moved = Summary.objects.filter(
        pk=summary.pk,
        # Not one that was put into the trash meanwhile.
        session=summary.session_id,
        state=SummaryState.READY,
        current_id=revision_id,
        review__in=allowed,
    ).update(review=review, reviewed_by=actor, reviewed_at=at)
    if not moved:
        raise UnableToReview(_("The summary has changed since you opened it. Read it again, then decide."))
    audit.record(
        company=summary.company,
        actor=actor,
        action=f"summary.{review.lower()}",
        at=at,
        target=summary,
        details={"revision": revision_id},
    )
    if review == ReviewState.APPROVED:
        tell_of_approval(session=summary.session, revision_id=revision_id, at=at)


def record_view(*, summary: Summary, actor: User, at: datetime, address: str | None = None) -> None:
    """Keep that *actor* read the summary."""
    audit.record(company=summary.company, actor=actor, action="summary.viewed", at=at, target=summary, address=address)
