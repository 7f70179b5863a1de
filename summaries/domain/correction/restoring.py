"""Back to an earlier text, or on to a newer one that an engine wrote meanwhile."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from summaries.content import content_from_json
from summaries.domain.correction.current import HeldText, add_revision, hold_text, make_current
from summaries.domain.reading.reach import require_on
from summaries.domain.webhook_notices import tell_of_change
from summaries.enums import ReviewState
from summaries.models import Summary, SummaryRevision

#: What tells how an engine came to a text, and goes with it.
_OF_ENGINE = ("facts", "engine", "engine_note", "model", "prompt_version", "dropped_statements")


class UnableToRestore(Exception):
    """That revision can't be fetched back; the sentence says why."""


@transaction.atomic
def restore(*, summary: Summary, number: int, seen: int, actor: User, at: datetime) -> SummaryRevision:
    """Let the text of revision *number* count again, instead of revision *seen*. Returns the revision that counts now.

    An earlier text becomes a new revision. A newer one, which an engine wrote after a correction, is taken as it is.
    What a person wrote is REVIEWED by *actor*, what an engine wrote has to be reviewed.
    Raises PermissionMissing, UnableToRestore, NoText, ChangedMeanwhile.
    """
    require_on(user=actor, permission=Permission.VIEW_SUMMARIES, session=summary.session)
    require_on(user=actor, permission=Permission.EDIT_SUMMARIES, session=summary.session)
    held = hold_text(summary=summary, seen=seen)
    wanted = SummaryRevision.objects.filter(summary=held.summary, number=number).first()
    if wanted is None:
        raise UnableToRestore(_("There is no such revision. Choose one of the list."))
    if wanted.pk == held.current.pk:
        raise UnableToRestore(_("Revision %(number)s is the text that counts already.") % {"number": number})
    is_newer = wanted.number > held.current.number
    revision = wanted if is_newer else _copy(held, wanted, actor, at)
    review = ReviewState.AI_GENERATED if revision.engine else ReviewState.REVIEWED
    make_current(held=held, revision=revision, review=review, actor=actor, at=at)
    audit.record(
        company=held.session.company,
        actor=actor,
        action="summary.newer_text_used" if is_newer else "summary.restored",
        at=at,
        target=held.summary,
        details={"revision": revision.number, "from": number, "instead_of": seen},
    )
    tell_of_change(session=held.session, revision=revision, at=at)
    return revision


def _copy(held: HeldText, wanted: SummaryRevision, actor: User, at: datetime) -> SummaryRevision:
    kept = {name: getattr(wanted, name) for name in _OF_ENGINE}
    content = content_from_json(wanted.content)
    return add_revision(held=held, content=content, author=actor, at=at, based_on=wanted, **kept)


def newer_text(*, summary: Summary) -> SummaryRevision | None:
    """The newest text that an engine wrote since a person's text counts; None where there is none. One query."""
    if summary.current is None or summary.current.author_id is None:
        return None
    newer = SummaryRevision.objects.filter(summary=summary, number__gt=summary.current.number)
    return newer.defer("content", "facts").order_by("-number").first()
