"""A supporter looks through a list: a filter becomes a view, opened again later, and the palette leads to a session."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_a_filter_is_kept_as_a_view_and_a_session_is_found_by_name(sign_in, portal, live_server, axe):
    page = sign_in(portal.bob)
    page.get_by_role("link", name="Filter", exact=True).click()
    menu = page.locator(".filter-menu").filter(has_text="Issue type")
    menu.locator("summary").click()
    menu.get_by_label("Printer").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("2 found")).to_be_visible()

    page.locator("summary", has_text="Save as").click()
    page.get_by_label("Name of the view").fill("Printers")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("summary", has_text="View:")).to_contain_text("Printers")
    assert axe(page) == []

    page.goto(f"{live_server.url}/?view=none")
    expect(page.get_by_text("3 found")).to_be_visible()
    page.locator("summary", has_text="View:").click()
    page.locator(".views-bar").get_by_role("link", name="Printers").click()
    expect(page.get_by_text("2 found")).to_be_visible()

    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("S-1")
    expect(page.get_by_role("option", name="Printer offline 1").first).to_have_attribute("aria-selected", "true")
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"S-1\b"))


@pytest.mark.parametrize("width", [320, 360, 900])
def test_every_menu_of_the_list_stays_on_the_screen(sign_in, portal, width):
    page = sign_in(portal.alice)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("link", name="Filter", exact=True).click()
    page.locator(".filter-menus").wait_for()

    beyond = page.evaluate(
        """async () => {
          const beyond = [];
          for (const menu of document.querySelectorAll("main details.menu")) {
            if (!menu.checkVisibility()) continue;
            menu.open = true;
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            const box = menu.querySelector(".menu-items").getBoundingClientRect();
            const wide = document.documentElement.clientWidth;
            if (box.left < 0 || box.right > wide) beyond.push([menu.innerText, box.left, box.right]);
            menu.open = false;
          }
          return beyond;
        }"""
    )

    assert beyond == []
