"""Members, roles, groups and invitations in a real browser."""

import pytest
from django.utils import timezone

from accounts.domain import groups, invitations, members, roles
from accounts.models import Role
from accounts.permissions import Permission
from tests.accounts.domain.test_invitations import invite
from tests.conftest import NOW

pytestmark = pytest.mark.e2e

LIST = "/company/accounts/membership/"


@pytest.fixture
def people(portal):
    """Northwind with a group, a limited role, an invitation, and more members than a page of the list takes."""
    group = groups.create_group(
        company=portal.northwind, name="First line", members=[portal.membership(portal.bob)], at=NOW
    )
    reads = [Permission.VIEW_ALL_REPORTS, Permission.VIEW_SUMMARIES]
    roles.create_role(company=portal.northwind, name="Lead", permissions=reads, limits=[group], at=NOW)
    for number in range(50):
        email = f"extra{number}@northwind.example"
        members.add_member(company=portal.northwind, email=email, name=f"Extra {number}", role_names=["Lead"], at=NOW)
    return portal


def test_settings_of_all_members_are_edited(sign_in, people):
    page = sign_in(people.alice)
    page.goto(page.url.rstrip("/") + LIST)

    page.get_by_role("button", name="Select all 53").click()
    page.get_by_role("button", name="Deselect all").click()
    assert page.locator("input.action-select:checked").count() == 0
    page.get_by_role("button", name="Select all 53").click()
    page.get_by_text("All 53 selected, on every page").wait_for()
    page.get_by_role("button", name="Edit user information").click()

    page.get_by_role("heading", name="53 members chosen").wait_for()
    page.get_by_label("Off: changes 53 of 53").check()
    page.get_by_label("Add to user group").select_option(label="First line: adds 52 of 53")
    page.get_by_role("button", name="Change 53 members").click()

    page.get_by_text("53 members changed.").wait_for()
    assert set(page.locator("td.field-logged").all_inner_texts()) == {"No"}
    assert set(page.locator("td.field-group_names").all_inner_texts()) == {"First line"}


def test_a_role_is_limited_to_a_group_and_seen_in_the_matrix(sign_in, people):
    page = sign_in(people.alice)
    origin = page.url.rstrip("/")
    page.goto(f"{origin}/company/accounts/role/add/")

    page.get_by_label("Name").fill("Second line")
    page.get_by_label("View own connection reports").check()
    page.get_by_label("First line").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Compare all roles").click()

    column = page.locator("thead th").all_inner_texts()
    place = next(number for number, text in enumerate(column) if text.startswith("Second line"))
    row = page.locator("tr", has=page.get_by_role("rowheader", name="View own connection reports"))
    assert row.locator("td").nth(place - 1).inner_text() == "own, limited"


@pytest.mark.parametrize(("width", "scheme"), [(1600, "dark"), (360, "light")])
def test_pages_about_people_are_accessible(sign_in, people, axe, width, scheme):
    page = sign_in(people.alice)
    origin = page.url.rstrip("/")
    role = Role.objects.get(company=people.northwind, name="Lead")
    bob = people.membership(people.bob).pk
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    found = {}

    for address in (
        LIST,
        f"{LIST}?q=nobody",
        f"{LIST}{bob}/change/",
        "/company/accounts/usergroup/add/",
        f"/company/accounts/role/{role.pk}/change/",
        "/company/accounts/invitation/",
        "/company/accounts/invitation/add/",
        "/roles/matrix/",
        f"/members/{bob}/access/",
        "/profile/access/",
    ):
        page.goto(origin + address)
        found[address] = axe(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            found[address].append(("overflow", overflow))

    assert {address: findings for address, findings in found.items() if findings} == {}


def test_a_new_person_accepts_on_a_phone(page, live_server, people, axe):
    invitation = invite(people, timezone.now(), "Supporter")
    page.set_viewport_size({"width": 360, "height": 800})

    page.goto(f"{live_server.url}/invitations/{invitations.token_of(invitation)}/")
    assert axe(page) == []
    page.get_by_label("Password").fill("a-password-of-erin-alone")
    page.get_by_role("button", name="Accept and become a member").click()
    page.get_by_text("Sign in with your new password.").wait_for()
    page.get_by_label("Email").fill("erin@example.org")
    page.get_by_label("Password", exact=True).fill("a-password-of-erin-alone")
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url(f"{live_server.url}/")
