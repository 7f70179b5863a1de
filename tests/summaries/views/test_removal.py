import pytest

from summaries.domain.keeping import holds
from summaries.models import Interaction, LegalHold, Summary, SupportSession, TrashedRecord
from tests.summaries.session_rows import add_interactions, add_session, add_summary


@pytest.fixture
def reported(cast):
    session = add_session(cast.northwind, cast.bob, 1, interaction_count=3)
    add_interactions(session, 3)
    add_summary(session)
    return session


def text(response):
    return response.content.decode()


def address(what):
    return f"/sessions/S-1/delete/{what}/"


@pytest.mark.parametrize(
    ("what", "label"),
    [
        ("log", "Delete session log file"),
        ("summary", "Delete summary"),
        ("report", "Delete connection report"),
    ],
)
def test_delete_asks_once_and_names_what_goes(cast, reported, signed_in, what, label):
    page = text(signed_in(cast.alice).get(address(what)))

    assert f'<button class="button is-danger">{label}</button>' in page
    assert "It can be brought back until " in page
    assert (Interaction.objects.count(), Summary.objects.count(), SupportSession.objects.count()) == (3, 1, 1)


def test_delete_of_a_summary_without_a_text_says_that_it_cannot_be_undone(cast, reported, signed_in):
    reported.summary.delete()
    browser = signed_in(cast.alice)
    pages = [text(browser.get(address("summary")))]

    add_summary(reported, state="FAILED")

    pages.append(text(browser.get(address("summary"))))
    assert ["This cannot be undone." in page for page in pages] == [True, True]
    browser.post(address("summary"))
    page = text(browser.get("/sessions/S-1/report/"))
    assert ("The summary of S-1 was deleted." in page, "Undo" in page) == (True, False)


def test_delete_log_leaves_a_timeline_that_says_so(cast, reported, signed_in):
    browser = signed_in(cast.alice)

    response = browser.post(address("log"))

    assert response["Location"] == "/sessions/S-1/report/"
    timeline, summary, report = (text(browser.get(f"/sessions/S-1/{tab}")) for tab in ("timeline/", "", "report/"))
    assert "The session log was deleted" in timeline
    assert ("Restarted the print spooler." in summary, "Regenerate" in summary) == (True, False)
    assert ("The session log of S-1 was deleted." in timeline, "Delete session log file" in report) == (True, False)


def test_delete_summary_offers_a_new_one(cast, reported, signed_in):
    browser = signed_in(cast.alice)

    browser.post(address("summary"))

    page = text(browser.get("/sessions/S-1/"))
    assert ("Summary deleted" in page, "Generate summary" in page) == (True, True)


def test_delete_report_takes_the_session_out_of_every_list(cast, reported, signed_in):
    browser = signed_in(cast.alice)

    response = browser.post(address("report"))

    assert response["Location"] == "/reports/"
    page = text(browser.get("/reports/"))
    assert ("S-1 was deleted." in page, "/sessions/S-1/" in page) == (True, False)
    assert browser.get("/sessions/S-1/").status_code == 404


@pytest.mark.parametrize("what", ["log", "summary", "report"])
def test_the_message_after_a_deletion_undoes_it(cast, reported, signed_in, what):
    browser = signed_in(cast.alice)
    landed = text(browser.post(address(what), follow=True))
    record = TrashedRecord.objects.get()
    undo = f"/trash/S-1/{record.pk}/restore/"
    assert f'<form method="post" action="{undo}" class="undo">' in landed

    response = browser.post(undo)

    assert response["Location"] in ("/sessions/S-1/", "/sessions/S-1/report/")
    assert f"{record.get_what_display()} of S-1 was brought back." in text(browser.get(response["Location"]))
    session = SupportSession.objects.visible_to(cast.alice).get()
    assert (session.interaction_count, session.summary.revisions.count(), TrashedRecord.objects.count()) == (3, 1, 0)


def test_the_report_tab_offers_to_restore_what_lies_in_the_trash(cast, reported, signed_in):
    signed_in(cast.alice).post(address("log"))
    action = f'action="/trash/S-1/{TrashedRecord.objects.get().pk}/restore/"'

    pages = [text(signed_in(user).get("/sessions/S-1/report/")) for user in (cast.alice, cast.mona)]

    assert [action in page for page in pages] == [True, False]


def test_delete_under_legal_hold_says_so_and_deletes_nothing(cast, reported, signed_in, at):
    holds.place(company=cast.northwind, session=reported, reason="Case 4711", actor=cast.alice, at=at)
    browser = signed_in(cast.alice)

    page = text(browser.get(address("log")))
    browser.post(address("log"))

    assert ("Under legal hold" in page, "is-danger" in page) == (True, False)
    assert "S-1 is under legal hold" in text(browser.get("/sessions/S-1/report/"))
    assert Interaction.objects.count() == 3


def test_delete_twice_says_that_it_is_gone(cast, reported, signed_in):
    browser = signed_in(cast.alice)
    browser.post(address("log"))

    browser.post(address("log"))

    assert "S-1 has no session log" in text(browser.get("/sessions/S-1/report/"))


def test_delete_of_something_else_is_not_found(cast, reported, signed_in):
    assert signed_in(cast.alice).get(address("company")).status_code == 404


def test_the_report_tab_offers_what_the_member_may_delete(cast, reported, signed_in):
    def offered(user):
        page = text(signed_in(user).get("/sessions/S-1/report/"))
        return [what for what in ("log", "summary", "report") if f'href="{address(what)}"' in page]

    assert [offered(user) for user in (cast.alice, cast.mona, cast.bob)] == [
        ["log", "summary", "report"],
        ["summary"],
        [],
    ]


def test_a_hold_is_placed_and_lifted_on_the_report_tab(cast, reported, signed_in):
    browser = signed_in(cast.alice)

    browser.post("/sessions/S-1/hold/", {"reason": "Case <4711>"})

    page = text(browser.get("/sessions/S-1/report/"))
    assert ("Case &lt;4711&gt;" in page, "Lift legal hold" in page, "Place legal hold" in page) == (True, True, False)
    browser.post(f"/legal-holds/{LegalHold.objects.get().pk}/lift/")
    page = text(browser.get("/sessions/S-1/report/"))
    assert ("Case" in page, "Place legal hold" in page) == (False, True)


def test_a_hold_without_a_reason_is_refused_with_a_sentence(cast, reported, signed_in):
    browser = signed_in(cast.alice)

    browser.post("/sessions/S-1/hold/", {"reason": " "})

    assert "Say why nothing may be deleted" in text(browser.get("/sessions/S-1/report/"))
    assert LegalHold.objects.count() == 0


def test_the_list_of_holds_shows_standing_and_lifted_ones(cast, reported, signed_in, at):
    browser = signed_in(cast.alice)
    assert "Nothing is under legal hold" in text(browser.get("/legal-holds/"))

    browser.post("/legal-holds/company/", {"reason": "Audit of the year"})
    browser.post("/legal-holds/company/", {"reason": "Again"})

    page = text(browser.get("/legal-holds/"))
    assert "is under legal hold already" in page
    assert ("Audit of the year" in page, "Hold the whole company" in page) == (True, False)
    hold = LegalHold.objects.get()
    for _ in range(2):
        browser.post(f"/legal-holds/{hold.pk}/lift/")
    page = text(browser.get("/legal-holds/"))
    assert ("This hold was lifted before." in page, "Lifted" in page, "Hold the whole company" in page) == (True,) * 3


def test_another_companys_hold_is_not_found(cast, signed_in, at):
    hold = holds.place(company=cast.contoso, reason="Theirs", actor=cast.charlie, at=at)

    browser = signed_in(cast.alice)

    assert browser.post(f"/legal-holds/{hold.pk}/lift/").status_code == 404
    assert "Theirs" not in text(browser.get("/legal-holds/"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_holds_takes_as_many_queries_for_any_number(cast, signed_in, at, count, django_assert_num_queries):
    for number in range(count):
        session = add_session(cast.northwind, cast.bob, number + 1)
        holds.place(company=cast.northwind, session=session, reason="Case", actor=cast.alice, at=at)
    browser = signed_in(cast.alice)
    browser.get("/legal-holds/")

    with django_assert_num_queries(6):
        browser.get("/legal-holds/")
