from datetime import UTC, datetime

import pytest

from summaries.enums import Kind, PlaceUnit, QualityFlag
from summaries.sources.csv_events import CSVSource
from tests.summaries.sources.reading import bad_places, read_bytes


def table(*lines):
    return "".join(f"{line}\r\n" for line in lines).encode()


def read(*lines):
    return read_bytes(CSVSource(), table(*lines))


def content(interactions):
    return [(item.offset_ms, item.text) for item in interactions if item.kind != Kind.APP_FOCUS]


def test_table_whose_times_are_none_is_not_recognised():
    assert not CSVSource().recognises(table("time,text", "soon,a", "later,b"), "a.csv")


@pytest.mark.parametrize(
    ("written", "first"),
    [
        (["2026-11-22T09:40:00Z"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["2026-11-22 09:40:00.123456789"], datetime(2026, 11, 22, 9, 40, 0, 123_456, tzinfo=UTC)),
        (["2026-11-22 10:40:00+01:00"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["2026-11-22 09:40:00 UTC"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["2026/11/22 09:40"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["1795340400"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["1795340400000"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["1795340400.5"], datetime(2026, 11, 22, 9, 40, 0, 500_000, tzinfo=UTC)),
        (["22.11.2026 09:40:00"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["22/11/26 09:40"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["11/22/2026 9:40:00 AM"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["11/3/2026 12:40 am"], datetime(2026, 11, 3, 0, 40, tzinfo=UTC)),
        (["3.11.2026 09.40.00"], datetime(2026, 11, 3, 9, 40, tzinfo=UTC)),
        (["3/11/2026 9:40", "3/13/2026 9:40"], datetime(2026, 3, 11, 9, 40, tzinfo=UTC)),
        (["3/11/2026 9:40", "13/11/2026 9:40"], datetime(2026, 11, 3, 9, 40, tzinfo=UTC)),
        (["Sun, 22 Nov 2026 09:40:00 GMT"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["Nov 22 2026 09:40"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
        (["22-Nov-2026 10:40:00 +0100"], datetime(2026, 11, 22, 9, 40, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_programs_and_countries_write_them(written, first):
    _, notes = read("time;text", *(f"{stamp};a" for stamp in written))

    assert notes.started_at == first


@pytest.mark.parametrize("header", ["Date,Time,Text", "Datum,Uhrzeit,Text", "Time,Date,Text"])
def test_day_and_time_may_stand_in_two_columns(header):
    day, time = ("09:40:30", "22.11.2026") if header.startswith("Time") else ("22.11.2026", "09:40:30")

    _, notes = read(header, f"{day},{time},a")

    assert notes.started_at == datetime(2026, 11, 22, 9, 40, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "stamp",
    ["", "soon", "99.99.2026 10:00", "2026-11-22 25:61", "1", "9" * 19, "9" * 5000, "32 Foo 2026", "0000-00-00"],
)
def test_row_without_a_time_that_can_be_read_is_counted(stamp):
    interactions, notes = read("time,text", "2026-11-22 09:40,a", f"{stamp},b", "2026-11-22 09:41,c")

    assert content(interactions) == [(0, "a"), (60_000, "c")]
    assert bad_places(notes) == [(PlaceUnit.LINE, 3)]


def test_times_that_run_backwards_are_clamped():
    rows = ["2026-11-22 09:40,a", "2026-11-22 09:45,b", "2026-11-22 09:44,c", "2026-11-22 09:46,d"]

    interactions, notes = read("time,text", *rows)

    assert content(interactions) == [(0, "a"), (300_000, "b"), (300_000, "c"), (360_000, "d")]
    assert notes.quality == {QualityFlag.CLOCK_SKEW}
