"""The shape of the Claude engine's answer: asked for by schema, checked again here, turned into a SummaryContent."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

import anthropic
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.evidence.checks import words_of
from summaries.domain.evidence.claims import denies_something
from summaries.domain.evidence.quoting import is_copy
from summaries.engines.base import SummaryRequest, TaxonomyLabel
from summaries.engines.builtin.wording import Wording
from summaries.enums import Outcome

Answer = TypeVar("Answer", bound=BaseModel)

#: How many errors of an answer are told back to the model.
MAX_PROBLEMS = 8
#: Interaction numbers beyond this are no numbers of interactions; the database holds up to 2**31 - 1.
_MAX_NUMBER = 2**31 - 1

#: What no summary needs and databases or readers stumble over: controls save tab and line feed, and the marks that
#: turn the direction of the text around them.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_Number = Annotated[int, Field(ge=-_MAX_NUMBER, le=_MAX_NUMBER)]
_Text = Annotated[str, Field(min_length=1, max_length=1_000)]
_Label = Annotated[str, Field(max_length=120)]


class AnswerUnusable(Exception):
    """An answer that is no summary. *problem* is told back to the model, the sentence is for people."""

    def __init__(self, sentence: str, *, problem: str, permanent: bool = True) -> None:
        super().__init__(sentence)
        self.problem = problem
        self.permanent = permanent


def cleaned(text: str) -> str:
    return _UNWANTED.sub("", text)


def sentence(text: str) -> str:
    """*text* on one line."""
    return cleaned(" ".join(text.split()))


class StatementAnswer(BaseModel):
    text: _Text
    evidence: Annotated[list[_Number], Field(max_length=100, description="Numbers of interactions.")]

    def statement(self) -> Statement:
        return Statement(sentence(self.text), tuple(dict.fromkeys(self.evidence)))


class StepAnswer(StatementAnswer):
    application: _Label
    commands: Annotated[list[Annotated[str, Field(max_length=2_000)]], Field(max_length=40)]


class SummaryAnswer(BaseModel):
    title: Annotated[str, Field(min_length=1, max_length=160)]
    problem: Annotated[list[StatementAnswer], Field(max_length=8)]
    cause: Annotated[list[StatementAnswer], Field(max_length=8)]
    steps: Annotated[list[StepAnswer], Field(max_length=60)]
    outcome: Outcome
    outcome_statements: Annotated[list[StatementAnswer], Field(max_length=8)]
    open_points: Annotated[list[StatementAnswer], Field(max_length=12)]
    missing_data: Annotated[list[_Text], Field(max_length=12)]
    issue_types: Annotated[list[_Label], Field(max_length=10)]
    applications: Annotated[list[_Label], Field(max_length=20)]


def answer_schema() -> dict[str, Any]:
    """The JSON schema as the Messages API takes it; limits of length and range survive as descriptions only."""
    return anthropic.transform_schema(SummaryAnswer)


def read_answer(text: str) -> SummaryAnswer:
    """Read a model's text. A fence or a sentence around the object is forgiven. Raises AnswerUnusable."""
    return read_shape(text, SummaryAnswer, sentence=_("The engine's answer does not have the shape of a summary."))


def read_shape(text: str, shape: type[Answer], *, sentence: str) -> Answer:
    """The same for any *shape*; *sentence* tells people that the answer does not have it."""
    if not text.strip():
        raise AnswerUnusable(_("The engine gave an empty answer."), problem="it was empty.")
    fenced = re.search(r"\{.*\}", text, re.DOTALL)
    try:
        values = from_json(fenced.group() if fenced else text)
    except ValueError as error:
        raise AnswerUnusable(
            _("The engine's answer is not readable: it is not JSON."), problem=f"it is not JSON ({error})."
        ) from None
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        problems = "; ".join(_problem(row) for row in error.errors(include_input=False)[:MAX_PROBLEMS])
        raise AnswerUnusable(sentence, problem=f"{problems}.") from None


def _problem(row: Any) -> str:
    return f"{'.'.join(str(step) for step in row['loc']) or 'answer'}: {row['msg']}"


def content_of(answer: SummaryAnswer, request: SummaryRequest) -> SummaryContent:
    """The draft's content. Labels that were not offered are dropped; evidence is passed on for others to check."""
    offsets = {one.number: one.offset_ms for one in request.interactions}
    return SummaryContent(
        title=_title(answer, request),
        problem=_statements(answer.problem),
        cause=_statements(answer.cause),
        steps=tuple(_step(row, offsets) for row in answer.steps),
        outcome=answer.outcome,
        outcome_statements=_statements(answer.outcome_statements),
        open_points=_statements(answer.open_points),
        # What is missing is denied; a sentence that denies nothing tells what no evidence bears out.
        missing_data=tuple(filter(denies_something, map(sentence, answer.missing_data))),
        issue_types=_offered(answer.issue_types, request.issue_types),
        applications=_offered(answer.applications, request.applications),
        language=request.language,
    )


def _title(answer: SummaryAnswer, request: SummaryRequest) -> str:
    """A title stands for statements, and one that only copies what was recorded is set as a quotation."""
    if not any((answer.problem, answer.cause, answer.steps, answer.outcome_statements, answer.open_points)):
        return Wording(request.language).title("session")
    title = sentence(answer.title)
    return f"“{title}”" if is_copy(title, map(words_of, request.interactions)) else title


def limited_to(content: SummaryContent, numbers: frozenset[int]) -> SummaryContent:
    """*content* without evidence that is not in *numbers*: a merge saw only what the parts cited."""

    def limited(statement: Statement) -> Statement:
        return replace(statement, evidence=tuple(number for number in statement.evidence if number in numbers))

    return replace(
        content,
        problem=tuple(map(limited, content.problem)),
        cause=tuple(map(limited, content.cause)),
        steps=tuple(replace(step, action=limited(step.action)) for step in content.steps),
        outcome_statements=tuple(map(limited, content.outcome_statements)),
        open_points=tuple(map(limited, content.open_points)),
    )


def cited(answer: SummaryAnswer) -> Iterable[int]:
    """Every number that an answer cites."""
    groups = (answer.problem, answer.cause, answer.steps, answer.outcome_statements, answer.open_points)
    return (number for group in groups for row in group for number in row.evidence)


def _statements(rows: Sequence[StatementAnswer]) -> tuple[Statement, ...]:
    return tuple(row.statement() for row in rows)


def _step(row: StepAnswer, offsets: dict[int, int]) -> Step:
    known = [offsets[number] for number in row.evidence if number in offsets]
    return Step(row.statement(), sentence(row.application), tuple(map(cleaned, row.commands)), min(known, default=None))


def _offered(named: Sequence[str], labels: Sequence[TaxonomyLabel]) -> tuple[str, ...]:
    names = {label.name.casefold(): label.name for label in labels}
    return tuple(dict.fromkeys(names[key] for name in named if (key := name.strip().casefold()) in names))
