"""The credit ledger is append-only in the database itself: no program, no page and no command changes or deletes a line."""

from django.db import migrations

_SQLITE = [
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON credits_entry "
    "BEGIN SELECT RAISE(ABORT, 'the credit ledger is append-only'); END",
    "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON credits_entry "
    "BEGIN SELECT RAISE(ABORT, 'the credit ledger is append-only'); END",
]
_SQLITE_BACK = ["DROP TRIGGER ledger_no_update", "DROP TRIGGER ledger_no_delete"]

_POSTGRESQL = [
    "CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the credit ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON credits_entry "
    "FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only()",
]
_POSTGRESQL_BACK = [
    "DROP TRIGGER ledger_append_only ON credits_entry",
    "DROP FUNCTION ledger_is_append_only()",
]


def _run(schema_editor, by_vendor):
    for statement in by_vendor[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def protect(_apps, schema_editor):
    _run(schema_editor, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL})


def release(_apps, schema_editor):
    _run(schema_editor, {"sqlite": _SQLITE_BACK, "postgresql": _POSTGRESQL_BACK})


class Migration(migrations.Migration):
    dependencies = [("credits", "0003_reservations_into_ledger")]

    operations = [migrations.RunPython(protect, release)]
