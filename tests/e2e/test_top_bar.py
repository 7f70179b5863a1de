"""The top bar at every width: Tab follows the eye, menus open on the screen, a button with the focus can be read."""

from itertools import pairwise

import pytest

pytestmark = pytest.mark.e2e

#: [words, middle from above, distance from where reading begins] of what has the focus; nothing outside the top bar.
_FOCUSED = """() => {
  const found = document.activeElement.closest(".topbar") && document.activeElement;
  if (!found) return null;
  const box = found.getBoundingClientRect();
  const start = document.dir === "rtl" ? innerWidth - box.right : box.left;
  return [found.innerText || found.name, (box.top + box.bottom) / 2, start];
}"""


#: How far the open menu reaches beyond the screen, or begins away from the bar.
_BEYOND = """() => {
  const box = document.querySelector(".topbar .menu[open] .menu-items").getBoundingClientRect();
  const bar = document.querySelector(".topbar").getBoundingClientRect();
  return Math.max(-box.left, box.right - document.documentElement.clientWidth, box.top - bar.bottom, 0);
}"""


def tabbed(page):
    """What Tab reaches in the top bar, one after the other."""
    page.locator(".topbar :is(a, button, input:not([type='hidden']), summary)").first.focus()
    found = []
    while (each := page.evaluate(_FOCUSED)) is not None:
        found.append(each)
        page.keyboard.press("Tab")
    return found


def is_read_after(later, earlier):
    (_, above, before), (_, below, beside) = earlier, later
    return below > above + 12 or (abs(below - above) <= 12 and beside > before)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [360, 1024, 1600])
def test_the_top_bar_is_reached_in_the_order_that_is_seen(sign_in, portal, width, language):
    page = sign_in(portal.alice)
    origin = page.url.rstrip("/")
    page.set_extra_http_headers({"Accept-Language": language})
    page.set_viewport_size({"width": width, "height": 900})

    for address, fewest in (("/", 4), ("/sessions/S-3/", 7), ("/credits/", 3), ("/jobs/", 2)):
        page.goto(origin + address)
        reached = tabbed(page)
        assert len(reached) >= fewest
        assert [pair for pair in pairwise(reached) if not is_read_after(pair[1], pair[0])] == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [360, 800, 1100, 1600])
def test_menus_of_the_top_bar_open_on_the_screen(sign_in, portal, width, language):
    page = sign_in(portal.alice)
    origin = page.url.rstrip("/")
    page.set_extra_http_headers({"Accept-Language": language})
    page.set_viewport_size({"width": width, "height": 900})

    for address, count in (("/sessions/S-3/", 3), ("/monthly-report/", 2)):
        page.goto(origin + address)
        menus = page.locator(".topbar .menu > summary").all()
        assert len(menus) == count
        for menu in menus:
            menu.click()
            assert page.evaluate(_BEYOND) == 0
            page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_button_that_has_the_focus_can_be_read(sign_in, portal, axe, scheme):
    page = sign_in(portal.alice)
    page.emulate_media(color_scheme=scheme)
    page.goto(page.url + "sessions/S-3/report/")

    for button in page.locator(".button:is(button, summary)").all():
        if button.is_visible():
            button.focus()
            page.evaluate("document.getAnimations().forEach((each) => each.finish())")
            assert [found for found in axe(page) if found[0] == "color-contrast"] == []
