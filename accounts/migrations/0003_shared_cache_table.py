"""The table of the cache that all processes share; nothing to do where another cache is configured."""

from django.conf import settings
from django.core.management import call_command
from django.db import migrations

_BACKEND = "django.core.cache.backends.db.DatabaseCache"


def _tables():
    return [cache["LOCATION"] for cache in settings.CACHES.values() if cache["BACKEND"] == _BACKEND]


def create_tables(_apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop_tables(_apps, schema_editor):
    for table in _tables():
        schema_editor.execute(f"DROP TABLE IF EXISTS {schema_editor.quote_name(table)}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_append_only")]

    operations = [migrations.RunPython(create_tables, drop_tables)]
