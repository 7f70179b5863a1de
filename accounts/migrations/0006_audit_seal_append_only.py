"""The seals of the audit log are append-only in the database itself, as its entries are."""

from django.db import migrations

_SQLITE = [
    "CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON accounts_auditseal "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON accounts_auditseal "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
]
_SQLITE_BACK = ["DROP TRIGGER audit_seal_no_update", "DROP TRIGGER audit_seal_no_delete"]

_POSTGRESQL = [
    "CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON accounts_auditseal "
    "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
]
_POSTGRESQL_BACK = ["DROP TRIGGER audit_seal_append_only ON accounts_auditseal"]


def _run(schema_editor, by_vendor):
    for statement in by_vendor[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def protect(_apps, schema_editor):
    _run(schema_editor, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL})


def release(_apps, schema_editor):
    _run(schema_editor, {"sqlite": _SQLITE_BACK, "postgresql": _POSTGRESQL_BACK})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_governance")]

    operations = [migrations.RunPython(protect, release)]
