"""Cells of tables that spreadsheets open: what would be run as a formula stays text."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from io import StringIO

from insights_portal.lib.text import show_controls

#: With one of these a spreadsheet begins a formula.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(value: object) -> str:
    """*value* as the text of a cell: control characters written out, and no formula."""
    if isinstance(value, int | float | Decimal):
        # A number is no formula, below zero neither, and sums up only while it stays one.
        return str(value)
    text = "" if value is None else str(value)
    shown = show_controls(text).replace("\n", "‹U+000A›").replace("\t", "‹U+0009›")
    return f"'{shown}" if text.startswith(_STARTS) or text.lstrip().startswith(_STARTS) else shown


def csv_line(values: Iterable[object]) -> str:
    """One line of a table, with its end."""
    line = StringIO()
    csv.writer(line).writerow([defused(value) for value in values])
    return line.getvalue()
