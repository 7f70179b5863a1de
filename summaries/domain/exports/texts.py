"""What a row tells of a session's summary: its text, or why it is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.enums import EngineName
from summaries.content import Statement, Step, SummaryContent
from summaries.enums import Outcome, ReviewState

#: How JSON tells of one step: the moment it was done, where, what, and what was typed.
StepValue = dict[str, object]


@dataclass(frozen=True, slots=True)
class SummaryColumns:
    """The summary's columns of one row; all empty where it has no summary, or *left_out* says why."""

    title: str = ""
    problem: str = ""
    cause: str = ""
    steps: tuple[StepValue, ...] = ()
    outcome: str = ""
    outcome_text: str = ""
    open_points: str = ""
    missing_data: str = ""
    issue_types: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    language: str = ""
    engine: str = ""
    model: str = ""
    review: str = ""
    reviewer: str = ""
    left_out: str = ""


NO_TEXT = SummaryColumns()


def left_out(*, is_reached: bool, is_released: bool) -> SummaryColumns:
    """The empty columns of a summary that is there and stays here, with why."""
    if not is_reached:
        return SummaryColumns(left_out=_("Your roles do not let you export this summary."))
    if not is_released:
        return SummaryColumns(left_out=_("Your company wants it approved first, and nobody has approved it yet."))
    return SummaryColumns(left_out=_("It may not be kept any more and is about to be deleted."))


def text_of(
    content: SummaryContent,
    *,
    started_at: datetime,
    labels: tuple[tuple[str, ...], tuple[str, ...]],
    engine: str,
    model: str,
    review: str,
    reviewer: str,
) -> SummaryColumns:
    """The columns of *content*. *labels*: issue types, applications; *engine* is empty for a person's text."""
    issue_types, applications = labels
    return SummaryColumns(
        title=content.title,
        problem=_sentences(content.problem),
        cause=_sentences(content.cause),
        steps=tuple(_step(step, started_at=started_at) for step in content.steps),
        outcome=str(Outcome(content.outcome).label),
        outcome_text=_sentences(content.outcome_statements),
        open_points=_sentences(content.open_points),
        missing_data=" ".join(content.missing_data),
        issue_types=issue_types,
        applications=applications,
        language=content.language,
        engine=str(EngineName(engine).label) if engine else _("Written by a person"),
        model=model,
        review=str(ReviewState(review).label),
        reviewer=reviewer,
    )


def _sentences(statements: Iterable[Statement]) -> str:
    return " ".join(_sentence(one) for one in statements)


def _sentence(statement: Statement) -> str:
    """What the record does not show leaves with that said, as on every page."""
    mark = "" if statement.stands else " ({})".format(_("not supported by the record"))
    return f"{statement.text}{mark}"


def _step(step: Step, *, started_at: datetime) -> StepValue:
    at = started_at + timedelta(milliseconds=step.offset_ms) if step.offset_ms is not None else None
    return {
        "at": at,
        "application": step.application,
        "action": _sentence(step.action),
        "commands": list(step.commands),
    }
