"""A summary as plain text: to be copied into a mail or a ticket."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from insights_portal.lib.text import show_controls
from summaries.content import Statement, Step, SummaryContent, content_from_json
from summaries.domain.correction.current import NoText
from summaries.domain.correction.shape import is_ai_written
from summaries.domain.reading.queries import summary_of
from summaries.domain.reading.reach import require_on
from summaries.domain.reading.release import approval_required_by, require_release
from summaries.enums import Outcome, ReviewState
from summaries.models import SupportSession


def copy_text(*, session: SupportSession, actor: User, at: datetime, address: str | None = None) -> str:
    """The text of the session's summary as it stands, to be taken along. Kept in the audit log.

    Raises PermissionMissing, NoText, NotReleased.
    """
    require_on(user=actor, permission=Permission.VIEW_SUMMARIES, session=session)
    summary = summary_of(session)
    if summary is None or summary.current is None:
        raise NoText(_("There is no text to copy yet."))
    require_release(summary=summary, approval_required=approval_required_by(company_id=session.company_id))
    audit.record(company=session.company, actor=actor, action="summary.copied", at=at, target=summary, address=address)
    content = content_from_json(summary.current.content)
    return plain_text(content, label=session.label, review=ReviewState(summary.review))


def plain_text(content: SummaryContent, *, label: str, review: ReviewState) -> str:
    """*content* in paragraphs with headings, one statement a line; what can't be seen is written out."""
    marks = [_("AI-generated")] if is_ai_written(content) else []
    marks += [str(review.label)] if review != ReviewState.AI_GENERATED else []
    outcome = () if content.outcome == Outcome.UNKNOWN else (Statement(f"{content.outcome.label}."),)
    parts = (
        f"{content.title}\n{' · '.join([label, *marks])}",
        _part(_("Problem"), _lines(content.problem)),
        _part(_("Cause"), _lines(content.cause)),
        _part(_("Steps"), (f"{place}. {_step(each)}" for place, each in enumerate(content.steps, 1))),
        _part(_("Outcome"), _lines((*outcome, *content.outcome_statements))),
        _part(_("Open points"), _lines(content.open_points)),
        _part(_("Missing data"), content.missing_data),
    )
    return show_controls("\n\n".join(part for part in parts if part)) + "\n"


def _part(heading: str, lines: Iterable[str]) -> str:
    said = list(lines)
    return "\n".join([heading, *said]) if said else ""


def _lines(statements: Iterable[Statement]) -> Iterator[str]:
    return (_said(each) for each in statements)


def _said(statement: Statement) -> str:
    return statement.text if statement.stands else f"{statement.text} {_('(not supported)')}"


def _step(step: Step) -> str:
    commands = [command for command in step.commands if command not in step.action.text]
    more = [f"[{step.application}]"] if step.application else []
    return " ".join([_said(step.action), *more, *(f"`{command}`" for command in commands)])
