"""Stores what an engine wrote: evidence checked, revision, labels, credit and audit entry in one transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.domain import audit
from accounts.enums import EngineName
from credits.domain.reservations import release, settle
from summaries.content import SummaryContent
from summaries.domain.evidence.checks import check_evidence
from summaries.domain.generation.token_use import record_tokens
from summaries.domain.reading.search import text_for
from summaries.domain.webhook_notices import tell_of_summary
from summaries.engines.base import EngineError, SummaryDraft, SummaryRequest
from summaries.enums import ReviewState, SummaryState
from summaries.models import Application, IssueType, Summary, SummaryRevision, SupportSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A draft and how it came about. *replaced_engine_error*: why the wished engine did not write it."""

    engine: EngineName
    draft: SummaryDraft
    request: SummaryRequest
    duration: timedelta
    replaced_engine_error: EngineError | None = None

    @property
    def input_tokens(self) -> int:
        spent = self.replaced_engine_error.input_tokens if self.replaced_engine_error else 0
        return self.draft.input_tokens + spent

    @property
    def output_tokens(self) -> int:
        spent = self.replaced_engine_error.output_tokens if self.replaced_engine_error else 0
        return self.draft.output_tokens + spent

    @property
    def note(self) -> str:
        notes = list(self.draft.notes)
        if self.replaced_engine_error:
            notes.insert(0, f"Written by the built-in engine, at no charge: {self.replaced_engine_error}")
        return " ".join(notes)[:300]


@transaction.atomic
def store_revision(*, claim_token: UUID, summary: Summary, written: Written, at: datetime) -> bool:
    """Store the draft as the summary's next revision. False when another run has taken the row meanwhile."""
    held = Summary.objects.filter(pk=summary.pk, claim=claim_token)
    if not held.select_for_update().exists():
        return False
    checked = check_evidence(
        content=written.draft.content,
        interactions=written.request.interactions,
        applications=written.request.applications,
    )
    revision = _create_revision(
        summary=summary, written=written, content=checked.content, dropped=checked.dropped, at=at
    )
    held.update(
        state=SummaryState.READY,
        review=ReviewState.AI_GENERATED,
        reviewed_by=None,
        reviewed_at=None,
        claim=None,
        claimed_until=None,
        failure="",
        current=revision,
        title=checked.content.title[:200],
        outcome=checked.content.outcome,
        language=checked.content.language,
        engine=written.engine,
    )
    _label(summary=summary, content=checked.content)
    _index(session=summary.session, content=checked.content)
    _account(summary=summary, written=written, at=at)
    audit.record(
        company=summary.session.company,
        actor=summary.requested_by,
        action="summary.generated",
        at=at,
        target=summary.session,
        details={"engine": str(written.engine), "revision": revision.number},
    )
    tell_of_summary(session=summary.session, revision=revision, at=at)
    return True


def _create_revision(
    *, summary: Summary, written: Written, content: SummaryContent, dropped: int, at: datetime
) -> SummaryRevision:
    last = SummaryRevision.objects.filter(summary=summary).aggregate(last=Max("number"))["last"] or 0
    draft = written.draft
    return SummaryRevision.objects.create(
        company_id=summary.company_id,
        summary=summary,
        number=last + 1,
        content=asdict(content),
        facts=asdict(written.request.facts),
        language=content.language,
        engine=written.engine,
        engine_note=written.note,
        model=draft.model,
        prompt_version=draft.prompt_version,
        input_tokens=written.input_tokens,
        output_tokens=written.output_tokens,
        cost_micros=draft.cost_micros,
        engine_ms=int(written.duration.total_seconds() * 1000),
        dropped_statements=dropped,
        redaction=summary.session.redaction_counts,
        created_at=at,
    )


def _label(*, summary: Summary, content: SummaryContent) -> None:
    """Issue types and applications that the company's taxonomy knows; an engine's inventions are not added."""
    has_labels = summary.current_id is not None
    if has_labels or content.issue_types:
        summary.issue_types.set(IssueType.objects.filter(company=summary.company_id, name__in=content.issue_types))
    if has_labels or content.applications:
        summary.applications.set(Application.objects.filter(company=summary.company_id, name__in=content.applications))


def _index(*, session: SupportSession, content: SummaryContent) -> None:
    SupportSession.objects.filter(pk=session.pk).update(search_text=text_for(session=session, content=content))


def _account(*, summary: Summary, written: Written, at: datetime) -> None:
    """A summary that the chosen engine could not write costs no credit; its tokens are counted all the same."""
    company = summary.session.company
    close = release if written.replaced_engine_error else settle
    close(company=company, session_id=summary.session.public_id, at=at)
    record_tokens(company=company, tokens=written.input_tokens + written.output_tokens, at=at)
