"""Why a session is summarised or not: each row of the table in words, with the facts of this session."""

import pytest

from accounts.models import AISettings
from policies.enums import ConsentAnswer, Reason, Verdict
from policies.models import Device, DeviceGroup, Policy
from summaries.domain.consent.withdrawal import record_withdrawal
from summaries.domain.eligibility.explanation import LookedAt, RowState, explain
from summaries.domain.eligibility.preview import preview
from summaries.enums import Direction
from summaries.models import ConsentEntry
from tests.summaries.session_rows import add_session


@pytest.fixture
def session(cast):
    return add_session(cast.northwind, cast.bob, 1, device_name="ACC-1")


def states(explanation):
    return {row.number: row.state for row in explanation.rows if row.state != RowState.NOT_REACHED}


def looked_at(explanation, number):
    return [(fact.label, fact.value) for fact in explanation.rows[number - 1].looked_at]


def test_every_row_up_to_the_one_that_decides(session, at):
    found = explain(session=session, at=at)

    assert [row.number for row in found.rows] == list(range(1, 11))
    assert states(found) == {**dict.fromkeys(range(1, 10), RowState.NOT_MATCHED), 10: RowState.DECIDED}
    assert [row.number for row in found.rows if row.has_decided] == [10]
    assert (found.decision.reason, found.at) == (Reason.WAITING_FOR_CONSENT, at)


def test_the_facts_are_told_in_words(session, at):
    AISettings.objects.update(minimum_seconds=90)

    found = explain(session=session, at=at)

    assert looked_at(found, 1) == [("AI features", "on"), ("Terms", "accepted")]
    assert looked_at(found, 2) == [
        ("Groups", "not excluded"),
        ("Duration", "10 min"),
        ("Minimum duration", "1 min 30 s"),
    ]
    assert looked_at(found, 3) == [
        ("Incoming connection", "no"),
        ("Summaries for incoming connections", "off"),
        ("Managed device", "no"),
        ("Policy", "none"),
        ("Turned off locally", "no"),
        ("Enforced", "no"),
    ]
    assert looked_at(found, 6) == [("Access control", "After confirmation")]
    assert looked_at(found, 8) == [("Answer", "none yet")]


def test_a_running_session_has_no_duration_yet(cast, at):
    running = add_session(cast.northwind, cast.bob, 1, ended_at=None, status="OPEN")

    assert looked_at(explain(session=running, at=at), 2)[1:] == [
        ("Duration", "still running"),
        ("Minimum duration", "0 s"),
    ]


def test_the_policy_is_named_with_where_it_comes_from(cast, session, at):
    policy = Policy.objects.create(company=cast.northwind, name="Quiet", reports_enabled=True)
    group = DeviceGroup.objects.create(company=cast.northwind, name="Desk", policy=policy)
    Device.objects.update(is_managed=True, group=group)

    assert explain(session=session, at=at).rows[2].looked_at[3] == LookedAt(
        "Policy", "“Quiet” of the group “Desk”, without Session Insights"
    )

    Device.objects.update(policy=policy)
    Policy.objects.update(insights_enabled=True)

    assert explain(session=session, at=at).rows[2].looked_at[3].value == "“Quiet” of the device, with Session Insights"


def test_what_was_stored_is_compared_with_what_would_be_decided_now(cast, session, at):
    ConsentEntry.objects.create(
        company=cast.northwind, session=session, answer=ConsentAnswer.GIVEN, statement="Yes.", at=at
    )
    session.verdict, session.reason = Verdict.YES, Reason.OUTGOING_CONSENTED
    same = explain(session=session, at=at)
    AISettings.objects.update(outgoing_enabled=False)

    later = explain(session=session, at=at)

    assert (same.differs, looked_at(same, 9)) == (False, [("Answer", "Given")])
    assert (later.differs, later.decision.reason, later.stored.reason) == (
        True,
        Reason.OUTGOING_OFF,
        Reason.OUTGOING_CONSENTED,
    )
    assert states(later)[4] == RowState.DECIDED


def test_an_incoming_session_that_no_policy_covers(cast, at):
    session = add_session(cast.northwind, cast.bob, 1, device_name="ACC-1", direction=Direction.INCOMING)

    found = explain(session=session, at=at)

    assert (found.decision.verdict, found.decision.reason) == (Verdict.NO, Reason.INCOMING_NOT_COVERED)
    assert found.rows[3].looked_at[0] == LookedAt("Outgoing connection", "no")


def test_of_a_withdrawn_session_no_row_is_asked_although_a_policy_would_permit_it(cast, at):
    session = add_session(cast.northwind, cast.bob, 1, device_name="ACC-1", direction=Direction.INCOMING)
    policy = Policy.objects.create(company=cast.northwind, name="On", reports_enabled=True, insights_enabled=True)
    Device.objects.update(is_managed=True, policy=policy)
    basis = {"incoming_basis": "Works agreement", "incoming_basis_confirmed_at": at}
    AISettings.objects.filter(company=cast.northwind).update(
        incoming_enabled=True, incoming_basis_confirmed_by=cast.alice, **basis
    )
    permitted = explain(session=session, at=at)

    entry = record_withdrawal(session=session, statement="By mail.", actor=cast.mona, at=at)
    found = explain(session=session, at=at)

    assert (permitted.decision.reason, permitted.is_withdrawn) == (Reason.INCOMING_POLICY, False)
    assert (found.decision.reason, found.differs, found.is_withdrawn) == (Reason.CONSENT_WITHDRAWN, False, True)
    assert states(found) == {}
    assert preview(company=cast.northwind, at=entry.at, days=3_650).by_reason == {Reason.CONSENT_WITHDRAWN: 1}
