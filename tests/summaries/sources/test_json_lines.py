import gzip
import io
import json
from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import MAX_TEXT_CHARS, UnableToRead
from summaries.sources.json_lines import JSONLinesSource
from summaries.sources.unpacked import Unpacked
from tests.summaries.sources.reading import bad_places, read_bytes

AT = "2026-11-22T10:02:13Z"
SESSION = {"type": "session", "started_at": "2026-11-22T10:02:00Z", "supporter": "Dana", "remote_user": "Omar"}


def lines_of(*records):
    return "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records).encode()


def read(*records):
    return read_bytes(JSONLinesSource(), lines_of(*records))


def read_one(**fields):
    (interaction,), _ = read({"timestamp": AT} | fields)
    return interaction


def test_event_with_every_field():
    interactions, notes = read(
        {
            "timestamp": AT,
            "actor": "supporter",
            "kind": "command",
            "app": "Terminal",
            "title": "web-01",
            "text": "systemctl restart nginx",
            "url": "https://web-01.example/",
            "duration": 2.5,
        }
    )

    (event,) = interactions
    assert (event.kind, event.actor, event.application, event.title) == (
        Kind.COMMAND,
        Actor.SUPPORTER,
        "Terminal",
        "web-01",
    )
    assert event.text == "systemctl restart nginx (https://web-01.example/)"
    assert (event.offset_ms, event.place.unit, event.place.number) == (0, PlaceUnit.LINE, 1)
    assert notes.started_at == datetime(2026, 11, 22, 10, 2, 13, tzinfo=UTC)
    assert notes.duration_ms == 2500
    assert notes.quality == set()


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-11-22T10:02:13Z",
        "2026-11-22 10:02:13",
        "2026-11-22T11:02:13.000000000+01:00",
        1795341733,
        1795341733.0,
        1795341733000,
        1795341733000000,
        1795341733000000000,
    ],
)
def test_timestamp_may_be_iso_or_a_number(timestamp):
    _, notes = read({"timestamp": timestamp, "text": "x"})

    assert notes.started_at == datetime(2026, 11, 22, 10, 2, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "timestamp", ["soon", "", None, True, [], {}, 0, -1, 12.5, 1e400, 10**400, "0001-01-01T00:00+14:00"]
)
def test_event_without_a_date_is_counted(timestamp):
    interactions, notes = read({"timestamp": timestamp, "text": "lost"}, {"timestamp": AT, "text": "kept"})

    assert [item.text for item in interactions] == ["kept"]
    assert bad_places(notes) == [(PlaceUnit.LINE, 1)]
    assert notes.quality == {QualityFlag.PARTIAL_PARSE}


def test_one_of_text_title_app_event_is_needed():
    assert read_one(text="typed").text == "typed"
    assert read_one(event="paste").text == "paste"
    assert (read_one(app="Outlook").application, read_one(title="Inbox").title) == ("Outlook", "Inbox")
    _, notes = read({"timestamp": AT, "text": "x"}, {"timestamp": AT, "url": "https://x.example"})
    assert bad_places(notes) == [(PlaceUnit.LINE, 2)]


def test_kind_is_taken_from_the_field_the_event_or_the_content():
    assert read_one(text="x", kind="file-transfer").kind == Kind.FILE_TRANSFER
    assert read_one(event="click", app="Excel").kind == Kind.CLICK
    assert read_one(app="Excel").kind == Kind.APP_FOCUS
    assert read_one(text="x", kind="unheard of").kind == Kind.NOTE


def test_actor_is_a_role_or_a_person():
    assert read_one(text="x", actor="Agent").actor == Actor.SUPPORTER
    assert read_one(text="x", actor="remote_user").actor == Actor.REMOTE_USER
    assert read_one(text="x", actor="unknown").actor == Actor.UNKNOWN
    chat = read_one(text="x", actor="Omar", kind="chat")
    assert (chat.actor, chat.title) == (Actor.UNKNOWN, "Omar")


def test_secret_is_passed_on():
    assert read_one(text="hunter2-demo", kind="input", secret=True).is_secret is True
    assert read_one(text="id", kind="input", secret="no").is_secret is False


def test_header_describes_the_session():
    interactions, notes = read(
        SESSION | {"device": "web-01", "title": "Shop is down", "operating_system": "Debian 13"},
        {"timestamp": AT, "text": "Hi", "kind": "chat", "actor": "Omar"},
        {"timestamp": AT, "text": "Hello", "kind": "chat", "actor": "Dana"},
    )

    assert [(item.offset_ms, item.actor) for item in interactions] == [
        (13_000, Actor.REMOTE_USER),
        (13_000, Actor.SUPPORTER),
    ]
    assert (notes.supporter_name, notes.remote_user, notes.device_name) == ("Dana", "Omar", "web-01")
    assert (notes.title, notes.operating_system, notes.people) == ("Shop is down", "Debian 13", ["Dana", "Omar"])
    assert notes.started_at == datetime(2026, 11, 22, 10, 2, tzinfo=UTC)


def test_header_with_a_bad_start_is_counted_and_the_rest_read():
    interactions, notes = read(SESSION | {"started_at": "soon"}, {"timestamp": AT, "text": "x"})

    assert [item.offset_ms for item in interactions] == [0]
    assert bad_places(notes) == [(PlaceUnit.LINE, 1)]


def test_header_alone_holds_nothing():
    interactions, notes = read(SESSION)

    assert interactions == []
    assert notes.quality == {QualityFlag.NOTHING_RECORDED}


def test_times_that_run_backwards_are_clamped():
    interactions, notes = read(
        {"timestamp": "2026-11-22T10:02:10Z", "text": "a"},
        {"timestamp": "2026-11-22T10:02:15Z", "text": "b"},
        {"timestamp": "2026-11-22T10:02:12Z", "text": "c"},
    )

    assert [item.offset_ms for item in interactions] == [0, 5000, 5000]
    assert notes.quality == {QualityFlag.CLOCK_SKEW}


def test_bad_lines_are_counted_with_their_numbers():
    interactions, notes = read(
        {"timestamp": AT, "text": "a"},
        "",
        "not json",
        "[1, 2]",
        '{"a":' * 100_000,
        "x" * 10_000_000,
        {"timestamp": AT, "text": "b\0c\ud800"},
    )

    assert [item.text for item in interactions] == ["a", "bc?"]
    assert bad_places(notes) == [(PlaceUnit.LINE, number) for number in (3, 4, 5, 6)]
    assert notes.quality == {QualityFlag.PARTIAL_PARSE}


def test_cut_last_line_is_noted_as_truncated():
    _, notes = read({"timestamp": AT, "text": "a"}, '{"timestamp": "2026-')

    assert notes.quality == {QualityFlag.PARTIAL_PARSE, QualityFlag.TRUNCATED}


def test_undecodable_characters_are_replaced_and_noted():
    (event,), notes = read_bytes(JSONLinesSource(), b'{"timestamp": "2026-11-22", "text": "caf\xe9"}\n')

    assert event.text == "caf\ufffd"
    assert notes.quality == {QualityFlag.UNDECODABLE}


def test_long_text_is_cut():
    assert read_one(text="x" * (MAX_TEXT_CHARS + 1)).text == "x" * (MAX_TEXT_CHARS - 1) + "…"


def test_file_without_an_event_is_refused_with_its_first_line():
    with pytest.raises(UnableToRead, match=r"^No event could be read; line 2: the event has none of text"):
        read("", {"timestamp": AT})


def test_gzip_is_unpacked_and_a_torn_end_noted():
    packed = gzip.compress(lines_of(*[{"timestamp": AT, "text": f"event {number}"} for number in range(2000)]))

    assert JSONLinesSource().recognises(packed, "session.jsonl.gz")
    whole, notes = read_bytes(JSONLinesSource(), packed)
    assert (len(whole), notes.quality) == (2000, set())
    torn, notes = read_bytes(JSONLinesSource(), packed[: len(packed) // 2])
    assert 0 < len(torn) < 2000
    assert QualityFlag.TRUNCATED in notes.quality


def test_unpacking_ends_at_the_limit():
    bomb = gzip.compress(b"\0" * 5_000_000)
    unpacked = io.BufferedReader(Unpacked(io.BytesIO(bomb), limit=1_000_000))

    with pytest.raises(UnableToRead, match=r"^The file unpacks to more than 1000000 bytes"):
        unpacked.read()


@pytest.mark.parametrize(
    "line",
    [
        {"version": 2, "width": 80, "height": 24, "timestamp": 1795341733, "title": "demo"},
        {"version": 3, "term": {"cols": 80, "rows": 24}, "timestamp": 1795341733, "title": "demo"},
        {"ver": "2.3", "host": "web-01", "rec": "1", "timestamp": 1, "title": "x"},
        {"magic": "MeshCentralRelaySession", "timestamp": 1, "title": "x"},
        {"type": "session.start", "time": AT},
        [0.1, "o", "text"],
        "WEBVTT",
        "",
    ],
)
def test_other_formats_are_not_claimed(line):
    assert not JSONLinesSource().recognises(lines_of(line, [0.1, "o", "x"]), "demo.jsonl")


def test_recognises_events_header_and_suffix():
    source = JSONLinesSource()

    assert source.recognises(lines_of({"timestamp": AT, "app": "Excel"}), "")
    assert source.recognises(lines_of(SESSION), "")
    assert source.recognises(lines_of("{broken", {"timestamp": AT, "text": "x"}), "")
    assert source.recognises(b'{"text": "' + b"x" * 70_000, "long.ndjson")
    assert not source.recognises(gzip.compress(b'{"version": 2}\n[0.1, "o", "x"]\n'), "demo.cast.gz")
    assert not source.recognises(b"\x1f\x8bgarbage", "x.jsonl.gz")
