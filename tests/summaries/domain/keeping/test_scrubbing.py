"""Deleted text is not in the database file any more: neither in its tables, nor its search index, nor its log."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from summaries.domain.keeping import scrubbing
from tests.conftest import build_cast
from tests.resilience.processes import ROOT, database_for, environment
from tests.summaries.erasing import WORD
from tests.summaries.report_examples import store_session

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's own vacuum clears its files")


def count_in(folder: Path) -> int:
    """How often the word stands in the database file and in the log beside it."""
    return sum(path.read_bytes().count(WORD.encode()) for path in folder.glob("portal.sqlite3*"))


@on_sqlite
@pytest.mark.parametrize("steps", [["withdraw"], ["trash", "purge"]])
def test_a_deleted_word_is_in_no_byte_of_the_database(transactional_db, tmp_path, steps):
    env = environment(database_for(tmp_path))

    def run(what: str) -> int:
        arguments = [sys.executable, "-m", "tests.summaries.erasing", what, str(tmp_path / "link")]
        done = subprocess.run(arguments, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
        assert done.stdout.splitlines()[-1] == "done"
        return count_in(tmp_path)

    assert run("write") > 0
    for step in steps:
        run(step)
    assert run("scrub") == 0


@on_sqlite
def test_scrubbing_leaves_an_index_that_needs_no_more_merging(transactional_db):
    cast = build_cast()
    for number in range(1, 41):
        session = store_session(cast.northwind, cast.bob, number=number)
        session.search_text = " ".join(f"word{number}x{place}" for place in range(200))
        session.save(update_fields=["search_text"])
    assert scrubbing._changes_of(-1) > 1

    assert scrubbing.scrub() is True

    assert scrubbing._changes_of(-1) <= 1


@on_sqlite
def test_scrubbing_is_asked_for_once_and_done_when_no_reader_holds_the_log(transactional_db):
    cache.clear()
    assert scrubbing.scrub_if_pending() is True
    scrubbing.scrub_soon()
    assert cache.get("scrub-pending") is True

    assert scrubbing.scrub_if_pending() is True

    assert cache.get("scrub-pending") is False


def test_other_databases_need_no_scrubbing(db, monkeypatch):
    cache.clear()
    monkeypatch.setattr(connection, "vendor", "postgresql")

    scrubbing.scrub_soon()

    assert cache.get("scrub-pending") is None
    assert scrubbing.scrub() is True
