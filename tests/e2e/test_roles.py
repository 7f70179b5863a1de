"""From a role that is limited to a group, to the list of the member who holds it."""

import pytest
from playwright.sync_api import expect

from accounts.domain.members import add_member
from accounts.models import UserGroup
from tests.conftest import NOW, PASSWORD
from tests.e2e.conftest import move_to_now
from tests.summaries.session_rows import add_session, add_summary

pytestmark = pytest.mark.e2e


@pytest.fixture
def dora(portal):
    """A new member without a role; Mona, of the field team, has S-9, and the sessions of the others are Bob's."""
    add_summary(add_session(portal.northwind, portal.mona, 9, device_name="FIELD-9"), title="Router replaced")
    move_to_now(9)
    team = UserGroup.objects.create(company=portal.northwind, name="Field team")
    team.members.add(portal.membership(portal.mona))
    return add_member(
        company=portal.northwind, email="dora@northwind.example", name="Dora", role_names=[], password=PASSWORD, at=NOW
    )


def test_from_a_limited_role_to_the_list(sign_in, portal, dora, axe, live_server):
    page = sign_in(portal.alice)
    page.goto(f"{live_server.url}/company/accounts/role/add/")
    assert axe(page) == []
    page.get_by_label("Name", exact=False).first.fill("Field reader")
    page.get_by_role("checkbox", name="View summaries").check()
    page.get_by_role("checkbox", name="View all connection reports").check()
    page.get_by_role("checkbox", name="Field team").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name="Field reader")).to_contain_text("Field team")
    assert axe(page) == []

    page.goto(f"{live_server.url}/company/accounts/membership/{dora.pk}/change/")
    page.get_by_role("checkbox", name="Field reader").check()
    assert axe(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name="Dora")).to_contain_text("Field reader")

    page.context.clear_cookies()
    page = sign_in(dora.user)
    expect(page.get_by_role("status")).to_have_text("1 found")
    expect(page.locator("[data-number]")).to_have_text(["Router replaced"])
    assert axe(page) == []
    page.goto(f"{live_server.url}/reports/?period=all")
    expect(page.locator("[data-number]")).to_have_text(["Router replaced"])
    assert axe(page) == []
    page.goto(f"{live_server.url}/filter/")
    devices = page.locator("fieldset:has(input[name=device])")
    expect(devices).to_contain_text("FIELD-9")
    expect(devices).not_to_contain_text("ACC-1")
    assert axe(page) == []
    page.goto(f"{live_server.url}/?period=all&q=printer")
    expect(page.get_by_role("status")).to_have_text("0 found")
    page.goto(f"{live_server.url}/sessions/S-9/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Router replaced")
    assert axe(page) == []
    assert page.goto(f"{live_server.url}/sessions/S-3/").status == 404
    assert axe(page) == []
