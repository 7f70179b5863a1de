"""What every session tells about its summary: a word, the reason and the next action. Pure; no query in it."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.permissions import Permission
from policies.enums import Reason, Verdict
from summaries.enums import ReviewState, SessionStatus, SummaryState


class Tone(StrEnum):
    """How a state looks; its word says the same."""

    AI = "ai"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Action:
    """The next step, for those who hold *permission*: a button of the page, or a link where *url_name* is set."""

    code: str
    label: str
    permission: Permission
    url_name: str = ""
    #: The link leads to a page of this very session.
    is_of_session: bool = False


@dataclass(frozen=True, slots=True)
class StateView:
    code: str
    word: str
    tone: Tone
    reason: str
    action: Action | None = None
    #: Something is under way: the page looks again by itself.
    is_moving: bool = False


GENERATE = Action("generate", "Generate summary", Permission.GENERATE_SUMMARIES)
REVIEW = Action("review", "Mark as reviewed", Permission.EDIT_SUMMARIES)
APPROVE = Action("approve", "Approve", Permission.APPROVE_SUMMARIES)
AI_SETTINGS = Action("open", "Open AI settings", Permission.MANAGE_COMPANY, "summaries:ai_settings")
MEMBERS = Action("open", "Open members", Permission.MANAGE_USERS, "admin:accounts_membership_changelist")
HOLDS = Action("open", "Open legal holds", Permission.MANAGE_COMPANY, "summaries:legal_holds")
ASK = Action("open", "Open consent", Permission.GENERATE_SUMMARIES, "summaries:session_consent", is_of_session=True)
CREDITS = Action("open", "Order credits", Permission.MANAGE_CREDITS, "credits:order_packs")
DEVICES = Action("open", "Open devices", Permission.MANAGE_POLICIES, "admin:policies_device_changelist")

#: Why nothing was captured, and what can be done about it.
_REASONS: dict[Reason, tuple[str, Tone, str, Action | None]] = {
    Reason.AI_OFF: (
        "AI features off",
        Tone.PLAIN,
        "AI features were off, or their terms not accepted, when this session took place.",
        AI_SETTINGS,
    ),
    Reason.EXCLUDED_BY_CONDITION: (
        "Excluded",
        Tone.PLAIN,
        "A condition of the company excludes this session, for example because it was too short.",
        AI_SETTINGS,
    ),
    Reason.OUTGOING_OFF: (
        "Outgoing off",
        Tone.PLAIN,
        "Summaries for outgoing connections are switched off.",
        AI_SETTINGS,
    ),
    Reason.INCOMING_NOT_COVERED: (
        "Not covered",
        Tone.PLAIN,
        "An incoming connection is summarised only under a policy of the device, and none covers this one.",
        DEVICES,
    ),
    Reason.SUPPORTER_NOT_LOGGED: (
        "Not logged",
        Tone.PLAIN,
        "The supporter's sessions are not logged for connection reporting.",
        MEMBERS,
    ),
    Reason.ACCESS_DENIED: (
        "Access denied",
        Tone.PLAIN,
        "The device's access control denies Session Insights logging.",
        DEVICES,
    ),
    Reason.CONSENT_REFUSED: (
        "Consent refused",
        Tone.PLAIN,
        "The remote user refused. Nothing was captured, and nothing can be summarised.",
        None,
    ),
    Reason.CONSENT_TIMEOUT: (
        "No consent",
        Tone.PLAIN,
        "The remote user did not answer in time. No answer means no: nothing was captured.",
        None,
    ),
    Reason.CONSENT_WITHDRAWN: (
        "Consent withdrawn",
        Tone.PLAIN,
        "The remote user withdrew the consent; the session log and the summary were deleted.",
        None,
    ),
    Reason.NOTHING_RECORDED: (
        "Nothing recorded",
        Tone.PLAIN,
        "Another tool reported this connection, without a log of what happened in it. There is nothing to summarise.",
        None,
    ),
    Reason.WAITING_FOR_CONSENT: (
        "Waiting for consent",
        Tone.WARN,
        "The remote user has not answered yet. Capture begins when they agree.",
        ASK,
    ),
}

#: While the session runs, its remote user can be asked once more.
TIMED_OUT = StateView(
    Reason.CONSENT_TIMEOUT,
    "No consent",
    Tone.WARN,
    "The remote user did not answer in time. Nothing is captured unless they are asked again and agree.",
    ASK,
)
WITHDRAWN_KEPT = StateView(
    Reason.CONSENT_WITHDRAWN,
    "Consent withdrawn",
    Tone.PLAIN,
    "The remote user withdrew the consent. Session log and summary are hidden, and deleted as soon as no legal hold "
    "keeps them.",
    HOLDS,
)
LOG_DELETED = StateView(
    "LOG_DELETED",
    "Session log deleted",
    Tone.PLAIN,
    "The session log was deleted, and without it no summary can be made.",
)
SUMMARY_DELETED = StateView(
    "SUMMARY_DELETED",
    "Summary deleted",
    Tone.PLAIN,
    "The summary was deleted. The session log is still kept; a new summary can be made of it.",
    GENERATE,
)

_REVIEWED = {
    ReviewState.AI_GENERATED: (Tone.AI, "Written by an engine and not reviewed yet.", REVIEW),
    ReviewState.REVIEWED: (Tone.GOOD, "A member has read and checked it.", APPROVE),
    ReviewState.APPROVED: (Tone.GOOD, "Approved for use outside the portal.", None),
}


def state_of(
    *,
    status: str,
    verdict: str,
    reason: str,
    summary_state: str | None = None,
    review: str = ReviewState.AI_GENERATED,
    failure: str = "",
    log_is_deleted: bool = False,
    summary_is_deleted: bool = False,
    has_log: bool = False,
) -> StateView:
    """Return the state of one session. *summary_state* is None when no summary was asked for, or it was deleted."""
    if summary_state is not None and reason != Reason.CONSENT_WITHDRAWN:
        return _of_summary(SummaryState(summary_state), review=ReviewState(review), failure=failure)
    if verdict != Verdict.YES:
        is_kept = has_log or summary_state is not None
        return _not_captured(Reason(reason), verdict=verdict, is_open=status == SessionStatus.OPEN, is_kept=is_kept)
    if status != SessionStatus.ENDED:
        sentence = "The session is still running. Its summary is made when it ends."
        return StateView("OPEN", "Session running", Tone.PLAIN, sentence, is_moving=True)
    if log_is_deleted:
        return LOG_DELETED
    if summary_is_deleted:
        return SUMMARY_DELETED
    return StateView("NO_SUMMARY", "No summary yet", Tone.PLAIN, "No summary has been asked for.", GENERATE)


def _not_captured(reason: Reason, *, verdict: str, is_open: bool, is_kept: bool) -> StateView:
    if reason == Reason.CONSENT_WITHDRAWN and is_kept:
        return WITHDRAWN_KEPT
    if reason == Reason.CONSENT_TIMEOUT and is_open:
        return TIMED_OUT
    word, tone, sentence, action = _REASONS[reason]
    return StateView(reason, word, tone, sentence, action, is_moving=verdict == Verdict.WAIT)


def _of_summary(state: SummaryState, *, review: ReviewState, failure: str) -> StateView:
    if state == SummaryState.READY:
        tone, sentence, action = _REVIEWED[review]
        return StateView(review, str(review.label), tone, sentence, action)
    if state == SummaryState.FAILED:
        sentence = failure or "The engine gave no usable summary. No credit was charged."
        return StateView(state, str(state.label), Tone.BAD, sentence, GENERATE)
    if state == SummaryState.WAITING_FOR_CREDITS:
        sentence = failure or "No credit is left. Nothing is lost: it is summarised when credits arrive, oldest first."
        return StateView(state, str(state.label), Tone.WARN, sentence, CREDITS)
    sentences = {
        SummaryState.QUEUED: failure or "It is in line and will be written shortly.",
        SummaryState.RUNNING: "An engine is writing it now.",
    }
    return StateView(state, str(state.label), Tone.PLAIN, sentences[state], is_moving=True)
