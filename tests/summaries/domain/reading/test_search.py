from datetime import timedelta

import pytest
from django.db import connection

from summaries.domain.reading.search import MAX_SEARCH_TEXT_CHARS, build_search_text, matching, normalise
from summaries.models import SupportSession


@pytest.fixture
def session_about(cast, at):
    def make(number, *parts, company=None):
        return SupportSession.objects.create(
            company=company or cast.northwind,
            number=number,
            supporter=cast.bob,
            started_at=at - timedelta(minutes=number),
            search_text=build_search_text(parts=parts),
        )

    return make


def found(query):
    return sorted(matching(SupportSession.objects.all(), query).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("Straße", "strasse"),
        ("ACC-14: net_stop", "acc 14 net stop"),
        ("打印机offline", "打 印 机 offline"),
        ("a\x00b \u202ec", "a b c"),
        ("", ""),
    ],
)
def test_normalise_keeps_folded_words(text, words):
    assert normalise(text) == words


def test_build_search_text_skips_empty_parts():
    assert build_search_text(parts=["Printer", "", "Offline!"]) == "printer offline"


def test_build_search_text_is_cut_to_what_an_index_holds():
    assert len(build_search_text(parts=["word " * MAX_SEARCH_TEXT_CHARS])) == MAX_SEARCH_TEXT_CHARS


def test_matching_finds_every_word_by_its_beginning_whatever_accent_or_case(session_about):
    session_about(1, "Impresora sin conexión", "ACC-14")
    session_about(2, "Impresora lenta", "ACC-15")

    assert found("IMPRESORA") == [1, 2]
    assert found("conexion impre") == [1]
    assert found("acc-14") == [1]
    assert found("sora") == []


def test_matching_finds_a_part_of_unspaced_writing(session_about):
    session_about(1, "办公室打印机脱机")

    assert found("打印机") == [1]


@pytest.mark.parametrize("query", ["", "   "])
def test_matching_an_empty_query_narrows_nothing(session_about, query):
    session_about(1, "Printer")

    assert found(query) == [1]


@pytest.mark.parametrize(
    "query",
    ['"', "'", "*", "AND", 'printer" OR "x', "printer NOT", "a:*&|!()", "NEAR(", "%", "\\", "\x00", "x" * 5000, "-"],
)
def test_matching_never_fails_on_what_is_typed(session_about, query):
    session_about(1, "nothing of the kind")

    assert found(query) == []


def test_matching_follows_changes_and_deletions(session_about):
    session = session_about(1, "Printer")

    SupportSession.objects.filter(pk=session.pk).update(search_text="scanner")
    assert (found("printer"), found("scanner")) == ([], [1])

    session.delete()
    assert found("scanner") == []


def test_search_index_of_sqlite_has_its_triggers(db):
    if connection.vendor != "sqlite":
        expected = "SELECT count(*) FROM pg_indexes WHERE indexname = 'session_search_of_company'"
        count = 1
    else:
        expected = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'summaries_session_search%'"
        count = 3
    with connection.cursor() as cursor:
        cursor.execute(expected)
        assert cursor.fetchone() == (count,)
