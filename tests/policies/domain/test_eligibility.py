"""The eligibility table, row by row, and the promise that a NO becomes a YES through its own row alone."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.domain.eligibility import EligibilityFacts, decide
from policies.enums import AccessControl, ConsentAnswer, Reason, Verdict

#: Everything in order: an outgoing session of a logged supporter, with consent.
CONSENTED = EligibilityFacts(
    ai_active=True,
    terms_accepted=True,
    minimum_seconds=60,
    duration_seconds=300,
    excluded_by_group=False,
    is_incoming=False,
    is_outgoing=True,
    incoming_enabled=False,
    device_managed=False,
    policy_reports_insights=False,
    policy_enforced=False,
    locally_off=False,
    outgoing_enabled=True,
    supporter_logged=True,
    access_control=AccessControl.AFTER_CONFIRMATION,
    consent=ConsentAnswer.GIVEN,
)
#: An incoming session on a managed device under a policy.
COVERED = replace(
    CONSENTED,
    is_incoming=True,
    is_outgoing=False,
    incoming_enabled=True,
    device_managed=True,
    policy_reports_insights=True,
    consent=None,
)

ROWS = [
    (replace(CONSENTED, ai_active=False), Verdict.NO, Reason.AI_OFF),
    (replace(CONSENTED, terms_accepted=False), Verdict.NO, Reason.AI_OFF),
    (replace(COVERED, ai_active=False), Verdict.NO, Reason.AI_OFF),
    (replace(CONSENTED, excluded_by_group=True), Verdict.NO, Reason.EXCLUDED_BY_CONDITION),
    (replace(CONSENTED, duration_seconds=59), Verdict.NO, Reason.EXCLUDED_BY_CONDITION),
    (replace(COVERED, duration_seconds=59), Verdict.NO, Reason.EXCLUDED_BY_CONDITION),
    (replace(CONSENTED, duration_seconds=60), Verdict.YES, Reason.OUTGOING_CONSENTED),
    (replace(CONSENTED, duration_seconds=None), Verdict.YES, Reason.OUTGOING_CONSENTED),
    (COVERED, Verdict.YES, Reason.INCOMING_POLICY),
    (replace(COVERED, locally_off=True), Verdict.NO, Reason.INCOMING_NOT_COVERED),
    (replace(COVERED, locally_off=True, policy_enforced=True), Verdict.YES, Reason.INCOMING_POLICY),
    (replace(COVERED, incoming_enabled=False), Verdict.NO, Reason.INCOMING_NOT_COVERED),
    (replace(COVERED, device_managed=False), Verdict.NO, Reason.INCOMING_NOT_COVERED),
    (replace(COVERED, policy_reports_insights=False), Verdict.NO, Reason.INCOMING_NOT_COVERED),
    (replace(COVERED, is_outgoing=True, device_managed=False), Verdict.WAIT, Reason.WAITING_FOR_CONSENT),
    (replace(CONSENTED, outgoing_enabled=False), Verdict.NO, Reason.OUTGOING_OFF),
    (replace(CONSENTED, supporter_logged=False), Verdict.NO, Reason.SUPPORTER_NOT_LOGGED),
    (replace(CONSENTED, access_control=AccessControl.DENIED), Verdict.NO, Reason.ACCESS_DENIED),
    (replace(CONSENTED, access_control=AccessControl.ALLOWED, consent=None), Verdict.YES, Reason.OUTGOING_ALLOWED),
    (CONSENTED, Verdict.YES, Reason.OUTGOING_CONSENTED),
    (replace(CONSENTED, consent=ConsentAnswer.REFUSED), Verdict.NO, Reason.CONSENT_REFUSED),
    (replace(CONSENTED, consent=ConsentAnswer.TIMEOUT), Verdict.NO, Reason.CONSENT_TIMEOUT),
    (replace(CONSENTED, consent=ConsentAnswer.WITHDRAWN), Verdict.NO, Reason.CONSENT_WITHDRAWN),
    (replace(CONSENTED, consent=None), Verdict.WAIT, Reason.WAITING_FOR_CONSENT),
]

facts = st.builds(
    EligibilityFacts,
    **{
        field.name: st.booleans()
        for field in fields(EligibilityFacts)
        if field.name not in ("minimum_seconds", "duration_seconds", "access_control", "consent")
    },
    minimum_seconds=st.integers(0, 120),
    duration_seconds=st.none() | st.integers(0, 120),
    access_control=st.sampled_from(AccessControl),
    consent=st.none() | st.sampled_from(ConsentAnswer),
)


@pytest.mark.parametrize(("values", "verdict", "reason"), ROWS)
def test_each_row_of_the_table(values, verdict, reason):
    decision = decide(values)

    assert (decision.verdict, decision.reason) == (verdict, reason)


def test_every_reason_has_a_row():
    assert {reason for _, _, reason in ROWS} == set(Reason)


@given(facts)
def test_a_yes_always_has_its_own_row(values):
    """Whatever else is switched, nothing is captured but under a policy, by access control or with consent."""
    if decide(values).verdict != Verdict.YES:
        return
    assert values.ai_active
    assert values.terms_accepted
    under_policy = values.is_incoming and values.incoming_enabled and values.policy_reports_insights
    answered = values.consent == ConsentAnswer.GIVEN or values.access_control == AccessControl.ALLOWED
    assert under_policy or (values.is_outgoing and values.outgoing_enabled and values.supporter_logged and answered)


@given(facts)
def test_refusal_and_denial_are_never_overruled_for_outgoing_sessions(values):
    refused = replace(
        values, is_incoming=False, access_control=AccessControl.AFTER_CONFIRMATION, consent=ConsentAnswer.REFUSED
    )
    denied = replace(values, is_incoming=False, access_control=AccessControl.DENIED)

    assert (decide(refused).verdict, decide(denied).verdict) == (Verdict.NO, Verdict.NO)
