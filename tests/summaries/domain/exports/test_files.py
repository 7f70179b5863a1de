import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from summaries.content import Statement, Step
from summaries.domain.exports.files import KINDS, as_cell
from tests.conftest import Cast
from tests.insights_portal.test_xlsx import ZipFile, cells, names
from tests.summaries.domain.exports.rows_world import exported, put_session, table
from tests.summaries.report_examples import PRINTER, STARTED_AT, store_summary

AT = datetime(2026, 11, 22, 9, 2, tzinfo=UTC)


def step(action: str, *commands: str, at: datetime | None = None) -> dict[str, object]:
    return {"at": at, "application": "", "action": action, "commands": list(commands)}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None),
        ("text", "text"),
        (14.5, 14.5),
        (Decimal("12.50"), Decimal("12.50")),
        (AT, "2026-11-22T09:02:00+00:00"),
        ((), ""),
        (("Printer", "VPN"), "Printer, VPN"),
        ((step("Looked."), step("Ran.", "ls", "pwd", at=AT)), "1. Looked. 2. 09:02 Ran. (ls, pwd)"),
    ],
)
def test_a_cell_holds_one_line(value: Any, cell: object) -> None:
    assert as_cell(value) == cell


def test_csv_has_a_head_and_a_line_for_each_session(cast: Cast) -> None:
    for number in (1, 2):
        put_session(cast.northwind, cast.bob, number, fee=Decimal("-12.50"))

    assert table(cast.northwind, cast.alice, "number", "duration_minutes", "fee") == [
        ["Session", "Duration (minutes)", "Fee"],
        ["S-2", "14.0", "-12.50"],
        ["S-1", "14.0", "-12.50"],
    ]


@pytest.mark.parametrize(
    ("notes", "shown"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+49 40", "'+49 40"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        (" =1", "' =1"),
        ("\t=1", "'‹U+0009›=1"),
        ("two\nlines", "two‹U+000A›lines"),
        ("a\x1b[2J\u202eb", "a‹U+001B›[2J‹U+202E›b"),
        ('quote " and, comma', 'quote " and, comma'),
        ("日本語 🎉", "日本語 🎉"),
    ],
)
def test_tables_run_nothing_that_a_session_says(cast: Cast, notes: str, shown: str) -> None:
    put_session(cast.northwind, cast.bob, 1, notes=notes)

    assert table(cast.northwind, cast.alice, "notes") == [["Notes"], [shown]]
    workbook = ZipFile(io.BytesIO(exported(cast.northwind, cast.alice, "notes", kind="xlsx")))
    assert cells(workbook) == [["Notes"], [shown]]


def test_a_summary_that_says_a_formula_is_text_in_every_column(cast: Cast) -> None:
    said = (Statement("=1+1"),)
    store_summary(
        put_session(cast.northwind, cast.bob, 1, remote_user="@x", ticket="-T"),
        replace(PRINTER, title="=A1", problem=said, cause=said, outcome_statements=said, open_points=said, steps=()),
    )

    _head, row = table(cast.northwind, cast.alice)

    assert [cell for cell in row if cell[:1] in tuple("=+-@")] == []
    assert sum(cell.startswith("'") for cell in row) == 7


def test_json_lines_are_ascii_and_say_exactly_what_is_stored(cast: Cast) -> None:
    put_session(cast.northwind, cast.bob, 1, notes="=1\n\x1b\u2028日本語 🎉", fee=Decimal("12.50"))

    [line] = exported(cast.northwind, cast.alice, "notes", "fee", "started_at").splitlines()

    assert line.isascii()
    assert json.loads(line) == {
        "notes": "=1\n\x1b\u2028日本語 🎉",
        "fee": "12.50",
        "started_at": "2026-11-22T10:02:00+00:00",
    }


def test_a_workbook_has_numbers_that_add_up(cast: Cast) -> None:
    put_session(cast.northwind, cast.bob, 1, fee=Decimal("12.50"))

    workbook = ZipFile(io.BytesIO(exported(cast.northwind, cast.alice, "billable_minutes", "fee", kind="xlsx")))

    assert cells(workbook) == [["Billable (minutes)", "Fee"], [Decimal(15), Decimal("12.50")]]
    assert names(workbook) == ["Sessions"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_list_is_a_file_as_well(cast: Cast, kind: str) -> None:
    made = exported(cast.northwind, cast.alice, "number", kind=kind)

    expected = {"csv": b"Session\r\n", "jsonl": b""}
    assert made == expected.get(kind, made)
    assert (kind == "xlsx") == made.startswith(b"PK")


def test_steps_of_a_table_are_numbered_on_one_line(cast: Cast) -> None:
    session = put_session(cast.northwind, cast.bob, 1, started_at=STARTED_AT)
    steps = (Step(Statement("Ran it."), "Terminal", ("ls -l",), 60_000), Step(Statement("Done.")))
    store_summary(session, replace(PRINTER, steps=steps))

    assert table(cast.northwind, cast.alice, "steps") == [["Steps"], ["1. 09:03 Ran it. (ls -l) 2. Done."]]


def test_heads_of_a_table_are_words_and_keys_of_json_are_names(cast: Cast) -> None:
    put_session(cast.northwind, cast.bob, 1)

    with translation.override("en"):
        head = next(csv.reader(io.StringIO(exported(cast.northwind, cast.alice, kind="csv").decode())))
    [line] = exported(cast.northwind, cast.alice).splitlines()

    assert (head[0], head[-1], len(head)) == ("Session", "Why the summary is left out", 34)
    assert list(json.loads(line))[:2] == ["number", "direction"]


def test_words_of_json_are_the_same_whoever_asks(cast: Cast) -> None:
    put_session(cast.northwind, cast.bob, 1)
    plain = exported(cast.northwind, cast.alice)

    with translation.override("de"):
        json_lines = exported(cast.northwind, cast.alice)
        head = next(csv.reader(io.StringIO(exported(cast.northwind, cast.alice, kind="csv").decode())))

    assert json_lines == plain
    assert head[1] == "Richtung"
