"""Triggers that note which sessions changed in what the overview counts, whoever changed them and by which statement.

They only append a row, in the transaction of the change: no lock is taken, and nothing waits. A session is noted by its
own row, by its summary and by the summary's labels.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

CHANGES = "summaries_sessionchange"
#: {what: (its table, when an update of it counts)}; of labels, every one does.
_TABLES = {
    "session": (
        "summaries_supportsession",
        ("status", "started_at", "ended_at", "supporter_id"),
    ),
    "summary": ("summaries_summary", ("session_id", "state", "review", "outcome", "current_id")),
    "issue_type": ("summaries_summary_issue_types", ("summary_id", "issuetype_id")),
    "application": ("summaries_summary_applications", ("summary_id", "application_id")),
}
_EVENTS = ("insert", "update", "delete")
#: Which rows name what changed: what moves from one session to another, or to the trash, changes both.
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}
#: {what: the columns of its row that name company and session}
_SESSION_OF = {"session": ("company_id", "id"), "summary": ("company_id", "session_id")}
NAMES = frozenset(f"summaries_note_{what}_{event}" for what in _TABLES for event in _EVENTS)


def keep_triggers(*, using: str, **_: Any) -> None:
    """After every run of migrations: put back what is missing. Another definition needs another name."""
    connection = connections[using]
    if CHANGES not in connection.introspection.table_names():
        return
    statements = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        if missing := NAMES - standing(cursor, vendor=connection.vendor):
            for statement in statements(missing):
                cursor.execute(statement)


@contextmanager
def set_aside() -> Iterator[None]:
    """Note nothing until the end of the block, for rows by the hundred thousand; within a transaction.

    Nobody else changes the tables meanwhile. Whoever does this has what is counted of its companies counted anew.
    SQLite can't, and notes everything.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:  # pragma: no cover - of the other database
        for action in ("DISABLE", "ENABLE"):
            # A table whose keys are still to be checked can't be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for what, (table, _) in _TABLES.items():
                for event in _EVENTS:
                    cursor.execute(f"ALTER TABLE {table} {action} TRIGGER {_name(what, event)}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            if action == "DISABLE":
                yield


def standing(cursor: Any, *, vendor: str) -> set[str]:
    """The names of these triggers that the database has."""
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'summaries_note_%'"
        if vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'summaries_note_%'"
    )
    return {name for (name,) in cursor.fetchall()}


def _sqlite(missing: frozenset[str]) -> list[str]:
    return [
        f"CREATE TRIGGER {_name(what, event)} AFTER {event.upper()}{_columns(what, event)} ON {table}"
        f"{_when(columns, event, 'IS NOT')} BEGIN {_note(what, *_ROWS[event])}; END"
        for what, (table, columns) in _TABLES.items()
        for event in _EVENTS
        if _name(what, event) in missing
    ]


def _postgresql(missing: frozenset[str]) -> list[str]:  # pragma: no cover - of the other database
    functions = [
        f"CREATE OR REPLACE FUNCTION summaries_note_{function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN {_note(what, *_ROWS['delete'])}; "
        f"ELSIF TG_OP = 'UPDATE' THEN {_note(what, *_ROWS['update'])}; "
        f"ELSE {_note(what, *_ROWS['insert'])}; END IF; RETURN NULL; END $$"
        for function, what in (("session", "session"), ("summary", "summary"), ("label", "issue_type"))
    ]
    return functions + [
        f"CREATE TRIGGER {_name(what, event)} AFTER {event.upper()}{_columns(what, event)} ON {table} FOR EACH ROW"
        f"{_when(columns, event, 'IS DISTINCT FROM')} EXECUTE FUNCTION "
        f"summaries_note_{what if what in _SESSION_OF else 'label'}()"
        for what, (table, columns) in _TABLES.items()
        for event in _EVENTS
        if _name(what, event) in missing
    ]


def _name(what: str, event: str) -> str:
    return f"summaries_note_{what}_{event}"


def _columns(what: str, event: str) -> str:
    return f" OF {', '.join(_TABLES[what][1])}" if event == "update" else ""


def _when(columns: tuple[str, ...], event: str, differs: str) -> str:
    if event != "update":
        return ""
    return f" WHEN ({' OR '.join(f'OLD.{column} {differs} NEW.{column}' for column in columns)})"


def _note(what: str, *rows: str) -> str:
    """Note the sessions that *rows* belong to; a summary in the trash belongs to none."""
    named = " UNION ".join(_session_of(what, row) for row in rows)
    return f"INSERT INTO {CHANGES} (company_id, session_id) {named}"


def _session_of(what: str, row: str) -> str:
    if what in _SESSION_OF:
        company, session = _SESSION_OF[what]
        return f"SELECT {row}.{company}, {row}.{session} WHERE {row}.{session} IS NOT NULL"
    return (
        f"SELECT company_id, session_id FROM summaries_summary WHERE id = {row}.summary_id "  # noqa: S608 - our own names
        "AND session_id IS NOT NULL"
    )
