"""A manager reviews many: filter, select all that match, read what will happen, approve, see the result."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from summaries import tasks
from summaries.models import Job, Summary, SummaryRevision
from tests.e2e.conftest import move_to_now
from tests.summaries.session_rows import add_session, add_summary

pytestmark = pytest.mark.e2e


@pytest.fixture
def forty(portal):
    """Fifty-three summaries to review, more than a page shows."""
    numbers = range(10, 60)
    for number in numbers:
        add_summary(add_session(portal.northwind, portal.bob, number), title=f"Summary {number}")
    move_to_now(*numbers)
    SummaryRevision.objects.update(created_at=timezone.now() - timedelta(hours=1))
    return portal


def work():
    """What the queue does in a running portal."""
    for job in Job.objects.exclude(state="DONE"):
        tasks.run_job(job_id=job.pk)


def test_a_manager_approves_all_that_match(sign_in, forty, live_server, axe):
    page = sign_in(forty.mona)
    page.goto(f"{live_server.url}/?state=AI_GENERATED&period=all")
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("50 selected")
    page.get_by_label("All 53 that match").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("All 53 that match are selected")
    assert axe(page) == []

    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="53 summaries will be approved.")).to_be_visible()
    expect(page.get_by_text("All that match: State: AI-generated")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Approve: 53").click()
    expect(page.get_by_text("0 of 53 sessions")).to_be_visible()
    assert axe(page) == []

    work()

    expect(page.get_by_role("heading", name="53 summaries approved")).to_be_visible()
    assert axe(page) == []
    assert set(Summary.objects.values_list("review", flat=True)) == {"APPROVED"}
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(re.compile(r"\?period=all&state=AI_GENERATED|\?state=AI_GENERATED&period=all"))


def test_ticking_with_the_keyboard_and_a_range_with_shift(sign_in, forty, live_server):
    page = sign_in(forty.mona)
    page.goto(f"{live_server.url}/?period=all")
    boxes = page.locator('input[name="number"]')
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("4 selected")

    boxes.nth(2).uncheck()
    expect(page.locator("[data-bulk-count]")).to_have_text("3 selected")
    page.get_by_role("button", name="Mark reviewed").click()
    expect(page.get_by_role("heading", name="3 summaries will be marked as reviewed.")).to_be_visible()


def test_the_top_bar_tells_that_a_job_has_finished(sign_in, forty, live_server):
    page = sign_in(forty.mona)
    page.goto(f"{live_server.url}/bulk/?kind=review&list=home&period=all&all=1")
    page.get_by_role("button", name="Mark reviewed: 53").click()
    page.goto(f"{live_server.url}/reports/")
    expect(page.get_by_role("link", name="Jobs (1) under way")).to_be_visible()

    work()
    page.reload()

    page.get_by_role("link", name="Jobs 1 finished").click()
    expect(page.get_by_role("heading", name="Your jobs")).to_be_visible()
    expect(page.get_by_text("53 summaries marked as reviewed")).to_be_visible()
    page.reload()
    expect(page.locator(".jobs-link")).to_have_count(0)


def test_it_works_without_script(browser, sign_in, forty, live_server):
    signed_in = sign_in(forty.mona).context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in)
    page = context.new_page()
    page.goto(f"{live_server.url}/?period=all&state=AI_GENERATED")
    page.locator('input[name="number"]').first.check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="1 summary will be approved.")).to_be_visible()
    page.get_by_role("button", name="Approve: 1").click()
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("heading", name="1 summary approved")).to_be_visible()
    context.close()
