"""A supporter looks through a list: a filter becomes a view, opened again later, and the palette leads to a session."""

import re

import pytest
from playwright.sync_api import expect

from policies.models import Device
from summaries.models import Interaction, Job, JobItem, Summary, SummaryRevision, SupportSession

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


ENDLESS = "W" * 118


@pytest.mark.parametrize("width", [360, 1024, 1600])
def test_an_endless_name_pushes_no_column_out_of_the_list(sign_in, portal, live_server, width):
    Device.objects.filter(name="ACC-3").update(name=ENDLESS)
    Summary.objects.filter(session__number=2).update(title=ENDLESS)
    page = sign_in(portal.alice)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/")

    assert beyond(page, "section.list", "thead th, tbody .label") == []


def test_all_columns_of_a_list_can_be_reached(sign_in, portal, live_server):
    page = sign_in(portal.alice)
    page.set_viewport_size({"width": 1024, "height": 900})
    columns = "session,device,supporter,remote_user,issue_types,applications,start,length,ticket,notes,billing,state"
    SupportSession.objects.update(notes=ENDLESS, ticket=ENDLESS[:60], remote_user=ENDLESS)
    page.goto(f"{live_server.url}/?columns={columns}")
    page.locator("thead th").last.scroll_into_view_if_needed()

    assert beyond(page, "section.list", "thead th:last-child") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_application_with_an_endless_name_leaves_the_timeline_on_the_screen(sign_in, portal, live_server):
    Interaction.objects.filter(number=1).update(application=ENDLESS)
    page = sign_in(portal.alice)
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto(f"{live_server.url}/sessions/S-3/timeline/")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [640, 900, 1100])
def test_a_revision_can_be_used_again_on_a_german_page(sign_in, portal, live_server, width):
    summary = Summary.objects.get(session__number=3)
    first = summary.current
    note = "The engine did not answer in the shape that was asked for."
    facts = {"engine": "CLAUDE", "model": "claude-sonnet-4-5-20250929", "input_tokens": 1_234_567, "engine_note": note}
    newest = SummaryRevision.objects.create(
        summary=summary,
        company=portal.northwind,
        number=first.number + 1,
        content=first.content,
        language="en",
        created_at=first.created_at,
        output_tokens=45_678,
        cost_micros=31_234_567,
        **facts,
    )
    page = sign_in(portal.alice)
    page.context.add_cookies([{"name": "django_language", "value": "de", "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/sessions/S-3/revisions/")

    expect(page.locator(f"button[name=revision][value='{newest.number}']")).to_be_visible()
    assert beyond(page, "section.is-revisions", "td .button, thead th") == []


def beyond(page, around, inner):
    """The words of those of *inner* that stand partly outside of *around*, which clips them."""
    return page.locator(around).first.evaluate(
        """(around, inner) => {
          const box = around.getBoundingClientRect();
          return [...around.querySelectorAll(inner)]
            .filter((each) => each.checkVisibility())
            .filter((each) => {
              const own = each.getBoundingClientRect();
              return own.left < box.left - 1 || own.right > box.right + 1;
            })
            .map((each) => each.innerText);
        }""",
        inner,
    )


def test_why_a_job_failed_stays_on_the_page(sign_in, portal, live_server):
    session = SupportSession.objects.get(number=3)
    owned = {"company": portal.northwind}
    moment = session.started_at
    job = Job.objects.create(
        **owned,
        member=portal.alice,
        kind="approve",
        state="FAILED",
        total=1,
        failed=1,
        cursor=1,
        asked_at=moment,
        finished_at=moment,
        failure=f"No answer from {ENDLESS}.example",
    )
    JobItem.objects.create(
        **owned, job=job, place=1, session_id=session.pk, number=3, state="FAILED", sentence=job.failure
    )
    page = sign_in(portal.alice)
    page.set_viewport_size({"width": 1024, "height": 900})
    page.goto(f"{live_server.url}/jobs/{job.public_id}/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert beyond(page, ".job-problems", "td") == []

    page.goto(f"{live_server.url}/jobs/")
    assert beyond(page, "section.list", "td") == []


@pytest.mark.parametrize("width", [320, 1024])
def test_the_paper_of_a_report_is_shown_whole(sign_in, portal, live_server, width):
    page = sign_in(portal.alice)
    page.context.add_cookies([{"name": "django_language", "value": "de", "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/report-layout/")
    page.frame_locator("iframe.paper").locator("body").wait_for()

    paper = page.locator("iframe.paper").element_handle().content_frame()
    assert paper.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
