import pytest

from accounts.models import AuditEntry
from summaries.models import Summary, SummaryRating
from tests.summaries.domain.correction.cases import summary_of
from tests.summaries.session_rows import add_session

LIST = "http://testserver/?issue_type=Printer&open=S-1"


@pytest.fixture
def summary(cast):
    return summary_of(cast.northwind, cast.bob)


def text(response):
    return response.content.decode()


def test_a_decision_in_the_panel_leads_back_to_the_list_as_it_was(cast, summary, signed_in):
    answer = signed_in(cast.mona).post(
        "/sessions/S-1/decide/",
        {"revision": summary.current_id, "decision": "approve"},
        headers={"Referer": LIST},
    )

    assert answer.headers["Location"] == "/?issue_type=Printer&open=S-1"
    assert Summary.objects.get().review == "APPROVED"


@pytest.mark.parametrize(
    "came_from", ["", "http://evil.example/?open=S-1", "http://testserver/sessions/S-1/", "//evil"]
)
def test_from_anywhere_else_it_leads_to_the_session(cast, summary, signed_in, came_from):
    answer = signed_in(cast.mona).post(
        "/sessions/S-1/decide/", {"revision": summary.current_id}, headers={"Referer": came_from}
    )

    assert answer.headers["Location"] == "/sessions/S-1/"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"helpful": "yes", "seen": "1"}, "Thank you. Your rating was saved."),
        ({"helpful": "no", "seen": "1", "comment": "Wrong cause."}, "Thank you. Your rating was saved."),
        ({"helpful": "yes", "seen": "9"}, "The text has changed since you opened it."),
        ({"helpful": "yes", "seen": "9" * 40}, "The text has changed since you opened it."),
        ({"helpful": "perhaps", "seen": "1"}, "Say whether the summary was helpful."),
        ({"helpful": "yes", "seen": "1", "comment": "x" * 501}, "Write at most 500 characters."),
    ],
)
def test_a_rating_is_told(cast, summary, signed_in, data, told):
    page = text(signed_in(cast.bob).post("/sessions/S-1/rate/", data, follow=True))

    assert told in page
    assert SummaryRating.objects.count() == int("saved" in told)


def test_managers_read_the_comments_and_others_their_own(cast, summary, signed_in):
    signed_in(cast.bob).post("/sessions/S-1/rate/", {"helpful": "no", "seen": "1", "comment": "Wrong cause."})
    signed_in(cast.mona).post("/sessions/S-1/rate/", {"helpful": "yes", "seen": "1", "comment": "Only Mona's."})

    bobs, monas = (text(signed_in(user).get("/sessions/S-1/")) for user in (cast.bob, cast.mona))

    assert ("You found it not helpful." in bobs, "Only Mona" in bobs) == (True, False)
    assert ("Wrong cause." in monas, "<strong>Bob</strong>: not helpful" in monas) == (True, True)


def test_plain_text_is_told_and_kept_in_the_audit_log(cast, summary, signed_in):
    answer = signed_in(cast.bob).get("/sessions/S-1/summary.txt")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text(answer).startswith("Printer offline after driver update\nS-1 · AI-generated\n")
    assert AuditEntry.objects.filter(action="summary.copied", actor=cast.bob).count() == 1


def test_what_may_not_leave_is_neither_copied_nor_offered(cast, summary, signed_in):
    cast.northwind.ai_settings.approval_required = True
    cast.northwind.ai_settings.save()
    client = signed_in(cast.mona)

    answer, page = client.get("/sessions/S-1/summary.txt"), text(client.get("/sessions/S-1/"))
    Summary.objects.update(review="APPROVED", reviewed_by=cast.mona)
    released = text(client.get("/sessions/S-1/"))

    assert (answer.status_code, "Have it approved" in text(answer)) == (409, True)
    assert ("Not to leave the portal yet." in page, "summary.txt" in page, "report.pdf" in page) == (True, False, False)
    assert ("Not to leave" in released, "summary.txt" in released, "report.pdf" in released) == (False, True, True)


def test_where_there_is_no_text_nothing_is_rated_or_copied(cast, signed_in):
    add_session(cast.northwind, cast.bob, 2)
    client = signed_in(cast.bob)

    assert client.get("/sessions/S-2/summary.txt").status_code == 409
    assert client.post("/sessions/S-2/rate/", {"helpful": "yes", "seen": "1"}).status_code == 302
    assert client.post("/sessions/S-2/restore/", {"revision": "1", "seen": "1"}).status_code == 302
