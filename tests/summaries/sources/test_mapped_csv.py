from datetime import UTC, datetime

import pytest

from summaries.enums import DayOrder, DurationUnit
from summaries.sources.base import HEAD_BYTES, Place, RecordingFile, RecordingNotes
from summaries.sources.reports.mapped_csv import (
    ColumnMapping,
    MappedCSVSource,
    UnableToMap,
    fits,
    guess,
    headers_in,
    record_of,
    seconds_of,
)
from summaries.sources.reports.tables import TableRow
from tests.summaries.session_files import problems

HEADERS = ("Session", "Start Time", "Duration (min)", "Technician", "Computer Name", "Customer", "Comments")
COLUMNS = {
    "id": "Session",
    "start": "Start Time",
    "duration": "Duration (min)",
    "supporter": "Technician",
    "device": "Computer Name",
    "remote_user": "Customer",
    "notes": "Comments",
}
MAPPING = ColumnMapping(name="Desk", headers=HEADERS, columns=COLUMNS)


def row(**cells):
    return TableRow(Place("LINE", 2), {COLUMNS.get(field, field): value for field, value in cells.items()})


def test_a_file_with_the_mapped_headers_is_read_by_them(tmp_path):
    path = tmp_path / "report.csv"
    path.write_text(
        "technician;Session;Start Time;Duration (min);Computer Name;Customer;Comments\n"
        "Bob;7;19.11.2026 08:00;30;DESK-7;Rosa;Printer\n"
        "Bob;8;yesterday;30;DESK-7;Rosa;\n"
        "Bob;9;19.11.2026 09:00;;DESK-7;;\n"
    )
    source, notes = MappedCSVSource(MAPPING, key="desk"), RecordingNotes()

    with path.open("rb") as stream:
        assert source.recognises(stream.read(HEAD_BYTES), "x") is True
        first, running = source.read_sessions(RecordingFile(stream), notes)

    assert (first.external_id, first.supporters, first.device_name) == ("7", ("Bob",), "DESK-7")
    assert (first.remote_user, first.notes) == ("Rosa", "Printer")
    assert (first.started_at, first.ended_at) == (
        datetime(2026, 11, 19, 8, tzinfo=UTC),
        datetime(2026, 11, 19, 8, 30, tzinfo=UTC),
    )
    assert (running.ended_at, source.namespace) == (None, "REPORT_CSV desk")
    assert problems(notes) == ["line 3: the start 'yesterday' is no time that can be read"]


def test_the_guess_gives_each_column_once():
    assert guess(HEADERS) == {
        "start": "Start Time",
        "duration": "Duration (min)",
        "supporter": "Technician",
        "device": "Computer Name",
        "remote_user": "Customer",
        "notes": "Comments",
    }
    assert guess(("Start", "Started by")) == {"start": "Start"}
    assert guess(()) == {}


@pytest.mark.parametrize("headers", [("a", "b"), (), (*HEADERS, "More")])
def test_other_headers_are_not_of_the_mapping(headers):
    assert fits(MAPPING, headers) is False


@pytest.mark.parametrize("head", [b"", b"one word", b"\0\0\0", b"{}", b"\n\n"])
def test_what_has_no_headers(head):
    assert headers_in(head) == ()


def test_a_row_without_an_id_keeps_its_identity_in_a_later_export():
    columns = {field: header for field, header in COLUMNS.items() if field != "id"}
    mapping = ColumnMapping(name="", headers=HEADERS, columns=columns)
    cells = {"start": "2026-11-19 08:00", "supporter": "Bob", "device": "D"}

    first = record_of(row(**cells), mapping).external_id
    later = record_of(row(**cells, duration="30", notes="Now with notes"), mapping).external_id
    other = record_of(row(**{**cells, "device": "E"}), mapping).external_id

    assert (first == later, first == other, len(first)) == (True, False, 64)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"start": ""}, "the start '' is no time"),
        ({"start": "2026-11-19 08:00", "duration": "long"}, "the duration 'long' can't be read"),
        ({"start": "2026-11-19 08:00", "End": "never"}, "the end 'never' is no time"),
        ({"start": "2026-11-19 08:00", "End": "2026-11-18 08:00"}, "ends before it begins"),
    ],
)
def test_rows_that_are_no_sessions(cells, problem):
    mapping = ColumnMapping(name="", headers=HEADERS, columns={**COLUMNS, "end": "End"})

    with pytest.raises(UnableToMap, match=problem):
        record_of(row(**cells), mapping)


def test_the_order_of_day_and_month_is_the_mappings():
    mappings = [
        ColumnMapping(name="", headers=HEADERS, columns=COLUMNS, day_order=order)
        for order in (DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST)
    ]

    assert [record_of(row(start="3/4/2026"), mapping).started_at.month for mapping in mappings] == [4, 3]


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("1:05:30", DurationUnit.MINUTES, 3930),
        ("0:25", DurationUnit.MINUTES, 1500),
        ("90", DurationUnit.SECONDS, 90),
        ("1,5", DurationUnit.HOURS, 5400),
        ("30 min", DurationUnit.MINUTES, 1800),
        ("999:00:00", DurationUnit.MINUTES, 999 * 3600),
        ("999:59", DurationUnit.MINUTES, 999 * 3600 + 59 * 60),
        ("99999999", DurationUnit.HOURS, None),
        ("-3", DurationUnit.HOURS, None),
        ("9" * 400, DurationUnit.HOURS, None),
        ("", DurationUnit.HOURS, None),
    ],
)
def test_durations_in_every_writing(text, unit, seconds):
    assert seconds_of(text, unit=unit) == seconds
