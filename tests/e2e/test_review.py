"""A supporter puts a summary right, a manager approves it."""

import re

import pytest
from playwright.sync_api import expect

from summaries.models import Summary, SummaryRevision

pytestmark = pytest.mark.e2e


def sign_out(page):
    page.context.clear_cookies()


def test_a_supporter_corrects_a_summary_and_a_manager_approves_it(sign_in, portal, live_server):
    page = sign_in(portal.bob)
    page.goto(f"{live_server.url}/sessions/S-2/edit/")
    page.get_by_label("Problem 1").fill("The office printer was out of paper.")
    cause = page.get_by_role("group", name="Cause")
    cause.get_by_role("button", name="Add a statement").click()
    expect(page.get_by_label("Cause 1")).to_be_focused()
    page.keyboard.type("Nobody had filled the tray.")
    steps = page.get_by_role("group", name="Steps")
    steps.get_by_role("button", name="Move down").first.click()
    expect(steps.get_by_role("button", name="Move down").nth(1)).to_be_focused()
    expect(steps.get_by_role("status")).to_have_text("Moved to place 2.")
    page.get_by_role("button", name="Save correction").click()

    expect(page.get_by_text("Your correction was saved as revision 2.")).to_be_visible()
    summary = page.get_by_role("region", name="Summary")
    expect(summary).to_contain_text("The office printer was out of paper. 1 (changed by a person)")
    expect(summary).to_contain_text("Nobody had filled the tray. (added by a person)")
    assert [step["action"]["text"][:9] for step in SummaryRevision.objects.get(number=2).content["steps"]] == [
        "Restarted",
        "Looked at",
        "Printed a",
    ]

    page.get_by_role("link", name="Revisions").click()
    page.get_by_role("link", name="Changes to revision 1").click()
    expect(page.locator("ins", has_text="was out of paper")).to_be_visible()
    expect(page.get_by_role("region", name="Compare").locator("del").first).to_be_visible()

    sign_out(page)
    page = sign_in(portal.mona)
    page.get_by_role("link", name="Printer offline after driver update").first.click()
    panel = page.get_by_role("article", name="Session S-2")
    expect(panel).to_contain_text("Corrected by Bob")
    panel.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("S-2 is now approved.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"open=S-2"))
    expect(panel).to_contain_text("Approved")
    assert Summary.objects.get(session__number=2).reviewed_by == portal.mona


def test_leaving_with_unsaved_words_asks_and_saving_does_not(sign_in, portal, live_server):
    page = sign_in(portal.bob)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{live_server.url}/sessions/S-2/edit/")
    page.get_by_role("link", name="Cancel").click()
    page.goto(f"{live_server.url}/sessions/S-2/edit/")
    page.get_by_label("Title").fill("Out of paper")

    page.get_by_role("link", name="Session summaries").first.click()
    page.wait_for_url(f"{live_server.url}/")
    assert asked == ["beforeunload"]

    page.goto(f"{live_server.url}/sessions/S-2/edit/")
    page.get_by_label("Title").fill("Out of paper")
    page.get_by_role("button", name="Save correction").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Out of paper")
    assert asked == ["beforeunload"]


def test_a_summary_is_copied_with_one_press(sign_in, portal, live_server):
    page = sign_in(portal.bob)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/sessions/S-2/")

    page.get_by_role("link", name="Copy").click()

    expect(page.locator("[data-copy-status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("Printer offline after driver update\nS-2 · ")


@pytest.mark.parametrize("path", ["edit/", "revisions/?from=1&to=1", ""])
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1600, "light")])
def test_the_pages_of_review_are_accessible(sign_in, portal, live_server, axe, path, width, scheme):
    page = sign_in(portal.mona)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/sessions/S-2/{path}")

    assert axe(page) == []
