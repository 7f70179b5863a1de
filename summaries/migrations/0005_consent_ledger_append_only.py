"""The consent ledger is never changed, by no program: the database refuses it.

Entries go only inside a transaction that has written a row of summaries_deletionpass (retention, erasure by law, an
import that failed); no other transaction sees that row.
"""

from django.db import migrations

_SQLITE = [
    "CREATE TRIGGER consent_no_update BEFORE UPDATE ON summaries_consententry "
    "BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END",
    "CREATE TRIGGER consent_no_delete BEFORE DELETE ON summaries_consententry "
    "WHEN NOT EXISTS (SELECT 1 FROM summaries_deletionpass) "
    "BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END",
]
_SQLITE_BACK = ["DROP TRIGGER consent_no_update", "DROP TRIGGER consent_no_delete"]

_POSTGRESQL = [
    "CREATE FUNCTION consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM summaries_deletionpass) THEN RETURN OLD; END IF; "
    "RAISE EXCEPTION 'the consent ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON summaries_consententry "
    "FOR EACH ROW EXECUTE FUNCTION consent_is_append_only()",
]
_POSTGRESQL_BACK = [
    "DROP TRIGGER consent_append_only ON summaries_consententry",
    "DROP FUNCTION consent_is_append_only()",
]


def _run(schema_editor, by_vendor):
    for statement in by_vendor[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def protect(_apps, schema_editor):
    _run(schema_editor, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL})


def release(_apps, schema_editor):
    _run(schema_editor, {"sqlite": _SQLITE_BACK, "postgresql": _POSTGRESQL_BACK})


class Migration(migrations.Migration):
    dependencies = [("summaries", "0004_consent_requests_and_holds")]

    operations = [migrations.RunPython(protect, release)]
