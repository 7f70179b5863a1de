"""The facts of a session as they are stored, and when a session is decided anew."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AISettings, Membership, UserGroup
from policies.domain.conditions import save_conditions
from policies.enums import AccessControl, ConsentAnswer, GroupMode, Reason, Verdict
from policies.models import Device, DeviceGroup, Policy
from summaries.domain.capture import (
    CaptureRefused,
    SequencedInteraction,
    append_interactions,
    end_session,
    open_session,
    record_consent,
)
from summaries.domain.eligibility.decisions import decide_session, decision_for, latest_answer, reconsider
from summaries.enums import Direction, Kind
from summaries.models import ConsentEntry, Interaction, Summary, SupportSession
from summaries.sources.base import CapturedInteraction


@pytest.fixture
def incoming_on(cast, at):
    AISettings.objects.filter(company=cast.northwind).update(incoming_enabled=True, incoming_basis_confirmed_at=at)


@pytest.fixture
def group(cast):
    return DeviceGroup.objects.create(company=cast.northwind, name="Reception")


@pytest.fixture
def policy(cast):
    return Policy.objects.create(company=cast.northwind, name="Standard", reports_enabled=True, insights_enabled=True)


@pytest.fixture
def device(cast, group, policy):
    return Device.objects.create(company=cast.northwind, name="RCP-1", is_managed=True, group=group, policy=policy)


@pytest.fixture
def start(cast, at):
    def started(direction=Direction.INCOMING, device_name="RCP-1"):
        return open_session(
            company=cast.northwind,
            supporter=cast.bob,
            actor=cast.bob,
            at=at,
            direction=direction,
            device_name=device_name,
        )

    return started


def one(sequence=1):
    return [SequencedInteraction(sequence, CapturedInteraction(0, Kind.CHAT, "hello"))]


@pytest.fixture
def covered(incoming_on, device, start):
    session = start()
    append_interactions(session=session, batch=one())
    return session


def test_an_incoming_session_under_a_policy_is_captured(covered):
    covered.refresh_from_db()
    assert (covered.verdict, covered.reason, covered.interaction_count) == ("YES", Reason.INCOMING_POLICY, 1)


def change(model, **values):
    return lambda: model.objects.update(**values)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (change(Device, policy=None), Reason.INCOMING_NOT_COVERED),
        (change(Device, policy=None, is_managed=False), Reason.INCOMING_NOT_COVERED),
        (change(Device, is_locally_off=True), Reason.INCOMING_NOT_COVERED),
        (change(Policy, insights_enabled=False), Reason.INCOMING_NOT_COVERED),
        (change(AISettings, incoming_enabled=False), Reason.INCOMING_NOT_COVERED),
        (change(AISettings, is_active=False), Reason.AI_OFF),
    ],
)
def test_the_next_batch_is_refused_once_the_session_is_no_longer_covered(covered, happens, reason):
    happens()

    with pytest.raises(CaptureRefused, match=str(reason.label)):
        append_interactions(session=covered, batch=one(2))

    covered.refresh_from_db()
    assert (covered.verdict, covered.reason, covered.interaction_count) == ("NO", reason, 0)
    assert Interaction.objects.count() == 0


def test_an_enforced_policy_outlasts_turning_it_off(covered):
    Policy.objects.update(is_enforced=True)
    Device.objects.update(is_locally_off=True)

    assert append_interactions(session=covered, batch=one(2)).accepted == 1


def test_the_groups_policy_takes_over(covered, group, policy):
    Device.objects.update(policy=None)
    DeviceGroup.objects.update(policy=policy)

    assert append_interactions(session=covered, batch=one(2)).accepted == 1


def test_looking_again_costs_a_batch_five_queries(covered):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert reconsider(session=covered).verdict == Verdict.YES

    assert len(queries) == 5


def test_a_no_is_not_captured_after_the_fact(incoming_on, device, start, cast, at):
    Device.objects.update(policy=None)
    session = start()
    Device.objects.update(policy=Policy.objects.get())

    with pytest.raises(CaptureRefused):
        append_interactions(session=session, batch=one())
    end_session(session=session, actor=cast.bob, at=at)

    session.refresh_from_db()
    assert (session.reason, Summary.objects.count()) == (Reason.INCOMING_NOT_COVERED, 0)


def test_waiting_ends_when_the_device_allows_it(device, start):
    session = start(Direction.OUTGOING)
    Device.objects.update(access_control=AccessControl.ALLOWED)

    assert append_interactions(session=session, batch=one()).accepted == 1
    assert SupportSession.objects.get().reason == Reason.OUTGOING_ALLOWED


def test_an_answer_that_comes_in_meanwhile_has_the_last_word(covered):
    stale = SupportSession.objects.get()
    SupportSession.objects.update(verdict=Verdict.NO, reason=Reason.CONSENT_WITHDRAWN)
    AISettings.objects.update(is_active=False)

    assert reconsider(session=stale).reason == Reason.CONSENT_WITHDRAWN


@pytest.mark.parametrize("mode", [GroupMode.ONLY, GroupMode.EXCEPT])
@pytest.mark.parametrize("is_in", [True, False])
def test_conditions_by_the_supporters_group(covered, cast, at, mode, is_in):
    field = UserGroup.objects.create(company=cast.northwind, name="Field")
    other = UserGroup.objects.create(company=cast.northwind, name="Other")
    for joined in [field, other] if is_in else [other]:
        joined.members.add(Membership.objects.get(user=cast.bob))
    save_conditions(
        company=cast.northwind,
        user_groups_mode=mode,
        user_groups=[field],
        device_groups_mode=GroupMode.ALL,
        device_groups=[],
        actor=cast.alice,
        at=at,
    )

    excluded = decision_for(session=covered).reason == Reason.EXCLUDED_BY_CONDITION
    assert excluded == (is_in == (mode == GroupMode.EXCEPT))


def test_a_session_without_a_device_or_an_active_supporter(start, cast):
    session = start(Direction.OUTGOING, device_name="")
    assert decision_for(session=session).reason == Reason.WAITING_FOR_CONSENT

    Membership.objects.filter(user=cast.bob).update(is_active=False)
    assert decision_for(session=session).reason == Reason.SUPPORTER_NOT_LOGGED


def test_a_no_of_the_remote_user_stands_although_the_device_allows_it(device, start, cast, at):
    session = start(Direction.OUTGOING)
    record_consent(session=session, answer=ConsentAnswer.REFUSED, statement="No.", actor=cast.bob, at=at)
    Device.objects.update(access_control=AccessControl.ALLOWED)

    assert decide_session(session=session).reason == Reason.CONSENT_REFUSED
    assert latest_answer(session=session) == ConsentAnswer.REFUSED


def test_denial_chosen_for_the_next_time_leaves_this_session_alone(device, start, cast, at):
    session = start(Direction.OUTGOING)
    ConsentEntry.objects.create(
        company=cast.northwind,
        session=session,
        answer=ConsentAnswer.GIVEN,
        statement="Allow access",
        next_time=AccessControl.DENIED,
        at=at,
    )
    Device.objects.update(access_control=AccessControl.DENIED)

    assert decide_session(session=session).reason == Reason.OUTGOING_CONSENTED
    assert start(Direction.OUTGOING).reason == Reason.ACCESS_DENIED
