"""The portal in its languages, from the left and from the right: choosing one, accessibility, width, paper."""

import pytest

pytestmark = pytest.mark.e2e

PAGES = (
    "/",
    "/sessions/S-3/",
    "/sessions/S-3/edit/",
    "/sessions/S-3/timeline/",
    "/overview/",
    "/credits/",
    "/jobs/",
    "/import/",
    "/ai-settings/",
    "/profile/",
    "/company/",
)
DIRECTIONS = {"en": "ltr", "de": "ltr", "ar": "rtl"}
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Colours that change with the scheme would be on their way for a moment.
_AT_ONCE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important; }");
  document.adoptedStyleSheets = [sheet];
}"""
_LANGUAGE = "[document.documentElement.lang, document.documentElement.dir]"


@pytest.mark.parametrize(("language", "widths"), [("en", [360]), ("de", [1600, 360]), ("ar", [1600, 360])])
def test_pages_are_accessible_in_each_language(sign_in, portal, axe, language, widths):
    """English on a wide screen: test_accessibility.py."""
    page = sign_in(portal.alice)
    origin = page.url.rstrip("/")
    page.set_extra_http_headers({"Accept-Language": language})
    found = {}

    for address in PAGES:
        page.goto(origin + address)
        page.evaluate(_AT_ONCE)
        if page.evaluate(_LANGUAGE) != [language, DIRECTIONS[language]]:
            found[address] = "is in another language"
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            if overflow := page.evaluate(_OVERFLOW):
                found[address, width] = f"{overflow} px too wide"
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if faults := axe(page):
                    found[address, width, scheme] = faults

    assert found == {}


@pytest.mark.parametrize("language", ["de", "es", "ar"])
def test_nothing_runs_out_of_a_page_on_its_way_from_wide_to_narrow(sign_in, portal, language):
    page = sign_in(portal.alice)
    origin = page.url.rstrip("/")
    page.set_extra_http_headers({"Accept-Language": language})
    found = {}

    for address in (*PAGES, "/reports/", "/monthly-report/", "/schedules/", "/sessions/S-3/send/"):
        page.goto(origin + address)
        for width in (1280, 1024, 768, 320):
            page.set_viewport_size({"width": width, "height": 900})
            if overflow := page.evaluate(_OVERFLOW):
                found[address, width] = overflow

    assert found == {}


def test_a_visitor_chooses_and_signs_in_in_that_language(page, live_server, portal, axe):
    page.goto(f"{live_server.url}/accounts/login/?next=/overview/")

    page.get_by_role("button", name="العربية").click()

    assert page.url == f"{live_server.url}/accounts/login/?next=/overview/"
    assert page.evaluate(_LANGUAGE) == ["ar", "rtl"]
    assert axe(page) == []
    page.get_by_role("button", name="Deutsch").click()
    assert page.evaluate(_LANGUAGE) == ["de", "ltr"]


def test_a_member_chooses_in_the_menu_and_stays_where_they_are(sign_in, portal):
    page = sign_in(portal.bob)
    page.goto(page.url + "sessions/S-3/?tab=1")

    page.locator(".topbar details.menu").last.locator("summary").click()
    page.get_by_role("button", name="Deutsch").click()

    assert page.url.endswith("/sessions/S-3/?tab=1")
    assert page.evaluate(_LANGUAGE) == ["de", "ltr"]
    assert page.get_by_role("heading", level=1).inner_text() == "Printer offline 3"


def test_a_page_from_the_right_is_printed_without_what_one_clicks(sign_in, portal):
    page = sign_in(portal.alice)
    page.set_extra_http_headers({"Accept-Language": "ar"})
    page.goto(page.url + "sessions/S-3/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})

    assert page.locator(".summary").first.is_visible()
    assert [name for name in (".sidebar", ".topbar-actions", ".tabs") if page.locator(name).is_visible()] == []
    assert page.evaluate(_OVERFLOW) == 0
    assert page.pdf(format="A4").startswith(b"%PDF")
