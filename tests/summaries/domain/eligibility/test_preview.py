"""Who would be summarised under these settings, decided for a month of sessions at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies.domain.conditions import GroupCondition
from policies.enums import AccessControl, ConsentAnswer, GroupMode, Reason
from policies.models import Device, DeviceGroup, Policy
from summaries.domain.eligibility.decisions import decision_for
from summaries.domain.eligibility.preview import SettingsDraft, preview
from summaries.enums import Direction, SessionStatus
from summaries.models import ConsentEntry, SupportSession
from tests.summaries.session_rows import add_session


def consent(session, answer, at, next_time=""):
    ConsentEntry.objects.create(
        company=session.company, session=session, answer=answer, statement="Said so.", at=at, next_time=next_time
    )


@pytest.fixture
def month(cast, at):
    """Northwind's month: three consented, one refused, one incoming under a policy, and what does not count."""
    policy = Policy.objects.create(company=cast.northwind, name="S", reports_enabled=True, insights_enabled=True)
    kiosks = DeviceGroup.objects.create(company=cast.northwind, name="Kiosks", policy=policy)
    Device.objects.create(company=cast.northwind, name="KIOSK", is_managed=True, group=kiosks)
    for number in (1, 2, 3):
        consent(add_session(cast.northwind, cast.bob, number, device_name=f"ACC-{number}"), ConsentAnswer.GIVEN, at)
    refused = add_session(cast.northwind, cast.mona, 4)
    consent(refused, ConsentAnswer.GIVEN, at)
    consent(refused, ConsentAnswer.REFUSED, at + timedelta(seconds=1), AccessControl.ALLOWED)
    add_session(cast.northwind, cast.bob, 5, device_name="KIOSK", direction=Direction.INCOMING)
    add_session(cast.northwind, cast.bob, 6, hours_ago=24 * 31)
    add_session(cast.northwind, cast.bob, 7, status=SessionStatus.OPEN, ended_at=None)
    consent(add_session(cast.contoso, cast.charlie, 1), ConsentAnswer.GIVEN, at)
    return kiosks


def look(cast, at, **overrides):
    return preview(company=cast.northwind, at=at, overrides=SettingsDraft(**overrides) if overrides else None)


def test_preview_of_the_settings_as_stored(cast, at, month):
    found = look(cast, at)

    assert (found.total, found.would_be, found.credits) == (5, 3, 3)
    assert found.by_reason == {
        Reason.OUTGOING_CONSENTED: 3,
        Reason.CONSENT_REFUSED: 1,
        Reason.INCOMING_NOT_COVERED: 1,
    }
    assert next(iter(found.by_reason)) == Reason.OUTGOING_CONSENTED


@pytest.mark.parametrize(
    ("overrides", "would_be"),
    [
        ({"incoming_enabled": True}, 4),
        ({"outgoing_enabled": False}, 0),
        ({"outgoing_enabled": False, "incoming_enabled": True}, 1),
        ({"ai_active": False}, 0),
        ({"terms_accepted": False}, 0),
        ({"minimum_seconds": 600}, 3),
        ({"minimum_seconds": 601}, 0),
        ({"users": GroupCondition(GroupMode.ONLY, frozenset({1}))}, 0),
    ],
)
def test_preview_of_settings_that_are_not_saved_yet(cast, at, month, overrides, would_be):
    assert look(cast, at, **overrides).would_be == would_be
    assert look(cast, at).would_be == 3


def test_preview_by_device_group(cast, at, month):
    only = GroupCondition(GroupMode.ONLY, frozenset({month.pk}))

    assert look(cast, at, incoming_enabled=True, devices=only).by_reason == {
        Reason.EXCLUDED_BY_CONDITION: 4,
        Reason.INCOMING_POLICY: 1,
    }


def test_preview_of_a_company_without_sessions(cast, at):
    assert (look(cast, at).total, dict(look(cast, at).by_reason)) == (0, {})


def test_preview_agrees_with_the_decision_of_each_session(cast, at, month):
    ended = SupportSession.objects.filter(company=cast.northwind, status="ENDED", number__lte=5)
    single = [decision_for(session=session).reason for session in ended]

    assert look(cast, at).by_reason == {reason: single.count(reason) for reason in set(single)}


@pytest.mark.parametrize("count", [1, 3])
def test_preview_asks_six_times_however_many_sessions(cast, at, count):
    for number in range(count):
        add_session(cast.northwind, cast.bob, number + 1, device_name=f"ACC-{number}")

    with CaptureQueriesContext(connection) as queries:
        look(cast, at)

    assert len(queries) == 6
