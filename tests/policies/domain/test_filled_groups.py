"""Whoever fills a device group that limits a role widens that role, and needs its reach."""

import pytest

from accounts.domain.members import change_member
from accounts.domain.roles import create_role
from accounts.permissions import Permission
from policies.domain.device_imports import check_list
from policies.domain.device_lists import DeviceRow
from policies.domain.device_rows import UnableToApply, apply_rows, put_rows
from policies.domain.devices import UnableToSaveDevice, change_device, create_device, move_devices
from policies.models import Device, DeviceGroup

MESSAGE = "limits the role “Shops”"


@pytest.fixture
def shops(cast, at):
    """Bob manages policies, and sees the sessions of the group alone."""
    group = DeviceGroup.objects.create(company=cast.northwind, name="Shops")
    sees = [Permission.VIEW_ALL_REPORTS, Permission.VIEW_SUMMARIES]
    limited = create_role(company=cast.northwind, name="Shops", permissions=sees, limits=[group], at=at)
    fleet = create_role(company=cast.northwind, name="Fleet", permissions=[Permission.MANAGE_POLICIES], at=at)
    change_member(membership=cast.membership(cast.bob), granted=[limited, fleet], log_sessions=True, at=at)
    return group


@pytest.fixture
def device(cast):
    return Device.objects.create(company=cast.northwind, name="CEO-1", is_managed=True)


def row(name, group):
    return DeviceRow(line=2, values={"name": name, "group": group})


@pytest.mark.parametrize(
    "fill",
    [
        lambda device, group, act: create_device(company=device.company, values={"name": "X", "group": group}, **act),
        lambda device, group, act: change_device(device=device, values={"group": group}, **act),
        lambda device, group, act: move_devices(company=device.company, device_ids=[device.pk], group=group, **act),
    ],
)
def test_a_device_is_not_put_where_it_would_widen_a_role_beyond_the_actors_own(cast, shops, device, at, fill):
    with pytest.raises(UnableToSaveDevice, match=MESSAGE):
        fill(device, shops, {"actor": cast.bob, "at": at})

    assert not shops.devices.exists()

    fill(device, shops, {"actor": cast.alice, "at": at})
    assert shops.devices.count() == 1


@pytest.mark.parametrize("put", [put_rows, apply_rows])
def test_a_list_puts_no_device_there_either(cast, shops, device, at, put):
    with pytest.raises(UnableToApply, match=MESSAGE):
        put(company=cast.northwind, rows=[row("CEO-1", "Shops")], source="API", actor=cast.bob, at=at)

    assert not shops.devices.exists()

    put(company=cast.northwind, rows=[row("CEO-1", "Shops")], source="API", actor=cast.alice, at=at)
    assert shops.devices.count() == 1


def test_a_file_that_would_is_refused_when_it_is_checked(cast, shops, device, at):
    with pytest.raises(UnableToApply, match=MESSAGE):
        check_list(
            company=cast.northwind,
            file_name="x.csv",
            content=b"name,group\nCEO-1,Shops\n",
            actor=cast.bob,
            at=at,
        )


def test_devices_of_the_group_stay_changeable_and_leave_it(cast, shops, device, at):
    act = {"actor": cast.bob, "at": at}
    Device.objects.filter(pk=device.pk).update(group=shops)

    change_device(device=device, values={"group": shops, "customer": "Tailspin"}, **act)
    assert move_devices(company=cast.northwind, device_ids=[device.pk], group=shops, **act) == 0
    assert move_devices(company=cast.northwind, device_ids=[device.pk], group=None, **act) == 1
