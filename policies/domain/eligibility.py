"""May this session be captured and summarised? A table of values, read from top to bottom (ARCHITECTURE.md)."""

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


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    reason: Reason


_CONSENT_ROWS = {
    ConsentAnswer.GIVEN: Decision(Verdict.YES, Reason.OUTGOING_CONSENTED),
    ConsentAnswer.REFUSED: Decision(Verdict.NO, Reason.CONSENT_REFUSED),
    ConsentAnswer.TIMEOUT: Decision(Verdict.NO, Reason.CONSENT_TIMEOUT),
    ConsentAnswer.WITHDRAWN: Decision(Verdict.NO, Reason.CONSENT_WITHDRAWN),
    None: Decision(Verdict.WAIT, Reason.WAITING_FOR_CONSENT),
}


def decide(facts: EligibilityFacts) -> Decision:
    """Return the first row of the table that matches."""
    if not (facts.ai_active and facts.terms_accepted):
        return Decision(Verdict.NO, Reason.AI_OFF)
    if facts.excluded_by_group or _too_short(facts):
        return Decision(Verdict.NO, Reason.EXCLUDED_BY_CONDITION)
    if _covered_by_policy(facts):
        return Decision(Verdict.YES, Reason.INCOMING_POLICY)
    if not facts.is_outgoing:
        return Decision(Verdict.NO, Reason.INCOMING_NOT_COVERED)
    return _decide_outgoing(facts)


def _decide_outgoing(facts: EligibilityFacts) -> Decision:
    if not facts.outgoing_enabled:
        return Decision(Verdict.NO, Reason.OUTGOING_OFF)
    if not facts.supporter_logged:
        return Decision(Verdict.NO, Reason.SUPPORTER_NOT_LOGGED)
    if facts.access_control == AccessControl.DENIED:
        return Decision(Verdict.NO, Reason.ACCESS_DENIED)
    if facts.access_control == AccessControl.ALLOWED:
        return Decision(Verdict.YES, Reason.OUTGOING_ALLOWED)
    return _CONSENT_ROWS[facts.consent]


def _too_short(facts: EligibilityFacts) -> bool:
    return facts.duration_seconds is not None and facts.duration_seconds < facts.minimum_seconds


def _covered_by_policy(facts: EligibilityFacts) -> bool:
    allowed_locally = facts.policy_enforced or not facts.locally_off
    return (
        facts.is_incoming
        and facts.incoming_enabled
        and facts.device_managed
        and facts.policy_reports_insights
        and allowed_locally
    )
