import pytest

from policies.enums import Reason, Verdict
from summaries.domain.reading.states import APPROVE, ASK, CREDITS, GENERATE, HOLDS, REVIEW, StateFacts, Tone, state_of
from summaries.enums import ReviewState, SessionStatus, SummaryState

CAPTURED = {"status": SessionStatus.ENDED, "verdict": Verdict.YES, "reason": Reason.OUTGOING_CONSENTED}
PERMITTING = (Reason.INCOMING_POLICY, Reason.OUTGOING_ALLOWED, Reason.OUTGOING_CONSENTED)
NOT_CAPTURED = [reason for reason in Reason if reason not in PERMITTING]


@pytest.mark.parametrize("reason", NOT_CAPTURED)
def test_state_of_a_session_that_is_not_captured_tells_the_reason(reason):
    verdict = Verdict.WAIT if reason == Reason.WAITING_FOR_CONSENT else Verdict.NO

    state = state_of(StateFacts(status=SessionStatus.ENDED, verdict=verdict, reason=reason))

    assert state.code == reason
    assert len(state.word) > 5
    assert state.reason.endswith(".")
    assert state.is_moving == (verdict == Verdict.WAIT)


def test_state_of_a_running_session_waits_for_its_end():
    state = state_of(StateFacts(**{**CAPTURED, "status": SessionStatus.OPEN}))

    assert (state.word, state.action, state.is_moving) == ("Session running", None, True)


def test_state_of_an_ended_session_without_summary_offers_to_generate():
    state = state_of(StateFacts(**CAPTURED))

    assert (state.code, state.action) == ("NO_SUMMARY", GENERATE)


def test_state_of_a_deleted_log_offers_nothing_and_that_of_a_deleted_summary_a_new_one():
    log, summary = (
        state_of(StateFacts(**CAPTURED, log_is_deleted=True)),
        state_of(StateFacts(**CAPTURED, summary_is_deleted=True)),
    )

    assert (log.code, log.action) == ("LOG_DELETED", None)
    assert (summary.code, summary.action) == ("SUMMARY_DELETED", GENERATE)
    assert state_of(StateFacts(**CAPTURED, log_is_deleted=True, summary_is_deleted=True)) == log


@pytest.mark.parametrize(
    ("review", "word", "tone", "action"),
    [
        (ReviewState.AI_GENERATED, "AI-generated", Tone.AI, REVIEW),
        (ReviewState.REVIEWED, "Reviewed", Tone.GOOD, APPROVE),
        (ReviewState.APPROVED, "Approved", Tone.GOOD, None),
    ],
)
def test_state_of_a_ready_summary_is_its_review(review, word, tone, action):
    state = state_of(StateFacts(**CAPTURED, summary_state=SummaryState.READY, review=review))

    assert (state.word, state.tone, state.action, state.is_moving) == (word, tone, action, False)


@pytest.mark.parametrize(
    ("summary_state", "word", "tone", "action", "is_moving"),
    [
        (SummaryState.QUEUED, "Queued", Tone.PLAIN, None, True),
        (SummaryState.RUNNING, "Running", Tone.PLAIN, None, True),
        (SummaryState.FAILED, "Failed", Tone.BAD, GENERATE, False),
        (SummaryState.WAITING_FOR_CREDITS, "Waiting for credits", Tone.WARN, CREDITS, False),
    ],
)
def test_state_of_an_unfinished_summary(summary_state, word, tone, action, is_moving):
    state = state_of(StateFacts(**CAPTURED, summary_state=summary_state))

    assert (state.word, state.tone, state.action, state.is_moving) == (word, tone, action, is_moving)
    assert state.reason.endswith(".")


@pytest.mark.parametrize("summary_state", [SummaryState.FAILED, SummaryState.WAITING_FOR_CREDITS, SummaryState.QUEUED])
def test_state_of_an_unfinished_summary_gives_the_stored_reason(summary_state):
    state = state_of(StateFacts(**CAPTURED, summary_state=summary_state, failure="The key was refused."))

    assert state.reason == "The key was refused."


@pytest.mark.parametrize("kept", [{"has_log": True}, {"summary_state": SummaryState.FAILED}])
def test_what_a_hold_keeps_of_a_withdrawn_session_is_not_called_deleted(kept):
    withdrawn = {"status": SessionStatus.ENDED, "verdict": Verdict.NO, "reason": Reason.CONSENT_WITHDRAWN}

    state = state_of(StateFacts(**withdrawn, **kept))

    assert (state.code, state.word, state.action) == (Reason.CONSENT_WITHDRAWN, "Consent withdrawn", HOLDS)
    assert "hidden, and deleted as soon as no legal hold keeps them" in state.reason
    assert "were deleted" in state_of(StateFacts(**withdrawn)).reason


@pytest.mark.parametrize(
    ("status", "verdict", "reason", "action"),
    [
        (SessionStatus.OPEN, Verdict.WAIT, Reason.WAITING_FOR_CONSENT, ASK),
        (SessionStatus.OPEN, Verdict.NO, Reason.CONSENT_TIMEOUT, ASK),
        (SessionStatus.ENDED, Verdict.NO, Reason.CONSENT_TIMEOUT, None),
    ],
)
def test_a_running_session_without_an_answer_leads_to_the_question(status, verdict, reason, action):
    assert state_of(StateFacts(status=status, verdict=verdict, reason=reason)).action == action
