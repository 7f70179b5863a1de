import pytest

from accounts.domain import members, roles
from accounts.models import AuditEntry
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from policies.domain.groups import UnableToDeleteGroup, UnableToSaveGroup, change_group, create_group, delete_group
from policies.domain.naming import UnableToName
from policies.models import Device, DeviceGroup, Policy


@pytest.fixture
def policy(cast):
    return Policy.objects.create(company=cast.northwind, name="Standard")


@pytest.fixture
def group(cast):
    return DeviceGroup.objects.create(company=cast.northwind, name="Reception")


def test_create_group(cast, at, policy):
    made = create_group(company=cast.northwind, name=" Kiosks ", policy=policy, actor=cast.alice, at=at)

    assert (made.name, made.policy) == ("Kiosks", policy)
    assert AuditEntry.objects.latest("pk").details == {"name": "Kiosks", "policy": "Standard"}


def test_change_group_tells_what_changed(cast, at, group, policy):
    change_group(group=group, name="Reception", policy=policy, actor=cast.alice, at=at)
    change_group(group=group, name="Reception", policy=policy, actor=cast.alice, at=at)

    entry = AuditEntry.objects.get(action="device_group.changed")
    assert entry.details == {"policy": {"before": None, "after": "Standard"}}


def test_names_are_one_of_a_kind_in_the_company(cast, at, group):
    DeviceGroup.objects.create(company=cast.contoso, name="Kiosks")

    with pytest.raises(UnableToName, match="already a device group called “reception”"):
        create_group(company=cast.northwind, name="reception", actor=cast.alice, at=at)
    assert create_group(company=cast.northwind, name="Kiosks", actor=cast.alice, at=at).company == cast.northwind


def test_another_companys_policy_is_refused(cast, at, group):
    foreign = Policy.objects.create(company=cast.contoso, name="Standard")

    with pytest.raises(UnableToSaveGroup, match="no such policy"):
        change_group(group=group, name="Reception", policy=foreign, actor=cast.alice, at=at)


def test_delete_group(cast, at, group):
    delete_group(group=group, actor=cast.alice, at=at)

    assert not DeviceGroup.objects.exists()


@pytest.mark.parametrize(("count", "said"), [(1, "1 device is in “Reception”"), (2, "2 devices are in “Reception”")])
def test_delete_group_with_devices_is_refused(cast, at, group, count, said):
    for number in range(count):
        Device.objects.create(company=cast.northwind, name=f"ACC-{number}", group=group)

    with pytest.raises(UnableToDeleteGroup, match=said):
        delete_group(group=group, actor=cast.alice, at=at)


def test_delete_group_to_which_a_role_is_limited_is_refused(cast, at, group):
    roles.create_role(
        company=cast.northwind,
        name="Desk",
        permissions=[Permission.VIEW_ALL_REPORTS],
        limits=[group],
        actor=cast.alice,
        at=at,
    )

    with pytest.raises(UnableToDeleteGroup, match="The role “Desk” is limited to “Reception”"):
        delete_group(group=group, actor=cast.alice, at=at)


def test_who_may_not(cast, at, group, policy):
    roles.create_role(company=cast.northwind, name="Keeper", permissions=[Permission.MANAGE_POLICIES], at=at)
    kim = members.add_member(
        company=cast.northwind, email="kim@northwind.example", name="Kim", role_names=["Keeper"], at=at
    ).user

    with pytest.raises(PermissionMissing):
        create_group(company=cast.northwind, name="X", actor=cast.mona, at=at)
    with pytest.raises(PermissionMissing):
        delete_group(group=group, actor=cast.charlie, at=at)
    with pytest.raises(PermissionMissing, match="Assign policies"):
        change_group(group=group, name="Reception", policy=policy, actor=kim, at=at)
    assert change_group(group=group, name="Front desk", policy=None, actor=kim, at=at).name == "Front desk"
