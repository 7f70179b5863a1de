import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from policies.domain.naming import UnableToName
from policies.domain.policies import (
    UnableToDeletePolicy,
    UnableToSavePolicy,
    change_policy,
    create_policy,
    delete_policy,
)
from policies.models import Device, DeviceGroup, Policy

BOTH = {"name": "Standard", "reports_enabled": True, "insights_enabled": True}


@pytest.fixture
def policy(cast):
    return Policy.objects.create(company=cast.northwind, **BOTH)


def test_create_policy(cast, at):
    made = create_policy(company=cast.northwind, values=BOTH, actor=cast.alice, at=at)

    assert Policy.objects.get() == made
    assert AuditEntry.objects.latest("pk").details == {**BOTH, "is_enforced": False}


def test_the_second_switch_needs_the_first(cast, at, policy):
    with pytest.raises(UnableToSavePolicy, match="needs “Enable reports”"):
        create_policy(company=cast.northwind, values={"name": "X", "insights_enabled": True}, actor=cast.alice, at=at)
    with pytest.raises(UnableToSavePolicy):
        change_policy(policy=policy, values={"reports_enabled": False}, actor=cast.alice, at=at)
    assert Policy.objects.get().reports_enabled is True


def test_change_policy_tells_what_changed(cast, at, policy):
    change_policy(policy=policy, values={"is_enforced": True}, actor=cast.alice, at=at)
    change_policy(policy=policy, values={"is_enforced": True}, actor=cast.alice, at=at)

    entry = AuditEntry.objects.get(action="policy.changed")
    assert entry.details == {"is_enforced": {"before": False, "after": True}}


def test_names_are_one_of_a_kind(cast, at, policy):
    with pytest.raises(UnableToName, match="already a policy called “STANDARD”"):
        create_policy(company=cast.northwind, values={"name": "STANDARD"}, actor=cast.alice, at=at)


def test_delete_policy(cast, at, policy):
    delete_policy(policy=policy, actor=cast.alice, at=at)

    assert not Policy.objects.exists()


def test_delete_policy_in_use_says_where(cast, at, policy):
    for number in (1, 2, 3):
        Device.objects.create(company=cast.northwind, name=f"ACC-{number}", is_managed=True, policy=policy)
    DeviceGroup.objects.create(company=cast.northwind, name="Reception", policy=policy)

    with pytest.raises(UnableToDeletePolicy) as refused:
        delete_policy(policy=policy, actor=cast.alice, at=at)

    assert str(refused.value) == (
        "“Standard” is assigned to 3 devices (ACC-1, ACC-2 …), 1 device group (Reception) and was not deleted. "
        "Unassign it there first."
    )


def test_who_may_not(cast, at, policy):
    for call in (
        lambda: create_policy(company=cast.northwind, values=BOTH, actor=cast.mona, at=at),
        lambda: change_policy(policy=policy, values={"name": "X"}, actor=cast.charlie, at=at),
        lambda: delete_policy(policy=policy, actor=cast.mona, at=at),
    ):
        with pytest.raises(PermissionMissing):
            call()
