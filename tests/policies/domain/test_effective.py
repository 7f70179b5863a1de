"""Which policy holds: a table of (managed, own, of the group, turned off) against what follows."""

import pytest

from policies.domain.effective import PolicyOrigin, PolicyStep, PolicyValues, effective_policy, explain_policy


def policy(name, *, reports=True, insights=True, enforced=False):
    return PolicyValues(name=name, reports_enabled=reports, insights_enabled=insights, is_enforced=enforced)


OWN, GROUP = policy("Own"), policy("Group")
ENFORCED, SILENT = policy("Enforced", enforced=True), policy("Silent", insights=False)
OFF = policy("Off", reports=False, insights=False)


@pytest.mark.parametrize(
    ("managed", "own", "of_group", "off", "name", "origin", "covers"),
    [
        (True, OWN, GROUP, False, "Own", PolicyOrigin.DEVICE, True),
        (True, OWN, None, False, "Own", PolicyOrigin.DEVICE, True),
        (True, None, GROUP, False, "Group", PolicyOrigin.GROUP, True),
        (True, None, None, False, None, PolicyOrigin.NONE, False),
        (False, None, GROUP, False, None, PolicyOrigin.NONE, False),
        (False, OWN, GROUP, False, None, PolicyOrigin.NONE, False),
        (True, SILENT, GROUP, False, "Silent", PolicyOrigin.DEVICE, False),
        (True, OFF, GROUP, False, "Off", PolicyOrigin.DEVICE, False),
        (True, OWN, GROUP, True, "Own", PolicyOrigin.DEVICE, False),
        (True, None, GROUP, True, "Group", PolicyOrigin.GROUP, False),
        (True, ENFORCED, GROUP, True, "Enforced", PolicyOrigin.DEVICE, True),
        (True, None, ENFORCED, True, "Enforced", PolicyOrigin.GROUP, True),
    ],
)
def test_effective_policy(managed, own, of_group, off, name, origin, covers):
    found = effective_policy(is_managed=managed, own=own, of_group=of_group, is_locally_off=off)

    assert (found.policy.name if found.policy else None, found.origin, found.covers_incoming) == (name, origin, covers)


def words(*, managed=True, own=None, of_group=None, off=False):
    found = effective_policy(is_managed=managed, own=own, of_group=of_group, is_locally_off=off)
    return [step.words for step in explain_policy(found, group_name="Reception")]


def test_explanation_of_a_device_that_is_not_managed():
    assert words(managed=False, of_group=GROUP) == ["Only managed devices carry a policy.", "None."]


def test_explanation_of_a_managed_device_without_a_policy():
    assert words() == ["The device belongs to the company.", "None: neither the device nor its group has one."]


def test_explanation_of_an_own_policy():
    assert words(own=OWN, of_group=GROUP) == [
        "The device belongs to the company.",
        "“Own”, assigned to the device itself; it wins over its group's.",
        "On.",
        "On.",
        "Not turned off. The device's own user may do so, because the policy is not enforced.",
    ]


def test_explanation_of_a_groups_policy_that_was_turned_off():
    assert words(of_group=OFF, off=True)[1:] == [
        "“Off”, through the group “Reception”.",
        "Off.",
        "Off.",
        "Turned off by the device's own user; the policy is not enforced.",
    ]


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (False, "The policy is enforced."),
        (True, "Turned off locally, which has no effect: the policy is enforced."),
    ],
)
def test_explanation_of_an_enforced_policy(off, said):
    assert words(own=ENFORCED, off=off)[-1] == said


def test_explanation_says_what_speaks_for_capture():
    found = effective_policy(is_managed=True, own=SILENT, of_group=None, is_locally_off=True)

    steps = explain_policy(found)

    assert [step.is_met for step in steps] == [True, True, True, False, False]
    assert steps[3] == PolicyStep("Session Insights", "Off.", False)
