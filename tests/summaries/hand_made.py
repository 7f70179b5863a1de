"""Hand-made sessions: rows of (kind, text) or (kind, text, actor) become numbered interactions, 5 s apart."""

from datetime import UTC, datetime

from summaries.content import SummaryContent
from summaries.domain.evidence.checks import CheckedContent, check_evidence
from summaries.domain.evidence.facts import extract_facts
from summaries.domain.taxonomy.defaults import APPLICATIONS, ISSUE_TYPES
from summaries.engines.base import RecordedInteraction, SummaryDraft, SummaryRequest
from summaries.engines.builtin import BuiltInEngine
from summaries.enums import Actor, Kind

STARTED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def session(*rows: tuple[str, ...]) -> list[RecordedInteraction]:
    """Rows of (kind, text, actor, application, title); what is left out is the kind's usual actor, or empty."""
    interactions = []
    for number, row in enumerate(rows, 1):
        kind, text = Kind[row[0]], row[1]
        usual = Actor.SYSTEM if kind in (Kind.OUTPUT, Kind.EXIT) else Actor.SUPPORTER
        actor = Actor[row[2]] if len(row) > 2 and row[2] else usual
        interactions.append(RecordedInteraction(number, number * 5000, kind, text, actor, *row[3:]))
    return interactions


def request_of(interactions: list[RecordedInteraction], **fields) -> SummaryRequest:
    return SummaryRequest(
        interactions=tuple(interactions),
        facts=extract_facts(interactions=interactions, duration_ms=0),
        started_at=STARTED,
        issue_types=ISSUE_TYPES,
        applications=APPLICATIONS,
        **fields,
    )


def drafted(*rows: tuple[str, ...], **fields) -> SummaryDraft:
    return BuiltInEngine().summarise(request_of(session(*rows), **fields))


def summarised(*rows: tuple[str, ...], **fields) -> SummaryContent:
    """The content as it would be stored; the engine must not have written a word that evidence drops."""
    checked: CheckedContent = check_evidence(content=drafted(*rows, **fields).content, interactions=session(*rows))
    assert checked.dropped == 0
    return checked.content


def texts(statements) -> list[str]:
    return [statement.text for statement in statements]


def actions(content: SummaryContent) -> list[str]:
    return [step.action.text for step in content.steps]
