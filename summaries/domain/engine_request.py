from summaries.domain.facts import extract_facts
from summaries.domain.issue_type_models import packed_model_of
from summaries.engines.base import RecordedInteraction, SummaryRequest, TaxonomyLabel
from summaries.enums import Actor, Kind
from summaries.models import Application, Interaction, IssueType, SupportSession
from summaries.models.taxonomy import TaxonomyQuerySet


def build_request(*, session: SupportSession, language: str) -> SummaryRequest:
    """Everything of one session that an engine may know: redacted interactions, facts and the taxonomy's labels."""
    interactions = recorded_interactions(session=session)
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
        issue_types=_labels(IssueType.objects.filter(company=session.company_id, is_active=True)),
        applications=_labels(Application.objects.filter(company=session.company_id, is_active=True)),
        issue_type_model=packed_model_of(company_id=session.company_id),
    )


def _supporter_name(session: SupportSession) -> str:
    """Empty in works-council mode: what an engine is not told it can't write."""
    return "" if session.company.works_council_mode else session.supporter.name


def recorded_interactions(*, session: SupportSession) -> tuple[RecordedInteraction, ...]:
    rows = Interaction.objects.filter(session=session).order_by("number")
    fields = ("number", "offset_ms", "kind", "text", "actor", "application", "title")
    return tuple(
        RecordedInteraction(number, offset_ms, Kind(kind), text, Actor(actor), application, title)
        for number, offset_ms, kind, text, actor, application, title in rows.values_list(*fields).iterator()
    )


def _labels(entries: TaxonomyQuerySet) -> tuple[TaxonomyLabel, ...]:
    return tuple(TaxonomyLabel(name, tuple(keywords)) for name, keywords in entries.values_list("name", "keywords"))
