"""A member corrects a summary: a revision of its own, beside the texts before it."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from summaries.content import SummaryContent, content_from_json
from summaries.domain.correction.current import HeldText, add_revision, hold_text, make_current
from summaries.domain.correction.masking import mask_content
from summaries.domain.correction.shape import Allowed, UnableToCorrect, attributed, check, statements_of, tidied
from summaries.domain.reading.reach import require_on
from summaries.domain.webhook_notices import tell_of_change
from summaries.enums import ReviewState
from summaries.models import Application, Interaction, IssueType, Summary, SummaryRevision

#: So many earlier texts are looked through for who wrote a statement.
KNOWN_TEXTS = 30


def labels_of(*, company_id: int) -> tuple[list[str], list[str]]:
    """The names of issue types and applications that a summary of the company can carry."""
    return (
        list(IssueType.objects.filter(company=company_id).values_list("name", flat=True)),
        list(Application.objects.filter(company=company_id).values_list("name", flat=True)),
    )


@transaction.atomic
def correct(*, summary: Summary, seen: int, content: SummaryContent, actor: User, at: datetime) -> SummaryRevision:
    """Store what *actor* made of revision *seen*; the text is REVIEWED by them, though it was approved before.

    Of *content* the language, the missing data and who wrote a statement are not the actor's to say.
    Raises PermissionMissing, UnableToCorrect, NoText, ChangedMeanwhile.
    """
    require_on(user=actor, permission=Permission.VIEW_SUMMARIES, session=summary.session)
    require_on(user=actor, permission=Permission.EDIT_SUMMARIES, session=summary.session)
    held = hold_text(summary=summary, seen=seen)
    base = held.content
    content = replace(content, language=base.language, missing_data=base.missing_data, label_words=base.label_words)
    wanted = attributed(content=tidied(content), known=[base, *_texts_before(held)])
    if wanted == base:
        raise UnableToCorrect({"title": _("Nothing was changed. To say that the text is right, mark it as reviewed.")})
    check(content=wanted, base=base, allowed=_allowed(held, wanted, base))
    masked = mask_content(session=held.session, content=wanted, base=base)
    revision = add_revision(
        held=held, content=masked, author=actor, at=at, based_on=held.current, facts=held.current.facts
    )
    make_current(held=held, revision=revision, review=ReviewState.REVIEWED, actor=actor, at=at)
    audit.record(
        company=held.session.company,
        actor=actor,
        action="summary.corrected",
        at=at,
        target=held.summary,
        details={"revision": revision.number, "based_on": seen},
    )
    tell_of_change(session=held.session, revision=revision, at=at)
    return revision


def _texts_before(held: HeldText) -> list[SummaryContent]:
    """The texts before the current one, newest first: a sentence taken from one of them is whose it was there."""
    rows = SummaryRevision.objects.filter(summary=held.summary).exclude(pk=held.current.pk).order_by("-number")
    return [content_from_json(stored) for stored in rows.values_list("content", flat=True)[:KNOWN_TEXTS]]


def _allowed(held: HeldText, content: SummaryContent, base: SummaryContent) -> Allowed:
    issue_types, applications = labels_of(company_id=held.session.company_id)
    numbers = {number for statement in statements_of(base) for number in statement.evidence}
    asked = {number for statement in statements_of(content) for number in statement.evidence} - numbers
    if asked:
        rows = Interaction.objects.filter(session=held.session, number__in=asked)
        numbers |= set(rows.values_list("number", flat=True))
    return Allowed(issue_types=issue_types, applications=applications, numbers=numbers)
