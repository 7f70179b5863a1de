"""Every page in light and dark, wide and narrow: axe finds nothing serious, nothing overflows, no policy is broken."""

import pytest

pytestmark = pytest.mark.e2e

PAGES = (
    "/",
    "/?issue_type=Printer&open=S-3",
    "/?q=nothing",
    "/reports/",
    "/filter/",
    "/views/",
    "/palette/?q=print",
    "/overview/",
    "/overview/over-time/",
    "/backlog/",
    "/jobs/",
    "/trash/",
    "/sessions/export/",
    "/report-layout/",
    "/monthly-report/",
    "/schedules/",
    "/schedules/new/",
    "/import/",
    "/report-formats/",
    "/teamviewer/",
    "/sessions/S-3/",
    "/sessions/S-3/edit/",
    "/sessions/S-3/delete/summary/",
    "/sessions/S-3/timeline/?at=230",
    "/sessions/S-3/report/",
    "/sessions/S-3/consent/",
    "/sessions/S-3/revisions/?revision=1",
    "/profile/",
    "/accounts/password/change/",
    "/nothing/here/",
    "/company/accounts/membership/",
    "/company/policies/device/add/",
)
VISITORS_PAGES = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/")


@pytest.fixture
def complaints(page):
    """What the browser says on its console: broken content security policy, errors of script."""
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def signed_in_page(sign_in, portal):
    return sign_in(portal.alice)


@pytest.mark.parametrize(("width", "scheme"), [(1600, "light"), (1600, "dark"), (320, "light")])
def test_pages_are_accessible(signed_in_page, complaints, axe, width, scheme):
    page = signed_in_page
    origin = page.url.rstrip("/")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    found = {}

    for address in PAGES:
        page.goto(origin + address)
        if "open=" in address and width > 1000:
            page.get_by_role("article").wait_for()
        found[address] = [("console", said) for said in complaints if "404" not in said]
        found[address] += axe(page)
        # What axe itself does to a page is not the page's fault.
        complaints.clear()
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0 and not address.startswith("/company/"):
            found[address].append(("overflow", overflow))

    assert {address: findings for address, findings in found.items() if findings} == {}


def test_pages_for_visitors_are_accessible(page, live_server, portal, axe, complaints):
    for address in VISITORS_PAGES:
        page.goto(live_server.url + address)
        assert complaints == []
        assert axe(page) == []
        complaints.clear()
