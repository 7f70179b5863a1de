"""A question's answer: from the session log alone, each sentence held to it, stored as it comes.

No transaction is open while an engine is asked. Every step is safe to run twice and to be killed in: the row moves by
conditional UPDATE, and `sweep` takes up what a dead worker left.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.languages import speaking_to
from accounts.enums import EngineName
from accounts.models import AISettings
from insights_portal.queueing import enqueue_on_commit
from summaries.content import Statement
from summaries.domain.consent.entries import lock_session
from summaries.domain.copilot.asking import TASK, is_answered_here
from summaries.domain.copilot.claims import MAX_ATTEMPTS, Claim, as_rows, keep, take
from summaries.domain.copilot.credit import charge, give_back
from summaries.domain.copilot.engine_request import request_for
from summaries.domain.copilot.permitted import why_not
from summaries.domain.evidence.checks import SentenceChecker
from summaries.domain.generation.engine_pauses import busy_for_too_long, last_pause_of, note_answer, note_trouble
from summaries.domain.generation.token_use import record_tokens
from summaries.engines.base import EngineError
from summaries.engines.copilot_base import CopilotDraft, CopilotEngine, CopilotRequest, Told
from summaries.engines.registry import copilot_for
from summaries.enums import QuestionState
from summaries.models import CopilotQuestion

Clock = Callable[[], datetime]
#: A question that has waited for so long has perhaps lost its task.
LYING = timedelta(minutes=1)


def answer(*, question_id: int, clock: Clock) -> None:
    """Answer the question if nobody else does. Raises nothing that a retry would not mend."""
    claim = take(question_id=question_id, at=clock())
    if claim is None:
        return
    with speaking_to(claim.question.member):
        refused = why_not(session=claim.question.session)
        if refused:
            _fail(claim=claim, failure=refused, at=clock())
            return
        request = request_for(question=claim.question)
        engine = copilot_for(
            ai_settings=AISettings.objects.get(company=claim.question.company_id),
            name=EngineName(claim.question.requested_engine),
        )
        sentences = _Sentences(engine, request)
        try:
            draft = _ask(claim, engine, request, sentences, clock)
        except EngineError as error:
            _stand_in(claim, request, error, clock)
        else:
            _end(claim, draft, sentences, at=clock())


def answer_here(*, question: CopilotQuestion, clock: Clock) -> None:
    """Answer at once a question for the built-in engine; another one's, or about a long session, is a worker's."""
    if is_answered_here(question=question):
        answer(question_id=question.pk, clock=clock)


class _Sentences:
    """What of an engine's sentences the session log bears out; each is looked at once."""

    def __init__(self, engine: CopilotEngine, request: CopilotRequest) -> None:
        # A passage that is quoted from the log needs no check against it.
        self._checker = None if engine.quotes else SentenceChecker(request.interactions)
        self._known: dict[Statement, Statement | None] = {}

    def kept(self, statements: Sequence[Statement]) -> tuple[Statement, ...]:
        if self._checker is None:
            return tuple(statements)
        for each in statements:
            if each not in self._known:
                self._known[each] = self._checker.checked(each)
        return tuple(known for each in statements if (known := self._known[each]) is not None)


def _ask(
    claim: Claim, engine: CopilotEngine, request: CopilotRequest, sentences: _Sentences, clock: Clock
) -> CopilotDraft:
    """Raises EngineError; what is known of the engine's trouble is shared with those who write summaries."""
    if not engine.place:
        return engine.answer(request, told=lambda _: True)
    pause = last_pause_of(place=engine.place)
    if pause is not None and pause.opens_at is not None and pause.opens_at > clock():
        raise busy_for_too_long()
    try:
        draft = engine.answer(request, told=_telling(claim, sentences, clock))
    except EngineError as error:
        note_trouble(place=engine.place, error=error, begun_at=claim.begun_at, at=clock())
        raise
    note_answer(place=engine.place)
    return draft


def _telling(claim: Claim, sentences: _Sentences, clock: Clock) -> Told:
    return lambda statements: keep(claim=claim, statements=sentences.kept(statements), at=clock())


def _stand_in(claim: Claim, request: CopilotRequest, error: EngineError, clock: Clock) -> None:
    """Let the built-in engine look for passages when the wished one has no answer; that costs nothing."""
    engine = copilot_for(ai_settings=AISettings(), name=EngineName.BUILT_IN)
    draft = engine.answer(request, told=lambda _: True)
    _end(claim, draft, _Sentences(engine, request), at=clock(), error=error)


@transaction.atomic
def _end(
    claim: Claim, draft: CopilotDraft, sentences: _Sentences, *, at: datetime, error: EngineError | None = None
) -> None:
    """Store the answer and what it cost. *error*: why it is the built-in engine's, at no charge."""
    question = claim.question
    lock_session(session=question.session)
    _keep_account(question, draft, error, at=at)
    if draft.is_stopped:
        return
    if refused := why_not(session=question.session):
        _fail(claim=claim, failure=refused, at=at)
        return
    kept = sentences.kept(draft.statements)
    engine = question.requested_engine if error is None else EngineName.BUILT_IN
    stored = CopilotQuestion.objects.filter(claim.held).update(
        state=QuestionState.ANSWERED,
        statements=as_rows(kept),
        dropped=len(draft.statements) - len(kept),
        left_out=draft.left_out,
        engine=engine,
        failure=str(error)[:300] if error else "",
        claim=None,
        claimed_until=None,
        ended_at=at,
    )
    if stored:
        _settle(question, is_free=error is not None, at=at)
        audit.record(
            company=question.session.company,
            action="question.answered",
            at=at,
            target=question.session,
            details={"engine": str(engine), "statements": len(kept)},
        )


def _keep_account(question: CopilotQuestion, draft: CopilotDraft, error: EngineError | None, *, at: datetime) -> None:
    """Of one that was stopped, or whose log was deleted meanwhile, too."""
    used = (draft.input_tokens, draft.output_tokens) if error is None else (error.input_tokens, error.output_tokens)
    CopilotQuestion.objects.filter(pk=question.pk).update(
        input_tokens=F("input_tokens") + used[0],
        output_tokens=F("output_tokens") + used[1],
        cost_micros=F("cost_micros") + draft.cost_micros,
        model=draft.model,
        prompt_version=draft.prompt_version,
    )
    record_tokens(company=question.session.company, tokens=sum(used), at=at)


def _settle(question: CopilotQuestion, *, is_free: bool, at: datetime) -> None:
    if is_free:
        give_back(question=question, at=at)
    else:
        is_charged = charge(question=question, at=at)
        CopilotQuestion.objects.filter(pk=question.pk).update(is_charged=is_charged)


@transaction.atomic
def _fail(*, claim: Claim, failure: str, at: datetime) -> None:
    lock_session(session=claim.question.session)
    if CopilotQuestion.objects.filter(claim.held).update(**_failed(failure, at)):
        _tell_of_failure(question=claim.question, at=at)


def _failed(failure: str, at: datetime) -> dict[str, object]:
    return {
        "state": QuestionState.FAILED,
        "statements": [],
        "failure": failure[:300],
        "claim": None,
        "claimed_until": None,
        "ended_at": at,
    }


def _tell_of_failure(*, question: CopilotQuestion, at: datetime) -> None:
    give_back(question=question, at=at)
    audit.record(company=question.session.company, action="question.failed", at=at, target=question.session)


def sweep(*, at: datetime) -> int:
    """Queue again what a dead worker held, fail what it held too often, and queue what lies. Returns rows looked at."""
    expired = CopilotQuestion.objects.filter(state=QuestionState.ANSWERING, claimed_until__lt=at)
    moved = 0
    for question in expired.select_related("session__company", "session__device", "member"):
        moved += _give_up(question=question, at=at)
    lying = CopilotQuestion.objects.filter(state=QuestionState.ASKED, asked_at__lt=at - LYING)
    for question_id in lying.values_list("pk", flat=True):
        enqueue_on_commit(TASK, question_id=question_id)
        moved += 1
    return moved


@transaction.atomic
def _give_up(*, question: CopilotQuestion, at: datetime) -> int:
    lock_session(session=question.session)
    held = CopilotQuestion.objects.filter(pk=question.pk, claim=question.claim, claimed_until__lt=at)
    if question.attempts < MAX_ATTEMPTS:
        return held.update(state=QuestionState.ASKED, claim=None, claimed_until=None)
    with speaking_to(question.member):
        failure = _("The answer broke off twice, because its worker stopped. Ask again later.")
    moved = held.update(**_failed(failure, at))
    if moved:
        _tell_of_failure(question=question, at=at)
    return moved
