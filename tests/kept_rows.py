"""Rows that most tests begin with are written once by the domain, kept as SQL, and put back as they were.

What is put back is what the domain wrote: the rows with their ids, the objects that it handed out with all that they
remember, and what waits for the commit. Moments that rows take from the clock are taken from the clock again.
"""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.db import DJANGO_VERSION_PICKLE_KEY, connection, models
from django.db.models.signals import post_migrate
from django.utils import timezone

Made = TypeVar("Made")
#: {model: {primary key: its columns as SQL literals}}
Rows = dict[type[models.Model], dict[str, tuple[str, ...]]]
#: {(model, primary key as an SQL literal): the moments of its CLOCK columns, in their order}
Moments = dict[tuple[type[models.Model], str], list[Any]]


@dataclass(frozen=True)
class _Kept:
    rows: Rows
    #: Rows that each of these tables held before.
    stood_before: tuple[int, ...]
    #: What `build` returned, and the hooks that wait for the commit, with the closed blocks that they were set in.
    made: bytes


class KeptRows(Generic[Made]):
    """`make()` is `build()`, by way of the kept rows where a test begins with the same tables.

    *build* returns a dataclass of model instances. A test that commits, or has rows already, gets what *build* itself
    writes. A flush or a migration ends what was kept: it gives permissions other ids.
    """

    def __init__(self, build: Callable[[], Made]) -> None:
        self.build = build
        self.kept: _Kept | None = None
        post_migrate.connect(self._forget)

    def make(self) -> Made:
        if not connection.in_atomic_block:
            return self.build()
        if self.kept is None:
            return self._build_and_keep()
        if _counts(self.kept.rows) != self.kept.stood_before:
            return self.build()
        return self._put_back(self.kept)

    def _forget(self, **_: Any) -> None:
        self.kept = None

    def _build_and_keep(self) -> Made:
        before = {model: _rows(model) for model in _tables()}
        hooks, blocks = len(connection.run_on_commit), set(connection.savepoint_ids)
        made = self.build()
        written: Rows = {}
        for model, stood in before.items():
            stands = _rows(model)
            assert all(stands.get(pk) == row for pk, row in stood.items()), f"{model.__name__}: an older row changed"
            new = {pk: row for pk, row in stands.items() if pk not in stood}
            if new:
                written[model] = new
        waiting = [(set(ids) - blocks, *rest) for ids, *rest in connection.run_on_commit[hooks:]]
        counts = tuple(len(before[model]) for model in written)
        self.kept = _Kept(written, counts, pickle.dumps((made, waiting)))
        return made

    def _put_back(self, kept: _Kept) -> Made:
        moments: Moments = {}
        statements = [_insert(model, rows, moments) for model, rows in kept.rows.items()]
        with connection.cursor() as cursor:
            # SQLite's driver takes one statement at a time, PostgreSQL's all of them.
            for statement in statements if connection.vendor == "sqlite" else [";".join(statements)]:
                cursor.execute(statement)
        made, waiting = pickle.loads(kept.made)
        for instance in _instances(made):
            del instance.__dict__[DJANGO_VERSION_PICKLE_KEY]  # pickle's own mark
            for field, moment in zip(
                _clock_fields(type(instance)), moments[type(instance), _literal(instance.pk)], strict=True
            ):
                setattr(instance, field.attname, moment)
        open_blocks = set(connection.savepoint_ids)
        connection.run_on_commit += [(ids | open_blocks, *rest) for ids, *rest in waiting]
        return made  # type: ignore[no-any-return]


def _tables() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _clock_fields(model: type[models.Model]) -> list[Any]:
    return [field for field in _fields(model) if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", 0)]


def _literal(value: Any) -> str:
    return f"'{value}'" if connection.vendor == "postgresql" else str(value)


def _rows(model: type[models.Model]) -> dict[str, tuple[str, ...]]:
    quote = connection.ops.quote_name
    word = "quote(%s)" if connection.vendor == "sqlite" else "quote_nullable(%s::text)"
    chosen = [word % quote(field.column) for field in [model._meta.pk, *_fields(model)]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(chosen)} FROM {quote(model._meta.db_table)} ORDER BY {quote(model._meta.pk.column)}"
        )
        return {pk: tuple(row) for pk, *row in cursor.fetchall()}


def _counts(rows: Rows) -> tuple[int, ...]:
    tables = (connection.ops.quote_name(model._meta.db_table) for model in rows)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in tables)}")
        return tuple(cursor.fetchone())


def _insert(model: type[models.Model], rows: dict[str, tuple[str, ...]], moments: Moments) -> str:
    """One statement for the *rows*; the *moments* that they take from the clock are added."""
    places = [number for number, field in enumerate(_fields(model)) if field in _clock_fields(model)]
    written = []
    for pk, row in rows.items():
        columns, taken = list(row), [timezone.now() for _ in places]
        moments[model, pk] = taken
        for place, moment in zip(places, taken, strict=True):
            columns[place] = f"'{connection.ops.adapt_datetimefield_value(moment)}'"
        written.append(f"({', '.join(columns)})")
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in _fields(model))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES {', '.join(written)}"


def _instances(made: Any) -> Iterator[models.Model]:
    """The instances in the dataclass, and those that they remember by their relations, each once."""
    waiting = [getattr(made, field.name) for field in fields(made)]
    seen: set[int] = set()
    while waiting:
        instance = waiting.pop()
        if isinstance(instance, models.Model) and id(instance) not in seen:
            seen.add(id(instance))
            waiting += instance._state.fields_cache.values()
            yield instance
