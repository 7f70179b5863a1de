import struct
from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import MAX_RECORD_BYTES, UnableToRead
from summaries.sources.meshcentral import MeshCentralSource
from summaries.sources.meshcentral_messenger import MeshCentralMessengerSource
from tests.summaries.sources import mcrec
from tests.summaries.sources.mcrec import FROM_DEVICE, FROM_DEVICE_TEXT, FROM_SUPPORTER, FROM_SUPPORTER_TEXT
from tests.summaries.sources.reading import bad_places, read_bytes

SHIFT, CONTROL, CAPS_LOCK, ENTER, BACKSPACE, DOWN = 0x10, 0x11, 0x14, 0x0D, 0x08, 0x28
WHOLE = [Kind.CONNECT, Kind.DISCONNECT]


def read(*blocks):
    return read_bytes(MeshCentralSource(), b"".join(blocks))


def told(interactions):
    return [(item.kind, item.text) for item in interactions if item.kind not in WHOLE]


def desktop(*steps):
    """*steps* are what the browser sent, one second apart."""
    sent = [mcrec.data(FROM_SUPPORTER, step, number * 1000) for number, step in enumerate(steps)]
    return read(mcrec.metadata(2), *sent, mcrec.end(len(steps) * 1000))


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


# Files


def files(*requests):
    sent = [mcrec.data(FROM_SUPPORTER_TEXT, request, number) for number, request in enumerate(requests)]
    return read(mcrec.metadata(5), *sent, mcrec.end(100))


def test_file_operations_are_told_with_their_paths():
    interactions, _ = files(
        {"action": "ls", "path": "C:\\Spool"},
        {"action": "ls", "path": "C:\\Spool"},
        {"action": "upload", "reqid": "up", "path": "C:\\Spool\\", "name": "driver.inf", "size": 2048},
        {"action": "mkdir", "path": "C:\\Spool\\old"},
        {"action": "rename", "path": "C:\\Spool", "oldname": "a.shd", "newname": "b.shd"},
        {"action": "rm", "path": "/var/spool", "delfiles": ["a", "b"], "rec": True},
        {"action": "rm", "path": "/var/spool/c"},
        {"action": "move", "scpath": "/tmp", "dspath": "/srv", "names": ["x", "y"]},
        {"action": "copy", "scpath": "/tmp", "dspath": "/srv", "names": 5},
        {"action": "uploadhash"},
    )

    assert told(interactions) == [
        (Kind.NOTE, "Opened the folder C:\\Spool"),
        (Kind.FILE_TRANSFER, "Upload: C:\\Spool\\driver.inf (2048 bytes)"),
        (Kind.FILE_TRANSFER, "New folder: C:\\Spool\\old"),
        (Kind.FILE_TRANSFER, "Rename: C:\\Spool\\a.shd to b.shd"),
        (Kind.FILE_TRANSFER, "Delete: /var/spool/a, /var/spool/b"),
        (Kind.FILE_TRANSFER, "Delete: /var/spool/c"),
        (Kind.FILE_TRANSFER, "Move: /tmp/x, /tmp/y to /srv"),
        (Kind.FILE_TRANSFER, "Copy: /tmp to /srv"),
    ]
    assert {item.actor for item in interactions if item.kind == Kind.FILE_TRANSFER} == {Actor.SUPPORTER}


def download(*pieces):
    request = {"action": "download", "sub": "start", "path": "/etc/app.ini", "id": "/etc/app.ini"}
    answer = {"action": "download", "sub": "start", "id": "/etc/app.ini"}
    return read(
        mcrec.metadata(5),
        mcrec.data(FROM_SUPPORTER_TEXT, request),
        mcrec.data(FROM_DEVICE_TEXT, answer),
        *[mcrec.data(FROM_DEVICE, piece) for piece in pieces],
        mcrec.end(10),
    )


def test_download_is_told_with_its_size_and_without_its_content():
    interactions, _ = download(b"\x01\0\0\0first half ", b"\x01\0\0\x01password=1")

    assert told(interactions) == [(Kind.FILE_TRANSFER, "Download: /etc/app.ini (21 bytes)")]


def test_unfinished_download_is_told_as_such():
    interactions, _ = download(b"\x01\0\0\0first half ")

    assert told(interactions) == [(Kind.FILE_TRANSFER, "Download not finished: /etc/app.ini (11 bytes)")]


def test_failed_transfers_are_told_by_the_system():
    interactions, _ = read(
        mcrec.metadata(5),
        mcrec.data(FROM_SUPPORTER_TEXT, {"action": "download", "sub": "start", "path": "/root/x"}),
        mcrec.data(FROM_DEVICE, {"action": "download", "sub": "cancel", "id": "/root/x"}),
        mcrec.data(FROM_DEVICE, {"action": "uploaderror", "reqid": "up"}),
        mcrec.end(),
    )

    assert told(interactions) == [
        (Kind.FILE_TRANSFER, "The download failed: /root/x"),
        (Kind.FILE_TRANSFER, "The upload failed"),
    ]
    assert {item.actor for item in interactions} == {Actor.SYSTEM}


def test_uploaded_content_is_never_kept():
    interactions, notes = read(
        mcrec.metadata(5), mcrec.data(FROM_SUPPORTER, b'{"action":"rm","path":"/"}'), mcrec.end()
    )

    assert told(interactions) == []
    assert notes.bad_record_count == 0


def test_broken_request_is_counted():
    _, notes = read(mcrec.metadata(5), mcrec.data(FROM_SUPPORTER_TEXT, b'{"action":'), mcrec.end())

    assert bad_places(notes) == [(PlaceUnit.BYTE, len(mcrec.metadata(5)))]


def test_deeply_nested_request_is_counted():
    deep = b'{"a":' + b"[" * 100_000

    _, notes = read(mcrec.metadata(5), mcrec.data(FROM_SUPPORTER_TEXT, deep), mcrec.end())

    assert notes.bad_record_count == 1


# Desktop


def test_desktop_keys_become_typed_text_with_shift_and_caps_lock():
    shifted = mcrec.key(SHIFT) + mcrec.pressed(0x48) + mcrec.key(SHIFT, is_up=True)

    interactions, _ = desktop(shifted, mcrec.pressed(0x49, 0x20, CAPS_LOCK, 0x41, CAPS_LOCK, 0x31, 0xBD), b"")

    assert told(interactions) == [(Kind.INPUT, "Hi A1-")]
    assert interactions[1].actor == Actor.SUPPORTER


def test_desktop_enter_ends_the_text_and_backspace_takes_back():
    interactions, _ = desktop(mcrec.pressed(0x49, 0x50, 0x58, BACKSPACE, ENTER), mcrec.pressed(0x41))

    assert told(interactions) == [(Kind.INPUT, "ip<Enter>"), (Kind.INPUT, "a")]


def test_desktop_shortcuts_and_named_keys_stand_apart():
    copy = mcrec.key(CONTROL) + mcrec.pressed(0x43) + mcrec.key(CONTROL, is_up=True)

    interactions, _ = desktop(mcrec.pressed(0x41), copy, mcrec.pressed(DOWN, DOWN, DOWN, BACKSPACE))

    assert told(interactions) == [(Kind.INPUT, "a"), (Kind.KEY, "<Ctrl+C> <Down> ×3 <Backspace>")]


def test_desktop_unicode_keys_are_typed_text():
    letters = b"".join(struct.pack(">HHBH", 85, 7, up, ord(letter)) for letter in "ñю" for up in (0, 1))

    interactions, _ = desktop(letters)

    assert told(interactions) == [(Kind.INPUT, "ñю")]


def test_desktop_lone_surrogate_cannot_break_storage():
    interactions, _ = desktop(struct.pack(">HHBH", 85, 7, 0, 0xD800))

    assert told(interactions) == [(Kind.INPUT, "?")]


def test_desktop_clicks_are_summarised():
    one, two = mcrec.mouse(2, 10, 20) + mcrec.mouse(4, 10, 20), mcrec.mouse(8, 30, 40)

    interactions, _ = desktop(one, mcrec.pressed(0x41), one + two + one, mcrec.mouse(0, 1, 1))

    assert told(interactions) == [
        (Kind.CLICK, "Left click at (10, 20)"),
        (Kind.INPUT, "a"),
        (Kind.CLICK, "2 left clicks, 1 right click"),
    ]


def test_desktop_text_after_ctrl_alt_delete_is_secret_up_to_enter():
    interactions, _ = desktop(struct.pack(">HH", 10, 4), mcrec.pressed(0x50, 0x57, ENTER), mcrec.pressed(0x41))

    assert [(item.text, item.is_secret) for item in interactions if item.kind not in WHOLE] == [
        ("<Ctrl+Alt+Delete>", False),
        ("pw<Enter>", True),
        ("a", False),
    ]


def test_desktop_pause_begins_a_new_text():
    interactions, _ = read(
        mcrec.metadata(2),
        mcrec.data(FROM_SUPPORTER, mcrec.pressed(0x41)),
        mcrec.data(FROM_SUPPORTER, mcrec.pressed(0x42), 10_001),
        mcrec.end(10_001),
    )

    assert told(interactions) == [(Kind.INPUT, "a"), (Kind.INPUT, "b")]


def test_desktop_pictures_are_skipped_and_messages_told():
    tile = struct.pack(">HHHH", 3, 12, 0, 0) + b"jpeg"
    picture = struct.pack(">HHI", 27, 8, 12) + struct.pack(">HHHH", 3, 12, 0, 0) + b"jpeg"
    alert = struct.pack(">HH", 65, 10) + b"denied"

    interactions, _ = read(
        mcrec.metadata(2),
        mcrec.data(FROM_DEVICE_TEXT, {"ctrlChannel": 102938, "type": "console", "msg": "Waiting for consent"}),
        mcrec.data(FROM_DEVICE_TEXT, {"ctrlChannel": 102938, "type": "console", "msg": "Waiting for consent"}),
        mcrec.data(FROM_DEVICE, tile + picture + alert + struct.pack(">HHB", 87, 5, 1)),
        mcrec.end(),
    )

    assert told(interactions) == [
        (Kind.NOTE, "Waiting for consent"),
        (Kind.NOTE, "denied"),
        (Kind.NOTE, "The remote user's input is locked"),
    ]


def test_desktop_command_with_a_wrong_size_ends_its_block_only():
    interactions, _ = desktop(struct.pack(">HH", 1, 2) + mcrec.pressed(0x41), mcrec.pressed(0x42))

    assert told(interactions) == [(Kind.INPUT, "b")]


# Messenger

MESSENGER = b"""{"magic":"MeshCentralRelaySession","username":"dana","devicename":"front-desk-3","protocol":200}
Sun, 22 Nov 2026 09:40:00 GMT, <<<START>>>
Sun, 22 Nov 2026 09:40:05 GMT, --> Good morning
Sun, 22 Nov 2026 09:40:15 GMT, <-- My printer is stuck
Sun, 22 Nov 2026 09:41:00 GMT, File Transfer, "driver.zip" (2048 bytes)
Sun, 22 Nov 2026 09:42:00 GMT, <<<END>>>
"""


def test_messenger_tells_who_wrote_what():
    interactions, notes = read_bytes(MeshCentralMessengerSource(), MESSENGER)

    assert [(item.kind, item.actor, item.offset_ms, item.text) for item in interactions[1:-1]] == [
        (Kind.CHAT, Actor.SUPPORTER, 5000, "Good morning"),
        (Kind.CHAT, Actor.REMOTE_USER, 15000, "My printer is stuck"),
        (Kind.FILE_TRANSFER, Actor.UNKNOWN, 60000, 'File Transfer, "driver.zip" (2048 bytes)'),
    ]
    assert [interactions[0].kind, interactions[-1].kind] == WHOLE
    assert (notes.supporter_name, notes.device_name) == ("dana", "front-desk-3")
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert notes.quality == set()


def test_messenger_without_end_and_with_a_bad_line():
    torn = MESSENGER.replace(b"Sun, 22 Nov 2026 09:40:05 GMT", b"Sun, 99 Nov 2026 09:40:05 GMT").partition(b"File")[0]

    interactions, notes = read_bytes(MeshCentralMessengerSource(), torn)

    assert [item.text for item in interactions if item.kind == Kind.CHAT] == ["My printer is stuck"]
    assert bad_places(notes) == [(PlaceUnit.LINE, 3)]
    assert notes.quality == {QualityFlag.TRUNCATED, QualityFlag.PARTIAL_PARSE}


def test_messenger_with_a_broken_first_line_is_refused():
    with pytest.raises(UnableToRead, match=r"^Line 1: "):
        read_bytes(MeshCentralMessengerSource(), b"{" + MESSENGER)
