"""Many rows of a table changed in one exchange with the database, each to values of its own."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_rows(model: type[Model], changes: Mapping[Any, Mapping[str, Any]]) -> None:
    """UPDATE rows of *model*: {primary key: {field: value}}, most of them the same fields. Call it in a transaction.

    `bulk_update` would build a CASE of all rows for every field, which costs more than it saves.
    """
    quoted, key = connection.ops.quote_name, str(model._meta.pk.column)
    for names in dict.fromkeys(tuple(change) for change in changes.values()):
        fields: list[Field[Any, Any]] = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
        columns = ", ".join(f"{quoted(str(field.column))} = %s" for field in fields)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {quoted(model._meta.db_table)} SET {columns} WHERE {quoted(key)} = %s",  # noqa: S608 - names
                [
                    [*(field.get_db_prep_save(change[field.name], connection) for field in fields), pk]
                    for pk, change in changes.items()
                    if tuple(change) == names
                ],
            )
