"""What a person may write into a summary: tidied, within bounds, and honest about who wrote each statement. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from insights_portal.lib.numbers import grouped
from summaries.content import Statement, Step, SummaryContent
from summaries.domain.interaction_rows import clean

MAX_TITLE, MAX_TEXT, MAX_APPLICATION, MAX_COMMAND = 150, 1_000, 120, 500
MAX_STATEMENTS, MAX_STEPS, MAX_COMMANDS, MAX_EVIDENCE, MAX_LABELS = 30, 100, 30, 50, 20
#: Longest time from the start of a session, in milliseconds: ten days.
MAX_OFFSET_MS = 10 * 24 * 3600 * 1000
#: The fields of a summary that are lists of statements.
SECTIONS = ("problem", "cause", "outcome_statements", "open_points")


class UnableToCorrect(Exception):
    """The correction was not saved. *errors*: {where: what to change}, where being `title` or `steps.2.commands`."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(errors.values())))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What a correction may name: labels of the company's taxonomy, and interactions of the session."""

    issue_types: Collection[str]
    applications: Collection[str]
    numbers: Collection[int]


def statements_of(content: SummaryContent) -> Iterator[Statement]:
    """Every statement of *content*, those of the steps too."""
    for section in SECTIONS:
        yield from getattr(content, section)
    for step in content.steps:
        yield step.action


def changed_each(content: SummaryContent, change: Callable[[Statement], Statement]) -> SummaryContent:
    """*content* with *change* applied to every statement."""
    return replace(
        content,
        problem=tuple(map(change, content.problem)),
        cause=tuple(map(change, content.cause)),
        steps=tuple(replace(step, action=change(step.action)) for step in content.steps),
        outcome_statements=tuple(map(change, content.outcome_statements)),
        open_points=tuple(map(change, content.open_points)),
    )


def is_ai_written(content: SummaryContent) -> bool:
    """Whether a statement is left that no person wrote, or none at all: then an engine told what is missing."""
    statements = list(statements_of(content))
    return not statements or any(not statement.by_person for statement in statements)


def tidied(content: SummaryContent) -> SummaryContent:
    """*content* without superfluous spaces, empty statements and labels that stand there twice."""
    steps = tuple(_tidied_step(step) for step in content.steps)
    return replace(
        content,
        title=_squeezed(content.title),
        problem=_tidied_statements(content.problem),
        cause=_tidied_statements(content.cause),
        steps=tuple(step for step in steps if step.action.text),
        outcome_statements=_tidied_statements(content.outcome_statements),
        open_points=_tidied_statements(content.open_points),
        issue_types=tuple(dict.fromkeys(content.issue_types)),
        applications=tuple(dict.fromkeys(content.applications)),
    )


def attributed(*, content: SummaryContent, known: Iterable[SummaryContent]) -> SummaryContent:
    """Say of each statement who wrote it.

    One that stands word for word, with the same evidence, in a text of *known* is taken from there. Every other one is
    a person's: nobody checked it against the record.
    """
    written: dict[tuple[str, frozenset[int]], Statement] = {}
    for text in known:
        for statement in statements_of(text):
            key = _key(statement)
            if key not in written or statement.supported:
                written[key] = statement

    def of(statement: Statement) -> Statement:
        return written.get(_key(statement)) or replace(statement, supported=False, by_person=True)

    kept = tuple(each for each in content.label_words if each.name in content.issue_types)
    return replace(changed_each(content, of), label_words=kept)


def check(*, content: SummaryContent, base: SummaryContent, allowed: Allowed) -> None:
    """Raise UnableToCorrect where *content*, tidied and attributed, is too much, or names what is not there.

    What an engine wrote and a person left as it was is never too long.
    """
    errors = dict(_errors(content, base, allowed))
    if errors:
        raise UnableToCorrect(errors)


def _errors(content: SummaryContent, base: SummaryContent, allowed: Allowed) -> Iterator[tuple[str, str]]:
    if not content.title:
        yield "title", _("Give the summary a title.")
    elif len(content.title) > MAX_TITLE and content.title != base.title:
        yield "title", _too_long(MAX_TITLE)
    for section in SECTIONS:
        rows = getattr(content, section)
        yield from _too_many(section, rows, getattr(base, section), MAX_STATEMENTS)
        for place, statement in enumerate(rows):
            yield from _errors_of_statement(f"{section}.{place}", statement, allowed)
    yield from _too_many("steps", content.steps, base.steps, MAX_STEPS)
    for place, step in enumerate(content.steps):
        yield from _errors_of_statement(f"steps.{place}", step.action, allowed)
        if step not in base.steps:
            yield from _errors_of_step(f"steps.{place}", step)
    for name, known in (("issue_types", allowed.issue_types), ("applications", allowed.applications)):
        chosen = getattr(content, name)
        unknown = set(chosen) - set(known) - set(getattr(base, name))
        if unknown:
            yield name, _("Not in your company's list: %(names)s.") % {"names": ", ".join(sorted(unknown))[:200]}
        yield from _too_many(name, chosen, getattr(base, name), MAX_LABELS)


def _errors_of_statement(where: str, statement: Statement, allowed: Allowed) -> Iterator[tuple[str, str]]:
    if statement.by_person and len(statement.text) > MAX_TEXT:
        yield where, _too_long(MAX_TEXT)
    if len(statement.evidence) > MAX_EVIDENCE and statement.by_person:
        yield where, _("A statement cites at most %(most)s interactions.") % {"most": MAX_EVIDENCE}
    elif not set(statement.evidence) <= set(allowed.numbers):
        yield where, _("Its evidence names an interaction that this session does not hold.")


def _errors_of_step(where: str, step: Step) -> Iterator[tuple[str, str]]:
    if len(step.application) > MAX_APPLICATION:
        yield f"{where}.application", _too_long(MAX_APPLICATION)
    if len(step.commands) > MAX_COMMANDS:
        yield f"{where}.commands", _("A step holds at most %(most)s commands.") % {"most": MAX_COMMANDS}
    elif any(len(command) > MAX_COMMAND for command in step.commands):
        yield f"{where}.commands", _too_long(MAX_COMMAND)
    if step.offset_ms is not None and not 0 <= step.offset_ms <= MAX_OFFSET_MS:
        yield f"{where}.time", _("Write the time from the start of the session, for example 12:30 or 1:02:30.")


def _too_many(where: str, rows: Collection[object], before: Collection[object], most: int) -> Iterator[tuple[str, str]]:
    if len(rows) > max(most, len(before)):
        yield where, _("At most %(most)s entries fit here. Put some together.") % {"most": most}


def _too_long(most: int) -> str:
    return _("Write at most %(most)s characters.") % {"most": grouped(most)}


def _tidied_statements(rows: Iterable[Statement]) -> tuple[Statement, ...]:
    tidy = (replace(each, text=_squeezed(each.text), evidence=tuple(dict.fromkeys(each.evidence))) for each in rows)
    return tuple(each for each in tidy if each.text)


def _tidied_step(step: Step) -> Step:
    action = replace(step.action, text=_squeezed(step.action.text), evidence=tuple(dict.fromkeys(step.action.evidence)))
    commands = tuple(clean(command).strip() for command in step.commands)
    return replace(
        step,
        action=action,
        application=_squeezed(step.application),
        commands=tuple(command for command in commands if command),
    )


def _squeezed(text: str) -> str:
    return " ".join(clean(text).split())


def _key(statement: Statement) -> tuple[str, frozenset[int]]:
    return _squeezed(statement.text), frozenset(statement.evidence)
