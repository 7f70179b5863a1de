"""Deleted text leaves the database file, too: the pages of the search index, and the write-ahead log.

SQLite only: `secure_delete` overwrites deleted rows, but the full-text index keeps the words of a deleted text until
its parts are merged, and the write-ahead log holds earlier copies of pages. PostgreSQL's own vacuum does the same.
"""

from django.core.cache import cache
from django.db import connection, transaction

from insights_portal.queueing import enqueue_on_commit

TASK = "summaries.tasks.scrub"
#: Pages of the index that one statement merges: a few milliseconds, so that other writers get their turn.
MERGED_PAGES = 64
_PENDING = "scrub-pending"
_MERGE = "INSERT INTO summaries_session_search(summaries_session_search, rank) VALUES ('merge', %s)"


def scrub_soon() -> None:
    """Have the queue scrub once the open transaction commits; the sweep sees to it that it happens."""
    if connection.vendor == "sqlite" and not cache.get(_PENDING):
        cache.set(_PENDING, True, timeout=None)
        enqueue_on_commit(TASK)


def scrub() -> bool:
    """Remove what was deleted from index and log. False when a reader held the log open: the sweep tries again.

    Call outside any transaction.
    """
    if connection.vendor != "sqlite":
        return True
    # Taken away first: what is deleted from here on asks anew.
    cache.set(_PENDING, False, timeout=None)
    _merge_index()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy = bool(cursor.fetchone()[0])
    cache.set_many({_PENDING: True} if is_busy else {}, timeout=None)
    return not is_busy


def scrub_if_pending() -> bool:
    return scrub() if cache.get(_PENDING) else True


def _merge_index() -> None:
    """Merge the index to one part, a few pages at a time: only there a deleted word is left out."""
    pages = -MERGED_PAGES
    while _changes_of(pages) > 1:
        pages = MERGED_PAGES


def _changes_of(pages: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        before: int = connection.connection.total_changes
        cursor.execute(_MERGE, [pages])
        after: int = connection.connection.total_changes
    return after - before
