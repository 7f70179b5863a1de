"""Decides which statements of a summary the session supports. The only place that does, whatever the engine.

A number that the session does not hold is taken out; a statement left without any is dropped, and so is one that
quotes (`…`, “…”, "…", «…», 「…」), names a file or gives a figure that its cited interactions do not hold. A success is
believed only when a cited interaction shows it (see `proof`); without that the outcome is UNKNOWN, and UNRESOLVED
likewise needs a cited failure. Applications that the record never mentions are taken out. What remains is marked
supported=True: nothing unsupported is left to mark.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.facts import FILE_NAME
from summaries.domain.proof import Proof, proof_of
from summaries.domain.quoting import ELLIPSIS, squeezed
from summaries.domain.recognition import mentioned
from summaries.domain.taxonomy_defaults import APPLICATIONS
from summaries.engines.base import RecordedInteraction, TaxonomyLabel
from summaries.enums import Outcome

MAX_TITLE = 70
_QUOTED = re.compile(r"``?([^`]+)``?|“([^”“]+)[”“]|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」|\"([^\"]+)\"")
_FIGURE = re.compile(r"(?<![\w.,:/-])\d+(?:[.,:]\d+)*(?![\w])")
#: Words by which a sentence claims success. Quoted text and negations are taken out before.
_CLAIM = re.compile(
    r"\b(resolved|solved|fixed|repaired|success(ful(ly)?)?|works? (now|again)|working again|restored|gel[oö]st|behoben"
    r"|funktioniert (wieder|jetzt)|erfolgreich|resuelt[oa]|solucionad[oa]|arreglad[oa]|funciona (de nuevo|ahora)"
    r"|con [eé]xito)\b",
    re.IGNORECASE,
)
_UNCLAIMED = re.compile(
    r"\b(not|no|whether|if|nicht|kein\w*|ob|si|sin|without|un(re)?solved|never|nie|unclear|unknown)\b|n['’]t\b",
    re.IGNORECASE,
)
_SUCCESSES = frozenset({Outcome.RESOLVED, Outcome.PARTLY_RESOLVED})


@dataclass(frozen=True, slots=True)
class CheckedContent:
    """*dropped*: how many statements, steps and application names the session did not support."""

    content: SummaryContent
    dropped: int


class _Record:
    """The interactions by number, with their text made comparable once."""

    def __init__(self, interactions: Sequence[RecordedInteraction]) -> None:
        self.by_number: Mapping[int, RecordedInteraction] = {each.number: each for each in interactions}
        self._texts: dict[int, str] = {}

    def valid(self, numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(number for number in numbers if number in self.by_number))

    def text(self, number: int) -> str:
        if number not in self._texts:
            each = self.by_number[number]
            self._texts[number] = squeezed(f"{each.application}\n{each.title}\n{each.text}")
        return self._texts[number]

    def holds(self, numbers: Sequence[int], quoted: str) -> bool:
        """Whether *quoted* stands in one of the interactions. “…” stands for what was left out."""
        parts = [squeezed(part) for part in quoted.split(ELLIPSIS)]
        return all(any(part in self.text(number) for number in numbers) for part in parts if part)


def check_evidence(
    *,
    content: SummaryContent,
    interactions: Sequence[RecordedInteraction],
    applications: Sequence[TaxonomyLabel] = (),
) -> CheckedContent:
    """Keep what the session supports. *applications*: the company's labels, whose keywords may stand for a name."""
    record = _Record(interactions)
    proof = proof_of(interactions, cited=_cited(content))
    known = _known_applications(content, interactions, applications)
    steps = _steps(record, content.steps, known)
    outcome, ending = _outcome(record, proof, content)
    checked = replace(
        content,
        problem=_statements(record, content.problem),
        cause=_statements(record, content.cause),
        steps=steps,
        outcome=outcome,
        outcome_statements=ending,
        open_points=_statements(record, content.open_points),
        applications=tuple(name for name in content.applications if name in known),
    )
    checked = replace(checked, title=_title(checked))
    return CheckedContent(checked, _size(content) - _size(checked))


def _cited(content: SummaryContent) -> frozenset[int]:
    return frozenset(number for statement in content.outcome_statements for number in statement.evidence)


def _size(content: SummaryContent) -> int:
    parts = (content.problem, content.cause, content.steps, content.outcome_statements, content.open_points)
    named = [step.application for step in content.steps if step.application]
    return sum(len(part) for part in parts) + len(content.applications) + len(named)


def _statements(record: _Record, statements: Sequence[Statement]) -> tuple[Statement, ...]:
    checked = (_statement(record, statement) for statement in statements)
    return tuple(statement for statement in checked if statement)


def _statement(record: _Record, statement: Statement) -> Statement | None:
    numbers = record.valid(statement.evidence)
    if not numbers or not statement.text.strip():
        return None
    said = unquoted(statement.text)
    claims = [*quotes_of(statement.text), *(match[0] for match in FILE_NAME.finditer(said)), *_FIGURE.findall(said)]
    if not all(record.holds(numbers, claim) for claim in claims):
        return None
    return Statement(statement.text, numbers, supported=True)


def quotes_of(text: str) -> list[str]:
    """What a sentence quotes, without its quotation marks."""
    return [next(group for group in match.groups() if group) for match in _QUOTED.finditer(text)]


def unquoted(text: str) -> str:
    return _QUOTED.sub(" ", text)


def _steps(record: _Record, steps: Sequence[Step], known: frozenset[str]) -> tuple[Step, ...]:
    checked: list[Step] = []
    for step in steps:
        action = _statement(record, step.action)
        if action and all(record.holds(action.evidence, command) for command in step.commands):
            application = step.application if step.application in known else ""
            checked.append(replace(step, action=action, application=application))
    return tuple(checked)


def _outcome(record: _Record, proof: Proof, content: SummaryContent) -> tuple[Outcome, tuple[Statement, ...]]:
    """The outcome that the surviving statements show, and those statements."""
    kept = [
        statement
        for statement in _statements(record, content.outcome_statements)
        if not claims_success(statement.text) or proof.success.intersection(statement.evidence)
    ]
    cited = {number for statement in kept for number in statement.evidence}
    if content.outcome in _SUCCESSES and not proof.success & cited:
        # With no success shown at all, whatever was said of the ending was said of a success.
        return Outcome.UNKNOWN, ()
    if content.outcome == Outcome.UNRESOLVED and not proof.failure & cited:
        return Outcome.UNKNOWN, tuple(kept)
    return content.outcome, tuple(kept)


def claims_success(sentence: str) -> bool:
    """Whether a sentence says in its own words that something was solved."""
    said = unquoted(sentence)
    return bool(_CLAIM.search(said)) and not _UNCLAIMED.search(said)


def _title(content: SummaryContent) -> str:
    """A title that claims success without a successful outcome gives way to the problem."""
    if content.outcome in _SUCCESSES or not claims_success(content.title):
        return content.title
    first = content.problem[0].text if content.problem else ""
    return first if 0 < len(first) <= MAX_TITLE else _CLAIM.sub("", content.title).strip(" :-–") or "–"


def _known_applications(
    content: SummaryContent, interactions: Sequence[RecordedInteraction], labels: Sequence[TaxonomyLabel]
) -> frozenset[str]:
    """Of the applications that the summary names, those that the record mentions by name or by keyword."""
    named = {*content.applications, *(step.application for step in content.steps)} - {""}
    keywords = {label.name: label.keywords for label in (*APPLICATIONS, *labels)}
    wanted = [TaxonomyLabel(name, keywords.get(name, ())) for name in sorted(named)]
    return mentioned(interactions=interactions, labels=wanted)
