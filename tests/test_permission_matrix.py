"""Every URL × role. A URL without a row fails; the rows stand in tests/permission_rows.py."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.conftest import sign_in_freshly
from tests.permission_rows import ROWS
from tests.permission_world import ROLES, Row, World, build_world


def url_names(patterns: list, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The full name of every URL of the portal; a nameless one is called by its pattern."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from url_names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join([*spaces, pattern.name or str(pattern.pattern)])


NAMES = sorted(set(url_names(get_resolver().url_patterns)))
CASES = [pytest.param(name, row, id=f"{name}-{number}") for name in ROWS for number, row in enumerate(ROWS[name])]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureDef) -> Iterator[World]:
    """One world for all rows; each request is undone, and in the end the world is."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.mark.django_db  # so that this module, run alone, gets a database for `world`
def test_every_url_has_a_row():
    assert [name for name in NAMES if name not in ROWS] == []


def test_every_row_has_a_url():
    assert [name for name in ROWS if name not in NAMES] == []


@pytest.mark.parametrize(("name", "row"), CASES)
def test_url_answers_each_role_as_its_row_says(world, name, row: Row):
    path = row.path(world, name)

    answered = {role: ask(world, role, path, row) for role in ROLES}

    assert answered == dict(zip(ROLES, row.statuses, strict=True))


def ask(world: World, role: str, path: str, row: Row) -> int:
    """The status of the answer; whatever the request changed is undone."""
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        if world.people[role] is not None:
            sign_in_freshly(client, world.people[role])
        data = {key: value(world) if callable(value) else value for key, value in row.data.items()}
        headers = row.headers
        status = (
            client.generic(row.method, path, headers=headers).status_code
            if not data
            else (getattr(client, row.method.lower())(path, data, headers=headers).status_code)
        )
        transaction.set_rollback(True)
    return status
