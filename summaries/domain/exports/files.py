"""Rows as a file: CSV, a workbook, JSON Lines. Each yields its bytes portion by portion."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import StringIO

from django.utils import translation
from django.utils.translation import gettext as _

from insights_portal.lib import xlsx
from insights_portal.lib.sheets import defused
from summaries.domain.exports.columns import Column
from summaries.domain.exports.rows import ExportedSession, Value

Portions = Iterable[list[ExportedSession]]
Columns = tuple[Column, ...]


def as_csv(portions: Portions, columns: Columns) -> Iterator[bytes]:
    """One table in UTF-8 with a head; nothing in it is run as a formula."""
    yield _lines([[str(column.label) for column in columns]])
    for rows in portions:
        yield _lines([[as_cell(column.value(row)) for column in columns] for row in rows])


def as_xlsx(portions: Portions, columns: Columns) -> Iterator[bytes]:
    """A workbook; numbers are numbers, and a list longer than a sheet goes on in the next."""
    cells = ([as_cell(column.value(row)) for column in columns] for rows in portions for row in rows)
    yield from xlsx.workbook(title=_("Sessions"), head=[str(column.label) for column in columns], rows=cells)


def as_jsonl(portions: Portions, columns: Columns) -> Iterator[bytes]:
    """One object a line, in ASCII: nothing in it can begin a line or steer a terminal.

    Programs find the same words whoever asks, so it is written in English.
    """
    left = iter(portions)
    while True:
        with translation.override("en"):
            rows = next(left, None)
            if rows is None:
                return
            told = ({column.key: column.value(row) for column in columns} for row in rows)
            lines = "".join(f"{json.dumps(each, default=_as_json)}\n" for each in told)
        yield lines.encode()


def as_cell(value: Value) -> str | int | float | Decimal | None:
    """*value* as one cell: moments with their offset, lists on one line."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if not isinstance(value, tuple):
        return value
    parts = [part if isinstance(part, str) else _step_cell(part) for part in value]
    if value and isinstance(value[0], dict):
        return " ".join(f"{number}. {part}" for number, part in enumerate(parts, 1))
    return ", ".join(parts)


def _step_cell(step: dict[str, object]) -> str:
    at, commands = step["at"], step["commands"]
    clock = f"{at:%H:%M} " if isinstance(at, datetime) else ""
    typed = f" ({', '.join(commands)})" if isinstance(commands, list) and commands else ""
    return f"{clock}{step['action']}{typed}"


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([defused(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _as_json(value: object) -> str:
    """What JSON has no form for: a moment with its offset, an amount with all its digits."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


@dataclass(frozen=True, slots=True)
class FileKind:
    """*write* makes the bytes."""

    content_type: str
    write: Callable[[Portions, Columns], Iterator[bytes]]


KINDS: dict[str, FileKind] = {
    "csv": FileKind("text/csv; charset=utf-8", as_csv),
    "xlsx": FileKind(xlsx.CONTENT_TYPE, as_xlsx),
    "jsonl": FileKind("application/x-ndjson", as_jsonl),
}
