import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from summaries.domain.reading import search, search_pages
from summaries.domain.reading.listing import session_page
from summaries.domain.reading.search import Word, build_search_text, rare_among
from summaries.domain.reading.search_pages import BEST, Search, best_found, first_found
from summaries.models import SupportSession
from tests.summaries.session_rows import add_session

NEWEST = ("-started_at", "-pk")


def all_sessions():
    return SupportSession.objects.all()


@pytest.fixture
def add_many(cast):
    """Sessions 1 … *count*, the first one the newest, that hold *word* each *every* times."""

    def add(count, word, every, *, company=None):
        for number in range(1, count + 1):
            text = f"{word} here" if number % every == 0 else "nothing"
            add_session(company or cast.northwind, cast.bob, number, hours_ago=number, search_text=text)

    return add


def numbers(ids):
    found = dict(SupportSession.objects.filter(pk__in=ids).values_list("pk", "number"))
    return [found[pk] for pk in ids]


@pytest.fixture
def short_walks(monkeypatch):
    monkeypatch.setattr(search_pages, "WALKED", 6)
    monkeypatch.setattr(search_pages, "WALKED_MORE", 12)
    monkeypatch.setattr(search_pages, "WALKED_ON", 20)


@pytest.mark.usefixtures("short_walks")
@pytest.mark.parametrize(
    ("every", "limit", "statements", "asks", "expected"),
    [
        (1, 5, 1, 0, [1, 2, 3, 4, 5]),  # the first few are enough
        (1, 12, 2, 0, list(range(1, 13))),  # it is worth walking on
        (3, 4, 2, 1, [3, 6, 9, 12]),  # the first few don't tell
        (3, 6, 3, 1, [3, 6, 9, 12, 15, 18]),  # at this rate it is worth it
        (10, 4, 3, 1, [10, 20, 30, 40]),  # rare: the index
        (1, 30, 3, 1, list(range(1, 31))),  # walking on would not be enough
    ],
)
def test_first_found_walks_or_asks_the_index_and_finds_the_same(
    cast, add_many, every, limit, statements, asks, expected
):
    """*asks*: PostgreSQL is asked how rare the word is, which nothing was noted of yet."""
    add_many(40, "spooler", every)
    search = Search("spool", cast.northwind.pk)

    with CaptureQueriesContext(connection) as queries:
        found = first_found(all_sessions(), search=search, order=NEWEST, limit=limit)

    assert numbers(found) == expected
    assert len(queries) == statements + (asks if connection.vendor == "postgresql" else 0)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the other database does not tell how rare a word is")
@pytest.mark.usefixtures("short_walks")
def test_what_the_database_knows_as_rare_is_looked_up_before_more_of_the_newest_are(cast, add_many, monkeypatch):
    monkeypatch.setattr(search, "RARE", 5)
    add_many(40, "spooler", 1)
    add_session(cast.northwind, cast.bob, 41, hours_ago=41, search_text="zebra spooler")
    add_session(cast.contoso, cast.charlie, 1, hours_ago=1, search_text="zebra spooler")
    asked = [Word("spool"), Word("zeb"), Word("absent"), Word("spool", is_beginning=False)]
    assert rare_among(asked) == []  # nothing was noted yet
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE summaries_supportsession")
    assert rare_among(asked) == asked[1:]

    with CaptureQueriesContext(connection) as queries:
        sessions = SupportSession.objects.filter(company=cast.northwind)
        found = first_found(sessions, search=Search("zeb spool", cast.northwind.pk), order=NEWEST, limit=2)

    assert numbers(found) == [41]
    assert len(queries) == 3  # the newest, how rare the words are, the index


@pytest.mark.usefixtures("short_walks")
def test_first_found_asks_the_index_where_a_word_becomes_rare_on_the_way(cast):
    for number in range(1, 41):
        text = "spooler" if number <= 12 or number > 38 else "nothing"
        add_session(cast.northwind, cast.bob, number, hours_ago=number, search_text=text)

    found = first_found(all_sessions(), search=Search("spool", cast.northwind.pk), order=NEWEST, limit=14)

    assert numbers(found) == [*range(1, 13), 39, 40]


@pytest.mark.usefixtures("short_walks")
def test_first_found_in_other_orders_and_of_an_absent_word(cast, add_many):
    add_many(12, "spooler", 5)
    search = Search("spool", cast.northwind.pk)

    oldest = first_found(all_sessions(), search=search, order=("started_at", "pk"), limit=5)
    by_number = first_found(all_sessions(), search=search, order=("number", "pk"), limit=5)
    absent = first_found(all_sessions(), search=Search("absent", cast.northwind.pk), order=NEWEST, limit=5)
    wordless = first_found(all_sessions(), search=Search("!", cast.northwind.pk), order=NEWEST, limit=5)

    assert numbers(oldest) == [10, 5]
    assert numbers(by_number) == [5, 10]
    assert (absent, wordless) == ([], [])


def test_who_sees_no_session_finds_none(cast):
    search = Search("spool", cast.northwind.pk)

    assert first_found(SupportSession.objects.none(), search=search, order=NEWEST, limit=5) == []


@pytest.mark.parametrize("are_many", [False, True])
def test_best_found_ranks_names_before_mentions_and_whole_words_before_beginnings(cast, monkeypatch, are_many):
    texts = [
        build_search_text(lead=["S-1"], parts=["printers everywhere"]),
        build_search_text(lead=["S-2", "Printers"], parts=["nothing"]),
        build_search_text(lead=["S-3"], parts=["the printer"]),
        build_search_text(lead=["S-4", "Printer"], parts=[]),
        build_search_text(lead=["S-5", "Scanner"], parts=[]),
    ]
    for number, text in enumerate(texts, 1):
        add_session(cast.northwind, cast.bob, number, hours_ago=number, search_text=text)
    monkeypatch.setattr(search_pages, "OFTEN", 0 if are_many else 4)

    assert numbers(best_found(all_sessions(), search=Search("printer", cast.northwind.pk))) == [4, 2, 3, 1]
    assert best_found(all_sessions(), search=Search("?", cast.northwind.pk)) == []


def test_a_page_by_best_match_can_be_turned(cast, add_many):
    add_many(120, "spooler", 1)
    search = Search("spooler", cast.northwind.pk)

    first = session_page(all_sessions(), sort=BEST, search=search)
    second = session_page(all_sessions(), sort=BEST, search=search, before=first.next)
    last = session_page(all_sessions(), sort=BEST, search=search, before=second.next)
    back = session_page(all_sessions(), sort=BEST, search=search, after=second.previous)
    nonsense = session_page(all_sessions(), sort=BEST, search=search, before="zz")

    assert [row.number for row in second.rows] == list(range(51, 101))
    assert [row.number for row in last.rows] == list(range(101, 121))
    assert (first.previous, last.next) == ("", "")
    assert back == nonsense == first


def test_a_page_by_best_match_without_a_search_is_by_time(add_many):
    add_many(2, "spooler", 1)

    assert session_page(all_sessions(), sort=BEST) == session_page(all_sessions())


def test_a_page_of_a_search_goes_on_where_it_ended(cast, add_many):
    add_many(70, "spooler", 1)
    search = Search("spooler", cast.northwind.pk)

    first = session_page(all_sessions(), search=search)
    second = session_page(all_sessions(), search=search, before=first.next)

    assert [row.number for row in second.rows] == list(range(51, 71))
    assert session_page(all_sessions(), search=search, after=second.previous).rows == first.rows


def test_find_stays_in_the_company(cast, add_many):
    add_many(2, "spooler", 1)
    add_many(3, "spooler", 1, company=cast.contoso)

    mine = Search("spooler", cast.northwind.pk).find(SupportSession.objects.filter(company=cast.northwind))

    assert mine.count() == 2
