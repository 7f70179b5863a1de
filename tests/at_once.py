"""Several members act at the same moment: real threads, each with a connection of its own."""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """Let threads started inside the block work on one database with locks of its own.

    PostgreSQL is one. The tests' SQLite lives in the memory of one connection: threads get a copy of it in a file.
    """
    if connection.vendor != "sqlite":
        yield
        return
    path = folder / "shared.sqlite3"
    copy = sqlite3.connect(path)
    connection.ensure_connection()
    connection.connection.backup(copy)
    copy.close()
    settings = connections.databases["default"]
    in_memory, settings["NAME"] = settings["NAME"], str(path)
    yield
    settings["NAME"] = in_memory


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned, or the class of what it raised; all start together."""
    outcomes: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            outcomes[place] = call()
        except Exception as error:  # noqa: BLE001 - what was raised is the outcome
            outcomes[place] = type(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place, call]) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def during(begun: Callable[[], Any], call: Callable[[], Any]) -> Any:
    """What *call* returned, or the class of what it raised, while what *begun* did was not committed yet.

    For PostgreSQL: on SQLite *call* would wait for a writer that waits for it.
    """
    is_begun, is_over = threading.Event(), threading.Event()

    def first() -> None:
        try:
            with transaction.atomic():
                begun()
                is_begun.set()
                is_over.wait(timeout=30)
        finally:
            is_begun.set()

    def second() -> Any:
        is_begun.wait(timeout=30)
        try:
            return call()
        finally:
            is_over.set()

    failed, found = at_once(first, second)
    assert failed is None, failed
    return found


def seen(look: Callable[[], Any]) -> Any:
    """What *look* finds in the database of the threads; this thread's own may be a copy behind it."""
    (found,) = at_once(look)
    return found


def rows_taken(call: Callable[[], Any], *tables: str) -> list[str]:
    """The names of those of *tables* whose rows *call* updated, in the order in which it first did.

    Transactions that take rows in different orders wait for each other for ever.
    """
    with CaptureQueriesContext(connection) as captured:
        call()
    taken = [re.match(r'UPDATE "(\w+)"', each["sql"]) for each in captured.captured_queries]
    names = [match[1] for match in taken if match]
    return [name for name in dict.fromkeys(names) if name in tables]
