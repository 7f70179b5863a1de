"""Scores an engine on support chats that people have summarised, beside a baseline that copies two messages.

A folder holds `*.jsonl`, one chat per line: {"turns": [{"speaker": "customer" | "agent", "text": …}, …],
"abstractive_references": [summary, …]}. What is scored is the prose of the summary as it is stored and shown: problem,
outcome and steps, cut to MAX_WORDS. Word overlap is a smoke test of what is picked, not a measure of truth.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from summaries.content import SummaryContent
from summaries.domain.evaluation.material import UnableToEvaluate
from summaries.domain.evaluation.rouge import Rouge, rouge
from summaries.domain.evidence.checks import check_evidence
from summaries.domain.evidence.facts import extract_facts
from summaries.domain.taxonomy.defaults import APPLICATIONS, ISSUE_TYPES
from summaries.engines.base import EngineError, RecordedInteraction, SummaryEngine, SummaryRequest
from summaries.enums import Actor, Kind, Outcome
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction

MAX_WORDS = 40
#: Between two messages of a chat without times, in ms.
_STEP_MS = 1000
_ACTORS = {"customer": Actor.REMOTE_USER, "agent": Actor.SUPPORTER}


@dataclass(frozen=True, slots=True)
class KnownChat:
    turns: tuple[tuple[Actor, str], ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChatScore:
    engine: Rouge
    baseline: Rouge
    outcome: Outcome
    dropped: int
    prose: str


@dataclass(slots=True)
class ChatEvaluation:
    scores: list[ChatScore] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def figures(self) -> dict[str, object]:
        """ROUGE in per cent, the baseline's beside it; *says_resolved*: chats whose outcome is told as resolved."""
        return {
            "chats": len(self.scores),
            "words": MAX_WORDS,
            "engine": _mean([score.engine for score in self.scores]),
            "baseline": _mean([score.baseline for score in self.scores]),
            "says_resolved": sum(score.outcome == Outcome.RESOLVED for score in self.scores),
            "statements_dropped": sum(score.dropped for score in self.scores),
            "seconds_per_chat": round(self.seconds / max(len(self.scores), 1), 4),
            "failures": self.failures,
        }


def _mean(scores: list[Rouge]) -> dict[str, float | None]:
    def mean(name: str) -> float | None:
        return round(100 * sum(getattr(score, name) for score in scores) / len(scores), 2) if scores else None

    return {"rouge_1": mean("one"), "rouge_2": mean("two"), "rouge_l": mean("longest")}


def find_chats(*, folder: Path) -> list[KnownChat]:
    """All chats of *folder*, in order of file and line. Raises UnableToEvaluate."""
    if not folder.is_dir():
        raise UnableToEvaluate(f"{folder} is not a folder. Name the folder that holds the chats.")
    chats = [chat for path in sorted(folder.glob("*.jsonl")) for chat in _chats(path)]
    if not chats:
        raise UnableToEvaluate(f"{folder} holds no chats. Put *.jsonl there, one chat with its summaries per line.")
    return chats


def _chats(path: Path) -> Iterator[KnownChat]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield _chat(json.loads(line), f"{path.name}, line {number}")
    except ValueError as error:
        raise UnableToEvaluate(f"{path.name} is not JSON Lines in UTF-8: {error}.") from error


def _chat(row: Any, place: str) -> KnownChat:
    try:
        turns = tuple((_ACTORS.get(turn["speaker"], Actor.UNKNOWN), str(turn["text"])) for turn in row["turns"])
        references = tuple(str(each) for each in row["abstractive_references"])
    except (KeyError, TypeError) as error:
        raise UnableToEvaluate(f"{place} is no chat: it lacks turns or abstractive_references.") from error
    if not (turns and references):
        raise UnableToEvaluate(f"{place} has no turn or no summary.")
    return KnownChat(turns, references)


def evaluate_chats(
    *,
    chats: list[KnownChat],
    engine: SummaryEngine,
    at: datetime,
    timer: Callable[[], float],
    on_progress: Callable[[], object] = lambda: None,
) -> ChatEvaluation:
    """Score every chat; one that the engine gives up is a failure with a reason."""
    evaluation = ChatEvaluation()
    for number, chat in enumerate(chats, 1):
        began = timer()
        try:
            evaluation.scores.append(_score(chat, engine, at))
        except EngineError as error:
            evaluation.failures.append(f"chat {number}: {error}")
        evaluation.seconds += timer() - began
        on_progress()
    return evaluation


def _score(chat: KnownChat, engine: SummaryEngine, at: datetime) -> ChatScore:
    captured = [
        CapturedInteraction(number * _STEP_MS, Kind.CHAT, text, actor)
        for number, (actor, text) in enumerate(chat.turns)
    ]
    interactions = tuple(
        RecordedInteraction(number, each.offset_ms, each.kind, each.text, each.actor)
        for number, each in enumerate(Redactor(session_key="chat").mask(captured), 1)
    )
    request = SummaryRequest(
        interactions=interactions,
        facts=extract_facts(interactions=interactions, duration_ms=len(interactions) * _STEP_MS),
        started_at=at,
        issue_types=ISSUE_TYPES,
        applications=APPLICATIONS,
    )
    content = engine.summarise(request).content
    checked = check_evidence(content=content, interactions=interactions, applications=APPLICATIONS)
    shown = cut(prose_of(checked.content))
    copied = cut(f"{interactions[0].text} {interactions[-1].text}")
    return ChatScore(
        engine=rouge(text=shown, references=chat.references),
        baseline=rouge(text=copied, references=chat.references),
        outcome=checked.content.outcome,
        dropped=checked.dropped,
        prose=shown,
    )


def prose_of(content: SummaryContent) -> str:
    """What the page shows of a summary in sentences: the problem, how it ended, what was done."""
    statements = (*content.problem, *content.outcome_statements, *(step.action for step in content.steps))
    return " ".join(statement.text for statement in statements)


def cut(text: str) -> str:
    return " ".join(text.split()[:MAX_WORDS])
