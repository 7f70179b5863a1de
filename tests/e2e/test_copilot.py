"""A supporter asks about a session, follows the evidence, and stops an answer."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from summaries.content import Statement
from summaries.domain.copilot.asking import Question, ask
from summaries.domain.copilot.claims import keep, take
from summaries.models import SupportSession


def test_question_is_sent_by_enter_and_its_evidence_opens_the_timeline(sign_in, portal, live_server, axe):
    page = sign_in(portal.bob)
    page.goto(f"{live_server.url}/sessions/S-3/")
    page.get_by_role("link", name="Copilot").click()
    expect(page.get_by_role("heading", name="Ask about this session")).to_be_visible()

    page.get_by_label("Your question").fill("What came in line 230?")
    page.get_by_label("Your question").press("Enter")

    answer = page.get_by_role("article").filter(has=page.get_by_role("heading", name="What came in line 230?"))
    expect(answer.get_by_text("line 230", exact=True)).to_be_visible()
    assert axe(page) == []
    answer.get_by_role("link", name="Evidence: interaction 230").click()
    expect(page).to_have_url(re.compile(r"/sessions/S-3/timeline/\?at=230#i230$"))
    expect(page.locator("#i230")).to_be_in_viewport()


def test_suggested_question_and_what_is_not_in_the_session(sign_in, portal, live_server):
    page = sign_in(portal.bob)
    page.goto(f"{live_server.url}/sessions/S-3/ask/")

    page.get_by_role("button", name="How did the session end?").click()
    expect(page.get_by_text("line 250", exact=True)).to_be_visible()
    page.get_by_label("Your question").fill("Who won the cup?")
    page.get_by_role("button", name="Ask", exact=True).click()

    expect(page.get_by_text("Not in this session.")).to_be_visible()


def test_answer_grows_on_the_page_and_escape_stops_it(sign_in, portal, live_server):
    session = SupportSession.objects.get(company=portal.northwind, number=3)
    asked = ask(session=session, question=Question(text="Why?", engine="CLAUDE"), actor=portal.bob, at=timezone.now())
    page = sign_in(portal.bob)
    page.goto(f"{live_server.url}/sessions/S-3/ask/")
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()

    claim = take(question_id=asked.pk, at=timezone.now())
    keep(claim=claim, statements=[Statement("The first line came.", (1,))], at=timezone.now())

    expect(page.get_by_text("The first line came.")).to_be_visible()
    expect(page.get_by_text("More is being written.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("This is what had come until then.")).to_be_visible()
    expect(page.get_by_text("The first line came.")).to_be_visible()
    assert keep(claim=claim, statements=[Statement("More.", (2,))], at=timezone.now()) is False
