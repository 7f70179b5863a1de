import pytest

from accounts.domain import members, roles
from accounts.models import AuditEntry
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from policies.domain.assignment import NothingThere, UnableToAssign
from policies.domain.devices import (
    UnableToDeleteDevice,
    UnableToSaveDevice,
    UnableToTurnOff,
    change_device,
    create_device,
    delete_device,
    move_devices,
    set_locally_off,
    set_managed,
)
from policies.domain.naming import UnableToName
from policies.models import Device, DeviceGroup, Policy
from tests.summaries.session_rows import add_session


@pytest.fixture
def policy(cast):
    return Policy.objects.create(company=cast.northwind, name="Standard")


@pytest.fixture
def group(cast):
    return DeviceGroup.objects.create(company=cast.northwind, name="Reception")


@pytest.fixture
def device(cast):
    return Device.objects.create(company=cast.northwind, name="ACC-14", is_managed=True)


@pytest.fixture
def manager(cast, at):
    """Holds *Manage policies* and not *Assign policies*."""
    roles.create_role(company=cast.northwind, name="Keeper", permissions=[Permission.MANAGE_POLICIES], at=at)
    return members.add_member(
        company=cast.northwind, email="kim@northwind.example", name="Kim", role_names=["Keeper"], at=at
    ).user


def test_create_device(cast, at, policy, group):
    values = {"name": " ACC-15 ", "group": group, "is_managed": True, "policy": policy}

    made = create_device(company=cast.northwind, values=values, actor=cast.alice, at=at)

    made.refresh_from_db()
    assert (made.name, made.group, made.policy, made.is_managed) == ("ACC-15", group, policy, True)
    assert AuditEntry.objects.latest("pk").action == "device.created"


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        ({"name": " "}, UnableToName, "1 to 120 characters"),
        ({"name": "x" * 121}, UnableToName, "this one has 121"),
        ({"name": "a\x00b"}, UnableToName, "1 to 120 characters"),
        ({"name": "acc-14"}, UnableToName, "already a device called “acc-14”"),
    ],
)
def test_create_device_with_a_name_that_does_not_do(cast, at, device, values, error, said):
    with pytest.raises(error, match=said):
        create_device(company=cast.northwind, values=values, actor=cast.alice, at=at)

    assert Device.objects.get() == device


def test_policy_on_a_device_that_is_not_managed_is_refused(cast, at, policy):
    with pytest.raises(UnableToAssign, match="Mark “ACC-15” as managed first"):
        create_device(company=cast.northwind, values={"name": "ACC-15", "policy": policy}, actor=cast.alice, at=at)


def test_another_companys_group_is_refused(cast, at, device):
    foreign = DeviceGroup.objects.create(company=cast.contoso, name="Reception")

    with pytest.raises(UnableToSaveDevice, match="no such device group"):
        change_device(device=device, values={"group": foreign}, actor=cast.alice, at=at)


def test_change_device_tells_what_changed(cast, at, device, group):
    change_device(device=device, values={"name": "ACC-14", "group": group}, actor=cast.alice, at=at)
    change_device(device=device, values={"group": group}, actor=cast.alice, at=at)

    entry = AuditEntry.objects.get(action="device.changed")
    assert entry.details == {"group": {"before": None, "after": "Reception"}}


def test_a_policy_on_the_device_needs_assign_policies(at, device, policy, manager):
    stored = change_device(device=device, values={"name": "ACC-16", "policy": None}, actor=manager, at=at)

    with pytest.raises(PermissionMissing, match="Assign policies"):
        change_device(device=device, values={"policy": policy}, actor=manager, at=at)
    assert (stored.name, stored.policy) == ("ACC-16", None)


def test_delete_device(cast, at, device):
    delete_device(device=device, actor=cast.alice, at=at)

    assert not Device.objects.exists()
    assert AuditEntry.objects.latest("pk").details == {"name": "ACC-14"}


@pytest.mark.parametrize(("count", "said"), [(1, "stands in 1 session and"), (2, "stands in 2 sessions and")])
def test_delete_device_that_sessions_name_is_refused(cast, at, device, count, said):
    for number in range(count):
        add_session(cast.northwind, cast.bob, number + 1, device=device)

    with pytest.raises(UnableToDeleteDevice, match=said):
        delete_device(device=device, actor=cast.alice, at=at)
    assert Device.objects.get() == device


def test_move_devices_counts_those_that_moved(cast, at, device, group):
    other = Device.objects.create(company=cast.northwind, name="ACC-15", group=group)

    def move(into):
        return move_devices(
            company=cast.northwind, device_ids=[device.pk, other.pk], group=into, actor=cast.alice, at=at
        )

    assert [move(group), move(group), move(None), move(None)] == [1, 0, 2, 0]
    assert AuditEntry.objects.latest("pk").details == {"group": None, "count": 2, "devices": ["ACC-14", "ACC-15"]}


def test_move_devices_across_companies_is_refused(cast, at, device, group):
    foreign_group = DeviceGroup.objects.create(company=cast.contoso, name="Reception")
    foreign = Device.objects.create(company=cast.contoso, name="ACC-14")

    with pytest.raises(UnableToSaveDevice):
        move_devices(company=cast.northwind, device_ids=[device.pk], group=foreign_group, actor=cast.alice, at=at)
    with pytest.raises(NothingThere):
        move_devices(company=cast.northwind, device_ids=[device.pk, foreign.pk], group=group, actor=cast.alice, at=at)


def managed_names():
    return list(Device.objects.filter(is_managed=True).values_list("name", flat=True))


def test_set_managed(cast, at, device):
    other = Device.objects.create(company=cast.northwind, name="ACC-15")
    ids = [device.pk, other.pk]

    assert set_managed(company=cast.northwind, device_ids=ids, on=True, actor=cast.alice, at=at) == 1
    assert managed_names() == ["ACC-14", "ACC-15"]
    assert set_managed(company=cast.northwind, device_ids=ids, on=False, actor=cast.alice, at=at) == 2
    assert managed_names() == []


@pytest.mark.parametrize(
    ("count", "said"), [(1, "these have one: “ACC-14”."), (2, "these have one: “ACC-14” and 1 more.")]
)
def test_a_device_that_carries_a_policy_stays_managed(cast, at, device, policy, count, said):
    Device.objects.filter(pk=device.pk).update(policy=policy)
    for number in range(1, count):
        Device.objects.create(company=cast.northwind, name=f"ACC-2{number}", is_managed=True, policy=policy)
    ids = list(Device.objects.values_list("pk", flat=True))

    with pytest.raises(UnableToSaveDevice, match=said):
        set_managed(company=cast.northwind, device_ids=ids, on=False, actor=cast.alice, at=at)
    assert len(managed_names()) == count


@pytest.mark.parametrize("carried", ["none", "own", "group"])
def test_locally_off_where_nothing_is_enforced(cast, at, device, group, policy, carried):
    device.policy = policy if carried == "own" else None
    device.group, group.policy = group, policy if carried == "group" else None
    group.save()
    device.save()

    stored = set_locally_off(device=device, is_off=True, actor=cast.bob, at=at)
    set_locally_off(device=device, is_off=True, actor=cast.bob, at=at)

    assert stored.is_locally_off is True
    assert set_locally_off(device=device, is_off=False, actor=cast.alice, at=at).is_locally_off is False
    told = list(AuditEntry.objects.filter(object_type="device").order_by("pk").values_list("action", flat=True))
    assert told == ["device.turned_off_locally", "device.turned_on_locally"]


def test_locally_off_under_an_enforced_policy_is_refused(cast, at, device, policy):
    Policy.objects.filter(pk=policy.pk).update(is_enforced=True)
    Device.objects.filter(pk=device.pk).update(policy=policy)

    with pytest.raises(UnableToTurnOff, match="“Standard” is enforced"):
        set_locally_off(device=device, is_off=True, actor=cast.alice, at=at)
    assert Device.objects.get().is_locally_off is False


def test_who_may_not(cast, at, device, manager):
    with pytest.raises(PermissionMissing):
        set_locally_off(device=device, is_off=True, actor=cast.charlie, at=at)
    for call in (
        lambda: create_device(company=cast.northwind, values={"name": "X"}, actor=cast.mona, at=at),
        lambda: change_device(device=device, values={"name": "X"}, actor=cast.mona, at=at),
        lambda: delete_device(device=device, actor=cast.charlie, at=at),
        lambda: move_devices(company=cast.northwind, device_ids=[], group=None, actor=cast.mona, at=at),
        lambda: set_managed(company=cast.northwind, device_ids=[], on=True, actor=cast.mona, at=at),
    ):
        with pytest.raises(PermissionMissing):
            call()
    assert set_locally_off(device=device, is_off=True, actor=manager, at=at).is_locally_off is True
