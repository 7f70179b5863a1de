"""What a member types about a session is masked by the company's rules before it is stored, as everything else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.correction.shape import changed_each, statements_of
from summaries.domain.interaction_rows import mask_texts, merge_counts
from summaries.domain.redaction.rules import redactor_of
from summaries.models import SupportSession


def mask_typed(*, session: SupportSession, texts: Sequence[str]) -> list[str]:
    """The *texts* masked. *session*, whose row is held, keeps what was masked, so that EMAIL-1 stays EMAIL-1."""
    if not texts:
        return []
    redactor = redactor_of(session=session)
    masked = mask_texts(redactor, texts)
    session.redaction_counts = merge_counts(session.redaction_counts, redactor.report().counts)
    fields = ["redaction_counts", "redaction_version"]
    if session.log_deleted_at is None:
        # With the log went the memory of what its marks stood for.
        session.redaction_memory = redactor.memory()
        fields.append("redaction_memory")
    session.save(update_fields=fields)
    return masked


def mask_content(*, session: SupportSession, content: SummaryContent, base: SummaryContent) -> SummaryContent:
    """*content* with all masked that a person wrote; what stands in *base* already was masked before."""
    typed = list(dict.fromkeys(text for text in _typed(content, base) if text))
    masked = dict(zip(typed, mask_typed(session=session, texts=typed), strict=True))

    def of(statement: Statement) -> Statement:
        return replace(statement, text=masked[statement.text]) if statement.by_person else statement

    def of_step(step: Step, was: Step) -> Step:
        if was in base.steps:
            return step
        application = masked.get(step.application, step.application)
        return replace(step, application=application, commands=tuple(masked.get(each, each) for each in step.commands))

    told = changed_each(content, of)
    steps = tuple(of_step(step, was) for step, was in zip(told.steps, content.steps, strict=True))
    return replace(told, title=masked.get(content.title, content.title), steps=steps)


def _typed(content: SummaryContent, base: SummaryContent) -> Iterator[str]:
    """Every text of *content* that a person typed."""
    if content.title != base.title:
        yield content.title
    for statement in statements_of(content):
        if statement.by_person:
            yield statement.text
    for step in content.steps:
        if step not in base.steps:
            yield step.application
            yield from step.commands
