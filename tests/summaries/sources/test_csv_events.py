import csv
import io
import tracemalloc
from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.csv_events import CSVSource
from tests.summaries.sources.casts import texts
from tests.summaries.sources.reading import bad_places, read_bytes

HEADER = "timestamp,actor,kind,app,title,text"
FIRST = "2026-11-22T09:40:00Z,supporter,command,Terminal,web-01,df -h"


def table(*lines):
    return "".join(f"{line}\r\n" for line in lines).encode()


def read(*lines):
    return read_bytes(CSVSource(), table(*lines))


def content(interactions):
    return [(item.offset_ms, item.text) for item in interactions if item.kind != Kind.APP_FOCUS]


def test_documented_columns_are_read():
    second = "2026-11-22T09:40:05Z,Omar Doe,chat,,,Thank you"

    interactions, notes = read(HEADER, FIRST, second)

    assert [(i.offset_ms, i.kind, i.actor, i.application, i.title, i.text) for i in interactions] == [
        (0, Kind.APP_FOCUS, Actor.SUPPORTER, "Terminal", "web-01", ""),
        (0, Kind.COMMAND, Actor.SUPPORTER, "Terminal", "web-01", "df -h"),
        (5000, Kind.CHAT, Actor.UNKNOWN, "", "Omar Doe", "Thank you"),
    ]
    assert [(item.place.unit, item.place.number) for item in interactions] == [(PlaceUnit.LINE, n) for n in (2, 2, 3)]
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert notes.quality == set()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_out(delimiter):
    target = io.StringIO()
    rows = [HEADER.split(","), ["2026-11-22T09:40:00Z", "", "", "", "a,b;c|d", "x,y;z|w"]]
    csv.writer(target, delimiter=delimiter).writerows(rows)

    interactions, _ = read_bytes(CSVSource(), target.getvalue().encode())

    assert [(item.title, item.text) for item in interactions] == [("a,b;c|d", "x,y;z|w")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encoding_is_found_out(encoding):
    data = "Zeit;Anwendung;Beschreibung\r\n22.11.2026 09:40:00;Übersicht;Größe geändert\r\n".encode(encoding)

    assert CSVSource().recognises(data, "")
    interactions, notes = read_bytes(CSVSource(), data)

    assert [(item.application, item.text) for item in interactions][1:] == [("Übersicht", "Größe geändert")]
    assert notes.quality == set()


def test_big_endian_with_a_mark_and_bare_carriage_returns_are_read():
    text = "time,text\r2026-11-22 09:40,größer\r2026-11-22 09:41,b\r"

    for data in (b"\xfe\xff" + text.encode("utf-16-be"), text.encode()):
        assert content(read_bytes(CSVSource(), data)[0]) == [(0, "größer"), (60_000, "b")]


def test_broken_character_in_a_file_of_utf8_is_replaced_and_noted():
    data = table("time,text", "2026-11-22 09:40,größer") + b"2026-11-22 09:41,\xff\r\n"

    interactions, notes = read_bytes(CSVSource(), data)

    assert content(interactions) == [(0, "größer"), (60_000, "\ufffd")]
    assert notes.quality == {QualityFlag.UNDECODABLE}


def test_half_a_character_of_utf16_is_noted():
    data = "time,text\r\n2026-11-22 09:40,abc\r\n".encode("utf-16")[:-1]

    interactions, notes = read_bytes(CSVSource(), data)

    assert content(interactions) == [(0, "abc")]
    assert QualityFlag.TRUNCATED in notes.quality


@pytest.mark.parametrize(
    "header",
    [
        "Time Stamp,Message",
        "DATE/TIME,Details",
        "event_time,action",
        "created-at,Window Title",
        "Zeitstempel,Anwendung",
        "Fecha,Descripción",
        "Horodatage,Texte",
        "When,Process Name",
        "ts,Comment",
    ],
)
def test_columns_have_many_names(header):
    assert [item.text or item.title or item.application for item in read(header, "2026-11-22 09:40:00,shown")[0]] in (
        ["shown"],
        ["shown", "shown"],
    )


@pytest.mark.parametrize(
    "header",
    [
        "name,address",
        "timestamp,user",
        "text,title",
        "start,end,notes",
        "Date,End date,Notes",
        "timestamp,end_time,text",
        "timestamp",
        "",
        "10:02 Dana: Hello, how are you",
    ],
)
def test_other_tables_are_not_recognised(header):
    assert not CSVSource().recognises(table(header, "2026-11-22 09:40,2026-11-22 09:50,x"), "a.csv")


@pytest.mark.parametrize("above", ["sep=;", "Export of Monday", "", "Report;;", "\ufeff"])
def test_lines_above_the_header_are_passed_over(above):
    interactions, notes = read(above, "time;text", "2026-11-22 09:40;a")

    assert content(interactions) == [(0, "a")]
    assert notes.bad_record_count == 0


def test_quoted_text_goes_on_over_lines():
    interactions, notes = read("time,text", '2026-11-22 09:40,"one', 'two ""three"", four"', "2026-11-22 09:41,b")

    assert content(interactions) == [(0, 'one\ntwo "three", four'), (60_000, "b")]
    assert [item.place.number for item in interactions] == [2, 4]
    assert notes.bad_record_count == 0


def test_lost_quote_costs_its_line_only():
    lines = [f"2026-11-22 09:{minute},text {minute}" for minute in range(40, 60)]

    interactions, notes = read("time,text", *lines[:5], '2026-11-22 09:45,"lost', *lines[6:])

    assert [text for _, text in content(interactions)] == [f"text {n}" for n in range(40, 60) if n != 45]
    assert bad_places(notes) == [(PlaceUnit.LINE, 7)]


def test_lost_quote_in_a_long_file_costs_its_line_only():
    lines = [f'2026-11-22T09:40:{n % 60:02}Z,"text {n}"' for n in range(1000)]

    interactions, notes = read("time,text", '2026-11-22 09:40,"lost', *(sorted(lines)))

    assert len(interactions) == 1000
    assert bad_places(notes) == [(PlaceUnit.LINE, 2)]


def test_rows_that_are_too_short_or_hold_nothing_are_counted():
    interactions, notes = read(
        "text,time", "a,2026-11-22 09:40", "b", ",2026-11-22 09:41", "", "c,2026-11-22 09:42,more,fields"
    )

    assert content(interactions) == [(0, "a"), (120_000, "c")]
    assert sorted(bad_places(notes)) == [(PlaceUnit.LINE, 3), (PlaceUnit.LINE, 4)]


def test_file_with_the_newest_first_is_turned_round():
    interactions, notes = read("time,text", "2026-11-22 09:42,c", "2026-11-22 09:41,b", "2026-11-22 09:40,a")

    assert content(interactions) == [(0, "a"), (60_000, "b"), (120_000, "c")]
    assert notes.quality == set()


UI_HEADER = (
    '"timeStamp","userID","targetApp","eventType","url","content","target.workbookName","target.sheetName","target.id",'
    '"target.type","target.name","target.value"'
)


def test_log_of_a_user_interface_is_read_with_what_was_acted_on():
    interactions, notes = read(
        UI_HEADER,
        '"2026-11-22T09:40:00.100Z","dana","Excel","editCell",,,"Orders.xlsx","May","A2",,,"17"',
        '"2026-11-22T09:40:01.100Z",,"OS-Clipboard","copy",,"17",,,,,,',
        '"2026-11-22T09:40:02.100Z","dana","Chrome","clickTextField","https://shop.example/",,,,,"text","amount",""',
        '"2026-11-22T09:40:03.100Z","dana","Chrome","editField","https://shop.example/",,,,,"password","pin","4711"',
    )

    assert [(i.kind, i.application, i.title, i.text) for i in interactions] == [
        (Kind.APP_FOCUS, "Excel", "Orders.xlsx › May", ""),
        (Kind.INPUT, "Excel", "Orders.xlsx › May", "editCell A2: 17"),
        (Kind.CLIPBOARD, "OS-Clipboard", "", "copy: 17"),
        (Kind.APP_FOCUS, "Chrome", "", ""),
        (Kind.CLICK, "Chrome", "", "clickTextField amount (https://shop.example/)"),
        (Kind.INPUT, "Chrome", "", "editField pin: 4711 (https://shop.example/)"),
    ]
    assert [item.text for item in interactions if item.is_secret] == ["editField pin: 4711 (https://shop.example/)"]
    assert notes.people == ["dana"]


def test_secret_and_duration_are_taken_as_in_json_lines():
    interactions, notes = read(
        "time,text,duration,secret",
        "2026-11-22 09:40,hunter2,5,yes",
        '2026-11-22 09:41,a,"7,5",no',
        "2026-11-22 09:41,b,x,",
    )

    assert [item.text for item in interactions if item.is_secret] == ["hunter2"]
    assert notes.duration_ms == 67_500


def test_line_that_is_too_long_is_counted():
    data = (
        table("time,text", "2026-11-22 09:40,a")
        + b"2026-11-22 09:41,"
        + b"x" * 9_000_000
        + b"\r\n"
        + table("2026-11-22 09:42,c")
    )

    interactions, notes = read_bytes(CSVSource(), data)

    assert content(interactions) == [(0, "a"), (120_000, "c")]
    assert bad_places(notes) == [(PlaceUnit.LINE, 3)]


def test_file_that_ends_in_a_row_is_noted_as_truncated():
    _, notes = read_bytes(CSVSource(), table("time,text", "2026-11-22 09:40,a") + b"2026-11-2")

    assert QualityFlag.TRUNCATED in notes.quality


def test_header_alone_records_nothing():
    interactions, notes = read("time,text")

    assert interactions == []
    assert notes.quality == {QualityFlag.NOTHING_RECORDED}


def test_table_without_a_known_header_is_refused():
    with pytest.raises(UnableToRead, match="Line 1 names no columns"):
        read("a,b", "1,2")


def test_large_table_is_not_held():
    data = table("time,text", *(f"2026-11-22T09:40:00Z,{'x' * 200} {n}" for n in range(15_000)))
    tracemalloc.start()

    count = sum(1 for _ in CSVSource().read(RecordingFile(io.BytesIO(data)), RecordingNotes()))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 15_000
    assert peak < 2_500_000 < len(data)


def test_texts_of_a_table_are_kept_as_written():
    assert texts(read("time,text", "2026-11-22 09:40,  spaced  ")[0]) == [(Kind.NOTE, "spaced")]
