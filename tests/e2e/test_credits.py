"""Credits in the browser: what is left, what a number is made of, and how credits are counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AISettings
from credits.domain.grants import adjust, grant_purchased
from credits.models import CreditAlert
from tests.credits.ledger_rows import count_only, use_credit

pytestmark = pytest.mark.e2e

NARROW, WIDE = {"width": 360, "height": 800}, {"width": 1600, "height": 1000}


@pytest.fixture
def used(portal):
    """Three sessions by two members, a purchase, an adjustment, an alert, and a session that was counted only."""
    northwind, now = portal.northwind, timezone.now()
    for minutes, member in ((50, portal.bob), (40, portal.bob), (30, portal.mona)):
        at = now - timedelta(minutes=minutes)
        use_credit(northwind, at=at, member_id=member.pk, session_label=f"S-{minutes}", policy="Standard")
    grant_purchased(company=northwind, credits=200, at=now)
    adjust(company=northwind, amount=-2, reason="Given twice", at=now, actor=portal.alice)
    count_only(northwind)
    use_credit(northwind, at=now, session_label="S-60")
    count_only(northwind, on=False)
    CreditAlert.objects.create(
        company=northwind, month_date=now.date().replace(day=1), threshold=75, used=38, granted=50, raised_at=now
    )
    AISettings.objects.filter(company=northwind).update(engine="CLAUDE", engine_key_encrypted="sealed")
    return northwind


@pytest.fixture
def accessible(axe):
    """Nothing serious on the page, wide or on a phone, in light and dark; nothing runs out of the screen."""

    def check(page):
        for size, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            # Colours that still change are not what people read.
            page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        page.set_viewport_size(WIDE)

    return check


def test_from_the_figure_to_the_entries_that_make_it(sign_in, portal, used, accessible):
    page = sign_in(portal.alice)
    page.get_by_role("link", name="Credits").click()
    accessible(page)
    page.get_by_text("as table").click()
    accessible(page)

    page.get_by_role("link", name="Use", exact=True).click()
    accessible(page)
    page.get_by_role("link", name="Bob").click()
    page.get_by_label("Type").select_option(label="Charged")
    page.get_by_role("button", name="Filter").click()

    assert page.get_by_role("status").inner_text() == "2 found"
    accessible(page)
    page.get_by_role("link", name="Remove the filter Type Charged").click()
    assert page.get_by_role("status").inner_text() == "4 found"
    page.get_by_role("link", name="Clear all").click()
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 1 + page.locator("table.ledger tbody tr").count()


def test_the_mode_is_changed_by_keyboard(sign_in, portal, used, accessible):
    page = sign_in(portal.alice)
    page.goto(f"{page.url}credits/")
    page.get_by_label("Budget", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("Sessions are counted only, and none waits.").wait_for()

    assert AISettings.objects.get(company=used).meter_only is True
    accessible(page)
