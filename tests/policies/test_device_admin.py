import pytest
from django.urls import reverse

from accounts.domain import members, roles
from accounts.models import AuditEntry
from accounts.permissions import Permission
from policies.models import Device


@pytest.fixture
def device(cast):
    return Device.objects.create(company=cast.northwind, name="ACC-14", customer="Acme")


@pytest.fixture
def alice(client, cast):
    client.force_login(cast.alice)
    return client


def page(name, *args):
    return reverse(f"admin:policies_device_{name}", args=args)


def test_device_is_changed_and_told(alice, device, cast):
    sent = {"name": "ACC-15", "customer": "Acme", "is_managed": "on", "access_control": "DENIED"}

    alice.post(page("change", device.pk), sent)

    device.refresh_from_db()
    assert (device.name, device.is_managed, device.access_control) == ("ACC-15", True, "DENIED")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.object_id) == ("device.changed", cast.alice, str(device.public_id))


def test_device_is_deleted_and_told(alice, device):
    answer = alice.post(page("delete", device.pk), {"post": "yes"})

    assert (answer.status_code, Device.objects.count()) == (302, 0)
    assert AuditEntry.objects.latest("pk").action == "device.deleted"


def test_delete_past_the_domain_is_not_offered(alice, device):
    answer = alice.post(page("changelist"), {"action": "delete_selected", "_selected_action": [device.pk]})

    assert answer.status_code == 302
    assert Device.objects.get() == device


@pytest.mark.parametrize(("asked", "found"), [("acc-1", 1), ("acme", 1), ("nobody", 0)])
def test_devices_are_found_by_name_and_customer(alice, device, asked, found):
    assert alice.get(page("changelist"), {"q": asked}).context["cl"].result_count == found


def test_history_of_a_device_is_its_part_of_the_audit_log(alice, device):
    alice.post(page("change", device.pk), {"name": "ACC-15", "access_control": "DENIED"})

    answer = alice.get(page("history", device.pk))

    log = reverse("admin:accounts_auditentry_changelist")
    assert answer.url == f"{log}?object_type=device&object_id={device.public_id}"
    assert AuditEntry.objects.latest("pk").object_id == str(device.public_id)


def test_a_member_may_look_with_assign_policies_and_not_change(client, cast, device, at):
    roles.create_role(company=cast.northwind, name="Field", permissions=[Permission.ASSIGN_POLICIES], at=at)
    dora = members.add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Field"], at=at
    ).user
    client.force_login(dora)

    assert client.get(page("change", device.pk)).status_code == 200
    assert client.post(page("change", device.pk), {"name": "Mine", "access_control": "DENIED"}).status_code == 403
    assert Device.objects.get(pk=device.pk).name == "ACC-14"
