import struct
from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import MAX_RECORD_BYTES, UnableToRead
from summaries.sources.meshcentral import MeshCentralSource
from tests.summaries.sources import mcrec
from tests.summaries.sources.mcrec import FROM_DEVICE, FROM_SUPPORTER, FROM_SUPPORTER_TEXT, WHOLE, read, told
from tests.summaries.sources.reading import bad_places

ENTER = 0x0D


def typed_terminal(secret="hunter2-demo", protocol=1):
    prompt = b"\x1b[?2004hdana@front-desk-3:~$ "
    blocks = [
        mcrec.data(FROM_SUPPORTER_TEXT, {"ctrlChannel": "102938", "type": "options", "cols": 110, "rows": 30}),
        mcrec.data(FROM_SUPPORTER_TEXT, b"1", 1),
        mcrec.data(FROM_DEVICE, b" alias ls='ls --color=auto';clear\r\n", 5),
        mcrec.data(FROM_DEVICE, prompt + b" alias ls='ls --color=auto';clear\r\n\x1b[?2004l\r", 6),
        mcrec.data(FROM_DEVICE, b"\x1b[H\x1b[2J\x1b[3J" + prompt, 10),
    ]
    at = 1000
    for letter in b"sudo id":
        blocks += [mcrec.data(FROM_SUPPORTER, bytes([letter]), at), mcrec.data(FROM_DEVICE, bytes([letter]), at + 1)]
        at += 100
    blocks += [mcrec.data(FROM_SUPPORTER, b"\r", at), mcrec.data(FROM_DEVICE, b"\r\n\x1b[?2004l\r", at + 1)]
    blocks.append(mcrec.data(FROM_DEVICE, b"[sudo] password for dana: ", at + 5))
    blocks += [mcrec.data(FROM_SUPPORTER, bytes([letter]), at + 1000) for letter in secret.encode() + b"\r"]
    blocks.append(mcrec.data(FROM_DEVICE, b"\r\nuid=0(root)\r\n" + prompt, at + 2000))
    return [mcrec.metadata(protocol), *blocks, mcrec.end(9000)]


@pytest.mark.parametrize("protocol", [1, "6", 8, 9])
def test_terminal_gives_commands_output_and_secret_keys(protocol):
    interactions, notes = read(*typed_terminal(protocol=protocol))

    assert told(interactions) == [
        (Kind.COMMAND, "sudo id"),
        (Kind.OUTPUT, "[sudo] password for dana:"),
        (Kind.INPUT, "hunter2-demo"),
        (Kind.OUTPUT, "uid=0(root)"),
    ]
    assert [item.text for item in interactions if item.is_secret] == ["hunter2-demo"]
    assert notes.quality == set()


def test_notes_tell_who_where_and_when():
    _, notes = read(*typed_terminal())

    assert notes.supporter_name == "dana"
    assert notes.device_name == "front-desk-3"
    assert notes.people == ["dana"]
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert notes.ended_at == datetime(2026, 11, 22, 9, 40, 9, tzinfo=UTC)
    assert notes.duration_ms == 9000


def test_session_begins_and_ends_in_the_timeline():
    interactions, _ = read(mcrec.metadata(5), mcrec.data(FROM_SUPPORTER_TEXT, b"5"), mcrec.end(400))

    assert [(item.kind, item.offset_ms, item.actor) for item in interactions] == [
        (Kind.CONNECT, 0, Actor.SYSTEM),
        (Kind.DISCONNECT, 400, Actor.SYSTEM),
    ]
    assert interactions[0].place.unit == PlaceUnit.BYTE
    assert interactions[0].place.number == len(mcrec.metadata(5))


def test_indexed_file_takes_no_date_from_its_end_block():
    interactions, notes = read(
        mcrec.metadata(5), mcrec.data(FROM_SUPPORTER_TEXT, b"5"), mcrec.data(1, b"x", 70), mcrec.indexed_end(4711)
    )

    assert notes.ended_at == datetime(2026, 11, 22, 9, 40, 0, 70_000, tzinfo=UTC)
    assert [item.kind for item in interactions] == WHOLE
    assert notes.quality == {QualityFlag.NOTHING_RECORDED}


def test_missing_end_block_is_noted_as_truncated():
    interactions, notes = read(mcrec.metadata(2), mcrec.data(FROM_SUPPORTER, mcrec.pressed(0x41)))

    assert told(interactions) == [(Kind.INPUT, "a")]
    assert notes.quality == {QualityFlag.TRUNCATED}


def test_size_beyond_the_file_ends_the_reading():
    torn = struct.pack(">HHIQ", 2, 1, 2**32 - 1, mcrec.START_MS) + b"rest"

    interactions, notes = read(mcrec.metadata(2), mcrec.data(FROM_SUPPORTER, mcrec.pressed(0x41)), torn)

    assert told(interactions) == [(Kind.INPUT, "a")]
    assert QualityFlag.TRUNCATED in notes.quality


def test_block_that_is_too_large_is_skipped_and_counted():
    start = mcrec.metadata(2)
    large = mcrec.data(FROM_DEVICE, b"\0" * (MAX_RECORD_BYTES + 1))

    interactions, notes = read(start, large, mcrec.data(FROM_SUPPORTER, mcrec.pressed(0x42)), mcrec.end())

    assert told(interactions) == [(Kind.INPUT, "b")]
    assert bad_places(notes) == [(PlaceUnit.BYTE, len(start))]


def test_unknown_block_type_ends_the_reading_with_its_offset():
    start = mcrec.metadata(2)

    _, notes = read(start, mcrec.block(77, 0, b"?"))

    assert bad_places(notes) == [(PlaceUnit.BYTE, len(start))]


def test_times_that_run_backwards_are_clamped():
    blocks = [mcrec.data(FROM_SUPPORTER, mcrec.pressed(ENTER), at) for at in (0, 5000, 3000)]

    interactions, notes = read(mcrec.metadata(2), *blocks, mcrec.end(5000))

    assert [item.offset_ms for item in interactions] == [0, 0, 5000, 5000, 5000]
    assert notes.quality == {QualityFlag.CLOCK_SKEW}


def test_reserved_bytes_of_the_time_are_ignored():
    header = struct.pack(">HHIQ", 2, FROM_SUPPORTER_TEXT, 1, mcrec.START_MS | 0xABCD << 48)

    _, notes = read(mcrec.metadata(5), header + b"5", mcrec.end())

    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)


@pytest.mark.parametrize("protocol", [100, 102, 200, 202, 4711, "x", None, True, [1], 1e400])
def test_other_protocols_are_kept_without_content(protocol):
    interactions, notes = read(
        mcrec.metadata(protocol if protocol is not True else 7), mcrec.data(1, b"?"), mcrec.end()
    )

    assert [item.kind for item in interactions] == WHOLE
    assert notes.quality == {QualityFlag.NOTHING_RECORDED}


def test_unreadable_metadata_is_counted_and_the_rest_read():
    interactions, notes = read(
        mcrec.block(1, 0, b'{"magic":"MeshCentralRelaySession",'), mcrec.data(1, b"?"), mcrec.end()
    )

    assert [item.kind for item in interactions] == WHOLE
    assert bad_places(notes) == [(PlaceUnit.BYTE, 0)]


def test_file_that_ends_in_its_first_block_is_refused():
    with pytest.raises(UnableToRead, match=r"^Byte 0: the recording ends in its first block"):
        read(mcrec.metadata(1)[:100])


def test_recognises_by_content_only():
    source = MeshCentralSource()

    assert source.recognises(mcrec.metadata(1), "renamed.txt")
    assert not source.recognises(b"MeshCentralRelaySession", "a.mcrec")


def test_message_between_output_keeps_the_order_of_time():
    interactions, _ = read(
        mcrec.metadata(1),
        mcrec.data(FROM_DEVICE, b"disk full\r\n", 100),
        mcrec.data(0, {"ctrlChannel": 102938, "type": "console", "msg": "Recording"}, 500),
        mcrec.data(FROM_DEVICE, b"done\r\n", 900),
        mcrec.end(1000),
    )

    assert sorted(text for _, text in told(interactions)) == ["Recording", "disk full\ndone"]
    assert [item.offset_ms for item in interactions] == sorted(item.offset_ms for item in interactions)
    assert interactions[-1].offset_ms == 900
