"""Which text of a summary counts: the one place that makes a revision the current one, with all that follows."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from policies.enums import Verdict
from summaries.content import SummaryContent, content_from_json
from summaries.domain.reading.search import text_for
from summaries.enums import ReviewState, SessionStatus, SummaryState
from summaries.models import Application, IssueType, Summary, SummaryRevision, SupportSession


class NoText(Exception):
    """There is no text to work on: it was deleted, or the consent to it was withdrawn."""


class ChangedMeanwhile(Exception):
    """Another text took the place of the one that was looked at. *number* is the revision that is there now."""

    def __init__(self, number: int) -> None:
        super().__init__(_("Someone else saved revision %(number)s while you had this text open.") % {"number": number})
        self.number = number


@dataclass(frozen=True, slots=True)
class HeldText:
    """A summary's row and its session's, held until the transaction ends, with the text that counts now."""

    summary: Summary
    session: SupportSession
    current: SummaryRevision

    @property
    def content(self) -> SummaryContent:
        return content_from_json(self.current.content)


def hold_text(*, summary: Summary, seen: int) -> HeldText:
    """Hold the text of *summary* inside a transaction, if it is still revision *seen*. Raises NoText, ChangedMeanwhile.

    The session is held before its summary, as by whoever deletes.
    """
    sessions = SupportSession.objects.select_for_update(of=("self",)).select_related("company", "device")
    session = sessions.exclude(verdict=Verdict.NO).filter(pk=summary.session_id, status=SessionStatus.ENDED).first()
    row = Summary.objects.select_for_update().filter(pk=summary.pk, session=summary.session_id).first()
    if row is None or session is None or row.current_id is None:
        raise NoText(_("There is no text any more: it was deleted, or its consent withdrawn. Open the session again."))
    current = SummaryRevision.objects.get(pk=row.current_id)
    if current.number != seen:
        raise ChangedMeanwhile(current.number)
    return HeldText(row, session, current)


def add_revision(
    *, held: HeldText, content: SummaryContent, author: User, at: datetime, **fields: Any
) -> SummaryRevision:
    """Store *content* as the next text. *fields* as of SummaryRevision: what it is based on, what wrote it."""
    summary = held.summary
    last = SummaryRevision.objects.filter(summary=summary).aggregate(last=Max("number"))["last"] or 0
    revision: SummaryRevision = SummaryRevision.objects.create(
        company_id=summary.company_id,
        summary=summary,
        number=last + 1,
        content=asdict(content),
        language=content.language,
        redaction=held.session.redaction_counts,
        author=author,
        created_at=at,
        **fields,
    )
    return revision


def make_current(*, held: HeldText, revision: SummaryRevision, review: ReviewState, actor: User, at: datetime) -> None:
    """Let *revision* be what is read, found, counted and handed on, in the state *review*.

    A text that a person put right mends a summary whose last engine failed.
    """
    content = content_from_json(revision.content)
    is_reviewed = review != ReviewState.AI_GENERATED
    values: dict[str, Any] = {
        "current": revision,
        "review": review,
        "reviewed_by": actor if is_reviewed else None,
        "reviewed_at": at if is_reviewed else None,
        "title": content.title[:200],
        "outcome": content.outcome,
        "language": content.language,
        # Of a person's text: the engine that wrote what it is based on.
        "engine": revision.engine or held.summary.engine,
    }
    if held.summary.state == SummaryState.FAILED:
        values |= {"state": SummaryState.READY, "failure": ""}
    Summary.objects.filter(pk=held.summary.pk).update(**values)
    label(summary=held.summary, content=content)
    index(session=held.session, content=content)


def label(*, summary: Summary, content: SummaryContent) -> None:
    """Issue types and applications that the company's taxonomy knows; an engine's inventions are not added."""
    company_id = summary.company_id
    summary.issue_types.set(IssueType.objects.filter(company=company_id, name__in=content.issue_types))
    summary.applications.set(Application.objects.filter(company=company_id, name__in=content.applications))


def index(*, session: SupportSession, content: SummaryContent) -> None:
    """What search finds the session by."""
    SupportSession.objects.filter(pk=session.pk).update(search_text=text_for(session=session, content=content))
