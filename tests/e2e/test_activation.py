"""A new administrator's first hour: from an empty company to the first summary; and every tab of AI settings."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.models import AISettings
from summaries.domain.generation import requests as generation
from summaries.models import Summary
from tests.conftest import NOW
from tests.summaries.conftest import FIXED

pytestmark = pytest.mark.e2e

TABS = (
    "/ai-settings/",
    "/ai-settings/outgoing/",
    "/ai-settings/incoming/",
    "/ai-settings/engine/",
    "/ai-settings/language/",
    "/ai-settings/conditions/",
    "/ai-settings/retention/?plan=1",
    "/ai-settings/check/?session=S-3",
)


@pytest.fixture
def nora(portal):
    """The administrator of a company in which nothing is set up, beside others that have everything."""
    fabrikam = create_company(name="Fabrikam", slug="fabrikam", plan="TENSOR", at=NOW)
    email = "nora@fabrikam.example"
    added = add_member(
        company=fabrikam,
        email=email,
        name="Nora",
        role_names=["Administrator"],
        password="a-long-enough-password",
        at=NOW,
    )
    return added.user


def complaints_of(page):
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_from_activation_to_the_first_summary(sign_in, nora, axe):
    page = sign_in(nora)
    steps = page.get_by_role("region", name="From activation to the first summary")
    expect(steps).to_contain_text("1 of 5 done")
    assert axe(page) == []

    steps.get_by_role("link", name="Accept the terms").click()
    page.get_by_role("button", name="Accept and activate").click()
    expect(page.locator("#id_accept_error")).to_have_text("Accept the terms to switch AI features on.")
    page.get_by_label("I accept these terms for the company").check()
    page.get_by_role("button", name="Accept and activate").click()
    expect(page.get_by_text("AI features are on.")).to_be_visible()

    page.get_by_role("link", name="Choose which connections are summarised").click()
    expect(page.get_by_text("Would apply to 1 of 1 member")).to_be_visible()
    page.get_by_label("Summaries for outgoing connections").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Applies to 1 of 1 member")).to_be_visible()
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()

    # Left here, and taken up again from the home page.
    page.get_by_role("link", name="Session summaries").click()
    expect(steps).to_contain_text("3 of 5 done")
    steps.get_by_role("link", name="Bring a first session in").click()
    page.get_by_label("Recording files").set_input_files(
        {"name": "fixed.cast", "mimeType": "application/octet-stream", "buffer": FIXED}
    )
    page.get_by_label("Statement of consent").fill("Agreed by phone at 10:02.")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recording imported")
    summary = Summary.objects.get(company__slug="fabrikam")
    generation.generate(summary_id=summary.pk, clock=timezone.now)

    page.get_by_role("link", name=re.compile(r"^Open S-\d+$")).click()
    expect(page.get_by_text("AI-generated").first).to_be_visible()
    expect(page.get_by_role("heading", name="Problem")).to_be_visible()
    assert axe(page) == []

    page.get_by_role("link", name="Session summaries").first.click()
    expect(page.get_by_role("status")).to_have_text("1 found")
    expect(steps).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(1600, "light"), (1600, "dark"), (320, "light"), (360, "dark")])
def test_every_tab_is_accessible(sign_in, portal, axe, width, scheme):
    page = sign_in(portal.alice)
    origin, complaints, found = page.url.rstrip("/"), complaints_of(page), {}
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)

    for address in TABS:
        page.goto(origin + address)
        found[address] = list(complaints) + axe(page)
        complaints.clear()
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[address] += [("overflow", overflow)] if overflow > 0 else []

    assert {address: findings for address, findings in found.items() if findings} == {}


def test_the_preview_follows_the_form(sign_in, portal, live_server):
    page = sign_in(portal.alice)
    page.goto(f"{live_server.url}/ai-settings/conditions/")
    expect(page.get_by_text("3 of 3 sessions last month").or_(page.get_by_text("0 of 3 sessions"))).to_be_visible()

    page.get_by_label("Minimum duration, in seconds").fill("3600")

    expect(page.locator("#live").get_by_text("Excluded by a condition")).to_be_visible()
    assert AISettings.objects.get(company=portal.northwind).minimum_seconds == 0


def test_test_connection_answers_without_leaving_the_form(sign_in, portal, live_server):
    page = sign_in(portal.alice)
    page.goto(f"{live_server.url}/ai-settings/engine/")
    page.get_by_label("Model").fill("not saved yet")

    page.get_by_role("button", name="Test connection").click()

    expect(page.locator("#connection")).to_contain_text("It works. The built-in engine is part of this server")
    expect(page.get_by_label("Model")).to_have_value("not saved yet")


def test_without_script_preview_and_test_are_buttons(sign_in, portal, live_server, browser):
    cookies = sign_in(portal.alice).context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()

    page.goto(f"{live_server.url}/ai-settings/conditions/")
    page.get_by_label("Minimum duration, in seconds").fill("3600")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Excluded by a condition")).to_be_visible()
    expect(page.get_by_label("Minimum duration, in seconds")).to_have_value("3600")

    page.goto(f"{live_server.url}/ai-settings/engine/")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("It works.")).to_be_visible()
    context.close()
