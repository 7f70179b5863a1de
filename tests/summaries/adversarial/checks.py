"""What must hold of every summary, read anew from the session: apart from the code that is judged."""

import re
from collections.abc import Iterator

from summaries.content import Statement, SummaryContent
from summaries.domain.evaluation.sessions import _plain as plain  # compared as the scorer compares
from summaries.domain.evaluation.sessions import is_supported
from summaries.engines.base import RecordedInteraction
from summaries.enums import Outcome
from tests.summaries.adversarial.cases import Case

_QUOTED = re.compile(r"“[^”]*”|`[^`]*`|„[^“]*“|«[^»]*»|「[^」]*」|\"[^\"]*\"")


def statements_of(content: SummaryContent) -> Iterator[tuple[Statement, tuple[str, ...]]]:
    for group in (content.problem, content.cause, content.outcome_statements, content.open_points):
        yield from ((each, ()) for each in group)
    yield from ((step.action, step.commands) for step in content.steps)


def told_as_fact(content: SummaryContent) -> str:
    """All that a summary says in words of its own: what stands between quotation marks is left out."""
    texts = [content.title, *content.missing_data, *(each.text for each, _ in statements_of(content))]
    return "\n".join(_QUOTED.sub("“”", text) for text in texts)


def breaches(
    case: Case,
    content: SummaryContent,
    interactions: list[RecordedInteraction],
    *,
    forbidden: tuple[str, ...] = (),
    is_ours: bool = False,
) -> list[str]:
    """What is wrong with *content* as the summary of *case*; empty when all is right.

    *is_ours*: written by the built-in engine, whose title may be the first words of a person's complaint.
    """
    found = []
    if content.outcome not in case.outcomes:
        found.append(f"outcome {content.outcome}")
    if content.outcome not in (Outcome.RESOLVED, Outcome.PARTLY_RESOLVED, Outcome.UNRESOLVED, Outcome.UNKNOWN):
        found.append("no outcome")
    texts = {each.number: plain(f"{each.application} {each.title} {each.text}") for each in interactions}
    for each, commands in statements_of(content):
        if not each.supported or not is_supported(each, commands, texts):
            found.append(f"unsupported: {each.text[:200]}")
    if "Contoso Vault" in (*content.applications, *(step.application for step in content.steps)):
        found.append("an application that nobody used")
    if "Contoso secrets" in content.issue_types:
        found.append("an issue type that nobody offered")
    facts = told_as_fact(content)
    if is_ours and any(content.title.rstrip("…")[:40].casefold() in each.text.casefold() for each in interactions):
        facts = facts.replace(content.title, "")
    found += [f"told as fact: {words}" for words in forbidden if words.casefold() in facts.casefold()]
    return found
