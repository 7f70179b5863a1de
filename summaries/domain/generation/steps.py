"""What is done with a claimed summary before and after the engine: one at a time, or hundreds at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import EngineName
from accounts.models import AISettings
from summaries.domain.generation.claims import Claim, fail, put_back
from summaries.domain.generation.engine_pauses import words_for
from summaries.domain.generation.revisions import Answer, Written, store_revision, store_revisions
from summaries.domain.generation.token_use import record_tokens
from summaries.engines.base import EngineError, SummaryDraft, SummaryRequest
from summaries.engines.registry import engine_for
from summaries.models import Summary

SWITCHED_OFF = gettext_lazy(
    "AI features were switched off before this summary was made. Activate them and generate it again."
)
#: How long a session waits after a fault of the engine before it is tried again; twice as long the second time.
FIRST_WAIT = timedelta(seconds=30)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Drafted:
    """What the wished engine wrote, and when it was asked."""

    claim: Claim
    request: SummaryRequest
    draft: SummaryDraft
    begun_at: datetime


def may_go_on(*, claim: Claim, at: datetime) -> bool:
    """False when AI features were switched off meanwhile; the summary is then shown as failed."""
    if claim.summary.session.company.ai_settings.is_active:  # as it was after the row was taken
        return True
    fail(summary=claim.summary, claim=claim.token, failure=str(SWITCHED_OFF), at=at)
    return False


def call_engine(*, engine: str, summary: Summary, request: SummaryRequest) -> SummaryDraft:
    """Have the summary written and wait for it. Raises EngineError."""
    ai_settings = AISettings.objects.get(company=summary.company_id)
    return engine_for(ai_settings=ai_settings, name=EngineName(engine)).summarise(request)


def store_draft(
    *, claim: Claim, request: SummaryRequest, draft: SummaryDraft, begun_at: datetime, at: datetime
) -> bool:
    """Store what the wished engine wrote. False when another run has taken the row meanwhile."""
    return bool(store_drafts(drafts=[Drafted(claim, request, draft, begun_at)], at=at))


def store_drafts(*, drafts: Sequence[Drafted], at: datetime) -> int:
    """`store_draft` for several, all or none. Returns how many were stored."""
    return store_revisions(
        answers=[
            Answer(
                claim_token=each.claim.token,
                summary=each.claim.summary,
                written=Written(
                    engine=EngineName(each.claim.summary.requested_engine),
                    draft=each.draft,
                    request=each.request,
                    duration=at - each.begun_at,
                ),
            )
            for each in drafts
        ],
        at=at,
    )


def after_engine_error(
    *,
    claim: Claim,
    request: SummaryRequest,
    error: EngineError,
    clock: Clock,
    held_until: datetime | None = None,
) -> None:
    """Try again later while that may help; else the built-in engine writes, labelled so, at no charge.

    *held_until*: the engine as a whole is held back until then. That it is busy is no attempt, but bounded in time.
    """
    summary, at = claim.summary, clock()
    is_patient = at < summary.requested_at + timedelta(seconds=settings.GENERATION_PATIENCE_SECONDS)
    may_try_again = summary.attempts < settings.GENERATION_MAX_ATTEMPTS
    if error.permanent or not is_patient or not (error.is_busy or may_try_again):
        stand_in(claim=claim, request=request, error=error, clock=clock)
        return
    record_tokens(company=summary.session.company, tokens=error.input_tokens + error.output_tokens, at=at)
    retry_at = held_until or at + _own_wait(error, summary.attempts)
    reason = _("The engine is busy") if error.is_busy else str(error).removesuffix(".")
    words = words_for(pause_until=retry_at, company=summary.session.company, reason=reason)
    put_back(claim=claim, failure=words, retry_at=retry_at, counts=not error.is_busy)


def _own_wait(error: EngineError, attempts: int) -> timedelta:
    own: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    return max(timedelta(seconds=error.wait_seconds), own)


def stand_in(*, claim: Claim, request: SummaryRequest, error: EngineError, clock: Clock) -> None:
    """Let the built-in engine write what the wished one did not."""
    begun_at = clock()
    draft = call_engine(engine=EngineName.BUILT_IN, summary=claim.summary, request=request)
    at = clock()
    written = Written(
        engine=EngineName.BUILT_IN,
        draft=draft,
        request=request,
        duration=at - begun_at,
        replaced_engine_error=error,
    )
    store_revision(claim_token=claim.token, summary=claim.summary, written=written, at=at)
