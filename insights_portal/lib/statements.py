"""Statements that are run often and whose text is always the same.

For a short request, putting a statement of four tables together takes longer than running it, and planning it as long.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from itertools import islice
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

from insights_portal.lib.plain_rows import Conversion, converted, parts_of, quick_cursor

Read = TypeVar("Read", bound=Model)


def planned_cursor() -> CursorWrapper:
    """A cursor whose statements PostgreSQL plans once for each connection, whatever their values.

    Django's own cursor writes the values into the text, so that each is planned anew: right where the best plan
    depends on them. Other databases get Django's own.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        return database.cursor()
    # As Django's own begins: the first statement of a request may find that the server went away since the last.
    database.close_if_health_check_failed()
    database.ensure_connection()
    wrapped = database.make_debug_cursor if database.queries_logged else database.make_cursor
    with database.wrap_database_errors:
        bare: Any = psycopg.Cursor(database.connection)
        return wrapped(bare)


@cache
def columns_of(model: type[Model], way: str = "") -> tuple[str, ...]:
    """What a Statement selects for `read_model`; the *way* leads to the model ("membership__user__")."""
    return tuple(f"{way}{field.attname}" for field in model._meta.concrete_fields)


def read_model(model: type[Read], values: Iterable[Any]) -> Read:
    """The row of *model* that the next *values* are; an iterator goes on behind them."""
    names = columns_of(model)
    return model.from_db(DEFAULT_DB_ALIAS, names, list(islice(values, len(names))))


class Statement:
    """A SELECT that is put together from models once.

    *selected* returns a `values_list`, and is called when the statement first runs. The values in its conditions are
    examples, for which each run takes others, in the order in which they stand in the text. *is_planned_once* is for
    what is found by a unique key: where the best plan depends on the values, one for all of them may take seconds.
    """

    def __init__(self, selected: Callable[[], QuerySet[Any, Any]], *, is_planned_once: bool = False) -> None:
        self._selected = selected
        self._is_planned_once = is_planned_once

    def rows(self, *values: Any, part: slice | None = None) -> list[list[Any]]:
        """The rows, or the *part* of them, with the values that the models have."""
        text, conversions = self._parts
        limit = f" LIMIT {part.stop - part.start:d} OFFSET {part.start:d}" if part else ""
        with planned_cursor() if self._is_planned_once else quick_cursor() as cursor:
            cursor.execute(f"{text}{limit}", values)
            return converted(cursor.fetchall(), conversions)

    @cached_property
    def _parts(self) -> tuple[str, Sequence[Conversion]]:
        text, _examples, conversions = parts_of(self._selected())
        return text, conversions
