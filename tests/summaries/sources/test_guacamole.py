from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import UnableToRead
from summaries.sources.guacamole import GuacamoleSource
from tests.summaries.sources.casts import texts
from tests.summaries.sources.guacamole_records import (
    ALT,
    BACKSPACE,
    CONTROL,
    ENTER,
    SHIFT,
    START_MS,
    TAB,
    blob,
    chord,
    clicked,
    clipboard,
    instruction,
    key,
    mouse,
    picture,
    pressed,
    recorded,
    sync,
    typed,
)
from tests.summaries.sources.reading import bad_places, read_bytes


def read(*parts):
    return read_bytes(GuacamoleSource(), recorded(*parts))


def test_text_and_shortcuts_are_written_as_guaclog_does():
    word = b"".join(
        key(SHIFT, 100 * n, is_down=True) + pressed(ord(letter), at_ms=100 * n) + key(SHIFT, 100 * n, is_down=False)
        for n, letter in enumerate("WORLD!")
    )
    rest = chord(CONTROL, ord("a")) + chord(CONTROL, ord("c")) + chord(ALT, SHIFT, TAB) + chord(CONTROL, ord("v"))

    interactions, _ = read(typed("Hello "), word, rest)

    assert texts(interactions) == [(Kind.INPUT, "Hello WORLD!<Ctrl+a><Ctrl+c><Alt+Shift+Tab><Ctrl+v>")]


@pytest.mark.parametrize(
    ("keysyms", "text"),
    [
        ([0xE9, 0x20AC + 0x0100_0000, 0x0101_F600], "é€😀"),
        ([0xFFB0, 0xFFAB, 0xFFB9, 0xFFBD, 0xFF80, 0xFFAF], "0+9= /"),
        ([0x61, 0xFF1B, 0xFFBE, 0xFFC9, 0xFF55, 0xFFFF, 0xFF51], "a<Escape><F1><F12><Page Up><Delete><Left>"),
        ([0x61, 0xFE20, 0xFF96, 0xFF9F], "a<Tab><Left><Delete>"),
        ([0x61, 0x1FFFF], "a<0x1FFFF>"),
        ([0x61, 0x0100_D800, 0x0111_0000, 0x01], "a<0x100D800><0x1110000><0x1>"),
        ([0x61, 0xFFE5, 0xFF7F, 0x62], "ab"),
    ],
)
def test_keysyms_are_characters_or_names(keysyms, text):
    interactions, _ = read(pressed(*keysyms))

    assert [item.text for item in interactions] == [text]


def test_shift_and_altgr_only_choose_characters():
    interactions, _ = read(
        chord(SHIFT, ord("A")) + chord(0xFE03, ord("@")) + chord(0xFFEB, ord("r")) + chord(SHIFT, 0xFF52)
    )

    assert texts(interactions) == [(Kind.INPUT, "A@<Super+r><Up>")]


def test_backspace_takes_back_what_was_typed_and_is_named_where_nothing_was():
    interactions, _ = read(pressed(BACKSPACE, ord("a"), ord("b"), BACKSPACE, ord("c"), ENTER))

    assert texts(interactions) == [(Kind.INPUT, "<Backspace>ac")]


def test_each_line_stands_at_its_first_key():
    interactions, notes = read(typed("dir c:\n", 1000), typed("ipconfig /all\n", 20_000))

    assert [(item.offset_ms, item.text, item.actor) for item in interactions] == [
        (1000, "dir c:", Actor.SUPPORTER),
        (20_000, "ipconfig /all", Actor.SUPPORTER),
    ]
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert notes.quality == set()


def test_keys_without_characters_are_keys():
    interactions, _ = read(pressed(0xFFC2, at_ms=500), sync(900))

    assert texts(interactions) == [(Kind.KEY, "<F5>")]


def test_clicks_are_counted_and_ended_by_keys():
    parts = [clicked(10, 20, 100), clicked(30, 40, 500), clicked(5, 6, 900, buttons=4), typed("abc def", 2000)]

    interactions, _ = read(*parts, mouse(7, 8, 8, 3000), clicked(1, 2, 60_000))

    assert texts(interactions) == [
        (Kind.CLICK, "2 left clicks, 1 right click"),
        (Kind.INPUT, "abc def"),
        (Kind.CLICK, "Left click at (1, 2)"),
    ]


def test_clicks_far_apart_stand_apart():
    interactions, _ = read(clicked(10, 20, 100), clicked(30, 40, 30_000))

    assert [(item.offset_ms, item.text) for item in interactions] == [
        (100, "Left click at (10, 20)"),
        (30_000, "Left click at (30, 40)"),
    ]


def test_touch_is_told_once_when_the_finger_leaves():
    touch = [instruction("touch", 0, 5, 6, 1, 1, 0, force, START_MS + 100) for force in (1, 1, 0)]

    interactions, _ = read(*touch)

    assert texts(interactions) == [(Kind.CLICK, "Touch at (5, 6)")]


def test_clipboard_is_put_together_although_its_stream_is_interleaved():
    begin = instruction("clipboard", 3, "text/plain;charset=utf-8") + blob(3, "Größ".encode()[:4])
    other = instruction("img", 5, 14, 0, "image/png", 0, 0) + blob(5, b"\x89PNG")

    interactions, _ = read(
        begin + other + blob(3, "Größ".encode()[4:] + b"e of it") + instruction("end", 5), instruction("end", 3)
    )

    assert texts(interactions) == [(Kind.CLIPBOARD, "Größe of it")]


def test_stream_is_forgotten_at_its_end():
    interactions, _ = read(clipboard("some text"), blob(3, b"picture"), instruction("end", 3))

    assert texts(interactions) == [(Kind.CLIPBOARD, "some text")]


def test_clipboard_of_another_kind_is_passed_over():
    interactions, _ = read(instruction("clipboard", 3, "image/png") + blob(3, b"\x89PNG") + instruction("end", 3))

    assert interactions == []


def test_part_of_a_clipboard_that_is_broken_is_counted():
    begin = instruction("clipboard", 3, "text/plain") + blob(3, b"good words")

    interactions, notes = read(begin + instruction("blob", 3, "?!") + instruction("end", 3))

    assert texts(interactions) == [(Kind.CLIPBOARD, "good words")]
    assert notes.bad_record_count == 1


def test_files_are_told_with_name_and_size():
    sent = instruction("file", 4, "application/pdf", "manual ünder.pdf") + blob(4, b"x" * 1001) + blob(4, b"yy")
    listed = instruction("body", 0, 6, "application/vnd.glyptodon.guacamole.stream-index+json", "/") + instruction(
        "end", 6
    )
    fetched = instruction("body", 0, 7, "text/plain", "/notes.txt") + blob(7, b"abc")

    interactions, _ = read(sent + instruction("end", 4), listed, fetched)

    assert texts(interactions) == [
        (Kind.FILE_TRANSFER, "manual ünder.pdf (1003 bytes)"),
        (Kind.FILE_TRANSFER, "/notes.txt (3 bytes)"),
    ]


def test_name_is_the_title_and_tells_user_and_host():
    interactions, notes = read(instruction("name", "ada@web1: ~, ;4.sync"), instruction("name", "ada@web1: ~, ;4.sync"))

    assert [(item.kind, item.title) for item in interactions] == [(Kind.APP_FOCUS, "ada@web1: ~, ;4.sync")]
    assert (notes.device_name, notes.people, notes.title) == ("web1", ["ada"], "ada@web1: ~, ;4.sync")


def test_error_and_end_of_the_connection_are_told():
    interactions, _ = read(instruction("error", "Host is down.", 519), instruction("disconnect"))

    assert texts(interactions) == [
        (Kind.NOTE, "Connection error: Host is down."),
        (Kind.DISCONNECT, "The connection ended"),
    ]


def test_input_is_missing_when_no_key_was_recorded():
    interactions, notes = read(sync(5000), clicked(1, 2, 6000))

    assert texts(interactions) == [(Kind.CLICK, "Left click at (1, 2)")]
    assert notes.quality == {QualityFlag.MISSING_INPUT}
    assert notes.duration_ms == 6060


def test_pictures_alone_are_nothing():
    _, notes = read(sync(5000), picture())

    assert notes.quality == {QualityFlag.MISSING_INPUT, QualityFlag.NOTHING_RECORDED}


def test_lengths_are_characters_and_not_bytes():
    name = "日本語 😀 ümläut;,5.x"

    interactions, notes = read(instruction("name", name), typed("next line\n", 100))

    assert [item.title or item.text for item in interactions] == [name, "next line"]
    assert notes.bad_record_count == 0


def test_older_keys_without_a_time_stand_at_the_last_sync():
    old = b"".join(instruction("key", ord(letter), down) for letter in "dir c:" for down in (1, 0))

    interactions, _ = read(sync(4000), old)

    assert [(item.offset_ms, item.text) for item in interactions] == [(4000, "dir c:")]


def test_times_that_run_backwards_are_clamped():
    interactions, notes = read(typed("dir c:\n", 5000), typed("dir d:\n", 100))

    assert [item.offset_ms for item in interactions] == [5000, 5000 + 90 * 6 + 40]
    assert notes.quality == {QualityFlag.CLOCK_SKEW}


def test_new_lines_between_instructions_are_no_fault():
    data = recorded(typed("dir c:")).replace(b";", b";\r\n")

    interactions, notes = read_bytes(GuacamoleSource(), data)

    assert texts(interactions) == [(Kind.INPUT, "dir c:")]
    assert notes.bad_record_count == 0


@pytest.mark.parametrize(
    "garbage", [b"garbage;", b"99999.x;", b"\xff\xfe\0;", b"4.sync13.x;", b"5.sync,1.1;", b"4.name,3.ab;"]
)
def test_garbage_is_counted_with_its_offset_and_the_next_instruction_is_read(garbage):
    start = recorded(typed("dir c:\n", 100))

    interactions, notes = read_bytes(GuacamoleSource(), start + garbage + instruction("nop") + typed("dir d:\n", 9000))

    assert texts(interactions) == [(Kind.INPUT, "dir c:"), (Kind.INPUT, "dir d:")]
    assert (PlaceUnit.BYTE, len(start)) in bad_places(notes)


def test_instruction_without_an_end_is_noted_as_truncated():
    interactions, notes = read_bytes(GuacamoleSource(), recorded(typed("dir c:\n", 100)) + b"4.name,500.abc")

    assert texts(interactions) == [(Kind.INPUT, "dir c:")]
    assert QualityFlag.TRUNCATED in notes.quality


@pytest.mark.parametrize(
    "broken",
    [("key", "x", 1, 5), ("key", 97), ("key", 97, 7, 5), ("mouse", "a", "b"), ("sync", "soon"), ("sync",), ("key",)],
)
def test_instruction_that_makes_no_sense_is_counted(broken):
    _, notes = read(instruction(*broken))

    assert notes.bad_record_count == 1


@pytest.mark.parametrize(
    "few", [("clipboard",), ("blob",), ("end",), ("file",), ("body",), ("name",), ("blob", 9), ("end", 9)]
)
def test_instruction_with_too_little_is_passed_over(few):
    interactions, notes = read(instruction(*few))

    assert [item.text for item in interactions] in ([], ["file without a name (0 bytes)"])
    assert notes.bad_record_count == 0


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (b"4.size,1.0,4.1024,3.768;", True),
        (b"4.sync,13.17953404", True),
        (b"4.na", False),
        (b"10:02 Dana: Hello;", False),
        (b"4.good,1.1;", False),
        (b"1.5 percent, 3.2 more;", False),
        (b"", False),
    ],
)
def test_recording_is_known_by_its_first_instruction(head, is_one):
    assert GuacamoleSource().recognises(head, "") == is_one


def test_file_without_an_instruction_is_refused():
    with pytest.raises(UnableToRead, match="Byte 0"):
        read_bytes(GuacamoleSource(), b"4.name,50.abc")
