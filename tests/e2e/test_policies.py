"""A policy, assigned to a device, explained on the device's page, and an incoming session that it covers."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.domain.tokens import issue_token
from accounts.models import AISettings
from policies.models import Device

pytestmark = pytest.mark.e2e

NARROW, WIDE = {"width": 360, "height": 800}, {"width": 1600, "height": 1000}


@pytest.fixture
def api(portal):
    at = timezone.now()
    _, plain = issue_token(
        membership=portal.membership(portal.bob),
        name="capture",
        scopes=["sessions:write"],
        expires_at=at + timedelta(days=1),
        actor=portal.alice,
        at=at,
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {plain}")
    return client


def open_incoming(api):
    return api.post("/api/v1/sessions/", {"device": "KIOSK-1", "direction": "INCOMING"}, format="json").json()


@pytest.fixture
def accessible(axe):
    """Nothing serious on the page, wide or on a phone, where it does not run out of the screen."""

    def check(page):
        found = []
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            found += axe(page)
            if "/company/" not in page.url:  # the lists of the configuration scroll sideways
                found += [("overflow", page.url)] * page.evaluate(
                    "Number(document.documentElement.scrollWidth > document.documentElement.clientWidth)"
                )
        return found == [] or found

    return check


def test_policy_to_device_to_captured_session(sign_in, portal, api, accessible, live_server):
    AISettings.objects.filter(company=portal.northwind).update(
        incoming_enabled=True, incoming_basis_confirmed_at=timezone.now()
    )
    device = Device.objects.create(company=portal.northwind, name="KIOSK-1", is_managed=True)
    assert open_incoming(api)["capture"]["reason"] == "INCOMING_NOT_COVERED"
    page = sign_in(portal.alice)

    page.get_by_role("link", name="Policies", exact=True).click()
    page.get_by_role("banner").get_by_role("link", name="Add policy").click()
    page.get_by_label("Name").fill("Kiosks")
    page.get_by_label("1. Enable reports").check()
    page.get_by_label("2. Session Insights").check()
    assert accessible(page) is True
    page.get_by_role("button", name="Save", exact=True).click()
    assert accessible(page) is True

    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Devices", exact=True).click()
    page.get_by_role("row", name="KIOSK-1").get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label="Assign a policy …")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Policy").select_option(label="Kiosks")
    assert accessible(page) is True
    page.get_by_role("button", name="Apply to 1").click()
    page.get_by_text("“Kiosks” assigned to 1 device.").wait_for()

    page.get_by_role("link", name="KIOSK-1", exact=True).click()
    page.get_by_role("heading", name="Effective policy: Kiosks").wait_for()
    page.get_by_text("Incoming sessions of this device are captured.").wait_for()
    assert accessible(page) is True

    session = open_incoming(api)
    batch = {"interactions": [{"sequence": 1, "offset_ms": 0, "kind": "CHAT", "text": "The kiosk is stuck."}]}
    sent = api.post(f"/api/v1/sessions/{session['id']}/interactions/", batch, format="json")
    assert (session["capture"]["reason"], sent.status_code) == ("INCOMING_POLICY", 200)

    page.get_by_role("button", name="Turn off for the device's user").click()
    page.get_by_text("Incoming sessions of this device are not captured.").wait_for()
    batch["interactions"][0]["sequence"] = 2
    assert api.post(f"/api/v1/sessions/{session['id']}/interactions/", batch, format="json").status_code == 403
    device.refresh_from_db()
    assert device.is_locally_off is True


def test_a_list_of_devices_is_checked_and_put_in(sign_in, portal, accessible, live_server):
    page = sign_in(portal.alice)
    page.goto(f"{live_server.url}/devices/import/")
    assert accessible(page) is True

    def upload(text):
        page.get_by_label("File").set_input_files(
            {"name": "devices.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        page.get_by_role("button", name="Check the file").click()

    upload("name;managed\nKIOSK-1;perhaps\n")
    page.get_by_text("Line 2: “managed” says “perhaps”. Write yes or no.").wait_for()
    assert accessible(page) is True
    upload("name;managed;group\nKIOSK-1;yes;Kiosks\n")
    page.get_by_role("heading", name="What devices.csv would do").wait_for()
    assert accessible(page) is True
    page.get_by_role("button", name="Put 1 device in").click()
    page.get_by_text("The list is in. New: 1. Changed: 0.").wait_for()

    page.goto(f"{live_server.url}/company/policies/devicegroup/")
    page.get_by_role("link", name="Kiosks", exact=True).wait_for()
    assert accessible(page) is True
