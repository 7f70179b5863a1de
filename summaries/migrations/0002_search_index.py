"""The full-text index over summaries_supportsession.search_text: GIN on PostgreSQL, FTS5 with triggers on SQLite.

SQLite drops triggers with their table, and Django rebuilds the table when a later migration alters it: such a
migration ends with `RunPython(create_index, drop_index)` of its own. A test notices when one forgets.
"""

from django.db import migrations

POSTGRESQL_CREATE = [
    "CREATE INDEX session_search ON summaries_supportsession USING gin (to_tsvector('simple', search_text))"
]
POSTGRESQL_DROP = ["DROP INDEX IF EXISTS session_search"]

SQLITE_CREATE = [
    "CREATE VIRTUAL TABLE IF NOT EXISTS summaries_session_search USING fts5("
    "search_text, content='summaries_supportsession', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    "INSERT INTO summaries_session_search(summaries_session_search) VALUES ('rebuild')",
    """CREATE TRIGGER summaries_session_search_insert AFTER INSERT ON summaries_supportsession BEGIN
        INSERT INTO summaries_session_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    """CREATE TRIGGER summaries_session_search_delete AFTER DELETE ON summaries_supportsession BEGIN
        INSERT INTO summaries_session_search(summaries_session_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
    END""",
    """CREATE TRIGGER summaries_session_search_update AFTER UPDATE OF search_text ON summaries_supportsession
    WHEN old.search_text IS NOT new.search_text BEGIN
        INSERT INTO summaries_session_search(summaries_session_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO summaries_session_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
]
SQLITE_DROP = [
    "DROP TRIGGER IF EXISTS summaries_session_search_insert",
    "DROP TRIGGER IF EXISTS summaries_session_search_delete",
    "DROP TRIGGER IF EXISTS summaries_session_search_update",
    "DROP TABLE IF EXISTS summaries_session_search",
]


def _run(schema_editor, postgresql, sqlite):
    for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def create_index(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    _run(schema_editor, POSTGRESQL_CREATE, SQLITE_CREATE)


def drop_index(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    _run(schema_editor, POSTGRESQL_DROP, SQLITE_DROP)


class Migration(migrations.Migration):
    dependencies = [("summaries", "0001_initial")]

    operations = [migrations.RunPython(create_index, drop_index)]
