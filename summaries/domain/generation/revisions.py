"""Stores what engines wrote: evidence checked, revision, labels, credit and audit entry in one transaction.

One summary or twenty take the same statements. What a summary's storing sets off has its place in `_store`.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext_noop

from accounts.domain.audit import Happening, record_all
from accounts.enums import EngineName
from credits.domain.reservations import release, settle_all
from insights_portal.lib.rows import update_rows
from summaries.content import SummaryContent
from summaries.domain.evidence.checks import check_evidence
from summaries.domain.generation.token_use import record_tokens
from summaries.domain.reading.search import text_for
from summaries.domain.webhook_notices import tell_of_summaries
from summaries.engines.base import EngineError, SummaryDraft, SummaryRequest
from summaries.enums import ReviewState, SummaryState
from summaries.models import Application, IssueType, Summary, SummaryRevision, SupportSession

#: The columns of a summary that no run works on any more.
_FINISHED = {"state": SummaryState.READY, "claim": None, "claimed_until": None, "failure": ""}


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
            notes[:0] = [gettext_noop("Written by the built-in engine, at no charge:"), str(self.replaced_engine_error)]
        return " ".join(notes)[:300]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was written for one summary, and under which claim."""

    claim_token: UUID
    summary: Summary
    written: Written


@dataclass(frozen=True, slots=True)
class _Checked:
    """An answer and what evidence left of it."""

    answer: Answer
    content: SummaryContent
    dropped: int

    @property
    def summary(self) -> Summary:
        return self.answer.summary

    @property
    def written(self) -> Written:
        return self.answer.written


def store_revision(*, claim_token: UUID, summary: Summary, written: Written, at: datetime) -> bool:
    """Store the draft as the summary's next revision. False when another run has taken the row meanwhile."""
    return bool(store_revisions(answers=[Answer(claim_token=claim_token, summary=summary, written=written)], at=at))


def store_revisions(*, answers: Sequence[Answer], at: datetime) -> int:
    """Store each draft as its summary's next revision, all or none; save those whose row another run has taken.

    The number of statements does not grow with the number of answers. Returns how many were stored.
    """
    checked = [_checked(answer) for answer in answers]
    with transaction.atomic():
        held = _hold(checked)
        if held:
            _store(held, at)
    return len(held)


def _checked(answer: Answer) -> _Checked:
    written = answer.written
    checked = check_evidence(
        content=written.draft.content,
        interactions=written.request.interactions,
        applications=written.request.applications,
    )
    return _Checked(answer, checked.content, checked.dropped)


def _hold(checked: Sequence[_Checked]) -> list[_Checked]:
    """Those whose rows are still held, locked in one order, each session before its summary, as everybody does.

    Whoever withdraws or deletes takes a row from its run.
    """
    sessions = SupportSession.objects.filter(pk__in=[each.summary.session_id for each in checked]).order_by("pk")
    list(sessions.select_for_update(no_key=True).values_list("pk"))
    answers: dict[Any, _Checked] = {each.summary.pk: each for each in checked}
    rows = Summary.objects.filter(pk__in=answers).order_by("pk").select_for_update()
    claims = rows.values_list("pk", "claim")
    return [answers[pk] for pk, claim in claims if claim == answers[pk].answer.claim_token]


def _store(held: Sequence[_Checked], at: datetime) -> None:
    revisions = _create_revisions(held, at)
    corrected = _corrected_among(held)
    update_rows(
        Summary,
        {
            each.summary.pk: _FINISHED if each.summary.pk in corrected else _shown(each, revision)
            for each, revision in revisions
        },
    )
    shown = [each for each in held if each.summary.pk not in corrected]
    _label(shown)
    update_rows(
        SupportSession,
        {
            each.summary.session_id: {"search_text": text_for(session=each.summary.session, content=each.content)}
            for each in shown
        },
    )
    _account(held, at)
    record_all(
        happenings=[
            Happening(
                company=each.summary.session.company,
                actor=each.summary.requested_by,
                action="summary.generated",
                target=each.summary.session,
                details={"engine": str(each.written.engine), "revision": revision.number},
            )
            for each, revision in revisions
        ],
        at=at,
    )
    tell_of_summaries(revisions=[(each.summary.session, revision) for each, revision in revisions], at=at)


def _corrected_among(held: Sequence[_Checked]) -> set[int]:
    """The summaries whose text a person wrote or chose: it stays in place until a person takes the new one."""
    with_text = [each.summary.pk for each in held if each.summary.current_id is not None]
    if not with_text:
        return set()
    return set(Summary.objects.filter(pk__in=with_text, current__author__isnull=False).values_list("pk", flat=True))


def _create_revisions(held: Sequence[_Checked], at: datetime) -> list[tuple[_Checked, SummaryRevision]]:
    """The next revision of each summary, in the same order."""
    earlier = SummaryRevision.objects.filter(summary__in=[each.summary.pk for each in held])
    last = dict(earlier.order_by().values_list("summary").annotate(last=Max("number")))
    made = [_revision(each, number=last.get(each.summary.pk, 0) + 1, at=at) for each in held]
    return list(zip(held, SummaryRevision.objects.bulk_create(made), strict=True))


def _revision(each: _Checked, *, number: int, at: datetime) -> SummaryRevision:
    written, draft = each.written, each.written.draft
    return SummaryRevision(
        company_id=each.summary.company_id,
        summary_id=each.summary.pk,
        number=number,
        content=asdict(each.content),
        facts=asdict(written.request.facts),
        language=each.content.language,
        engine=written.engine,
        engine_note=written.note,
        model=draft.model,
        prompt_version=draft.prompt_version,
        input_tokens=written.input_tokens,
        output_tokens=written.output_tokens,
        cost_micros=draft.cost_micros,
        engine_ms=int(written.duration.total_seconds() * 1000),
        dropped_statements=each.dropped,
        redaction=each.summary.session.redaction_counts,
        created_at=at,
    )


def _shown(each: _Checked, revision: SummaryRevision) -> dict[str, Any]:
    """The columns of a summary that is ready."""
    return {
        **_FINISHED,
        "review": ReviewState.AI_GENERATED,
        "reviewed_by": None,
        "reviewed_at": None,
        "current": revision.pk,
        "title": each.content.title[:200],
        "outcome": each.content.outcome,
        "language": each.content.language,
        "engine": each.written.engine,
    }


def _label(held: Sequence[_Checked]) -> None:
    """Issue types and applications that each company's taxonomy knows; an engine's inventions are not added."""
    relabelled = [each.summary.pk for each in held if each.summary.current_id is not None]
    _label_with(IssueType, held, relabelled, lambda content: content.issue_types)
    _label_with(Application, held, relabelled, lambda content: content.applications)


def _label_with(
    model: type[IssueType] | type[Application],
    held: Sequence[_Checked],
    relabelled: Sequence[int],
    names_of: Callable[[SummaryContent], tuple[str, ...]],
) -> None:
    links: type[Model] = model.summaries.through
    column = f"{model._meta.model_name}_id"
    if relabelled:
        links._base_manager.filter(summary__in=relabelled).delete()
    names = {name for each in held for name in names_of(each.content)}
    if not names:
        return
    rows = model.objects.filter(company__in={each.summary.company_id for each in held}, name__in=names)
    known = {(company_id, name): pk for company_id, name, pk in rows.values_list("company_id", "name", "pk")}
    # The two tables of links differ in the name of one column.
    links._base_manager.bulk_create(
        links(**{"summary_id": each.summary.pk, column: known[each.summary.company_id, name]})
        for each in held
        for name in dict.fromkeys(names_of(each.content))
        if (each.summary.company_id, name) in known
    )


def _account(held: Sequence[_Checked], at: datetime) -> None:
    """A summary that the chosen engine could not write costs no credit; its tokens are counted all the same.

    The day's row of the tokens is held before a grant's, as by whoever answers a question.
    """
    companies = {each.summary.company_id: each.summary.session.company for each in held}
    # One order for all runs: each waits for the day's row of a company until the other has committed.
    for company_id in sorted(companies):
        tokens = sum(
            each.written.input_tokens + each.written.output_tokens
            for each in held
            if each.summary.company_id == company_id
        )
        record_tokens(company=companies[company_id], tokens=tokens, at=at)
    for each in held:
        if each.written.replaced_engine_error:
            release(company=each.summary.session.company, session_id=each.summary.session.public_id, at=at)
    due = [each.summary for each in held if not each.written.replaced_engine_error]
    settle_all(sessions=[(summary.company_id, summary.session.public_id) for summary in due], at=at)
