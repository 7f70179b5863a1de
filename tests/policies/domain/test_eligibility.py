"""The eligibility table, row by row, and the promise that a NO becomes a YES through its own row alone."""

from dataclasses import fields, replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.domain.eligibility import TABLE, EligibilityFacts, decide, rule_for_session
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
    assert {reason for _, _, reason in ROWS} == set(Reason) - {Reason.NOTHING_RECORDED}


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


OUTGOING_YES = {Reason.OUTGOING_ALLOWED, Reason.OUTGOING_CONSENTED}
CONSENT_NO = {Reason.CONSENT_REFUSED, Reason.CONSENT_TIMEOUT, Reason.CONSENT_WITHDRAWN}
EVERY_YES = OUTGOING_YES | {Reason.INCOMING_POLICY}
COVERING = (
    set(Reason)
    - EVERY_YES
    - {Reason.AI_OFF, Reason.EXCLUDED_BY_CONDITION, Reason.WAITING_FOR_CONSENT, Reason.NOTHING_RECORDED},
    {Reason.INCOMING_POLICY},
)
#: {input: (rows whose NO a change of it may lift, rows that may then say YES)}: each input works through its own row.
LIFTS = {
    "ai_active": ({Reason.AI_OFF}, EVERY_YES),
    "terms_accepted": ({Reason.AI_OFF}, EVERY_YES),
    "excluded_by_group": ({Reason.EXCLUDED_BY_CONDITION}, EVERY_YES),
    "duration_seconds": ({Reason.EXCLUDED_BY_CONDITION}, EVERY_YES),
    "minimum_seconds": ({Reason.EXCLUDED_BY_CONDITION}, EVERY_YES),
    "is_incoming": COVERING,
    "incoming_enabled": COVERING,
    "device_managed": COVERING,
    "policy_reports_insights": COVERING,
    "policy_enforced": COVERING,
    "locally_off": COVERING,
    "is_outgoing": ({Reason.INCOMING_NOT_COVERED}, OUTGOING_YES),
    "outgoing_enabled": ({Reason.OUTGOING_OFF}, OUTGOING_YES),
    "supporter_logged": ({Reason.SUPPORTER_NOT_LOGGED}, OUTGOING_YES),
    "access_control": ({Reason.ACCESS_DENIED} | CONSENT_NO, OUTGOING_YES),
    "consent": (CONSENT_NO, {Reason.OUTGOING_CONSENTED}),
}
#: Every value that makes a difference; the minimum is 60 seconds unless it is what changes.
VALUES = {
    "duration_seconds": (None, 59, 60),
    "minimum_seconds": (0, 60),
    "access_control": tuple(AccessControl),
    "consent": (None, *ConsentAnswer),
}
NAMES = [field.name for field in fields(EligibilityFacts)]


@given(values=facts, name=st.sampled_from(NAMES), other=facts)
def test_one_changed_input_lifts_a_no_through_its_own_row_alone(values, name, other):
    before, after = decide(values), decide(replace(values, **{name: getattr(other, name)}))
    if (before.verdict, after.verdict) == (Verdict.NO, Verdict.YES):
        lifted, allowed = LIFTS[name]
        assert before.reason in lifted
        assert after.reason in allowed


def test_one_changed_input_lifts_a_no_through_its_own_row_alone_in_all_combinations_that_can():
    """Exhaustive: every pair that occurs is one of LIFTS, and each input that is not held here lifts something."""
    kept = {
        "ai_active": True,
        "terms_accepted": True,
        "excluded_by_group": False,
        "minimum_seconds": 60,
        "device_managed": True,
        "policy_enforced": False,
    }
    names = [name for name in NAMES if name not in kept]
    seen: dict[str, set[tuple[Reason, Reason]]] = {}
    for values in product(*(VALUES.get(name, (False, True)) for name in names)):
        base = EligibilityFacts(**kept, **dict(zip(names, values, strict=True)))
        before = decide(base)
        if before.verdict != Verdict.NO:
            continue
        for name in NAMES:
            for value in VALUES.get(name, (False, True)):
                after = decide(replace(base, **{name: value}))
                if after.verdict == Verdict.YES:
                    seen.setdefault(name, set()).add((before.reason, after.reason))
    wrong = {
        name: pairs
        for name, pairs in seen.items()
        if not ({before for before, _ in pairs} <= LIFTS[name][0] and {after for _, after in pairs} <= LIFTS[name][1])
    }

    assert wrong == {}
    assert set(LIFTS) - set(seen) == {"ai_active", "terms_accepted", "excluded_by_group", "device_managed"}


@given(facts)
def test_nothing_is_captured_while_ai_features_are_off(values):
    for off in (replace(values, ai_active=False), replace(values, terms_accepted=False)):
        assert (decide(off).verdict, decide(off).reason) == (Verdict.NO, Reason.AI_OFF)


@given(facts)
def test_a_row_looks_at_no_other_fact_than_it_says(values):
    for row in TABLE:
        other = replace(CONSENTED, **{name: getattr(values, name) for name in row.looks_at})
        assert row.decides(other) == row.decides(values)


def test_rows_are_numbered_in_their_order():
    assert [row.number for row in TABLE] == list(range(1, 11))


ALLOWED, ASKED, DENIED = AccessControl.ALLOWED, AccessControl.AFTER_CONFIRMATION, AccessControl.DENIED


@pytest.mark.parametrize(
    ("rule", "consent", "next_time", "for_session"),
    [
        (ALLOWED, None, None, ALLOWED),
        (ALLOWED, ConsentAnswer.GIVEN, None, ALLOWED),
        (ALLOWED, ConsentAnswer.REFUSED, None, ASKED),
        (ALLOWED, ConsentAnswer.TIMEOUT, None, ASKED),
        (ALLOWED, ConsentAnswer.WITHDRAWN, ALLOWED, ASKED),
        (DENIED, None, None, DENIED),
        (DENIED, ConsentAnswer.GIVEN, None, DENIED),
        (DENIED, ConsentAnswer.GIVEN, DENIED, ASKED),
        (DENIED, ConsentAnswer.REFUSED, DENIED, DENIED),
        (ASKED, ConsentAnswer.GIVEN, ALLOWED, ASKED),
    ],
)
def test_what_was_said_of_the_session_is_closer_than_the_devices_rule(rule, consent, next_time, for_session):
    assert rule_for_session(access_control=rule, consent=consent, next_time=next_time) == for_session


@given(facts, st.sampled_from([ConsentAnswer.REFUSED, ConsentAnswer.TIMEOUT, ConsentAnswer.WITHDRAWN]))
def test_a_no_of_the_remote_user_dominates_whatever_the_device_allows(values, answer):
    for rule in AccessControl:
        access = rule_for_session(access_control=rule, consent=answer, next_time=None)
        outgoing = replace(values, is_incoming=False, access_control=access, consent=answer)
        assert decide(outgoing).verdict == Verdict.NO
