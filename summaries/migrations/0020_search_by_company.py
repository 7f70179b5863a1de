"""The full-text index of PostgreSQL begins with the company, and holds no list of words that wait to be sorted in.

Zero downtime: the new index is built beside the old one, without a lock. The old one goes right after; processes of the
earlier release, which ask for it, search slowly until they are replaced. Building it takes a few minutes for a million
sessions. SQLite's index stays as it is.
"""

from django.db import migrations

OF_COMPANY = (
    "CREATE INDEX CONCURRENTLY session_search_of_company ON summaries_supportsession USING gin "
    "((to_tsvector('simple', search_text) || array_to_tsvector(ARRAY['=' || company_id::text]))) "
    "WITH (fastupdate = off)"
)
OF_ALL = "CREATE INDEX CONCURRENTLY session_search ON summaries_supportsession USING gin (to_tsvector('simple', search_text))"


def run(schema_editor, *statements):
    if schema_editor.connection.vendor == "postgresql":
        # The limit on statements is one of pages.
        for statement in ("SET statement_timeout = 0", *statements, "RESET statement_timeout"):
            schema_editor.execute(statement)


def begin_with_company(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    # A build that was broken off leaves an index that nothing uses.
    run(
        schema_editor,
        "DROP INDEX CONCURRENTLY IF EXISTS session_search_of_company",
        OF_COMPANY,
        "DROP INDEX CONCURRENTLY IF EXISTS session_search",
    )


def begin_with_words(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    run(
        schema_editor,
        "DROP INDEX CONCURRENTLY IF EXISTS session_search",
        OF_ALL,
        "DROP INDEX CONCURRENTLY IF EXISTS session_search_of_company",
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("summaries", "0019_sums_of_sessions")]

    operations = [migrations.RunPython(begin_with_company, begin_with_words)]
