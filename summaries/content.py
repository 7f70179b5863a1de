"""The shapes of a summary: what an engine drafts, what evidence checks, what is stored and shown.

Plain values, no database. `SummaryRevision.content` holds `asdict(SummaryContent)`, `.facts` holds
`asdict(SessionFacts)`; `content_from_json` and `facts_from_json` read them back.
"""

from dataclasses import dataclass, field
from typing import Any

from summaries.enums import Outcome


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence and the numbers of the interactions that support it.

    *supported* is decided by `domain.evidence` alone; an engine's own word for it counts for nothing.
    *by_person*: a member wrote or changed the text. Nobody checked it against the record then, so that it is never
    *supported*; its evidence is what the sentence had before.
    """

    text: str
    evidence: tuple[int, ...] = ()
    supported: bool = True
    by_person: bool = False

    @property
    def stands(self) -> bool:
        """Whether the record shows it, or a person vouches for it."""
        return self.supported or self.by_person


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done. *offset_ms* is when, from the start of the session; None when unknown."""

    action: Statement
    application: str = ""
    commands: tuple[str, ...] = ()
    offset_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LabelWords:
    """The words by which the built-in engine chose a label."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SummaryContent:
    """The written part of a summary. Labels of issue types and applications are names of the taxonomy."""

    title: str
    problem: tuple[Statement, ...] = ()
    cause: tuple[Statement, ...] = ()
    steps: tuple[Step, ...] = ()
    outcome: Outcome = Outcome.UNKNOWN
    outcome_statements: tuple[Statement, ...] = ()
    open_points: tuple[Statement, ...] = ()
    missing_data: tuple[str, ...] = ()
    issue_types: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    language: str = "en"
    label_words: tuple[LabelWords, ...] = ()

    @property
    def issue_types_with_words(self) -> tuple[LabelWords, ...]:
        """Every issue type; without words where a person or a model chose it."""
        words = {each.name: each.words for each in self.label_words}
        return tuple(LabelWords(name, words.get(name, ())) for name in self.issue_types)


@dataclass(frozen=True, slots=True)
class CommandFact:
    """A command as it stood on the screen, redacted. *failed* is None when the record does not tell."""

    number: int
    offset_ms: int
    command: str
    failed: bool | None = None


@dataclass(frozen=True, slots=True)
class ApplicationFact:
    name: str
    milliseconds: int
    share: float


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What a machine can count; stands apart from the prose. Durations in milliseconds."""

    duration_ms: int = 0
    applications: tuple[ApplicationFact, ...] = ()
    commands: tuple[CommandFact, ...] = ()
    files: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    interactions_by_kind: dict[str, int] = field(default_factory=dict)


def _statements(rows: list[dict[str, Any]]) -> tuple[Statement, ...]:
    # Revisions of earlier releases do not say who wrote a statement: an engine did.
    return tuple(
        Statement(row["text"], tuple(row["evidence"]), row["supported"], row.get("by_person", False)) for row in rows
    )


def _step(row: dict[str, Any]) -> Step:
    (action,) = _statements([row["action"]])
    return Step(action, row["application"], tuple(row["commands"]), row["offset_ms"])


def content_from_json(stored: dict[str, Any]) -> SummaryContent:
    """Read `SummaryRevision.content` back. Raises KeyError when a field is missing."""
    return SummaryContent(
        title=stored["title"],
        problem=_statements(stored["problem"]),
        cause=_statements(stored["cause"]),
        steps=tuple(_step(row) for row in stored["steps"]),
        outcome=Outcome(stored["outcome"]),
        outcome_statements=_statements(stored["outcome_statements"]),
        open_points=_statements(stored["open_points"]),
        missing_data=tuple(stored["missing_data"]),
        issue_types=tuple(stored["issue_types"]),
        applications=tuple(stored["applications"]),
        language=stored["language"],
        # Revisions of earlier releases have no words.
        label_words=tuple(LabelWords(row["name"], tuple(row["words"])) for row in stored.get("label_words", ())),
    )


def facts_from_json(stored: dict[str, Any]) -> SessionFacts:
    """Read `SummaryRevision.facts` back."""
    return SessionFacts(
        duration_ms=stored["duration_ms"],
        applications=tuple(ApplicationFact(**row) for row in stored["applications"]),
        commands=tuple(CommandFact(**row) for row in stored["commands"]),
        files=tuple(stored["files"]),
        people=tuple(stored["people"]),
        interactions_by_kind=stored["interactions_by_kind"],
    )
