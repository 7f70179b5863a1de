from uuid import uuid4

import pytest

from accounts.domain.members import add_member
from accounts.models import AISettings, Membership, UserGroup
from credits.domain.plans import MONTHLY_FREE
from credits.domain.reservations import reserve
from policies.domain.conditions import conditions_of
from policies.models import Device, DeviceGroup, Policy
from summaries.domain.eligibility.coverage import (
    Coverage,
    coverage_of,
    missing_for_incoming,
    missing_for_outgoing,
)
from tests.conftest import NOW


def add_device(company, name, **fields):
    return Device.objects.create(company=company, name=name, **fields)


def policy(company, name="Servers", *, insights=True, enforced=False):
    return Policy.objects.create(
        company=company, name=name, reports_enabled=insights, insights_enabled=insights, is_enforced=enforced
    )


def settings_of(company):
    return AISettings.objects.get(company=company)


def outgoing(company):
    return [
        each.sentence
        for each in missing_for_outgoing(
            company=company, ai_settings=settings_of(company), coverage=coverage_of(company=company), at=NOW
        )
    ]


def incoming(company):
    return [
        each.sentence
        for each in missing_for_incoming(
            company=company, ai_settings=settings_of(company), coverage=coverage_of(company=company), at=NOW
        )
    ]


def fill(cast, count):
    """*count* of everything in Northwind, and a Contoso that would change each figure if it leaked."""
    for company in (cast.northwind, cast.contoso):
        own, of_group = policy(company, "Own"), policy(company, "Group")
        group = DeviceGroup.objects.create(company=company, name="Accounting", policy=of_group)
        for number in range(count):
            add_device(company, f"own-{number}", is_managed=True, policy=own)
            add_device(company, f"group-{number}", is_managed=True, group=group)
            add_device(company, f"denies-{number}", access_control="DENIED")
            email = f"m{number}@{company.slug}.example"
            add_member(company=company, email=email, name=f"M{number}", role_names=["Supporter"], at=NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_coverage_takes_five_queries_at_most(cast, django_assert_num_queries, count):
    fill(cast, count)
    stored = conditions_of(cast.northwind)
    stored.user_groups_mode = stored.device_groups_mode = "EXCEPT"
    stored.save()

    with django_assert_num_queries(5):
        found = coverage_of(company=cast.northwind)

    assert found == Coverage(3 + count, 3 + count, 3 + count, 3 * count, 2 * count, 2 * count, count)


def test_members_count_when_they_are_active_logged_and_in_the_groups(cast):
    Membership.objects.filter(user=cast.mona).update(log_sessions=False)
    group = UserGroup.objects.create(company=cast.northwind, name="Second level")
    group.members.add(cast.membership(cast.bob), cast.membership(cast.mona))
    stored = conditions_of(cast.northwind)
    stored.user_groups.add(group)
    found = {}
    for mode in ("ALL", "ONLY", "EXCEPT"):
        stored.user_groups_mode = mode
        stored.save()
        coverage = coverage_of(company=cast.northwind)
        found[mode] = (coverage.covered_members, coverage.logged_members, coverage.members)

    assert found == {"ALL": (2, 2, 3), "ONLY": (1, 2, 3), "EXCEPT": (1, 2, 3)}


def test_former_members_do_not_count(cast):
    Membership.objects.filter(user=cast.bob).update(is_active=False)

    assert coverage_of(company=cast.northwind).members == 2


@pytest.mark.parametrize(
    ("fields", "covered"),
    [
        ({"own": True}, 1),
        ({"own": False}, 0),
        ({"own": True, "is_locally_off": True}, 0),
        ({"own": True, "is_locally_off": True, "enforced": True}, 1),
        ({"of_group": True}, 1),
        ({"of_group": True, "is_managed": False}, 0),
        ({"of_group": True, "is_locally_off": True, "enforced": True}, 1),
        ({"own": False, "of_group": True}, 0),
        ({"own": True, "of_group": False}, 1),
        ({"own": False, "of_group": True, "is_locally_off": True, "enforced": True}, 0),
        ({}, 0),
    ],
)
def test_devices_count_under_their_effective_policy(cast, fields, covered):
    northwind, enforced = cast.northwind, fields.pop("enforced", False)
    made = {
        name: policy(northwind, name, insights=fields.pop(name), enforced=enforced)
        for name in ("own", "of_group")
        if name in fields
    }
    group = DeviceGroup.objects.create(company=northwind, name="Servers", policy=made.get("of_group"))
    add_device(northwind, "SRV-1", policy=made.get("own"), group=group, **{"is_managed": True, **fields})

    assert coverage_of(company=northwind).covered_devices == covered


def test_devices_count_when_the_conditions_leave_their_group(cast):
    fill(cast, 1)
    stored = conditions_of(cast.northwind)
    stored.device_groups.add(DeviceGroup.objects.get(company=cast.northwind))
    found = {}
    for mode in ("ALL", "ONLY", "EXCEPT"):
        stored.device_groups_mode = mode
        stored.save()
        found[mode] = coverage_of(company=cast.northwind).covered_devices

    assert found == {"ALL": 2, "ONLY": 1, "EXCEPT": 1}


def test_outgoing_lists_what_is_missing(cast):
    assert outgoing(cast.northwind) == []

    AISettings.objects.filter(company=cast.northwind).update(is_active=False, engine="CLAUDE")
    Membership.objects.filter(company=cast.northwind).update(log_sessions=False)

    assert outgoing(cast.northwind) == [
        "AI features are off.",
        "Claude has no key.",
        "No member's sessions are logged.",
    ]


def test_outgoing_says_when_the_conditions_leave_nobody(cast):
    stored = conditions_of(cast.northwind)
    stored.user_groups_mode = "ONLY"
    stored.save()

    assert outgoing(cast.northwind) == ["The conditions leave no logged member."]


def test_no_credits_are_missing_unless_they_are_only_counted(cast):
    cast.northwind.plan = "BUSINESS"
    cast.northwind.save()
    for _ in range(MONTHLY_FREE["BUSINESS"]):
        reserve(company=cast.northwind, session_id=uuid4(), at=NOW)

    blocked = outgoing(cast.northwind)
    AISettings.objects.filter(company=cast.northwind).update(meter_only=True)

    assert blocked == ["No credit is left this month: sessions wait, and nothing is lost."]
    assert outgoing(cast.northwind) == []


def test_incoming_lists_what_is_missing_until_nothing_is(cast):
    northwind = cast.northwind
    found = [incoming(northwind)]
    AISettings.objects.filter(company=northwind).update(incoming_basis="Agreement", incoming_basis_confirmed_at=NOW)
    device = add_device(northwind, "SRV-1", is_managed=True)
    found.append(incoming(northwind))
    servers = policy(northwind)
    found.append(incoming(northwind))
    device.policy = servers
    device.save()
    found.append(incoming(northwind))
    stored = conditions_of(northwind)
    stored.device_groups_mode = "ONLY"
    stored.save()
    found.append(incoming(northwind))

    assert found == [
        ["The legal basis is not confirmed.", "No device is managed.", "No policy has Session Insights on."],
        ["No policy has Session Insights on."],
        ["No managed device has a policy with Session Insights."],
        [],
        ["The conditions leave no covered device."],
    ]
