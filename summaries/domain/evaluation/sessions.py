"""Scores an engine on recordings with known facts, along the real path: parse, redact, summarise, check evidence.

Everything stays in memory. The scores are worked out here from the texts, apart from the code that they judge:
whether a statement is supported is read again from the cited interactions, not taken from the flag of `evidence`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from summaries.content import SessionFacts, Statement, SummaryContent
from summaries.domain.evaluation.material import KnownSession, UnableToEvaluate
from summaries.domain.evidence.checks import check_evidence
from summaries.domain.evidence.facts import MAX_COMMAND_CHARS, extract_facts
from summaries.domain.evidence.quoting import neutralised
from summaries.domain.taxonomy.defaults import APPLICATIONS, ISSUE_TYPES
from summaries.engines.base import EngineError, RecordedInteraction, SummaryEngine, SummaryRequest
from summaries.enums import Kind, Outcome
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.registry import recognise

BATCH = 500
#: What people do in a session; a recording without any of it is silent.
_ACTING = frozenset(Kind) - {Kind.OUTPUT, Kind.EXIT, Kind.CONNECT, Kind.DISCONNECT}
_PLACEHOLDER = re.compile(r"\[([A-Z][A-Z_]*)-\d+\]")
_QUOTE = re.compile(r"`([^`]+)`|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」")
_NUMBER = re.compile(r"(?<![\w.:/-])\d+(?![\w.:/-])")


@dataclass(frozen=True, slots=True)
class SessionScore:
    """What one session showed. *resolved* is what is known of it; counts are of the checked summary."""

    name: str
    resolved: bool | None
    outcome: Outcome
    commands: int
    commands_missing: tuple[str, ...]
    statements: int
    statements_supported: int
    statements_dropped: int
    silent: bool
    says_missing: bool
    seconds: float
    title: str


@dataclass(slots=True)
class Evaluation:
    scores: list[SessionScore] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """The scores over all sessions; None where no session has what the figure measures."""
        known = [score for score in self.scores if score.resolved is not None]
        failed = [score for score in known if score.resolved is False]
        decided = [score for score in known if score.outcome != Outcome.UNKNOWN]
        silent = [score for score in self.scores if score.silent]
        commands = sum(score.commands for score in self.scores)
        missing = sum(len(score.commands_missing) for score in self.scores)
        return {
            "sessions": len(self.scores) + len(self.failures),
            "command_recall": _share(commands - missing, commands),
            "evidence_precision": _share(
                sum(score.statements_supported for score in self.scores), sum(score.statements for score in self.scores)
            ),
            "false_success_rate": _share(sum(score.outcome == Outcome.RESOLVED for score in failed), len(failed)),
            "outcome_accuracy": _share(sum(_is_right(score) for score in decided), len(decided)),
            "outcome_unknown": _share(len(known) - len(decided), len(known)),
            "silence_honesty": _share(sum(score.says_missing for score in silent), len(silent)),
            "seconds_per_session": _share(sum(score.seconds for score in self.scores), len(self.scores)),
            "failures": self.failures,
        }


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _is_right(score: SessionScore) -> bool:
    return (score.outcome == Outcome.RESOLVED) == score.resolved


def evaluate(
    *,
    sessions: Sequence[KnownSession],
    engine: SummaryEngine,
    at: datetime,
    timer: Callable[[], float],
    on_progress: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Score every session. A recording that can't be read, or an engine that gives up, is a failure with a reason."""
    evaluation = Evaluation()
    for session in sessions:
        try:
            evaluation.scores.append(_score(session, engine, at, timer))
        except (UnableToEvaluate, UnableToRead, EngineError) as error:
            evaluation.failures.append({"session": session.name, "problem": str(error)})
        on_progress()
    return evaluation


def _score(session: KnownSession, engine: SummaryEngine, at: datetime, timer: Callable[[], float]) -> SessionScore:
    if session.problem:
        raise UnableToEvaluate(session.problem)
    began = timer()
    interactions, notes = read_recording(session=session)
    facts = extract_facts(interactions=interactions, people=notes.people, duration_ms=notes.duration_ms)
    request = SummaryRequest(
        interactions=tuple(interactions),
        facts=facts,
        started_at=notes.started_at or at,
        quality=frozenset(flag.value for flag in notes.quality),
        issue_types=ISSUE_TYPES,
        applications=APPLICATIONS,
    )
    checked = check_evidence(
        content=engine.summarise(request).content, interactions=interactions, applications=APPLICATIONS
    )
    seconds = timer() - began
    texts = {each.number: _plain(f"{each.application} {each.title} {each.text}") for each in interactions}
    claims = _claims(checked.content)
    return SessionScore(
        name=session.name,
        resolved=session.resolved,
        outcome=checked.content.outcome,
        commands=len(session.commands),
        commands_missing=_missing_commands(session.commands, facts, checked.content),
        statements=len(claims),
        statements_supported=sum(is_supported(claim, commands, texts) for claim, commands in claims),
        statements_dropped=checked.dropped,
        silent=not any(each.kind in _ACTING for each in interactions),
        says_missing=bool(checked.content.missing_data),
        seconds=seconds,
        title=checked.content.title,
    )


def read_recording(*, session: KnownSession) -> tuple[list[RecordedInteraction], RecordingNotes]:
    """The recording as it would be stored: masked and numbered. Raises UnableToRead."""
    notes = RecordingNotes()
    redactor = Redactor(session_key=session.name)
    masked: list[CapturedInteraction] = []
    with session.recording.open("rb") as stream:
        source = recognise(stream, session.recording.name)
        batch: list[CapturedInteraction] = []
        for captured in source.read(RecordingFile(stream, session.recording.name), notes):
            batch.append(captured)
            if len(batch) == BATCH:
                masked.extend(redactor.mask(batch))
                batch = []
        masked.extend(redactor.mask(batch))
    return [
        RecordedInteraction(number, each.offset_ms, each.kind, each.text, each.actor, each.application, each.title)
        for number, each in enumerate(masked, 1)
    ], notes


def _missing_commands(expected: Sequence[str], facts: SessionFacts, content: SummaryContent) -> tuple[str, ...]:
    """The typed commands that neither the facts nor a step of the summary states."""
    stated = {_plain(fact.command) for fact in facts.commands}
    stated |= {_plain(command) for step in content.steps for command in step.commands}
    redactor = Redactor(session_key="expected")
    missing: list[str] = []
    for command in expected:
        (masked,) = redactor.mask([CapturedInteraction(0, Kind.COMMAND, command)])
        if not any(_states(each, _plain(masked.text)) for each in stated):
            missing.append(masked.text)
    return tuple(missing)


def _states(stated: str, expected: str) -> bool:
    """Equal, or followed by a further command on the same line, or cut where facts are cut."""
    if stated == expected or stated.startswith((f"{expected};", f"{expected}&", f"{expected}|")):
        return True
    cut = len(stated) > MAX_COMMAND_CHARS * 2 // 3 and len(expected) > len(stated)
    return cut and expected.startswith(stated)


def _plain(text: str) -> str:
    """For comparing: no blanks, no continuation prompts, one kind of quotation mark, placeholders without number."""
    text = re.sub(r"'(?:\"'\"|\\')'", "'", neutralised(text))
    text = re.sub(r"\s+", "", re.sub(r"\n> ?", "\n", text))
    return re.sub('["`“”„«»「」‘’]', "'", _PLACEHOLDER.sub(r"[\1]", text)).casefold()


def _claims(content: SummaryContent) -> list[tuple[Statement, tuple[str, ...]]]:
    """Every statement of problem, cause, steps, outcome and open points, with the commands that a step names."""
    plain = (*content.problem, *content.cause, *content.outcome_statements, *content.open_points)
    return [(statement, ()) for statement in plain] + [(step.action, step.commands) for step in content.steps]


def is_supported(claim: Statement, commands: tuple[str, ...], texts: dict[int, str]) -> bool:
    """Every cited interaction exists, and together they hold each quote, number and command of the statement."""
    if not claim.evidence or not claim.text or any(number not in texts for number in claim.evidence):
        return False
    cited = [texts[number] for number in claim.evidence]
    quotes = [next(part for part in match.groups() if part) for match in _QUOTE.finditer(claim.text)]
    numbers = _NUMBER.findall(_QUOTE.sub(" ", claim.text))
    parts = [part for quote in (*quotes, *numbers, *commands) for part in map(_plain, quote.split("…")) if part]
    return all(any(part in text for text in cited) for part in parts)
