import csv
import io
from datetime import timedelta

import pytest

from policies.enums import ConsentAnswer
from summaries.domain.capture import append_interactions, record_consent
from summaries.domain.consent.ledger import COLUMNS, PAGE_ROWS
from summaries.models import ConsentEntry, ConsentRequest, Interaction
from tests.summaries.consent_cases import GIVEN, REFUSED, answered, ask, chat, waiting_session
from tests.summaries.session_rows import add_session


@pytest.fixture
def waiting(cast, at):
    return waiting_session(cast, at)


@pytest.fixture
def tab(waiting):
    return f"/sessions/S-{waiting.number}/consent/"


def page(response):
    return response.content.decode()


def add_entry(company, user, number, at, **fields):
    session = add_session(company, user, number, device_name=f"ACC-{number}")
    fields = {"answer": GIVEN, "statement": f"Agreed in {number}.", "stated_by": user, **fields}
    return ConsentEntry.objects.create(company=company, session=session, device=session.device, at=at, **fields)


def test_asking_shows_link_and_code_once_and_the_page_awaits_the_answer(signed_in, cast, tab):
    browser = signed_in(cast.bob)

    asked = page(browser.post(f"{tab}ask/"))

    assert "http://testserver/consent/" in asked
    assert "data:image/svg+xml;base64," in asked
    assert f'data-awaits="{tab}state/"' in asked
    assert "http://testserver/consent/" not in page(browser.get(tab))


def test_the_button_of_the_link_says_in_the_readers_language_that_it_is_copied(signed_in, cast, tab):
    asked = page(signed_in(cast.bob).post(f"{tab}ask/", headers={"Accept-Language": "de"}))

    assert 'data-done="Kopiert."' in asked


def test_the_state_tells_whether_the_page_still_waits(signed_in, cast, waiting, tab, at):
    browser = signed_in(cast.bob)
    ask(waiting, cast.bob, at)
    assert browser.get(f"{tab}state/").json() == {"is_waiting": True}

    record_consent(session=waiting, answer=REFUSED, statement="Said no.", actor=cast.bob, at=at)
    assert browser.get(f"{tab}state/").json() == {"is_waiting": False}


@pytest.mark.parametrize("path", ["", "state/"])
def test_looking_closes_a_question_whose_time_is_over(signed_in, cast, waiting, tab, at, path):
    ask(waiting, cast.bob, at - timedelta(minutes=3))

    signed_in(cast.bob).get(tab + path)

    assert ConsentRequest.objects.get().answer == ConsentAnswer.TIMEOUT


def test_asking_where_there_is_nothing_to_ask_says_why(signed_in, cast, waiting, tab, at):
    answered(waiting, cast.bob, at)

    asked = signed_in(cast.bob).post(f"{tab}ask/", follow=True)

    assert "There is nothing to ask: Outgoing, with consent." in page(asked)


def test_the_tab_shows_the_wording_that_was_read(signed_in, cast, waiting, tab, at):
    answered(waiting, cast.bob, at, GIVEN, language="es")

    said = page(signed_in(cast.bob).get(tab))

    entry = ConsentEntry.objects.get()
    assert "¿Se puede registrar esta sesión de soporte?" in said
    assert "The remote user" in said
    assert f"Version {entry.wording_version}, in Spanish" in said


def test_a_manager_records_a_withdrawal(signed_in, cast, waiting, tab, at):
    answered(waiting, cast.bob, at)
    append_interactions(session=waiting, batch=[chat(1, "hello")])
    browser = signed_in(cast.mona)
    assert "Record a withdrawal" in page(browser.get(tab))
    assert "Record a withdrawal" not in page(signed_in(cast.bob).get(tab))

    for statement in ("", " ", "x" * 2001):
        said = browser.post(f"{tab}withdrawal/", {"statement": statement}, follow=True)
        assert "Nothing was recorded" in page(said)
    assert Interaction.objects.count() == 1

    said = browser.post(f"{tab}withdrawal/", {"statement": "By mail."}, follow=True)
    assert "Session log and summary of S-1 are deleted." in page(said)
    assert Interaction.objects.count() == 0


def test_another_companys_administrator_finds_no_such_session(signed_in, cast, waiting, tab, at):
    ask(waiting, cast.bob, at)
    browser = signed_in(cast.charlie)

    assert [browser.get(tab).status_code, browser.get(f"{tab}state/").status_code] == [404, 404]
    assert [browser.post(tab + path).status_code for path in ("ask/", "withdrawal/")] == [404, 404]
    assert ConsentEntry.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_ledger_lists_entries_with_one_number_of_queries(signed_in, cast, at, rows, django_assert_num_queries):
    for number in range(1, rows + 1):
        add_entry(cast.northwind, cast.bob, number, at + timedelta(minutes=number))
    add_entry(cast.contoso, cast.charlie, 9, at)
    browser = signed_in(cast.alice)
    browser.get("/consents/")

    with django_assert_num_queries(LEDGER_QUERIES):
        said = page(browser.get("/consents/"))

    shown = [said.find(f">S-{number}<") for number in range(rows, 0, -1)]
    assert shown == sorted(shown)
    assert min(shown) > 0
    assert "S-9" not in said


LEDGER_QUERIES = 5


def test_a_supporter_sees_the_entries_of_their_own_sessions(signed_in, cast, at):
    add_entry(cast.northwind, cast.bob, 1, at)
    add_entry(cast.northwind, cast.mona, 2, at)

    said = page(signed_in(cast.bob).get("/consents/"))

    assert (">S-1<" in said, ">S-2<" in said) == (True, False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2]),
        ("answer=REFUSED", [2]),
        ("answer=NONSENSE", [1, 2]),
        ("first=2026-11-21", [2]),
        ("last=2026-11-20", [1]),
        ("first=2026-13-45&last=0001-01-01", [1, 2]),
        ("last=9999-12-31", [1, 2]),
        ("before=nonsense", [1, 2]),
    ],
)
def test_the_ledger_is_narrowed_by_answer_and_day(signed_in, cast, at, query, found):
    add_entry(cast.northwind, cast.bob, 1, at)
    add_entry(cast.northwind, cast.bob, 2, at + timedelta(days=1), answer=REFUSED)
    browser = signed_in(cast.alice)

    said = page(browser.get(f"/consents/?{query}"))
    table = list(csv.DictReader(io.StringIO(browser.get(f"/consents/consents.csv?{query}").getvalue().decode())))

    assert [number for number in (1, 2) if f">S-{number}<" in said] == found
    assert sorted(row["session"] for row in table) == [f"S-{number}" for number in found]


def test_an_empty_ledger_says_what_to_do(signed_in, cast):
    browser = signed_in(cast.alice)

    assert "No consent is recorded yet" in page(browser.get("/consents/"))
    assert "No entry matches" in page(browser.get("/consents/?answer=GIVEN"))


def test_the_ledger_is_read_page_by_page(signed_in, cast, at):
    session = add_session(cast.northwind, cast.bob, 1)
    ConsentEntry.objects.bulk_create(
        ConsentEntry(company=cast.northwind, session=session, answer=GIVEN, statement=f"No. {number}.", at=at)
        for number in range(PAGE_ROWS + 2)
    )
    browser = signed_in(cast.alice)
    first = browser.get("/consents/").context["page"]

    second = browser.get(f"/consents/?before={first.older}").context["page"]

    assert (len(first.entries), len(second.entries), second.older) == (PAGE_ROWS, 2, "")
    assert {entry.statement for entry in second.entries} == {"No. 0.", "No. 1."}


def test_the_csv_file_holds_no_formula(signed_in, cast, at):
    add_entry(cast.northwind, cast.bob, 1, at, statement='=HYPERLINK("http://evil.example")')

    said = signed_in(cast.alice).get("/consents/consents.csv")

    rows = list(csv.reader(io.StringIO(said.getvalue().decode())))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1] == [
        "2026-11-20T09:00:00+00:00",
        "S-1",
        "ACC-1",
        "GIVEN",
        "",
        "",
        "",
        "Bob",
        '\'=HYPERLINK("http://evil.example")',
    ]


def test_the_state_of_a_waiting_session_leads_those_who_may_to_the_question(signed_in, cast, at):
    waiting = waiting_session(cast, at)
    link = f'<a href="/sessions/{waiting.label}/consent/">Open consent</a>'

    pages = [signed_in(user).get(f"/sessions/{waiting.label}/").content.decode() for user in (cast.bob, cast.mona)]

    assert [link in page for page in pages] == [True, True]
