"""A reader's day: home, chart, panel, keyboard, session, evidence."""

import re

import pytest
from playwright.sync_api import expect

from summaries.models import Summary
from tests.summaries.conftest import FIXED

pytestmark = pytest.mark.e2e


def test_from_a_bar_to_the_panel_to_the_evidence(sign_in, portal):
    page = sign_in(portal.alice)
    expect(page.get_by_role("status")).to_have_text("3 found")

    page.get_by_role("link", name="Printer 2").click()
    expect(page.get_by_role("status")).to_have_text("2 found")
    expect(page).to_have_url(re.compile(r"\?issue_type=Printer"))

    row = page.get_by_role("link", name="Printer offline 3")
    row.click()
    panel = page.get_by_role("article", name="Session S-3")
    expect(panel).to_contain_text("Restarted the print spooler.")
    expect(page).to_have_url(re.compile(r"issue_type=Printer&open=S-3$"))

    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(row).to_be_focused()
    expect(page).to_have_url(re.compile(r"issue_type=Printer$"))

    row.click()
    panel.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Printer offline 3")
    page.get_by_role("link", name="Evidence: interaction 230").click()
    expect(page.locator("#i230")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"/sessions/S-3/timeline/\?at=230#i230$"))


def test_panel_has_an_address_that_can_be_opened_and_left_with_back(sign_in, portal, live_server):
    page = sign_in(portal.alice)
    page.goto(f"{live_server.url}/?open=S-2")
    panel = page.get_by_role("article", name=re.compile("Session S-"))
    expect(panel).to_have_attribute("aria-label", "Session S-2")

    page.get_by_role("link", name="Printer offline 1").click()
    expect(panel).to_have_attribute("aria-label", "Session S-1")

    page.go_back()
    expect(panel).to_have_attribute("aria-label", "Session S-2")
    page.go_forward()
    expect(panel).to_have_attribute("aria-label", "Session S-1")


def test_back_closes_the_panel_and_the_focus_returns(sign_in, portal):
    page = sign_in(portal.alice)
    row = page.get_by_role("link", name="Printer offline 2")
    row.click()
    panel = page.get_by_role("article", name="Session S-2")
    expect(panel).to_be_visible()

    page.go_back()

    expect(panel).to_have_count(0)
    expect(row).to_be_focused()


def test_arrow_keys_move_to_the_neighbours(sign_in, portal):
    page = sign_in(portal.alice)
    page.get_by_role("link", name="Printer offline 3").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("article", name=re.compile("Session S-"))
    expect(panel).to_have_attribute("aria-label", "Session S-3")

    page.keyboard.press("ArrowDown")
    expect(panel).to_have_attribute("aria-label", "Session S-2")
    page.keyboard.press("ArrowUp")
    expect(panel).to_have_attribute("aria-label", "Session S-3")


def test_on_a_phone_a_session_is_a_page_of_its_own(sign_in, portal):
    page = sign_in(portal.alice)
    page.set_viewport_size({"width": 360, "height": 780})

    page.get_by_role("link", name="Printer offline 3").click()

    expect(page).to_have_url(re.compile(r"/sessions/S-3/$"))


def test_import_by_page_keeps_everything_after_an_error(sign_in, portal):
    page = sign_in(portal.bob)
    page.get_by_role("link", name="Import recording").click()
    page.get_by_label("Recording files").set_input_files(
        {"name": "fixed.cast", "mimeType": "application/octet-stream", "buffer": FIXED}
    )
    page.get_by_role("button", name="Import").click()
    expect(page.locator("[data-error-of=consent_statement]")).to_contain_text("Without consent nothing is imported.")
    expect(page.get_by_label("Statement of consent")).to_be_focused()

    page.get_by_label("Statement of consent").fill("Agreed by phone at 10:02.")
    page.get_by_role("button", name="Import").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Recording imported")
    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("systemctl restart nginx")


def test_light_and_dark_can_be_switched_and_stay(sign_in, portal):
    page = sign_in(portal.bob)
    page.emulate_media(color_scheme="light")
    page.get_by_text("Account of Bob").locator("..").click()
    page.get_by_role("button", name="Switch light and dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 28)"


def test_escape_closes_what_lies_upon_the_panel_and_leaves_the_panel(sign_in, portal, live_server):
    page = sign_in(portal.alice)
    page.goto(f"{live_server.url}/?open=S-2")
    panel = page.get_by_role("article", name="Session S-2")
    expect(panel).to_be_visible()

    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(panel).to_be_visible()

    menu = page.locator("summary", has_text="View:")
    menu.press("Enter")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(panel).to_be_visible()

    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_an_endless_title_leaves_the_palette_legible(sign_in, portal, live_server):
    Summary.objects.filter(session__number=2).update(title="W" * 118)
    page = sign_in(portal.alice)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("S-2")

    hit = page.get_by_role("option", name="W" * 118).first
    expect(hit).to_be_visible()
    assert hit.bounding_box()["height"] < 200
    assert hit.evaluate("each => each.scrollWidth <= each.clientWidth")
