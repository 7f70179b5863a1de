import pytest

from credits.models import Reservation
from policies.enums import Reason
from policies.models import Device, DeviceGroup, Policy
from summaries.domain.generation.credit_use import reserve_for
from tests.summaries.report_examples import store_session


@pytest.fixture
def device(cast):
    group_policy = Policy.objects.create(company=cast.northwind, name="Shops")
    group = DeviceGroup.objects.create(company=cast.northwind, name="Tills", policy=group_policy)
    return Device.objects.create(company=cast.northwind, name="TILL-1", group=group, is_managed=True)


def reserved_for(session, at):
    reserve_for(session=session, at=at)
    held = Reservation.objects.get(session_id=session.public_id)
    return held.session_label, held.member, held.policy, held.device_group


@pytest.mark.parametrize(("own", "named"), [("Own", "Own"), ("", "Shops")])
def test_a_session_under_a_policy_is_kept_with_that_policy_and_its_group(cast, device, at, own, named):
    if own:
        device.policy = Policy.objects.create(company=cast.northwind, name=own)
        device.save(update_fields=["policy"])
    session = store_session(cast.northwind, cast.bob, number=7)
    session.device, session.reason = device, Reason.INCOMING_POLICY

    assert reserved_for(session, at) == ("S-7", cast.bob, named, "Tills")


def test_an_outgoing_session_is_kept_without_a_policy(cast, device, at):
    session = store_session(cast.northwind, cast.bob, number=7)
    session.device, session.reason = device, Reason.OUTGOING_CONSENTED

    assert reserved_for(session, at) == ("S-7", cast.bob, "", "Tills")


def test_a_session_without_a_device_or_group_is_kept_by_its_supporter(cast, device, at):
    first, second = (store_session(cast.northwind, cast.bob, number=number) for number in (7, 8))
    first.device = None
    second.device = Device.objects.create(company=cast.northwind, name="TILL-2")

    assert reserved_for(first, at) == ("S-7", cast.bob, "", "")
    assert reserved_for(second, at) == ("S-8", cast.bob, "", "")
