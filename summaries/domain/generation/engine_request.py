from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from summaries.domain.evidence.facts import extract_facts
from summaries.domain.taxonomy.issue_type_models import packed_model_of
from summaries.engines.base import RecordedInteraction, SummaryRequest, TaxonomyLabel
from summaries.enums import Actor, Kind
from summaries.models import Application, Interaction, IssueType, SupportSession
from summaries.models.taxonomy import TaxonomyQuerySet

#: Up to here a session's rows are fetched at once; a longer one is streamed.
_FETCHED_AT_ONCE = 2_000
_FIELDS = ("number", "offset_ms", "kind", "text", "actor", "application", "title")
_KINDS = {kind.value: kind for kind in Kind}
_ACTORS = {actor.value: actor for actor in Actor}


#: Interactions as they are stored: the values of _FIELDS.
Row = Sequence[Any]
Rows = Iterable[Row]


@dataclass(frozen=True, slots=True)
class Offered:
    """What a company offers to every summary: the labels of its taxonomy, and its own model of issue types."""

    issue_types: tuple[TaxonomyLabel, ...]
    applications: tuple[TaxonomyLabel, ...]
    issue_type_model: bytes


def offered_by(*, company_id: int) -> Offered:
    return Offered(
        _labels(IssueType.objects.filter(company=company_id, is_active=True)),
        _labels(Application.objects.filter(company=company_id, is_active=True)),
        packed_model_of(company_id=company_id),
    )


def build_request(
    *,
    session: SupportSession,
    language: str,
    offered: Offered | None = None,
    rows: Rows | None = None,
) -> SummaryRequest:
    """Everything of one session that an engine may know: redacted interactions, facts and the taxonomy's labels.

    *offered*, *rows*: what the session's company offers and what was recorded, where the caller has just read it.
    """
    offered = offered or offered_by(company_id=session.company_id)
    interactions = recorded_interactions(session=session, rows=rows)
    duration = session.duration
    return SummaryRequest(
        interactions=interactions,
        facts=extract_facts(
            interactions=interactions,
            people=[name for name in (_supporter_name(session), session.remote_user) if name],
            duration_ms=int(duration.total_seconds() * 1000) if duration else 0,
        ),
        started_at=session.started_at,
        language=language,
        notes=session.notes,
        quality=frozenset(session.quality),
        issue_types=offered.issue_types,
        applications=offered.applications,
        issue_type_model=offered.issue_type_model,
    )


def _supporter_name(session: SupportSession) -> str:
    """Empty in works-council mode: what an engine is not told it can't write."""
    return "" if session.company.works_council_mode else session.supporter.name


def recorded_interactions(*, session: SupportSession, rows: Rows | None = None) -> tuple[RecordedInteraction, ...]:
    """*rows*: those of the session, where `rows_of` has just read them."""
    if rows is None:
        rows = rows_of(sessions=[session])[session.pk]
    return tuple(
        RecordedInteraction(number, offset_ms, _KINDS[kind], text, _ACTORS[actor], application, title)
        for number, offset_ms, kind, text, actor, application, title in rows
    )


def rows_of(*, sessions: Collection[SupportSession]) -> dict[Any, Rows]:
    """What was recorded, by the sessions' ids: of short ones in one statement, of long ones as one goes through."""
    short: dict[Any, list[Row]] = {each.pk: [] for each in sessions if each.interaction_count <= _FETCHED_AT_ONCE}
    found = Interaction.objects.in_logs().order_by("session", "number")
    for session_id, *row in found.filter(session__in=short).values_list("session_id", *_FIELDS):
        short[session_id].append(row)
    long: dict[Any, Rows] = {
        each.pk: found.filter(session=each).values_list(*_FIELDS).iterator()
        for each in sessions
        if each.pk not in short
    }
    return {**short, **long}


def _labels(entries: TaxonomyQuerySet) -> tuple[TaxonomyLabel, ...]:
    return tuple(TaxonomyLabel(name, tuple(keywords)) for name, keywords in entries.values_list("name", "keywords"))
