"""A supporter's day and an administrator's: from what is wrong with a summary to where it has to go."""

import pytest
from playwright.sync_api import expect

from accounts.models import AISettings
from summaries.models import Summary, SummaryMail
from summaries.tasks import send_summaries
from tests.mail_server import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.e2e

REFUSED = "The engine refused the key. Enter a new one in AI settings."


def test_a_supporter_fixes_a_summary_and_sends_it(sign_in, portal, live_server, mail_server, axe):
    AISettings.objects.filter(company=portal.northwind).update(ticket_address="desk@northwind.example")
    page = sign_in(portal.bob)
    page.goto(f"{live_server.url}/sessions/S-2/edit/")
    page.get_by_label("Problem 1").fill("The office printer was out of paper.")
    page.get_by_role("button", name="Save correction").click()
    expect(page.get_by_text("Your correction was saved as revision 2.")).to_be_visible()

    page.get_by_role("link", name="Send", exact=True).click()
    assert axe(page) == []
    page.get_by_role("radio", name="The ticket").check()
    page.get_by_label("Ticket", exact=True).fill("INC 2041]")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Write the number of the ticket as the ticket system does")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Ticket", exact=True).fill("INC-2041")
    page.get_by_label("Message").fill("Solved on the phone.")
    page.get_by_role("button", name="Send").click()
    row = page.get_by_role("row", name="INC-2041")
    expect(row).to_contain_text("Waiting")

    send_summaries()
    page.reload()

    expect(row).to_contain_text("Delivered")
    assert axe(page) == []
    [mail] = mail_server.mails
    text = mail.get_body(("plain",)).get_content()
    assert (mail["Subject"].split()[0], mail["Reply-To"]) == ("[INC-2041]", portal.bob.email)
    assert "Solved on the phone." in text
    assert "The office printer was out of paper." in text
    assert SummaryMail.objects.get().revision.number == 2


def test_an_administrator_looks_for_what_failed_and_why(sign_in, portal, live_server, axe):
    Summary.objects.filter(session__number=3).update(state="FAILED", current=None, failure=REFUSED)
    page = sign_in(portal.alice)

    page.get_by_role("navigation").get_by_role("link", name="Failed").click()
    expect(page.get_by_role("status").first).to_have_text("1 found")
    expect(page.get_by_role("row", name="Printer offline 3")).to_contain_text("Failed")
    assert axe(page) == []
    page.locator("[data-number='3']").click()
    panel = page.get_by_role("article", name="Session S-3")
    expect(panel).to_contain_text(REFUSED)

    page.goto(f"{live_server.url}/ai-settings/check/?session=S-3")
    expect(page.get_by_role("main")).to_contain_text("S-3")
    assert axe(page) == []
    page.get_by_role("navigation", name="Tabs").or_(page.locator("nav.tabs")).get_by_role("link", name="Engine").click()
    expect(page.get_by_role("main")).to_contain_text("Built-in")

    page.goto(f"{live_server.url}/sessions/S-3/")
    page.get_by_role("button", name="Generate summary").click()
    expect(page.get_by_text("The summary of S-3 is being made.")).to_be_visible()
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("row", name="Summary requested").first).to_contain_text("Alice")
    assert axe(page) == []
