"""Puts many rows into the database at once: by COPY on PostgreSQL, by a statement of many rows on SQLite."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


class Table:
    """The table of *model*, filled with rows of some columns; the others are as a new row has them."""

    def __init__(self, model: Any, columns: Sequence[str]) -> None:
        fields = {field.column: field for field in model._meta.concrete_fields}
        self.name: str = model._meta.db_table
        self._given = list(columns)
        others = {
            column: field.get_db_prep_save(field.get_default(), connection)
            for column, field in fields.items()
            if column not in self._given and not field.primary_key
        }
        self.columns = [*self._given, *others]
        self._others = list(others.values())
        self._fields = [fields[column] for column in self._given]
        self._is_json = {column for column in self._given if fields[column].get_internal_type() == "JSONField"}

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Insert *rows*, each with a value for each of the columns given. JSON stands as plain values."""
        write = self._copy if connection.vendor == "postgresql" else self._insert
        write(rows)

    def _copy(self, rows: Iterable[Sequence[Any]]) -> None:  # pragma: no cover - of the other database
        others = self._others
        places = [place for place, column in enumerate(self._given) if column in self._is_json]
        names = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor, cursor.copy(f'COPY "{self.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                values = [*row, *others]
                for place in places:
                    values[place] = json.dumps(values[place])
                copy.write_row(values)

    def _insert(self, rows: Iterable[Sequence[Any]]) -> None:
        names = ", ".join(f'"{column}"' for column in self.columns)
        marks = ", ".join(["%s"] * len(self.columns))
        prepared = [
            [
                *(field.get_db_prep_save(value, connection) for field, value in zip(self._fields, row, strict=True)),
                *self._others,
            ]
            for row in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(f'INSERT INTO "{self.name}" ({names}) VALUES ({marks})', prepared)  # noqa: S608


def take_ids(model: type[Model], count: int) -> range:
    """*count* ids that no row of *model* has, in a row. Nobody else may add rows meanwhile."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # pragma: no cover - of the other database
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            cursor.execute(f"SELECT setval({sequence}, nextval({sequence}) + %s)", [count])
            last: int = cursor.fetchone()[0]
            return range(last - count, last)
        cursor.execute(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"')  # noqa: S608 - our own name
        first: int = cursor.fetchone()[0] + 1
    return range(first, first + count)
