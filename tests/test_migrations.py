import re
import sqlite3
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

OURS = ("accounts", "policies", "credits", "summaries")


def our_migrations() -> list[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return sorted(key for key in loader.disk_migrations if key[0] in OURS)


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", *OURS, check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(("app", "name"), our_migrations())
def test_migration_has_a_name_of_its_own(app, name):
    assert re.search(r"_auto_\d|_alter_.*_and_more$", name) is None


@pytest.mark.parametrize(("app", "name"), our_migrations())
def test_migration_imports_no_app_code_but_what_its_fields_name(app, name):
    """A migration that reads today's models or domain breaks when they change."""
    text = (Path(apps.get_app_config(app).path) / "migrations" / f"{name}.py").read_text()

    assert re.findall(r"^\s*(?:from|import) (?:accounts|policies|credits|summaries)\.(?!managers)\S+", text, re.M) == []


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_migrations_run_forwards_backwards_and_forwards_again(tmp_path, django_db_blocker):
    """On a database of their own: from nothing to today, back to nothing of ours, and again."""
    path = tmp_path / "migrations.sqlite3"
    connections.databases["scratch"] = {**connections.databases[DEFAULT_DB_ALIAS], "NAME": str(path)}
    connections.databases["scratch"]["ENGINE"] = "django.db.backends.sqlite3"
    connections.databases["scratch"]["OPTIONS"] = {}
    try:
        with django_db_blocker.unblock():
            executor = MigrationExecutor(connections["scratch"])
            newest = executor.loader.graph.leaf_nodes()
            executor.migrate(newest)
            built = tables(path)
            back = MigrationExecutor(connections["scratch"])
            back.migrate([(app, None) for app in OURS])
            emptied = tables(path)
            MigrationExecutor(connections["scratch"]).migrate(newest)
            rebuilt = tables(path)
    finally:
        connections["scratch"].close()
        del connections.databases["scratch"]
        del connections["scratch"]

    ours = {model._meta.db_table for app in OURS for model in apps.get_app_config(app).get_models()}
    assert ours - built == set()
    assert ours & emptied == set()
    assert rebuilt == built
