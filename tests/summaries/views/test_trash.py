import re
from datetime import timedelta

import pytest

from summaries.domain.keeping import holds
from summaries.domain.keeping.removal import delete_log, delete_report, delete_summary
from summaries.models import Interaction, Summary, SupportSession, TrashedRecord
from tests.conftest import sign_in_freshly
from tests.summaries.session_rows import add_interactions, add_session, add_summary


def kept(company, supporter, number):
    session = add_session(company, supporter, number, interaction_count=3)
    add_interactions(session, 3)
    add_summary(session)
    return session


@pytest.fixture
def trashed(cast, at):
    return delete_log(session=kept(cast.northwind, cast.bob, 1), actor=cast.alice, at=at)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def address(record, what):
    return f"/trash/S-{record.session.number}/{record.pk}/{what}/"


def test_the_trash_says_what_lies_there_by_whom_and_until_when(cast, signed_in, at):
    for number, delete in enumerate((delete_log, delete_summary, delete_report), start=1):
        delete(session=kept(cast.northwind, cast.bob, number), actor=cast.alice, at=at + timedelta(minutes=number))
    delete_log(session=kept(cast.contoso, cast.charlie, 77), actor=cast.charlie, at=at)

    page = text(signed_in(cast.alice).get("/trash/"))

    told = re.findall(r'<th scope="row"> (.*?) <span class="sub">(.*?)</span>', page)
    assert told == [
        ("Connection report", "The whole session"),
        ("Summary", "1 revision"),
        ("Session log", "3 interactions"),
    ]
    assert re.findall(r">(S-\d+)<", page) == ["S-2", "S-1"]
    assert ("Alice" in page, "2026-12-20" in page, "S-77" in page) == (True, True, False)


def test_an_empty_trash_says_how_something_comes_here(cast, signed_in):
    page = text(signed_in(cast.mona).get("/trash/"))

    assert ("The trash is empty" in page, 'href="/trash/"' in page) == (True, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_trash_takes_as_many_queries_for_any_number(cast, signed_in, at, rows, django_assert_num_queries):
    for number in range(1, rows + 1):
        delete_log(session=kept(cast.northwind, cast.bob, number), actor=cast.alice, at=at)
    browser = signed_in(cast.alice)
    browser.get("/trash/")

    with django_assert_num_queries(5):
        browser.get("/trash/")


def test_pages_of_the_trash_lead_to_each_other(cast, signed_in, at, monkeypatch):
    monkeypatch.setattr("summaries.domain.keeping.trash.PAGE_ROWS", 1)
    for number in (1, 2):
        delete_log(session=kept(cast.northwind, cast.bob, number), actor=cast.alice, at=at)
    browser = signed_in(cast.alice)

    first = text(browser.get("/trash/"))
    (older,) = re.findall(r'rel="next" href="(.*?)"', first)
    second = text(browser.get(f"/trash/{older}"))

    assert [re.findall(r"/sessions/(S-\d)/", page)[0] for page in (first, second)] == ["S-2", "S-1"]
    assert (">Newest<" in second, 'rel="next"' in second) == (True, False)


def test_restore_twice_says_that_it_is_back(cast, trashed, signed_in):
    browser = signed_in(cast.alice)
    browser.post(address(trashed, "restore"))

    response = browser.post(address(trashed, "restore"), follow=True)

    assert "This is not in the trash any more" in text(response)
    assert SupportSession.objects.get().interaction_count == 3


def test_restore_that_is_not_possible_says_why(cast, signed_in, at):
    session = kept(cast.northwind, cast.bob, 1)
    old = delete_summary(session=session, actor=cast.alice, at=at)
    add_summary(SupportSession.objects.get())

    page = text(signed_in(cast.alice).post(address(old, "restore"), follow=True))

    assert "S-1 has a newer summary. Delete that one first" in page


def test_restore_by_somebody_who_could_not_have_deleted_it_is_refused(cast, trashed, signed_in):
    answers = [signed_in(user).post(address(trashed, "restore")).status_code for user in (cast.mona, cast.charlie)]

    assert (answers, TrashedRecord.objects.count()) == ([403, 404], 1)


def test_delete_for_good_asks_once_and_asks_who_one_is(cast, trashed, signed_in, client):
    page = text(signed_in(cast.alice).get(address(trashed, "delete")))
    asked = signed_in(cast.alice).post(address(trashed, "delete"))
    kept_rows = Interaction.objects.count()
    sign_in_freshly(client, cast.alice)

    done = client.post(address(trashed, "delete"), follow=True)

    assert ("This cannot be undone." in page, "/reauthenticate/" in asked["Location"], kept_rows) == (True, True, 3)
    assert "Session log of S-1 was deleted for good." in text(done)
    assert (Interaction.objects.count(), TrashedRecord.objects.count()) == (0, 0)


def test_delete_for_good_twice_says_that_it_is_gone(cast, trashed, client):
    sign_in_freshly(client, cast.alice)
    client.post(address(trashed, "delete"))

    pages = [text(each(address(trashed, "delete"), follow=True)) for each in (client.get, client.post)]

    assert ["This is not in the trash any more" in page for page in pages] == [True, True]


def test_delete_for_good_under_legal_hold_says_so(cast, trashed, client, at):
    holds.place(company=cast.northwind, reason="Case 4711", actor=cast.alice, at=at)
    sign_in_freshly(client, cast.alice)

    asked = text(client.get(address(trashed, "delete")))
    page = text(client.post(address(trashed, "delete"), follow=True))

    assert ("Under legal hold." in asked, "is-danger" in asked) == (True, False)
    assert ("S-1 is under legal hold" in page, Interaction.objects.count(), Summary.objects.count()) == (True, 3, 1)


def test_delete_for_good_by_somebody_who_could_not_have_deleted_it_is_refused(cast, trashed, client):
    answers = []
    for user in (cast.mona, cast.charlie):
        sign_in_freshly(client, user)
        answers += [each(address(trashed, "delete")).status_code for each in (client.get, client.post)]

    assert (answers, Interaction.objects.count()) == ([403, 403, 404, 404], 3)
