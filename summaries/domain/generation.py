"""One summary's way: request, claim, call the engine outside any transaction, store and settle in one.

Every step is safe to run twice and to be killed in: the row's state moves by conditional UPDATE, the credit is
unique per session, and `sweep` frees what a dead worker held.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts.domain import audit
from accounts.enums import EngineName, SummaryLanguage
from accounts.models import AISettings, User
from accounts.permissions import Permission
from credits.domain.reservations import InsufficientCredits, release
from insights_portal.queueing import enqueue_on_commit, nothing_waits
from policies.enums import Verdict
from summaries.domain.credit_use import reserve_for
from summaries.domain.engine_request import build_request
from summaries.domain.reach import require_on
from summaries.domain.revisions import Written, store_revision
from summaries.domain.waiting import TASK, start_waiting
from summaries.engines.base import EngineError, SummaryDraft, SummaryRequest
from summaries.engines.registry import engine_for
from summaries.enums import SessionStatus, SummaryState
from summaries.models import Summary, SupportSession

SWITCHED_OFF = "AI features were switched off before this summary was made. Activate them and generate it again."
GIVEN_UP = "The worker stopped three times while it made this summary. Generate it again, or choose the other engine."
#: States from which a new request starts over; the others are already under way.
RESTARTABLE = (SummaryState.READY, SummaryState.FAILED, SummaryState.WAITING_FOR_CREDITS)
UNDER_WAY = (SummaryState.QUEUED, SummaryState.RUNNING)

Clock = Callable[[], datetime]


class NotEligible(Exception):
    """No summary can be made of this session; the sentence is the reason."""


def ask_for_summary(
    *,
    session: SupportSession,
    actor: User,
    at: datetime,
    engine: EngineName | None = None,
    language: SummaryLanguage | None = None,
) -> Summary:
    """Request the summary by hand. Raises PermissionMissing and what request_summary raises."""
    require_on(user=actor, permission=Permission.GENERATE_SUMMARIES, session=session)
    return request_summary(session=session, actor=actor, at=at, engine=engine, language=language)


@transaction.atomic
def request_summary(
    *,
    session: SupportSession,
    actor: User | None,
    at: datetime,
    engine: EngineName | None = None,
    language: SummaryLanguage | None = None,
) -> Summary:
    """Reserve the session's credit and queue its summary; without a credit it waits, and nothing is lost.

    A summary that is queued or running is returned as it stands. Raises NotEligible.
    """
    _check_eligible(session)
    ai_settings = AISettings.objects.get(company=session.company_id)
    wish = {
        "requested_engine": engine or ai_settings.engine,
        "requested_language": language or ai_settings.language,
        "requested_by": actor,
        "requested_at": at,
    }
    summary, created = Summary.objects.get_or_create(
        session=session, defaults={"company_id": session.company_id, **wish}
    )
    restarted = not created and Summary.objects.filter(pk=summary.pk, state__in=RESTARTABLE).update(
        state=SummaryState.QUEUED, attempts=0, failure="", **wish
    )
    if created or restarted:
        # Asked once the summary's row is held: whoever deletes the log takes that row first, too.
        _check_log_kept(session)
        _reserve_or_wait(summary=summary, session=session, at=at)
        audit.record(
            company=session.company,
            actor=actor,
            action="summary.requested",
            at=at,
            target=session,
            details={"engine": str(wish["requested_engine"]), "language": str(wish["requested_language"])},
        )
    summary.refresh_from_db()
    return summary


def _check_eligible(session: SupportSession) -> None:
    if session.status != SessionStatus.ENDED:
        raise NotEligible("The session is still running. Its summary is made when it ends.")
    if session.verdict != Verdict.YES:
        raise NotEligible(f"This session can't be summarised: {session.get_reason_display()}.")


def _check_log_kept(session: SupportSession) -> None:
    gone = Q(log_deleted_at__isnull=False) | Q(status=SessionStatus.DELETED) | Q(verdict=Verdict.NO)
    if SupportSession.objects.filter(gone, pk=session.pk).exists():
        raise NotEligible("The session log was deleted, and without it no summary can be made.")


def _reserve_or_wait(*, summary: Summary, session: SupportSession, at: datetime) -> None:
    try:
        reserve_for(session=session, at=at)
    except InsufficientCredits as shortage:
        Summary.objects.filter(pk=summary.pk).update(state=SummaryState.WAITING_FOR_CREDITS, failure=str(shortage))
    else:
        enqueue_on_commit(TASK, summary_id=summary.pk)


@dataclass(frozen=True, slots=True)
class Claim:
    """This run's hold on a summary row."""

    summary: Summary
    token: UUID


def generate(*, summary_id: int, clock: Clock) -> None:
    """Make the summary if it is queued and nobody else is making it. Raises nothing that a retry would not mend."""
    claim = _take(summary_id=summary_id, at=clock())
    if claim is None:
        return
    summary = claim.summary
    if not AISettings.objects.filter(company=summary.company_id, is_active=True).exists():
        fail(summary=summary, claim=claim.token, failure=SWITCHED_OFF, at=clock())
        return
    request = build_request(session=summary.session, language=summary.requested_language)
    begun_at = clock()
    try:
        draft = _call(summary.requested_engine, summary=summary, request=request)
    except EngineError as error:
        _after_engine_error(claim=claim, request=request, error=error, clock=clock)
        return
    at = clock()
    store_revision(
        claim_token=claim.token,
        summary=summary,
        written=Written(
            engine=EngineName(summary.requested_engine), draft=draft, request=request, duration=at - begun_at
        ),
        at=at,
    )


def _call(engine: str, *, summary: Summary, request: SummaryRequest) -> SummaryDraft:
    ai_settings = AISettings.objects.get(company=summary.company_id)
    return engine_for(ai_settings=ai_settings, name=EngineName(engine)).summarise(request)


def _take(*, summary_id: int, at: datetime) -> Claim | None:
    """Claim the row by one conditional UPDATE, with a lease. None: another run has it, or it is done."""
    token = uuid4()
    taken = Summary.objects.filter(pk=summary_id, state=SummaryState.QUEUED).update(
        state=SummaryState.RUNNING,
        claim=token,
        claimed_until=at + timedelta(seconds=settings.GENERATION_LEASE_SECONDS),
        attempts=F("attempts") + 1,
    )
    if not taken:
        return None
    return Claim(Summary.objects.select_related("session__company").get(pk=summary_id), token)


def _after_engine_error(*, claim: Claim, request: SummaryRequest, error: EngineError, clock: Clock) -> None:
    """Try again later while that may help; else the built-in engine writes, labelled so, at no charge."""
    summary = claim.summary
    if not error.permanent and summary.attempts < settings.GENERATION_MAX_ATTEMPTS:
        # The sweeper queues it again, so that a service that is down is not called in a tight loop.
        Summary.objects.filter(pk=summary.pk, claim=claim.token).update(
            state=SummaryState.QUEUED, claim=None, claimed_until=None, failure=str(error)[:300]
        )
        return
    begun_at = clock()
    draft = _call(EngineName.BUILT_IN, summary=summary, request=request)
    at = clock()
    store_revision(
        claim_token=claim.token,
        summary=summary,
        written=Written(
            engine=EngineName.BUILT_IN,
            draft=draft,
            request=request,
            duration=at - begun_at,
            replaced_engine_error=error,
        ),
        at=at,
    )


def sweep(*, at: datetime) -> int:
    """Free what dead workers held, queue what lies, and start what waited for credits. Returns rows moved.

    A queued row whose request is a minute old is queued anew when no task waits at all: its own was lost, with a broker
    or by an engine that asked for another try. A task too many finds nothing to claim.
    """
    return _free_expired(at=at) + _queue_again(at=at) + start_waiting(at=at)


def _free_expired(*, at: datetime) -> int:
    expired = Summary.objects.filter(state=SummaryState.RUNNING, claimed_until__lt=at)
    freed = expired.filter(attempts__lt=settings.GENERATION_MAX_ATTEMPTS).update(
        state=SummaryState.QUEUED, claim=None, claimed_until=None
    )
    for summary in expired.filter(attempts__gte=settings.GENERATION_MAX_ATTEMPTS).select_related("session__company"):
        freed += fail(summary=summary, claim=summary.claim, failure=GIVEN_UP, at=at)
    return freed


@transaction.atomic
def fail(*, summary: Summary, claim: UUID | None, failure: str, at: datetime) -> int:
    """Show a summary that is queued or being written as failed with its reason, and give the credit back."""
    under_way = Summary.objects.filter(pk=summary.pk, claim=claim, state__in=UNDER_WAY)
    moved = under_way.update(state=SummaryState.FAILED, claim=None, claimed_until=None, failure=failure)
    if moved:
        release(company=summary.session.company, session_id=summary.session.public_id, at=at)
        audit.record(
            company=summary.session.company,
            action="summary.failed",
            at=at,
            target=summary.session,
            details={"reason": failure},
        )
    return moved


def _queue_again(*, at: datetime) -> int:
    if not nothing_waits():
        return 0
    lying = Q(state=SummaryState.QUEUED, requested_at__lt=at - timedelta(minutes=1))
    ids = list(Summary.objects.filter(lying).order_by("requested_at").values_list("pk", flat=True)[:500])
    for summary_id in ids:
        enqueue_on_commit(TASK, summary_id=summary_id)
    return len(ids)
