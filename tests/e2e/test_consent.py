"""Consent on a phone: the remote user reads, refuses or allows, and withdraws; nothing of it needs an account."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from policies.enums import Reason
from summaries.domain.capture import append_interactions
from summaries.models import Interaction, SupportSession
from tests.summaries.consent_cases import ask, chat, waiting_session

pytestmark = pytest.mark.e2e

LOOK = """button => {
  const style = getComputedStyle(button), box = button.getBoundingClientRect();
  const { fontSize, fontWeight, color, backgroundColor, borderColor } = style;
  return [fontSize, fontWeight, color, backgroundColor, borderColor, box.width, box.height];
}"""


@pytest.fixture
def waiting(portal):
    return waiting_session(portal, timezone.now())


@pytest.fixture
def phone(browser):
    """A German phone, 360 points wide, with nobody signed in."""
    context = browser.new_context(locale="de-DE", viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.fixture
def address(waiting, portal, live_server):
    return f"{live_server.url}/consent/{ask(waiting, portal.bob, timezone.now())}/"


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_remote_user_reads_in_their_language_switches_and_refuses(phone, address, waiting, axe):
    phone.goto(address)
    refuse, allow = (phone.get_by_role("button", name=name) for name in ("Ohne fortfahren", "Zugriff erlauben"))
    assert refuse.evaluate(LOOK) == allow.evaluate(LOOK)
    assert phone.locator("input:checked").count() == 0
    assert (fits(phone), axe(phone), phone.context.cookies()) == (True, [], [])

    phone.get_by_text("Sprache: Deutsch").click()
    phone.get_by_role("link", name="العربية").click()
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    assert (fits(phone), axe(phone)) == (True, [])
    phone.get_by_text("اللغة").click()
    phone.get_by_role("link", name="English").click()
    phone.get_by_role("button", name="Continue without").click()

    expect(phone.get_by_role("heading", name="You continue without")).to_be_visible()
    assert axe(phone) == []
    waiting.refresh_from_db()
    assert waiting.reason == Reason.CONSENT_REFUSED


def test_a_remote_user_allows_with_the_keyboard_and_withdraws(phone, address, waiting, axe):
    phone.goto(address)
    phone.get_by_label("Wieder fragen").focus()
    phone.keyboard.press("Space")
    # Enter on a choice answers nothing: neither button is the default.
    with phone.expect_navigation():
        phone.keyboard.press("Enter")
    expect(phone.get_by_label("Wieder fragen")).to_be_checked()
    assert SupportSession.objects.get(pk=waiting.pk).reason == Reason.WAITING_FOR_CONSENT
    phone.get_by_label("Wieder fragen").focus()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Tab")
    expect(phone.get_by_role("button", name="Zugriff erlauben")).to_be_focused()
    phone.keyboard.press("Enter")

    expect(phone.get_by_role("heading", name="Danke, Sie haben den Zugriff erlaubt")).to_be_visible()
    expect(phone.get_by_role("button", name="Adresse kopieren")).to_be_visible()
    kept = phone.get_by_role("textbox").input_value()
    assert (kept in phone.url, fits(phone), axe(phone)) == (True, True, [])
    append_interactions(session=waiting, batch=[chat(1, "hello")])

    phone.goto(kept)
    phone.get_by_role("link", name="Widerrufen").click()
    assert (fits(phone), axe(phone), Interaction.objects.filter(session=waiting).count()) == (True, [], 1)
    phone.get_by_role("button", name="Widerrufen und löschen").click()

    expect(phone.get_by_role("heading", name="Ihre Einwilligung ist widerrufen")).to_be_visible()
    assert axe(phone) == []
    assert Interaction.objects.filter(session=waiting).count() == 0


def test_a_supporter_asks_and_their_page_shows_the_answer(sign_in, portal, waiting, phone, axe):
    page = sign_in(portal.bob)
    origin = page.url.rstrip("/")
    page.goto(f"{origin}/sessions/S-{waiting.number}/consent/")
    page.get_by_role("button", name="Ask for consent").click()
    expect(page.get_by_role("button", name="Copy the link")).to_be_visible()
    assert axe(page) == []

    phone.goto(page.get_by_label("Link for the remote user, shown this once").input_value())
    phone.get_by_role("button", name="Zugriff erlauben").click()

    expect(page.get_by_text("Outgoing, with consent").first).to_be_visible(timeout=15_000)
    page.goto(f"{origin}/consents/")
    expect(page.get_by_role("row").filter(has_text=f"S-{waiting.number}")).to_contain_text("Given")
    assert axe(page) == []
