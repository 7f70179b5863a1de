"""What was erased is gone from the database file, too, with its search index and its write-ahead log."""

from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from tests.resilience.runs import AT, LATER

#: One word, so that the search index would hold it as it stands.
CANARY = "kimcanary"
NAMESAKE = "leecanary"


def files_with(word, database_url):
    """Names of the database's files that hold the word, in whatever case; PostgreSQL's vacuum is the operator's."""
    if connection.vendor != "sqlite":
        return set()
    database = Path(urlsplit(database_url).path)
    return {path.suffix for path in database.parent.iterdir() if word.encode() in path.read_bytes().lower()}


def test_an_erased_person_is_in_no_table_and_in_no_file(first, database_url):
    first.tell("found", slug="northwind", at=AT)
    for name in (CANARY, NAMESAKE):
        first.tell("meet", slug="northwind", name=name, at=AT)
    held = first.tell("holding", word=CANARY).result
    assert set(held) >= {"Device", "Interaction", "SummaryRevision", "SupportSession"}

    done = [
        first.tell("erase", slug="northwind", kind=kind, name=name, at=LATER).result
        for kind, name in (("remote-user", CANARY), ("device", f"PC of {CANARY}"))
    ]

    assert done == [1, 0]
    assert first.tell("holding", word=CANARY).result == []
    assert files_with(CANARY, database_url) == set()
    # The other person is untouched.
    assert first.tell("holding", word=NAMESAKE).result == held
    assert connection.vendor != "sqlite" or files_with(NAMESAKE, database_url) != set()
