"""Decides which statements of a summary the session supports. The only place that does, whatever the engine.

A number that the session does not hold is taken out; a statement left without any is dropped, and so is one that
quotes (`…`, “…”, "…", «…», 「…」), names a file, an address or a placeholder or gives a figure that its cited
interactions do not hold, that repeats what the engine was told, or that claims a success that none of them shows. A
sentence that only copies one of them is set as a quotation: what a recording dictates is text, not finding. A
successful outcome is believed only when a cited interaction shows it (`proof`) and it stood at the end (`standing`);
without that the outcome is UNKNOWN, and UNRESOLVED likewise needs a failure that stood. Title and missing data cite
nothing and are held to the whole record. Applications that the record never mentions are taken out. What remains is
marked supported=True: nothing unsupported is left to mark.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.evidence.claims import claims_in, claims_success, copied_words, without_claims
from summaries.domain.evidence.facts import FILE_NAME
from summaries.domain.evidence.proof import proof_of
from summaries.domain.evidence.quoting import ELLIPSIS, SHORTEST_COPY, is_copy, quotes_of, squeezed, unquoted
from summaries.domain.evidence.standing import Standing
from summaries.domain.taxonomy.defaults import APPLICATIONS
from summaries.domain.taxonomy.recognition import mentioned
from summaries.engines.base import RecordedInteraction, TaxonomyLabel
from summaries.engines.prompts import repeats_instructions
from summaries.enums import Outcome

MAX_TITLE = 70
NO_TITLE = "–"
#: How much of a text is looked at for the sentence that a quotation was cut from, in characters.
_LOOKED_AT = 20_000
_FIGURE = re.compile(r"(?<![\w.,:/-])\d+(?:[.,:]\d+)*(?![\w])")
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
            self._texts[number] = squeezed(words_of(self.by_number[number]))
        return self._texts[number]

    def holds(self, numbers: Sequence[int], quoted: str) -> bool:
        """Whether *quoted* stands in one of the interactions. “…” stands for what was left out."""
        parts = [squeezed(part) for part in quoted.split(ELLIPSIS)]
        return all(any(part in self.text(number) for number in numbers) for part in parts if part)

    def quotes(self, numbers: Sequence[int], quoted: str) -> bool:
        """The same for a quotation. One that tells of success is not cut out of a sentence that tells of none."""
        if not self.holds(numbers, quoted):
            return False
        return not claims_in(quoted) or any(claims_in(line) for line in self._lines_with(numbers, quoted))

    def _lines_with(self, numbers: Sequence[int], quoted: str) -> Iterator[str]:
        """The lines that hold *quoted* whole; the texts that hold it over several lines."""
        whole = squeezed(quoted.strip(f" {ELLIPSIS}"))
        for number in numbers:
            if whole in self.text(number):
                each = self.by_number[number]
                lines = [line for line in (each.title, *each.text.splitlines()) if whole in squeezed(line)]
                yield from lines or [" ".join(each.text[:_LOOKED_AT].split())]


def words_of(interaction: RecordedInteraction) -> str:
    """All that an interaction says: where, and what."""
    return f"{interaction.application}\n{interaction.title}\n{interaction.text}"


def check_evidence(
    *,
    content: SummaryContent,
    interactions: Sequence[RecordedInteraction],
    applications: Sequence[TaxonomyLabel] = (),
) -> CheckedContent:
    """Keep what the session supports. *applications*: the company's labels, whose keywords may stand for a name."""
    record = _Record(interactions)
    standing = Standing(interactions, proof_of(interactions, cited=_cited(content)))
    known = _known_applications(content, interactions, applications)
    outcome, ending = _outcome(record, standing, content)
    told = standing if outcome in _SUCCESSES else None
    checked = replace(
        content,
        problem=_statements(record, told, content.problem),
        cause=_statements(record, told, content.cause),
        steps=_steps(record, standing, content.steps, known),
        outcome=outcome,
        outcome_statements=ending,
        open_points=_statements(record, told, content.open_points),
        missing_data=tuple(text for text in content.missing_data if _may_be_missing(record, text)),
        applications=tuple(name for name in content.applications if name in known),
    )
    checked = replace(checked, title=_title(record, content, checked))
    return CheckedContent(checked, _size(content) - _size(checked))


class SentenceChecker:
    """Holds sentences of an answer to the session, one by one as they come: by the rules of a summary's statements."""

    def __init__(self, interactions: Sequence[RecordedInteraction]) -> None:
        self._interactions = interactions
        self._record = _Record(interactions)

    def checked(self, statement: Statement) -> Statement | None:
        """The sentence as the record bears it out; None when it does not. A success must stand at the end."""
        standing = self._standing if claims_success(statement.text) else None
        return _statement(self._record, standing, statement)

    @cached_property
    def _standing(self) -> Standing:
        """What was said is judged wherever it stands: which of it is cited, is asked of each sentence."""
        return Standing(self._interactions, proof_of(self._interactions, cited=self._record.by_number))


def _said(content: SummaryContent) -> list[Statement]:
    groups = (content.problem, content.cause, content.outcome_statements, content.open_points)
    return [*(statement for group in groups for statement in group), *(step.action for step in content.steps)]


def _cited(content: SummaryContent) -> frozenset[int]:
    return frozenset(number for statement in _said(content) for number in statement.evidence)


def _size(content: SummaryContent) -> int:
    named = [step.application for step in content.steps if step.application]
    return len(_said(content)) + len(content.missing_data) + len(content.applications) + len(named)


def _statements(record: _Record, standing: Standing | None, statements: Sequence[Statement]) -> tuple[Statement, ...]:
    checked = (_statement(record, standing, statement) for statement in statements)
    return tuple(statement for statement in checked if statement)


def _statement(record: _Record, standing: Standing | None, statement: Statement) -> Statement | None:
    """The statement as the record bears it out. *standing* judges a claim of success; None allows none."""
    numbers = record.valid(statement.evidence)
    if not numbers or not statement.text.strip() or not _holds(record, numbers, statement.text):
        return None
    if claims_success(statement.text) and not (standing and standing.success(numbers, wholly=True)):
        return None
    return Statement(_as_quotation(record, numbers, statement.text), numbers, supported=True)


def _holds(record: _Record, numbers: Sequence[int], text: str) -> bool:
    """Whether the interactions hold everything that a sentence can't have from anywhere else."""
    said = unquoted(text)
    words = [*(match[0] for match in FILE_NAME.finditer(said)), *copied_words(said), *_FIGURE.findall(said)]
    return (
        all(record.holds(numbers, each) for each in words)
        and all(record.quotes(numbers, each) for each in quotes_of(text))
        and not repeats_instructions(text)
    )


def _as_quotation(record: _Record, numbers: Sequence[int], text: str) -> str:
    """A sentence that is nothing but a copy of what was recorded, between quotation marks."""
    if quotes_of(text) or len(squeezed(text)) < SHORTEST_COPY or not record.holds(numbers, text.rstrip(" .!?。")):
        return text
    copied = text.rstrip(" .!?。")
    return f"“{copied}”{text[len(copied) :]}"


def _may_be_missing(record: _Record, text: str) -> bool:
    """What is missing can't be in the record, cites nothing and tells no success. Small figures count interactions."""
    numbers = tuple(record.by_number)
    if not text.strip() or claims_success(text) or repeats_instructions(text):
        return False
    said = unquoted(text)
    figures = [
        each for each in _FIGURE.findall(said) if not (each.isdecimal() and int(each) <= max(numbers, default=0))
    ]
    files = [match[0] for match in FILE_NAME.finditer(said)]
    named = [*copied_words(said), *files, *figures, *quotes_of(text)]
    is_recorded = is_copy(text, map(words_of, record.by_number.values()))
    return not is_recorded and all(record.holds(numbers, each) for each in named)


def _steps(record: _Record, standing: Standing, steps: Sequence[Step], known: frozenset[str]) -> tuple[Step, ...]:
    checked: list[Step] = []
    for step in steps:
        action = _statement(record, standing, step.action)
        if action and all(record.holds(action.evidence, command) for command in step.commands):
            application = step.application if step.application in known else ""
            checked.append(replace(step, action=action, application=application))
    return tuple(checked)


def _outcome(record: _Record, standing: Standing, content: SummaryContent) -> tuple[Outcome, tuple[Statement, ...]]:
    """The outcome that the surviving statements show, and those statements."""
    kept = _statements(record, standing, content.outcome_statements)
    cited = {number for statement in kept for number in statement.evidence}
    if content.outcome in _SUCCESSES:
        if standing.success(cited, wholly=content.outcome == Outcome.RESOLVED):
            return content.outcome, kept
        # Whatever was said of the ending was said of a success.
        return Outcome.UNKNOWN, ()
    if content.outcome == Outcome.UNRESOLVED and not standing.failure(cited):
        return Outcome.UNKNOWN, kept
    return content.outcome, kept


def _title(record: _Record, content: SummaryContent, checked: SummaryContent) -> str:
    """A title that the record or the outcome does not bear out gives way to the problem."""
    if _said(content) and not _said(checked):
        return NO_TITLE
    is_claimed = checked.outcome not in _SUCCESSES and claims_success(content.title)
    is_held = _holds(record, tuple(record.by_number), content.title)
    if is_held and not is_claimed:
        return content.title
    first = checked.problem[0].text if checked.problem else ""
    if 0 < len(first) <= MAX_TITLE:
        return first
    return (without_claims(content.title) if is_held else "") or NO_TITLE


def _known_applications(
    content: SummaryContent, interactions: Sequence[RecordedInteraction], labels: Sequence[TaxonomyLabel]
) -> frozenset[str]:
    """Of the applications that the summary names, those that the record mentions by name or by keyword."""
    named = {*content.applications, *(step.application for step in content.steps)} - {""}
    keywords = {label.name: label.keywords for label in (*APPLICATIONS, *labels)}
    wanted = [TaxonomyLabel(name, keywords.get(name, ())) for name in sorted(named)]
    return mentioned(interactions=interactions, labels=wanted)
