import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from summaries.models import ConsentEntry, Summary
from tests.summaries.session_rows import add_interactions, add_session, add_summary

TABS = ("", "timeline/", "report/", "consent/", "revisions/")


def text(response):
    return response.content.decode()


def address(number, tab=""):
    return f"/sessions/S-{number}/{tab}"


@pytest.fixture
def summary(cast):
    session = add_session(cast.northwind, cast.bob, 1, device_name="ACC-1")
    add_interactions(session, 250)
    return add_summary(session, issue_types=("Printer",), applications=("Word",))


def labels_of_buttons(page):
    return re.findall(r'<button class="button[^>]*>([^<]+)<', page)


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_has_its_own_address(cast, summary, signed_in, tab):
    response = signed_in(cast.bob).get(address(1, tab))

    assert response.status_code == 200
    assert f'<a href="{address(1, tab)}" aria-current="page">' in text(response)


@pytest.mark.parametrize("tab", [*TABS, "panel/"])
def test_another_companys_or_supporters_session_is_not_found(cast, summary, signed_in, tab):
    add_session(cast.northwind, cast.alice, 2)

    assert signed_in(cast.charlie).get(address(1, tab)).status_code == 404
    assert signed_in(cast.bob).get(address(2, tab)).status_code == 404


def test_summary_shows_text_evidence_and_what_was_masked(cast, summary, signed_in):
    page = text(signed_in(cast.bob).get(address(1)))

    assert "Restarted the print spooler." in page
    assert "<code>net stop spooler</code>" in page
    assert 'href="/sessions/S-1/timeline/#i3" aria-label="Evidence: interaction 3"' in page
    assert "1 password, 2 e-mail addresses" in page
    assert ("AI-generated" in page, "Resolved" in page, "Built-in engine" in page) == (True, True, True)


def test_reading_a_summary_stands_in_the_audit_log(cast, summary, signed_in):
    signed_in(cast.bob).get(address(1))
    signed_in(cast.bob).get(address(1, "panel/"), headers={"HX-Request": "true"})

    assert AuditEntry.objects.filter(action="summary.viewed", actor=cast.bob).count() == 2


def test_session_text_is_shown_and_not_obeyed(cast, summary, signed_in):
    hostile = "<script>alert(1)</script> \x1b[2J \u202egnp.exe [PASSWORD-1]"
    summary.session.interactions.filter(number=1).update(text=hostile, application="<b>x</b>")

    page = text(signed_in(cast.bob).get(address(1, "timeline/")))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<span class="control" title="A character that can’t be seen">‹U+202E›</span>gnp.exe' in page
    assert '<span class="masked" title="Masked before storage">[PASSWORD-1]</span>' in page
    assert ("<b>x</b>" in page, "\u202e" in page, "\x1b" in page) == (False, False, False)


def test_evidence_beyond_the_first_page_opens_the_page_that_holds_it(cast, summary, signed_in):
    content = summary.current.content
    content["problem"][0]["evidence"] = [230]
    summary.current.save()
    client = signed_in(cast.bob)

    link = re.search(r'href="(/sessions/S-1/timeline/\?at=230)#i230"', text(client.get(address(1)))).group(1)

    assert 'id="i230"' in text(client.get(link))


def test_timeline_filters_by_kind(cast, summary, signed_in):
    summary.session.interactions.filter(number=5).update(kind="CHAT")

    page = text(signed_in(cast.bob).get(address(1, "timeline/?kind=CHAT")))

    assert re.findall(r'<li id="i(\d+)"', page) == ["5"]


def test_report_shows_billable_time_in_steps_and_its_minimum(cast, summary, signed_in):
    cast.northwind.billing_step_minutes, cast.northwind.billing_minimum_minutes = 15, 20
    cast.northwind.save()

    page = text(signed_in(cast.bob).get(address(1, "report/")))

    assert "20 min (in steps of 15 min)" in page
    assert "Each session counts at least 20 min." in page


def test_consent_shows_the_ledgers_entries(cast, session, signed_in):
    entry = ConsentEntry.objects.get(session=session)

    page = text(signed_in(cast.bob).get(address(session.number, "consent/")))

    assert entry.statement in page


def test_revisions_open_a_text(cast, summary, signed_in):
    page = text(signed_in(cast.bob).get(address(1, "revisions/?revision=1")))

    assert ("Revision 1" in page, "Restarted the print spooler." in page) == (True, True)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_panel_takes_a_fixed_number_of_queries(cast, signed_in, django_assert_num_queries, count):
    for number in range(1, count + 1):
        add_summary(add_session(cast.northwind, cast.bob, number, device_name="ACC-1"), issue_types=("Printer",))
    client = signed_in(cast.alice)
    client.get(address(1, "panel/"), headers={"HX-Request": "true"})

    with django_assert_num_queries(8):
        response = client.get(address(1, "panel/"), headers={"HX-Request": "true"})

    assert 'data-number="1"' in text(response)
    assert "<html" not in text(response)


def test_panel_without_htmx_is_the_whole_page(cast, summary, signed_in):
    assert "<html" in text(signed_in(cast.bob).get(address(1, "panel/")))


@pytest.mark.parametrize("tab", TABS)
def test_tabs_take_as_many_queries_for_a_long_session(cast, signed_in, tab):
    for number, length in ((1, 3), (2, 190)):
        session = add_session(cast.northwind, cast.bob, number)
        add_interactions(session, length)
        add_summary(session)
    client = signed_in(cast.alice)
    client.get(address(1, tab))

    def queries(number):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(address(number, tab))
        return len(captured)

    assert queries(1) == queries(2)
    assert queries(1) <= 14


def test_buttons_are_shown_to_those_who_may(cast, summary, signed_in):
    assert labels_of_buttons(text(signed_in(cast.bob).get(address(1)))) == ["Mark as reviewed", "Regenerate"]
    assert labels_of_buttons(text(signed_in(cast.mona).get(address(1)))) == [
        "Approve",
        "Regenerate",
        "Mark as reviewed",
    ]


def decide(client, summary, decision, **fields):
    data = {"revision": summary.current_id, "decision": decision, **fields}
    return client.post(address(summary.session.number, "decide/"), data, follow=True)


def test_review_and_approval_are_said_back(cast, summary, signed_in):
    assert "S-1 is now reviewed." in text(decide(signed_in(cast.bob), summary, "review"))
    assert "S-1 is now approved." in text(decide(signed_in(cast.mona), summary, "approve"))

    summary.refresh_from_db()
    assert (summary.review, summary.reviewed_by) == ("APPROVED", cast.mona)


def test_approval_without_the_permission_is_refused(cast, summary, signed_in):
    response = decide(signed_in(cast.bob), summary, "approve")

    summary.refresh_from_db()
    assert (response.status_code, summary.review) == (403, "AI_GENERATED")
    assert "Your roles do not include “Approve summaries”." in text(response)


@pytest.mark.parametrize("revision", ["", "x", "999999"])
def test_a_decision_on_another_text_changes_nothing(cast, summary, signed_in, revision):
    response = decide(signed_in(cast.mona), summary, "approve", revision=revision)

    summary.refresh_from_db()
    assert (response.status_code, summary.review) == (200, "AI_GENERATED")
    assert 'class="error"' in text(response)


def test_a_decision_needs_a_post(cast, summary, signed_in):
    assert signed_in(cast.mona).get(address(1, "decide/")).status_code == 405
    assert signed_in(cast.mona).get(address(1, "generate/")).status_code == 405


def test_generate_queues_a_summary(cast, signed_in):
    add_session(cast.northwind, cast.bob, 1)

    response = signed_in(cast.bob).post(address(1, "generate/"), follow=True)

    assert "The summary of S-1 is being made." in text(response)
    assert Summary.objects.get().state == "QUEUED"


def test_generate_in_another_language_with_another_engine(cast, summary, signed_in):
    signed_in(cast.bob).post(address(1, "generate/"), {"engine": "CLAUDE", "language": "de"})

    summary.refresh_from_db()
    assert (summary.requested_engine, summary.requested_language) == ("CLAUDE", "de")


def test_generate_of_what_was_not_captured_tells_the_reason(cast, signed_in):
    add_session(cast.northwind, cast.bob, 1, verdict="NO", reason="CONSENT_REFUSED")

    response = signed_in(cast.bob).post(address(1, "generate/"), follow=True)

    assert "This session can&#x27;t be summarised: Consent refused." in text(response)
    assert Summary.objects.count() == 0


def test_generate_without_credits_waits_and_says_so(cast, signed_in, monkeypatch):
    cast.northwind.plan = "BUSINESS"
    cast.northwind.save()
    client = signed_in(cast.bob)
    for number in range(1, 7):
        add_session(cast.northwind, cast.bob, number)
        client.post(address(number, "generate/"))

    page = text(client.get(address(6)))

    assert "Waiting for credits" in page


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"verdict": "WAIT", "reason": "WAITING_FOR_CONSENT"}, "Waiting for consent"),
        ({"verdict": "NO", "reason": "EXCLUDED_BY_CONDITION"}, "Excluded"),
        ({"status": "OPEN", "ended_at": None}, "Session running"),
        ({}, "No summary yet"),
    ],
)
def test_a_session_without_summary_tells_its_state(cast, signed_in, fields, word):
    add_session(cast.northwind, cast.bob, 1, **fields)

    assert f"<strong>{word}.</strong>" in text(signed_in(cast.alice).get(address(1)))


def test_notes_are_saved_by_those_who_may(cast, summary, signed_in):
    response = signed_in(cast.mona).post(address(1, "notes/"), {"notes": "Call back"}, follow=True)

    assert "The notes of S-1 were saved." in text(response)
    assert '<textarea id="notes" name="notes" rows="3" dir="auto" maxlength="5000">Call back<' in text(response)


def test_notes_too_long_are_refused_with_the_reason(cast, summary, signed_in):
    response = signed_in(cast.mona).post(address(1, "notes/"), {"notes": "x" * 6000}, follow=True)

    assert "Notes hold at most 5,000 characters; these hold 6,000." in text(response)


def test_notes_are_not_for_those_who_may_not_change_reports(cast, summary, signed_in):
    assert signed_in(cast.bob).post(address(1, "notes/"), {"notes": "x"}).status_code == 403
    assert "<textarea" not in text(signed_in(cast.bob).get(address(1, "report/")))


@pytest.mark.parametrize("revision", ["", "x", "²", "-1", "9" * 30, "9" * 5000])
def test_a_decision_on_no_revision_is_refused(cast, summary, signed_in, revision):
    response = signed_in(cast.alice).post(address(1, "decide/"), {"revision": revision, "decision": "approve"})

    assert (response.status_code, response["Location"]) == (302, address(1))
    summary.refresh_from_db()
    assert summary.review == "AI_GENERATED"


def test_what_a_client_named_is_shown_and_not_obeyed(cast, signed_in):
    hostile = "\u202e\x1b[2J<b>"
    session = add_session(cast.northwind, cast.bob, 3, device_name=hostile, notes=hostile, remote_user=hostile)
    add_interactions(session, 1, application=hostile)
    client = signed_in(cast.mona)

    for page in ("/reports/", "/filter/?list=reports", address(3, "timeline/")):
        # Only the value of a choice stays as it is: it is sent back.
        seen = re.sub(r'value="[^"]*"', "", text(client.get(page)))
        assert ("‹U+202E›" in seen, "\u202e" in seen, "\x1b" in seen, "<b>" in seen) == (True, False, False, False)


def test_the_reader_behind_a_proxy_is_told_by_their_own_address(cast, summary, signed_in, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    signed_in(cast.bob).get(address(1), headers={"X-Forwarded-For": "203.0.113.7"})

    assert AuditEntry.objects.get(action="summary.viewed").address == "203.0.113.7"
