import re
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role
from summaries.models import Job, JobItem, Summary
from tests.conftest import sign_in_freshly
from tests.summaries.domain.jobs.job_cases import ASKED, add_summaries, work
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: ASKED)


@pytest.fixture
def three(cast):
    """S-1 to S-3 in Northwind, and S-1 in Contoso, which nobody of Northwind may touch."""
    add_summary(add_session(cast.contoso, cast.charlie, 1))
    return add_summaries(cast.northwind, cast.bob, 3)


def text(response):
    return " ".join(response.content.decode().split())


def confirm(browser, kind, **asked):
    return browser.get("/bulk/", {"kind": kind, "list": "home", "period": "all", **asked})


def start(browser, kind, **asked):
    return browser.post("/bulk/", {"kind": kind, "list": "home", "period": "all", "key": str(uuid4()), **asked})


def test_each_row_has_a_box_named_after_its_session(cast, three, signed_in):
    page = text(signed_in(cast.mona).get("/?period=all"))

    assert re.findall(r'form="bulk" name="number" value="(\d+)"', page) == ["3", "2", "1"]
    assert re.findall(r"Select (S-\d)<", page) == ["S-3", "S-2", "S-1"]


def test_the_bar_offers_what_the_roles_allow(cast, three, signed_in):
    offered = {
        member.name: re.findall(r'name="kind" value="(\w+)"', text(signed_in(member).get("/reports/?period=all")))
        for member in (cast.alice, cast.mona, cast.bob)
    }

    exports = ["export_pdf_zip", "export_pdf_one"]
    assert offered == {
        "Alice": ["approve", "review", "regenerate", *exports, "delete_summaries", "delete_logs", "delete_reports"],
        "Mona": ["approve", "review", "regenerate", *exports, "delete_summaries"],
        "Bob": ["review", "regenerate", *exports],
    }


def test_what_the_portal_does_by_itself_is_no_action_of_a_list(cast, three, signed_in):
    assert signed_in(cast.alice).get("/bulk/?kind=scheduled_csv&list=reports&all=1").status_code == 404


def test_whoever_may_do_nothing_sees_no_boxes(cast, three, signed_in):
    cast.mona.groups.set([Role.objects.get(company=cast.northwind, name="Auditor").group])

    page = text(signed_in(cast.mona).get("/?period=all"))

    assert ("S-3" in page, 'id="bulk"' in page, 'name="number"' in page) == (True, False, False)


def test_all_that_match_is_offered_where_there_are_more_than_the_page_shows(cast, three, signed_in, monkeypatch):
    browser = signed_in(cast.mona)
    whole = text(browser.get("/?period=all"))
    monkeypatch.setattr("summaries.domain.reading.listing.PAGE_ROWS", 2)

    part = text(browser.get("/?period=all&state=AI_GENERATED"))

    assert ("All 3 that match</span></label>" in whole, "All 3 that match</span></label>" in part) == (False, True)
    assert '<input type="hidden" name="state" value="AI_GENERATED">' in part


def test_the_confirmation_names_what_happens_to_how_many_and_why_not(cast, three, signed_in):
    Summary.objects.filter(pk=three[0].pk).update(review="APPROVED")

    page = text(confirm(signed_in(cast.mona), "approve", all="1"))

    assert "<h2>2 summaries will be approved.</h2>" in page
    assert "<li>1 can’t, because they are approved already</li>" in page
    assert "Approve: 2</button>" in page
    assert Job.objects.count() == 0


def test_the_confirmation_of_ticked_sessions(cast, three, signed_in):
    page = text(confirm(signed_in(cast.mona), "approve", number=["1", "S-3", "x", "99999999999"]))

    assert "<h2>2 summaries will be approved.</h2>" in page
    assert "2 sessions, ticked in the list" in page
    assert re.findall(r'name="number" value="(\d+)"', page) == ["1", "3"]


def test_the_confirmation_names_the_filter(cast, three, signed_in):
    page = text(confirm(signed_in(cast.mona), "approve", all="1", state="AI_GENERATED"))

    assert "All that match: State: AI-generated" in page
    assert '<a href="/?period=all&amp;state=AI_GENERATED">Back to the list</a>' in page


def test_regenerate_shows_the_credits_first(cast, three, signed_in):
    page = text(confirm(signed_in(cast.mona), "regenerate", all="1"))

    assert "<dt>Credits</dt><dd>3 needed, 50 available</dd>" in page


def test_nothing_selected_leads_back_to_the_list(cast, three, signed_in):
    answer = confirm(signed_in(cast.mona), "approve", state="AI_GENERATED")

    assert (answer.status_code, answer["Location"]) == (302, "/?period=all&state=AI_GENERATED")


def test_nothing_that_can_be_done_has_no_button(cast, three, signed_in):
    Summary.objects.update(review="APPROVED")

    page = text(confirm(signed_in(cast.mona), "approve", all="1"))

    assert ("It can be done to none of these sessions" in page, "Approve: 0" in page.split("</title>")[1]) == (
        True,
        False,
    )


def test_a_post_starts_the_job_and_leads_to_it(cast, three, signed_in):
    answer = start(signed_in(cast.mona), "approve", all="1", wants_mail="on")

    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.public_id}/")
    assert (job.member, job.total, job.query, job.wants_mail) == (cast.mona, 3, "period=all", True)


def test_the_last_wish_for_a_mail_is_remembered(cast, three, signed_in):
    browser = signed_in(cast.mona)
    first = text(confirm(browser, "approve", all="1"))
    start(browser, "approve", all="1", wants_mail="on")

    second = text(confirm(browser, "review", all="1"))

    assert ('name="wants_mail" checked' in first, 'name="wants_mail" checked' in second) == (False, True)


def test_the_same_form_sent_twice_is_one_job(cast, three, signed_in):
    browser, key = signed_in(cast.mona), str(uuid4())

    first = start(browser, "approve", all="1", key=key)
    second = start(browser, "approve", all="1", key=key)

    assert (first["Location"] == second["Location"], Job.objects.count()) == (True, 1)


def test_a_form_with_a_broken_key_is_a_job_of_its_own(cast, three, signed_in):
    assert start(signed_in(cast.mona), "approve", all="1", key="nonsense").status_code == 302


def test_what_can_not_be_started_is_said_and_loses_nothing(cast, three, signed_in, monkeypatch):
    monkeypatch.setattr("summaries.domain.jobs.requests.MOST_SESSIONS", 2)

    answer = start(signed_in(cast.mona), "approve", all="1", state="AI_GENERATED", wants_mail="on")

    page = text(answer)
    assert (answer.status_code, Job.objects.count()) == (409, 0)
    assert "One job takes at most 2 sessions." in page
    assert ('name="state" value="AI_GENERATED"' in page, 'name="wants_mail" checked' in page) == (True, True)


def test_sessions_of_another_company_are_none_of_the_selected(cast, three, signed_in):
    page = text(confirm(signed_in(cast.charlie), "approve", number=["1", "2", "3"]))

    assert "<h2>1 summary will be approved.</h2>" in page


def test_sessions_out_of_reach_are_none_of_the_selected(cast, three, signed_in):
    add_summary(add_session(cast.northwind, cast.mona, 4))

    page = text(confirm(signed_in(cast.bob), "review", number=["3", "4"]))

    assert "<h2>1 summary will be marked as reviewed.</h2>" in page


def test_an_unknown_action_is_not_found(cast, three, signed_in):
    assert confirm(signed_in(cast.mona), "drop", all="1").status_code == 404


def test_a_missing_permission_is_refused(cast, three, signed_in):
    browser = signed_in(cast.bob)

    assert (confirm(browser, "approve", all="1").status_code, start(browser, "approve", all="1").status_code) == (
        403,
        403,
    )
    assert Job.objects.count() == 0


def test_deleting_asks_again_who_one_is(cast, three, signed_in):
    stale, fresh = signed_in(cast.alice), Client()
    sign_in_freshly(fresh, cast.alice)

    asked = confirm(stale, "delete_summaries", all="1")
    page = text(confirm(fresh, "delete_summaries", all="1"))
    refused = start(stale, "delete_summaries", all="1")

    assert (asked.status_code, asked["Location"].startswith("/accounts/reauthenticate/")) == (302, True)
    assert refused["Location"].startswith("/accounts/reauthenticate/")
    assert "<h2>3 summaries will be deleted.</h2>" in page
    assert "For 30 days each can be brought back from the trash." in page
    assert Job.objects.count() == 0


def test_a_member_who_reads_no_summaries_has_one_list(cast, three, signed_in, django_user_model):
    page = text(signed_in(cast.alice).get("/bulk/", {"kind": "approve", "list": "nonsense", "all": "1"}))

    assert "It can be done to none" not in page


def test_a_manager_approves_what_waits(cast, three, signed_in):
    start(signed_in(cast.mona), "approve", all="1", state="AI_GENERATED")

    job = work(Job.objects.get())

    assert (job.state, job.done) == ("DONE", 3)
    assert list(Summary.objects.filter(company=cast.northwind).values_list("review", flat=True)) == ["APPROVED"] * 3
    assert Summary.objects.get(company=cast.contoso).review == "AI_GENERATED"
    assert AuditEntry.objects.filter(action="summary.approved", actor=cast.mona).count() == 3
    assert JobItem.objects.count() == 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_confirmation_takes_a_fixed_number_of_queries(cast, signed_in, django_assert_num_queries, count):
    add_summaries(cast.northwind, cast.bob, count)
    browser = signed_in(cast.mona)
    confirm(browser, "approve", all="1")

    with django_assert_num_queries(5):
        confirm(browser, "approve", all="1")
