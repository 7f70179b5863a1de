"""Devices, groups and assignments through the API, as programs use them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import ApiScope
from policies.models import Device, DeviceGroup, Policy
from tests.summaries.api.conftest import client_of

__all__ = ["client_of"]

URL = "/api/v1/devices/"


@pytest.fixture
def api(cast, client_of):
    return client_of(cast.alice)


@pytest.fixture
def policy(cast):
    return Policy.objects.create(company=cast.northwind, name="Standard", reports_enabled=True, insights_enabled=True)


def test_a_device_is_put_in_by_name_and_the_same_again_changes_nothing(api, policy):
    wish = {"name": "ACC-1", "group": "Reception", "managed": True, "policy": "Standard"}

    first, again = api.post(URL, wish, format="json"), api.post(URL, wish, format="json")

    assert (first.status_code, again.status_code, Device.objects.count()) == (201, 200, 1)
    assert first.json() == again.json()
    assert first.json() == {
        "id": str(Device.objects.get().public_id),
        "name": "ACC-1",
        "operating_system": "",
        "customer": "",
        "group": "Reception",
        "managed": True,
        "access_control": "AFTER_CONFIRMATION",
        "policy": "Standard",
        "effective_policy": {
            "name": "Standard",
            "origin": "DEVICE",
            "reports_enabled": True,
            "insights_enabled": True,
            "enforced": False,
            "locally_off": False,
            "covers_incoming": True,
        },
    }


def test_bulk_is_all_or_none_and_names_the_place(api):
    wrong = [{"name": "ACC-1"}, {"name": "ACC-2", "policy": "Nothing"}]

    refused = api.post(f"{URL}bulk/", {"devices": wrong}, format="json")
    done = api.post(f"{URL}bulk/", {"devices": [{"name": "ACC-1"}, {"name": "ACC-2"}]}, format="json")

    assert refused.status_code == 422
    assert refused.json()["errors"] == {
        "devices[1]": ["There is no policy “Nothing”. Make it first, or leave the cell empty."]
    }
    assert done.json() == {"new": 2, "changed": 0, "unchanged": 0}


@pytest.mark.parametrize(
    "devices",
    [[], [{"name": f"D{number}"} for number in range(1_001)], [{"customer": "Acme"}], "ACC-1", [{"name": "A\x00"}]],
)
def test_bulk_of_what_is_no_list_of_devices(api, devices):
    assert api.post(f"{URL}bulk/", {"devices": devices}, format="json").status_code == 400
    assert not Device.objects.exists()


def test_a_device_is_changed_by_id(cast, api, policy):
    device = Device.objects.create(company=cast.northwind, name="ACC-1")
    group = DeviceGroup.objects.create(company=cast.northwind, name="Desk")

    def patch(**fields):
        return api.patch(f"{URL}{device.public_id}/", fields, format="json")

    assert patch(name="ACC-2", group="desk", managed=True).json()["group"] == "Desk"
    assert patch(policy="Nothing").status_code == 404
    assert patch(policy="Standard", group="").status_code == 200
    assert patch(managed=False).status_code == 422
    device.refresh_from_db()
    assert (device.name, device.group, device.policy, group.devices.count()) == ("ACC-2", None, policy, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_devices_are_listed_with_their_policy_in_few_queries(cast, api, policy, count):
    group = DeviceGroup.objects.create(company=cast.northwind, name="Desk", policy=policy)
    for number in range(count):
        Device.objects.create(company=cast.northwind, name=f"ACC-{number}", is_managed=True, group=group)
    Device.objects.create(company=cast.contoso, name="THEIRS", is_managed=True)
    api.get(URL)

    with CaptureQueriesContext(connection) as queries:
        found = api.get(URL, {"managed": "true", "group": "Desk"}).json()["results"]

    assert [device["effective_policy"]["origin"] for device in found] == ["GROUP"] * count
    assert len([query for query in queries if "policies_device" in query["sql"]]) == 1


def test_another_companys_rows_are_not_there(cast, api, policy):
    foreign = Device.objects.create(company=cast.contoso, name="ACC-9", is_managed=True)
    foreign_policy = Policy.objects.create(company=cast.contoso, name="Theirs")
    assigned = {"devices": [str(foreign.public_id)]}

    answers = [
        api.get(f"{URL}{foreign.public_id}/"),
        api.patch(f"{URL}{foreign.public_id}/", {"name": "Mine"}, format="json"),
        api.post(f"/api/v1/policies/{policy.public_id}/assign/", assigned, format="json"),
        api.post(f"/api/v1/policies/{foreign_policy.public_id}/assign/", {}, format="json"),
        api.post(f"{URL}locally/", {"device": "ACC-9", "off": True}, format="json"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    foreign.refresh_from_db()
    assert (foreign.name, foreign.policy, foreign.is_locally_off) == ("ACC-9", None, False)


def test_scopes(cast, client_of):
    reading = client_of(cast.alice, ApiScope.DEVICES_READ)
    other = client_of(cast.alice, ApiScope.SESSIONS_WRITE)

    assert reading.get(URL).status_code == 200
    assert reading.post(URL, {"name": "A"}, format="json").status_code == 403
    assert other.get(URL).status_code == 403
    assert other.post(URL, {"name": "A"}, format="json").status_code == 403


def test_the_capture_client_turns_a_device_off_unless_enforced(cast, client_of, policy):
    Device.objects.create(company=cast.northwind, name="ACC-1", is_managed=True, policy=policy)
    client = client_of(cast.bob, ApiScope.SESSIONS_WRITE)

    def turn(off):
        return client.post(f"{URL}locally/", {"device": "acc-1", "off": off}, format="json")

    assert turn(True).json()["effective_policy"]["covers_incoming"] is False
    assert turn(False).json()["effective_policy"]["covers_incoming"] is True
    Policy.objects.update(is_enforced=True)
    assert (turn(True).status_code, turn(True).json()["type"]) == (
        409,
        "urn:session-insights:problem:policy_is_enforced",
    )
    assert Device.objects.get().is_locally_off is False


def test_groups_are_put_in_by_name(cast, api, policy):
    groups = "/api/v1/device-groups/"

    first = api.post(groups, {"name": "Desk", "policy": "Standard"}, format="json")
    again = api.post(groups, {"name": "desk"}, format="json")
    renamed = api.patch(f"{groups}{first.json()['id']}/", {"name": "Front", "policy": ""}, format="json")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["policy"] == "Standard"
    assert (renamed.json()["name"], renamed.json()["policy"]) == ("Front", None)
    assert [group["name"] for group in api.get(groups).json()["results"]] == ["Front"]
    assert api.post(groups, {"name": "X", "policy": "Nothing"}, format="json").status_code == 404


def test_policies_are_read_and_assigned(cast, api, policy):
    device = Device.objects.create(company=cast.northwind, name="ACC-1", is_managed=True)
    plain = Device.objects.create(company=cast.northwind, name="ACC-2")
    group = DeviceGroup.objects.create(company=cast.northwind, name="Desk")
    address = f"/api/v1/policies/{policy.public_id}/"
    both = {"devices": [str(device.public_id)], "device_groups": [str(group.public_id)]}

    refused = api.post(f"{address}assign/", {**both, "devices": [str(plain.public_id)]}, format="json")
    done = api.post(f"{address}assign/", both, format="json")

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:session-insights:problem:unable_to_assign")
    assert done.json() == {"devices_changed": 1, "device_groups_changed": 1}
    assert (api.get(address).json()["device_count"], api.get(address).json()["group_count"]) == (1, 1)
    taken = api.post("/api/v1/policies/unassign/", both, format="json")
    assert taken.json() == {"devices_changed": 1, "device_groups_changed": 1}


def test_assignment_is_all_or_none(cast, api, policy):
    device = Device.objects.create(company=cast.northwind, name="ACC-1", is_managed=True)
    both = {"devices": [str(device.public_id)], "device_groups": ["00000000-0000-0000-0000-000000000000"]}

    assert api.post(f"/api/v1/policies/{policy.public_id}/assign/", both, format="json").status_code == 404
    assert Device.objects.get().policy is None


def test_methods_that_nothing_answers(api, policy):
    assert api.delete(f"/api/v1/policies/{policy.public_id}/").status_code == 405
