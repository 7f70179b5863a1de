"""May this session be captured and summarised? A table of values, read from top to bottom (ARCHITECTURE.md)."""

from collections.abc import Callable
from dataclasses import dataclass

from policies.enums import AccessControl, ConsentAnswer, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityFacts:
    """Everything the decision depends on, as values. *duration_seconds* is None while the session runs."""

    ai_active: bool
    terms_accepted: bool
    minimum_seconds: int
    duration_seconds: int | None
    excluded_by_group: bool
    is_incoming: bool
    is_outgoing: bool
    incoming_enabled: bool
    device_managed: bool
    policy_reports_insights: bool
    policy_enforced: bool
    locally_off: bool
    outgoing_enabled: bool
    supporter_logged: bool
    access_control: AccessControl
    consent: ConsentAnswer | None

    @property
    def is_too_short(self) -> bool:
        return self.duration_seconds is not None and self.duration_seconds < self.minimum_seconds


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    reason: Reason


WITHDRAWN = Decision(Verdict.NO, Reason.CONSENT_WITHDRAWN)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its condition in words, the facts it looks at, and what it decides (None: it does not match)."""

    number: int
    condition: str
    looks_at: tuple[str, ...]
    decides: Callable[[EligibilityFacts], Decision | None]


def decide(facts: EligibilityFacts) -> Decision:
    """Return what the first row of the table that matches decides."""
    return next(decision for row in TABLE if (decision := row.decides(facts)))


def decide_recorded(facts: EligibilityFacts) -> Decision:
    """What stands for a session that was recorded: a consent that was withdrawn goes before every row of the table.

    Whatever else would permit the session, for example a policy that asks for no consent, it is over.
    """
    return WITHDRAWN if facts.consent == ConsentAnswer.WITHDRAWN else decide(facts)


def rule_for_session(
    *, access_control: AccessControl, consent: ConsentAnswer | None, next_time: AccessControl | None
) -> AccessControl:
    """The device's access control, as it bears on a session for which the remote user gave *consent*.

    What they said of this very session is the closer word: a no stands although the device allows logging, and a yes
    stands although they chose with the same answer (*next_time*) to deny it from the next session on.
    """
    said_no = consent is not None and consent != ConsentAnswer.GIVEN
    chose_denial_later = consent == ConsentAnswer.GIVEN and next_time == AccessControl.DENIED
    if access_control == AccessControl.ALLOWED and said_no:
        return AccessControl.AFTER_CONFIRMATION
    if access_control == AccessControl.DENIED and chose_denial_later:
        return AccessControl.AFTER_CONFIRMATION
    return access_control


def _row(
    number: int, condition: str, looks_at: str, matches: Callable[[EligibilityFacts], bool], reason: Reason
) -> TableRow:
    decision = Decision(_VERDICTS.get(reason, Verdict.NO), reason)
    return TableRow(number, condition, tuple(looks_at.split()), lambda facts: decision if matches(facts) else None)


_VERDICTS = {
    Reason.INCOMING_POLICY: Verdict.YES,
    Reason.OUTGOING_ALLOWED: Verdict.YES,
    Reason.OUTGOING_CONSENTED: Verdict.YES,
    Reason.WAITING_FOR_CONSENT: Verdict.WAIT,
}
_NO_BY_ANSWER = {
    ConsentAnswer.REFUSED: Decision(Verdict.NO, Reason.CONSENT_REFUSED),
    ConsentAnswer.TIMEOUT: Decision(Verdict.NO, Reason.CONSENT_TIMEOUT),
    ConsentAnswer.WITHDRAWN: WITHDRAWN,
}


def _covered_by_policy(facts: EligibilityFacts) -> bool:
    allowed_locally = facts.policy_enforced or not facts.locally_off
    return (
        facts.is_incoming
        and facts.incoming_enabled
        and facts.device_managed
        and facts.policy_reports_insights
        and allowed_locally
    )


def _not_outgoing(facts: EligibilityFacts) -> Decision | None:
    if not facts.is_outgoing:
        return Decision(Verdict.NO, Reason.INCOMING_NOT_COVERED)
    return None if facts.outgoing_enabled else Decision(Verdict.NO, Reason.OUTGOING_OFF)


TABLE: tuple[TableRow, ...] = (
    _row(
        1,
        "AI features are off, or their terms are not accepted",
        "ai_active terms_accepted",
        lambda facts: not (facts.ai_active and facts.terms_accepted),
        Reason.AI_OFF,
    ),
    _row(
        2,
        "A condition of the company excludes it: its groups, or its duration",
        "excluded_by_group duration_seconds minimum_seconds",
        lambda facts: facts.excluded_by_group or facts.is_too_short,
        Reason.EXCLUDED_BY_CONDITION,
    ),
    _row(
        3,
        "Incoming is on, and a policy of the managed device enables reports and Session Insights",
        "is_incoming incoming_enabled device_managed policy_reports_insights locally_off policy_enforced",
        _covered_by_policy,
        Reason.INCOMING_POLICY,
    ),
    TableRow(
        4,
        "It is only incoming, or outgoing is off",
        ("is_outgoing", "outgoing_enabled"),
        _not_outgoing,
    ),
    _row(
        5,
        "The supporter's sessions are not logged",
        "supporter_logged",
        lambda facts: not facts.supporter_logged,
        Reason.SUPPORTER_NOT_LOGGED,
    ),
    _row(
        6,
        "The device's access control denies it",
        "access_control",
        lambda facts: facts.access_control == AccessControl.DENIED,
        Reason.ACCESS_DENIED,
    ),
    _row(
        7,
        "The device's access control allows it",
        "access_control",
        lambda facts: facts.access_control == AccessControl.ALLOWED,
        Reason.OUTGOING_ALLOWED,
    ),
    _row(
        8,
        "The remote user gave consent",
        "consent",
        lambda facts: facts.consent == ConsentAnswer.GIVEN,
        Reason.OUTGOING_CONSENTED,
    ),
    TableRow(
        9,
        "The remote user refused, did not answer in time, or withdrew",
        ("consent",),
        lambda facts: _NO_BY_ANSWER.get(facts.consent) if facts.consent else None,
    ),
    _row(10, "The remote user has not answered yet", "consent", lambda facts: True, Reason.WAITING_FOR_CONSENT),  # noqa: ARG005 - whatever is left waits
)
