"""The pages of policies, device groups and devices: lists, bulk actions, the effective policy, CSV in and out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain import members, roles
from accounts.models import AISettings
from accounts.permissions import Permission
from policies.models import Device, DeviceGroup, DeviceImport, Policy

DEVICES = "/company/policies/device/"


@pytest.fixture
def alice(client, cast):
    client.force_login(cast.alice)
    return client


@pytest.fixture
def policy(cast):
    return Policy.objects.create(company=cast.northwind, name="Standard", reports_enabled=True, insights_enabled=True)


@pytest.fixture
def group(cast, policy):
    return DeviceGroup.objects.create(company=cast.northwind, name="Desk", policy=policy)


@pytest.fixture
def device(cast, group):
    return Device.objects.create(company=cast.northwind, name="ACC-1", is_managed=True, group=group)


def told(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize("count", [1, 3])
def test_devices_are_listed_with_their_effective_policy_in_few_queries(alice, cast, group, policy, count):
    for number in range(count):
        Device.objects.create(company=cast.northwind, name=f"ACC-{number}", is_managed=True, group=group)
    Device.objects.create(company=cast.contoso, name="THEIRS")
    alice.get(DEVICES)

    with CaptureQueriesContext(connection) as queries:
        page = alice.get(DEVICES)

    assert page.content.decode().count("Standard (of the group)") == count
    assert "THEIRS" not in page.content.decode()
    assert len([query for query in queries if 'FROM "policies_device"' in query["sql"]]) == 2


def test_devices_are_filtered_by_effective_policy(alice, cast, device, policy):
    Device.objects.create(company=cast.northwind, name="OWN", is_managed=True, policy=policy, is_locally_off=True)
    Device.objects.create(company=cast.northwind, name="PLAIN")

    def found(value):
        return [row.name for row in alice.get(DEVICES, {"effective": value}).context["cl"].result_list]

    assert (found(policy.pk), found("none"), found("x")) == (["ACC-1", "OWN"], ["PLAIN"], ["ACC-1", "OWN", "PLAIN"])
    assert "Standard (own, turned off locally)" in alice.get(DEVICES).content.decode()


def bulk(client, action, *rows, **chosen):
    sent = {"action": action, "_selected_action": [row.pk for row in rows], **chosen}
    return client.post(DEVICES, {**sent, **({"chosen": "1"} if chosen else {})}, follow=True)


def test_bulk_actions_ask_and_say_what_they_did(alice, cast, device, policy, group):
    other = Device.objects.create(company=cast.northwind, name="ACC-2")

    asked = bulk(alice, "assign_policy", device, other)
    refused = bulk(alice, "assign_policy", device, other, policy=policy.pk)
    managed = bulk(alice, "mark_managed", device, other)
    assigned = bulk(alice, "assign_policy", device, other, policy=policy.pk)
    kept = bulk(alice, "mark_not_managed", device, other)
    moved = bulk(alice, "put_into_group", device, other, group=group.pk)
    taken = bulk(alice, "assign_policy", device, other, policy="")

    assert "2 devices are selected." in asked.content.decode()
    assert told(refused) == [
        "Policies attach to managed devices only. Mark “ACC-2” as managed first. Nothing was changed."
    ]
    assert told(managed) == ["1 device marked as managed."]
    assert told(assigned) == ["“Standard” assigned to 2 devices."]
    assert "these have one: “ACC-1” and 1 more." in told(kept)[0]
    assert told(moved) == ["1 device put into “Desk”."]
    assert told(taken) == ["Policy taken from 2 devices."]


def test_another_companys_policy_cannot_be_chosen(alice, cast, device):
    foreign = Policy.objects.create(company=cast.contoso, name="Theirs")

    answer = bulk(alice, "assign_policy", device, policy=foreign.pk)

    assert "Select a valid choice" in answer.content.decode()
    assert Device.objects.get(pk=device.pk).policy is None


def test_the_effective_policy_is_one_click_away(alice, device, cast, at):
    def card():
        return " ".join(alice.get(f"{DEVICES}{device.pk}/change/").content.decode().split())

    assert "Incoming sessions of this device are not captured." in card()
    AISettings.objects.filter(company=cast.northwind).update(incoming_enabled=True, incoming_basis_confirmed_at=at)
    assert "Incoming sessions of this device are captured." in card()
    assert "“Standard”, through the group “Desk”." in card()


def test_turning_off_on_behalf_of_the_devices_user(alice, device, policy):
    address = reverse("policies:turn_off_locally", args=[device.public_id])

    assert told(alice.post(address, {"off": "1"}, follow=True)) == ["Turned off on “ACC-1”."]
    assert told(alice.post(address, {"off": "0"}, follow=True)) == ["Turned on again on “ACC-1”."]
    Policy.objects.update(is_enforced=True)
    assert told(alice.post(address, {"off": "1"}, follow=True)) == [
        "The policy “Standard” is enforced: it cannot be turned off on the device."
    ]


def test_a_policy_on_an_unmanaged_device_is_an_error_at_its_field(alice, policy):
    answer = alice.post(f"{DEVICES}add/", {"name": "X", "policy": policy.pk, "access_control": "ALLOWED"})

    assert "Mark “X” as managed first" in str(answer.context["adminform"].form.errors["policy"])
    assert not Device.objects.exists()


def test_device_group_and_policy_are_made_changed_and_kept_while_in_use(alice, cast):
    base = "/company/policies"
    alice.post(f"{base}/policy/add/", {"name": "Silent", "insights_enabled": "on"})
    assert not Policy.objects.exists()
    alice.post(f"{base}/policy/add/", {"name": "Silent", "reports_enabled": "on"})
    policy = Policy.objects.get()
    alice.post(f"{base}/policy/{policy.pk}/change/", {"name": "Loud", "reports_enabled": "on", "is_enforced": "on"})
    alice.post(f"{base}/devicegroup/add/", {"name": "Desk", "policy": policy.pk})
    group = DeviceGroup.objects.get()
    alice.post(f"{base}/devicegroup/{group.pk}/change/", {"name": "Front", "policy": policy.pk})

    refused = alice.post(f"{base}/policy/{policy.pk}/delete/", {"post": "yes"}, follow=True)
    taken = alice.post(
        f"{base}/devicegroup/",
        {"action": "assign_policy", "_selected_action": [group.pk], "policy": "", "chosen": "1"},
        follow=True,
    )
    alice.post(f"{base}/policy/{policy.pk}/delete/", {"post": "yes"})
    alice.post(f"{base}/devicegroup/{group.pk}/delete/", {"post": "yes"})

    assert told(refused)[-1].startswith("“Loud” is assigned to 1 device group (Front)")
    assert told(taken) == ["Policy taken from 1 device group."]
    assert (Policy.objects.count(), DeviceGroup.objects.count()) == (0, 0)


@pytest.mark.parametrize("model", ["policy", "devicegroup"])
@pytest.mark.parametrize("count", [1, 3])
def test_policies_and_groups_are_listed_in_one_query(alice, cast, policy, model, count):
    for number in range(count):
        DeviceGroup.objects.create(company=cast.northwind, name=f"G{number}", policy=policy)
        Policy.objects.create(company=cast.northwind, name=f"P{number}")
    alice.get(f"/company/policies/{model}/")

    with CaptureQueriesContext(connection) as queries:
        alice.get(f"/company/policies/{model}/")

    assert len([query for query in queries if "COUNT(DISTINCT" in query["sql"] or "managed_count" in query["sql"]]) == 1


def test_a_member_who_only_assigns_may_do_so_in_the_list(client, cast, at, device, policy):
    roles.create_role(company=cast.northwind, name="Assigner", permissions=[Permission.ASSIGN_POLICIES], at=at)
    dora = members.add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Assigner"], at=at
    ).user
    client.force_login(dora)

    assert told(bulk(client, "assign_policy", device, policy=policy.pk)) == ["“Standard” assigned to 1 device."]
    assert client.get("/devices/import/").status_code == 403


def upload(client, text):
    return client.post("/devices/import/", {"devices": SimpleUploadedFile("d.csv", text.encode())}, follow=True)


def test_a_list_is_shown_before_it_is_put_in(alice, device):
    page = upload(alice, "name,customer\nACC-1,Acme\n=NEW(),Acme\n")

    assert "Put 2 devices in" in page.content.decode()
    assert Device.objects.count() == 1
    done = alice.post(page.request["PATH_INFO"], follow=True)
    again = alice.post(page.request["PATH_INFO"], follow=True)
    assert told(done) == told(again) == ["The list is in. New: 1. Changed: 1."]
    assert told(alice.get(page.request["PATH_INFO"], follow=True)) == ["This list is in already."]
    assert sorted(Device.objects.values_list("name", flat=True)) == ["=NEW()", "ACC-1"]
    assert told(upload(alice, "name,customer\nACC-1,Acme\n")) == [
        "Nothing to do: what the file says is stored already (1 unchanged)."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour\nred\n", "Unknown columns: “colour”"),
        ("name\n\n", "Nothing to do"),
        ("name,managed\nA,perhaps\n", "1 line can&#x27;t be put in"),
        ("", "The submitted file is empty"),
    ],
)
def test_a_list_that_does_not_do_is_answered_with_what_to_change(alice, text, said):
    assert said in upload(alice, text).content.decode().replace("can't", "can&#x27;t")
    assert not Device.objects.exists()


def test_a_list_that_no_longer_fits_is_refused(alice, policy):
    page = upload(alice, "name,managed,policy\nACC-1,yes,Standard\n")
    policy.delete()

    answer = alice.post(page.request["PATH_INFO"], follow=True)

    assert told(answer)[0].startswith("Something changed since the list was checked. Line 2")
    assert not Device.objects.exists()


def test_another_companys_list_is_not_there(alice, cast, at):
    foreign = DeviceImport.objects.create(company=cast.contoso, made_by=cast.charlie, made_at=at, file_name="x")

    assert alice.post(f"/devices/import/{foreign.public_id}/").status_code == 404


def test_export_holds_the_companys_devices_only_and_defuses_formulas(alice, cast, device):
    Device.objects.create(company=cast.northwind, name="=1+1")
    Device.objects.create(company=cast.contoso, name="THEIRS")

    lines = b"".join(alice.get("/devices/export.csv")).decode().splitlines()

    assert lines[1:] == [
        "'=1+1,,,,no,AFTER_CONFIRMATION,",
        "ACC-1,,,Desk,yes,AFTER_CONFIRMATION,",
    ]
    assert b"".join(alice.get("/devices/import/template.csv")).startswith(b"name,operating_system")
