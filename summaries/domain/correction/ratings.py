"""What members think of a summary: one thumb each, with a comment if they like, and changeable."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from summaries.domain.correction.current import hold_text
from summaries.domain.correction.masking import mask_typed
from summaries.domain.interaction_rows import clean
from summaries.domain.reading.reach import reaches, require_on
from summaries.models import Summary, SummaryRating

MAX_COMMENT = 500


class UnableToRate(Exception):
    """The rating was not saved; the sentence says what to change."""


@transaction.atomic
def rate(*, summary: Summary, seen: int, is_helpful: bool, comment: str, actor: User, at: datetime) -> SummaryRating:
    """Keep what *actor* thinks of revision *seen*, instead of what they said before. The comment is masked.

    Raises PermissionMissing, UnableToRate, NoText, ChangedMeanwhile.
    """
    require_on(user=actor, permission=Permission.VIEW_SUMMARIES, session=summary.session)
    said = clean(comment).strip()
    if len(said) > MAX_COMMENT:
        raise UnableToRate(_("Write at most %(most)s characters.") % {"most": MAX_COMMENT})
    held = hold_text(summary=summary, seen=seen)
    masked = "".join(mask_typed(session=held.session, texts=[said] if said else []))[:MAX_COMMENT]
    rating, _created = SummaryRating.objects.update_or_create(
        summary=held.summary,
        member=actor,
        defaults={
            "company_id": held.summary.company_id,
            "revision": held.current,
            "is_helpful": is_helpful,
            "comment": masked,
            "rated_at": at,
        },
    )
    audit.record(
        company=held.session.company,
        actor=actor,
        action="summary.rated",
        at=at,
        target=held.summary,
        details={"helpful": is_helpful, "revision": seen, "with_comment": bool(masked)},
    )
    return rating


def ratings_of(*, summary: Summary, viewer: User) -> list[SummaryRating]:
    """The ratings that *viewer* may know: one's own, and all of them for whoever approves. One's own comes first."""
    rows = SummaryRating.objects.filter(summary=summary).select_related("member", "revision")
    if not reaches(user=viewer, permission=Permission.APPROVE_SUMMARIES, session=summary.session):
        rows = rows.filter(member=viewer)
    return sorted(rows.defer("revision__content", "revision__facts"), key=lambda each: each.member_id != viewer.pk)
