import pytest

from accounts.domain import records
from accounts.models import AuditEntry
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from policies.models import Device
from tests.summaries.report_examples import store_session

MANAGE = Permission.MANAGE_POLICIES


def test_save_record_creates_then_changes_and_tells(cast, at):
    device = Device(company=cast.northwind, name="ACC-14")

    records.save_record(record=device, permission=MANAGE, actor=cast.alice, at=at)
    device.name = "ACC-15"
    records.save_record(record=device, permission=MANAGE, actor=cast.alice, at=at)

    told = AuditEntry.objects.order_by("-pk")[:2]
    assert [(entry.action, entry.details) for entry in told] == [
        ("device.changed", {"name": "ACC-15"}),
        ("device.created", {"name": "ACC-14"}),
    ]
    assert Device.objects.get(pk=device.pk).name == "ACC-15"


def test_delete_record_removes_and_tells(cast, at):
    device = Device.objects.create(company=cast.northwind, name="ACC-14")

    records.delete_record(record=device, permission=MANAGE, actor=cast.alice, at=at)

    entry = AuditEntry.objects.latest("pk")
    assert (Device.objects.filter(name="ACC-14").exists(), entry.action, entry.object_id) == (
        False,
        "device.deleted",
        str(device.public_id),
    )


def test_delete_record_refuses_what_is_in_use_and_tells_nothing(cast, at):
    device = store_session(cast.northwind, cast.bob).device

    with pytest.raises(records.UnableToDeleteRecord, match="still in use"):
        records.delete_record(record=device, permission=MANAGE, actor=cast.alice, at=at)
    assert AuditEntry.objects.filter(action="device.deleted").count() == 0


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_records_ask_for_their_permission_there(cast, at, name):
    device = Device.objects.create(company=cast.northwind, name="ACC-14")

    with pytest.raises(PermissionMissing):
        records.save_record(record=device, permission=MANAGE, actor=getattr(cast, name), at=at)
    with pytest.raises(PermissionMissing):
        records.delete_record(record=device, permission=MANAGE, actor=getattr(cast, name), at=at)
