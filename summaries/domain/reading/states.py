"""What every session tells about its summary: a word, the reason and the next action. Pure; no query in it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    label: str | Promise
    permission: Permission
    url_name: str = ""
    #: The link leads to a page of this very session.
    is_of_session: bool = False


@dataclass(frozen=True, slots=True)
class StateView:
    code: str
    word: str | Promise
    tone: Tone
    reason: str | Promise
    action: Action | None = None
    #: Something is under way: the page looks again by itself.
    is_moving: bool = False


GENERATE = Action("generate", gettext_lazy("Generate summary"), Permission.GENERATE_SUMMARIES)
REVIEW = Action("review", gettext_lazy("Mark as reviewed"), Permission.EDIT_SUMMARIES)
APPROVE = Action("approve", gettext_lazy("Approve"), Permission.APPROVE_SUMMARIES)
AI_SETTINGS = Action("open", gettext_lazy("Open AI settings"), Permission.MANAGE_COMPANY, "summaries:ai_settings")
MEMBERS = Action("open", gettext_lazy("Open members"), Permission.MANAGE_USERS, "admin:accounts_membership_changelist")
HOLDS = Action("open", gettext_lazy("Open legal holds"), Permission.MANAGE_COMPANY, "summaries:legal_holds")
ASK = Action(
    "open", gettext_lazy("Open consent"), Permission.GENERATE_SUMMARIES, "summaries:session_consent", is_of_session=True
)
CREDITS = Action("open", gettext_lazy("Order credits"), Permission.MANAGE_CREDITS, "credits:order_packs")
DEVICES = Action("open", gettext_lazy("Open devices"), Permission.MANAGE_POLICIES, "admin:policies_device_changelist")

#: Why nothing was captured, and what can be done about it.
_REASONS: dict[Reason, tuple[str | Promise, Tone, str | Promise, Action | None]] = {
    Reason.AI_OFF: (
        gettext_lazy("AI features off"),
        Tone.PLAIN,
        gettext_lazy("AI features were off, or their terms not accepted, when this session took place."),
        AI_SETTINGS,
    ),
    Reason.EXCLUDED_BY_CONDITION: (
        gettext_lazy("Excluded"),
        Tone.PLAIN,
        gettext_lazy("A condition of the company excludes this session, for example because it was too short."),
        AI_SETTINGS,
    ),
    Reason.OUTGOING_OFF: (
        gettext_lazy("Outgoing off"),
        Tone.PLAIN,
        gettext_lazy("Summaries for outgoing connections are switched off."),
        AI_SETTINGS,
    ),
    Reason.INCOMING_NOT_COVERED: (
        gettext_lazy("Not covered"),
        Tone.PLAIN,
        gettext_lazy(
            "An incoming connection is summarised only under a policy of the device, and none covers this one."
        ),
        DEVICES,
    ),
    Reason.SUPPORTER_NOT_LOGGED: (
        gettext_lazy("Not logged"),
        Tone.PLAIN,
        gettext_lazy("The supporter's sessions are not logged for connection reporting."),
        MEMBERS,
    ),
    Reason.ACCESS_DENIED: (
        gettext_lazy("Access denied"),
        Tone.PLAIN,
        gettext_lazy("The device's access control denies Session Insights logging."),
        DEVICES,
    ),
    Reason.CONSENT_REFUSED: (
        gettext_lazy("Consent refused"),
        Tone.PLAIN,
        gettext_lazy("The remote user refused. Nothing was captured, and nothing can be summarised."),
        None,
    ),
    Reason.CONSENT_TIMEOUT: (
        gettext_lazy("No consent"),
        Tone.PLAIN,
        gettext_lazy("The remote user did not answer in time. No answer means no: nothing was captured."),
        None,
    ),
    Reason.CONSENT_WITHDRAWN: (
        gettext_lazy("Consent withdrawn"),
        Tone.PLAIN,
        gettext_lazy("The remote user withdrew the consent; the session log and the summary were deleted."),
        None,
    ),
    Reason.NOTHING_RECORDED: (
        gettext_lazy("Nothing recorded"),
        Tone.PLAIN,
        gettext_lazy(
            "Another tool reported this connection, without a log of what happened in it. There is "
            "nothing to summarise."
        ),
        None,
    ),
    Reason.WAITING_FOR_CONSENT: (
        gettext_lazy("Waiting for consent"),
        Tone.WARN,
        gettext_lazy("The remote user has not answered yet. Capture begins when they agree."),
        ASK,
    ),
}

#: While the session runs, its remote user can be asked once more.
TIMED_OUT = StateView(
    Reason.CONSENT_TIMEOUT,
    gettext_lazy("No consent"),
    Tone.WARN,
    gettext_lazy("The remote user did not answer in time. Nothing is captured unless they are asked again and agree."),
    ASK,
)
WITHDRAWN_KEPT = StateView(
    Reason.CONSENT_WITHDRAWN,
    gettext_lazy("Consent withdrawn"),
    Tone.PLAIN,
    gettext_lazy(
        "The remote user withdrew the consent. Session log and summary are hidden, and deleted as "
        "soon as no legal hold keeps them."
    ),
    HOLDS,
)
LOG_DELETED = StateView(
    "LOG_DELETED",
    gettext_lazy("Session log deleted"),
    Tone.PLAIN,
    gettext_lazy("The session log was deleted, and without it no summary can be made."),
)
SUMMARY_DELETED = StateView(
    "SUMMARY_DELETED",
    gettext_lazy("Summary deleted"),
    Tone.PLAIN,
    gettext_lazy("The summary was deleted. The session log is still kept; a new summary can be made of it."),
    GENERATE,
)

_REVIEWED = {
    ReviewState.AI_GENERATED: (Tone.AI, gettext_lazy("Written by an engine and not reviewed yet."), REVIEW),
    ReviewState.REVIEWED: (Tone.GOOD, gettext_lazy("A member has read and checked it."), APPROVE),
    ReviewState.APPROVED: (Tone.GOOD, gettext_lazy("Approved for use outside the portal."), None),
}


class StateFacts(NamedTuple):
    """What the state of a session follows from. *summary_state* is None when no summary was asked for, or it was
    deleted; *review* and *failure* are of the summary.
    """

    status: str
    verdict: str
    reason: str
    summary_state: str | None = None
    review: str | None = None
    failure: str | None = ""
    log_is_deleted: bool = False
    summary_is_deleted: bool = False
    has_log: bool = False


def facts_of(row: Any) -> StateFacts:
    """The facts in *row*, which has its values under the names by which the models are asked (`summary__state`)."""
    return StateFacts(
        row.status,
        row.verdict,
        row.reason,
        row.summary__state,
        row.summary__review,
        row.summary__failure,
        row.log_deleted_at is not None,
        row.summary_deleted_at is not None,
        row.interaction_count > 0,
    )


def state_of(facts: StateFacts) -> StateView:
    reason = Reason(facts.reason)
    if facts.summary_state is not None and reason != Reason.CONSENT_WITHDRAWN:
        return _of_summary(SummaryState(facts.summary_state), facts)
    if facts.verdict != Verdict.YES:
        return _not_captured(reason, facts)
    if facts.status != SessionStatus.ENDED:
        sentence = _("The session is still running. Its summary is made when it ends.")
        return StateView("OPEN", _("Session running"), Tone.PLAIN, sentence, is_moving=True)
    if facts.log_is_deleted:
        return LOG_DELETED
    if facts.summary_is_deleted:
        return SUMMARY_DELETED
    return StateView("NO_SUMMARY", _("No summary yet"), Tone.PLAIN, _("No summary has been asked for."), GENERATE)


def _not_captured(reason: Reason, facts: StateFacts) -> StateView:
    is_kept = facts.has_log or facts.summary_state is not None
    if reason == Reason.CONSENT_WITHDRAWN and is_kept:
        return WITHDRAWN_KEPT
    if reason == Reason.CONSENT_TIMEOUT and facts.status == SessionStatus.OPEN:
        return TIMED_OUT
    word, tone, sentence, action = _REASONS[reason]
    return StateView(reason, word, tone, sentence, action, is_moving=facts.verdict == Verdict.WAIT)


def _of_summary(state: SummaryState, facts: StateFacts) -> StateView:
    if state == SummaryState.READY:
        review = ReviewState(facts.review or ReviewState.AI_GENERATED)
        tone, sentence, action = _REVIEWED[review]
        return StateView(review, str(review.label), tone, sentence, action)
    # Why it failed is stored in English by whoever made it; the sentences that are the portal's own are translated.
    told = _(facts.failure) if facts.failure else ""
    if state == SummaryState.FAILED:
        why = told or _("The engine gave no usable summary. No credit was charged.")
        return StateView(state, str(state.label), Tone.BAD, why, GENERATE)
    if state == SummaryState.WAITING_FOR_CREDITS:
        why = told or _("No credit is left. Nothing is lost: it is summarised when credits arrive, oldest first.")
        return StateView(state, str(state.label), Tone.WARN, why, CREDITS)
    sentences = {
        SummaryState.QUEUED: told or _("It is in line and will be written shortly."),
        SummaryState.RUNNING: _("An engine is writing it now."),
    }
    return StateView(state, str(state.label), Tone.PLAIN, sentences[state], is_moving=True)
