"""What is put back is the same as what the domain writes, in every table of the database."""

import re

import pytest
from django.db import connection, transaction

from accounts.domain import audit
from accounts.domain.companies import create_company
from accounts.models import Company
from tests.conftest import NOW, build_cast
from tests.kept_rows import KeptRows

pytestmark = pytest.mark.django_db
#: Drawn by lot: public ids, and the salt and the hash of a password.
LOT = re.compile(r"\b[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\b|md5\$\w+\$\w+")


@pytest.fixture(autouse=True)
def still(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def all_tables():
    with connection.cursor() as cursor:
        tables = {}
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            tables[name] = sorted(LOT.sub("lot", repr(row)) for row in cursor.fetchall())
        return tables


def undone(make):
    """What stands in the tables after *make*, what waits for the commit, and what it returned; then all is undone."""
    hooks = len(connection.run_on_commit)
    with transaction.atomic():
        made = make()
        open_blocks = set(connection.savepoint_ids)
        waiting = [
            (blocks <= open_blocks, function.__self__.company_id, list(function.__self__.entry_ids), robust)
            for blocks, function, robust in connection.run_on_commit[hooks:]
        ]
        tables = all_tables()
        transaction.set_rollback(True)
    return tables, waiting, made


def remembered(instance):
    return {name: value for name, value in vars(instance).items() if name != "_state"}


def test_the_rows_the_hooks_and_the_objects_are_the_same():
    kept = KeptRows(build_cast)

    written, waiting, cast = undone(kept.make)
    assert kept.kept is not None
    put_back = undone(kept.make)

    assert put_back[0] == written
    assert put_back[1] == waiting
    assert waiting != []
    for name in ("alice", "bob", "mona", "charlie", "northwind", "contoso"):
        again, first = getattr(put_back[2], name), getattr(cast, name)
        assert again is not first
        assert remembered(again) == remembered(first)
        assert again._state.fields_cache == first._state.fields_cache
    assert put_back[2].northwind.ai_settings.company is put_back[2].northwind


def test_moments_of_the_clock_are_taken_again(monkeypatch):
    kept = KeptRows(build_cast)
    undone(kept.make)
    later = NOW.replace(year=2031)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    cast = kept.make()

    assert cast.northwind.created_at == later
    assert Company.objects.get(pk=cast.northwind.pk).created_at == later
    assert cast.northwind.ai_settings.changed_at == later
    assert cast.northwind.ai_settings.terms_accepted_at == NOW


def test_beside_other_rows_the_domain_writes():
    kept = KeptRows(build_cast)
    undone(kept.make)
    create_company(name="Fabrikam", slug="fabrikam", at=NOW)

    kept.make()

    assert sorted(Company.objects.values_list("slug", flat=True)) == ["contoso", "fabrikam", "northwind"]


def test_new_rows_get_new_ids_and_entries_join_what_waits():
    kept = KeptRows(build_cast)
    undone(kept.make)
    cast = kept.make()
    hooks = len(connection.run_on_commit)

    entry = audit.record(company=cast.northwind, action="company.changed", at=NOW)
    third = create_company(name="Fabrikam", slug="fabrikam", at=NOW)

    assert entry.pk in connection.run_on_commit[hooks - 2][1].__self__.entry_ids
    assert third.pk > max(cast.northwind.pk, cast.contoso.pk)
