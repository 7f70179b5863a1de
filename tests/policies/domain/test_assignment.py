import pytest

from accounts.domain import members, roles
from accounts.models import AuditEntry
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from policies.domain import assignment
from policies.domain.assignment import NothingThere, TooMany, UnableToAssign, assign_to_devices, assign_to_groups
from policies.domain.queries import effective_of
from policies.models import Device, DeviceGroup, Policy


@pytest.fixture
def policy(cast):
    return Policy.objects.create(company=cast.northwind, name="Standard", reports_enabled=True, insights_enabled=True)


@pytest.fixture
def managed(cast):
    return [Device.objects.create(company=cast.northwind, name=f"ACC-{number}", is_managed=True) for number in (1, 2)]


@pytest.fixture
def assign(cast, at):
    def assigned(devices, policy, actor=None):
        ids = [device.pk for device in devices]
        return assign_to_devices(
            company=cast.northwind, device_ids=ids, policy=policy, actor=actor or cast.alice, at=at
        )

    return assigned


def test_policy_is_assigned_to_devices_once(assign, managed, policy):
    first, again = assign(managed, policy), assign(managed, policy)

    assert (first, again) == (2, 0)
    assert [device.policy for device in Device.objects.all()] == [policy, policy]
    entry = AuditEntry.objects.get(action="policy.assigned")
    assert entry.details == {"policy": "Standard", "count": 2, "devices": ["ACC-1", "ACC-2"]}


def test_policy_is_taken_away(assign, managed, policy):
    assign(managed[:1], policy)

    assert assign(managed, None) == 1
    assert not Device.objects.filter(policy__isnull=False).exists()
    assert AuditEntry.objects.latest("pk").action == "policy.unassigned"


def test_policy_on_an_unmanaged_device_is_refused_and_nothing_is_changed(cast, assign, managed, policy):
    plain = [Device.objects.create(company=cast.northwind, name=name) for name in ("KIOSK", "LAB")]

    with pytest.raises(UnableToAssign, match="managed devices only. Mark “KIOSK” and 1 more as managed first"):
        assign([*managed, *plain], policy)

    assert not Device.objects.filter(policy__isnull=False).exists()


def test_another_companys_device_and_policy_are_not_there(cast, assign, managed, policy):
    foreign = Device.objects.create(company=cast.contoso, name="ACC-1", is_managed=True)
    foreign_policy = Policy.objects.create(company=cast.contoso, name="Standard")

    with pytest.raises(NothingThere):
        assign([managed[0], foreign], policy)
    with pytest.raises(NothingThere):
        assign(managed, foreign_policy)
    assert not Device.objects.filter(policy__isnull=False).exists()


def test_groups_policy_holds_for_its_managed_devices(cast, at, managed, policy):
    group = DeviceGroup.objects.create(company=cast.northwind, name="Reception")
    Device.objects.filter(pk=managed[0].pk).update(group=group)

    changed = assign_to_groups(company=cast.northwind, group_ids=[group.pk], policy=policy, actor=cast.alice, at=at)

    found = [effective_of(device).covers_incoming for device in Device.objects.order_by("name")]
    assert (changed, found) == (1, [True, False])
    assert assign_to_groups(company=cast.northwind, group_ids=[group.pk], policy=None, actor=cast.alice, at=at) == 1


def test_another_companys_group_is_not_there(cast, at, policy):
    foreign = DeviceGroup.objects.create(company=cast.contoso, name="Reception")

    with pytest.raises(NothingThere):
        assign_to_groups(company=cast.northwind, group_ids=[foreign.pk], policy=policy, actor=cast.alice, at=at)


def test_more_devices_than_one_change_takes_are_refused(assign, managed, policy, monkeypatch):
    monkeypatch.setattr(assignment, "MOST_AT_ONCE", 1)

    with pytest.raises(TooMany, match="2 devices are too many at once"):
        assign(managed, policy)


def test_assigning_needs_its_own_permission(cast, at, assign, managed, policy):
    roles.create_role(company=cast.northwind, name="Assigner", permissions=[Permission.ASSIGN_POLICIES], at=at)
    dora = members.add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Assigner"], at=at
    ).user

    with pytest.raises(PermissionMissing):
        assign(managed, policy, actor=cast.mona)
    assert assign(managed, policy, actor=dora) == 2
