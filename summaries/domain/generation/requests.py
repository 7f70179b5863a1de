"""One summary's way: request, claim, call the engine outside any transaction, store and settle in one.

Every step is safe to run twice and to be killed in: the row's state moves by conditional UPDATE, the credit is
unique per session, and `sweep` frees what a dead worker held. `generation_runs` waits for hundreds at once.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.enums import EngineName, SummaryLanguage
from accounts.models import AISettings, User
from accounts.permissions import Permission
from credits.domain.reservations import InsufficientCredits
from insights_portal.queueing import nothing_waits
from policies.enums import Verdict
from summaries.domain.generation.claims import Claim, free_expired, take
from summaries.domain.generation.credit_use import reserve_for
from summaries.domain.generation.engine_request import build_request
from summaries.domain.generation.lines import companies_in_line, enqueue_generation, in_line, next_in_turn, oldest_of
from summaries.domain.generation.slots import is_a_run_alive
from summaries.domain.generation.steps import Clock, after_engine_error, call_engine, may_go_on, store_draft
from summaries.domain.generation.waiting import start_waiting
from summaries.domain.reading.reach import require_on
from summaries.engines.base import EngineError
from summaries.enums import SessionStatus, SummaryState
from summaries.models import Summary, SupportSession
from summaries.models.sessions import HIDDEN

#: States from which a new request starts over; the others are already under way.
RESTARTABLE = (SummaryState.READY, SummaryState.FAILED, SummaryState.WAITING_FOR_CREDITS)
#: States of a summary of which nothing is written and nobody is writing.
UNWRITTEN = (SummaryState.FAILED, SummaryState.WAITING_FOR_CREDITS)
#: Lost tasks of one company that one sweep queues again.
QUEUED_AGAIN = 100


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
    ai_settings = AISettings.objects.get(company=session.company_id)
    wished = EngineName(engine or ai_settings.engine)
    wish = _wish(engine=wished, language=language or ai_settings.language, actor=actor, at=at)
    summary, is_begun = _begin(session=session, wish=wish, restartable=RESTARTABLE)
    if is_begun:
        _reserve_or_wait(summary=summary, session=session, engine=wished, at=at)
        _record_request(session=session, wish=wish)
    summary.refresh_from_db()
    return summary


@transaction.atomic
def request_and_hold(
    *,
    session: SupportSession,
    actor: User | None,
    at: datetime,
    engine: EngineName,
    language: SummaryLanguage,
    lease_seconds: float,
) -> Claim | None:
    """Request a summary that is not written yet, for a caller who sees to it that it is made, and hold its row.

    None: it is written, or under way elsewhere. Raises NotEligible, InsufficientCredits; nothing is left of it then.
    """
    wish = _wish(engine=engine, language=language, actor=actor, at=at)
    summary, is_begun = _begin(session=session, wish=wish, restartable=UNWRITTEN)
    if not is_begun:
        return None
    reserve_for(session=session, at=at)
    _record_request(session=session, wish=wish)
    return take(summary_id=summary.pk, at=at, lease_seconds=lease_seconds)


def check_still_eligible(*, session: SupportSession) -> None:
    """Ask anew, after it was read, whether a summary may be made of *session*. Raises NotEligible."""
    _check_eligible(session)
    if not _is_log_kept(SupportSession.objects.filter(pk=session.pk)):
        raise _log_is_gone()


def _wish(*, engine: EngineName, language: str, actor: User | None, at: datetime) -> dict[str, Any]:
    return {"requested_engine": engine, "requested_language": language, "requested_by": actor, "requested_at": at}


def _begin(
    *, session: SupportSession, wish: dict[str, Any], restartable: tuple[SummaryState, ...]
) -> tuple[Summary, bool]:
    """The session's summary, and whether it was queued just now. Raises NotEligible."""
    _check_eligible(session)
    # Whoever deletes the log, or gives the credit back, holds the session, too: they come before or after. A summary
    # that was just created is a row that they could not see yet.
    is_log_kept = _is_log_kept(SupportSession.objects.select_for_update(no_key=True).filter(pk=session.pk))
    defaults = {"company_id": session.company_id, **wish}
    summary, created = Summary.objects.get_or_create(session=session, defaults=defaults)
    restarted = not created and Summary.objects.filter(pk=summary.pk, state__in=restartable).update(
        state=SummaryState.QUEUED, attempts=0, failure="", retry_at=None, **wish
    )
    if (created or restarted) and not is_log_kept:
        raise _log_is_gone()
    return summary, bool(created or restarted)


def _record_request(*, session: SupportSession, wish: dict[str, Any]) -> None:
    audit.record(
        company=session.company,
        actor=wish["requested_by"],
        action="summary.requested",
        at=wish["requested_at"],
        target=session,
        details={"engine": str(wish["requested_engine"]), "language": str(wish["requested_language"])},
    )


def _check_eligible(session: SupportSession) -> None:
    if session.status != SessionStatus.ENDED:
        raise NotEligible(_("The session is still running. Its summary is made when it ends."))
    if session.verdict != Verdict.YES:
        raise NotEligible(_("This session can't be summarised: %(reason)s.") % {"reason": session.get_reason_display()})


def _is_log_kept(rows: QuerySet[SupportSession]) -> bool:
    """*rows*: the one session, as it is to be read."""
    found = rows.values_list("log_deleted_at", "status", "verdict").first()
    return found is not None and found[0] is None and found[1] not in HIDDEN and found[2] != Verdict.NO


def _log_is_gone() -> NotEligible:
    return NotEligible(_("The session log was deleted, and without it no summary can be made."))


def _reserve_or_wait(*, summary: Summary, session: SupportSession, engine: str, at: datetime) -> None:
    try:
        reserve_for(session=session, at=at)
    except InsufficientCredits as shortage:
        Summary.objects.filter(pk=summary.pk).update(state=SummaryState.WAITING_FOR_CREDITS, failure=str(shortage))
    else:
        enqueue_generation(summary_id=summary.pk, engine=engine)


def generate(*, summary_id: int, clock: Clock) -> None:
    """Make the summary if it is queued and nobody else is making it. Raises nothing that a retry would not mend."""
    claim = take(summary_id=summary_id, at=clock())
    if claim is not None:
        _make(claim=claim, clock=clock)


def generate_in_turn(*, clock: Clock) -> None:
    """Make the next summary of the built-in engine, whichever company's turn it is."""
    for summary_id in next_in_turn(at=clock()):
        claim = take(summary_id=summary_id, at=clock())
        if claim is not None:
            _make(claim=claim, clock=clock)
            return


def _make(*, claim: Claim, clock: Clock) -> None:
    if not may_go_on(claim=claim, at=clock()):
        return
    summary = claim.summary
    request = build_request(session=summary.session, language=summary.requested_language)
    begun_at = clock()
    try:
        draft = call_engine(engine=summary.requested_engine, summary=summary, request=request)
    except EngineError as error:
        after_engine_error(claim=claim, request=request, error=error, clock=clock)
    else:
        store_draft(claim=claim, request=request, draft=draft, begun_at=begun_at, at=clock())


def sweep(*, at: datetime) -> int:
    """Free what dead workers held, queue what lies, and start what waited for credits. Returns rows moved."""
    return free_expired(at=at) + _queue_again(at=at) + start_waiting(at=at)


def _queue_again(*, at: datetime) -> int:
    """Queue tasks for what has been in line for a minute: its own were lost with a broker, or it is due once more.

    Company by company, so that one with thousands in line keeps nobody out. A task too many finds nothing to claim.
    """
    before = at - timedelta(minutes=1)
    queued = 0
    if nothing_waits():
        for company_id in companies_in_line(at=at, remote=False):
            lying = oldest_of(company_id=company_id, at=at, remote=False, most=QUEUED_AGAIN)
            for summary in Summary.objects.filter(pk__in=lying, requested_at__lt=before):
                enqueue_generation(summary_id=summary.pk, engine=summary.requested_engine)
                queued += 1
    # One task takes all that wait for remote engines; without a run there may be none that is left.
    summary = in_line(at=at, remote=True).filter(requested_at__lt=before).first()
    if summary is not None and not is_a_run_alive(at=at):
        enqueue_generation(summary_id=summary.pk, engine=summary.requested_engine)
        queued += 1
    return queued
