from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summaries.enums import Kind, QualityFlag
from summaries.sources.base import CapturedInteraction, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.script import ScriptSource
from summaries.sources.script_timing import is_timing

from .casts import ACCEPTED, PROMPT, texts

SOURCE = ScriptSource()
HEADER = b'Script started on 2026-11-22 10:30:00+02:00 [COMMAND="bash" TERM="xterm" COLUMNS="90" LINES="30"]\n'
TRAILER = b'\nScript done on 2026-11-22 10:30:09+02:00 [COMMAND_EXIT_CODE="3"]\n'
STEPS = (PROMPT.encode(), f"ls{ACCEPTED}".encode(), b"a.txt\r\n", PROMPT.encode())
BODY = b"".join(STEPS)
CLASSIC = "".join(f"1.5 {len(step)}\n" for step in STEPS).encode()
ADVANCED = b"H 0.000000 START_TIME 2026-11-22 10:30:00+02:00\nH 0.0 OUTPUT_LOG typescript\n" + b"".join(
    b"O 1.5 %d\n" % len(step) for step in STEPS
)


def read(data: bytes, timing: bytes | None = None) -> tuple[list[CapturedInteraction], RecordingNotes]:
    notes = RecordingNotes()
    recording = RecordingFile(BytesIO(data), "typescript", BytesIO(timing) if timing is not None else None)
    return list(SOURCE.read(recording, notes)), notes


@pytest.mark.parametrize("timing", [CLASSIC, ADVANCED])
def test_a_typescript_is_read_with_its_timing_file(timing):
    interactions, notes = read(HEADER + BODY + TRAILER, timing)

    assert texts(interactions) == [(Kind.COMMAND, "ls"), (Kind.OUTPUT, "a.txt"), (Kind.EXIT, "3")]
    assert [interaction.offset_ms for interaction in interactions] == [3000, 4500, 6000]
    first = len(HEADER) + len(STEPS[0])
    assert [str(interaction.place) for interaction in interactions[:2]] == [
        f"byte {first}",
        f"byte {first + len(STEPS[1])}",
    ]
    assert notes.quality == set()
    assert notes.duration_ms == 6000
    assert notes.started_at == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    assert notes.ended_at == datetime(2026, 11, 22, 8, 30, 9, tzinfo=UTC)


def test_a_typescript_alone_has_no_times():
    interactions, notes = read(HEADER + BODY + TRAILER)

    assert texts(interactions) == [(Kind.COMMAND, "ls"), (Kind.OUTPUT, "a.txt"), (Kind.EXIT, "3")]
    assert {interaction.offset_ms for interaction in interactions} == {0}
    assert notes.quality == {QualityFlag.NO_TIMES}


def test_a_timing_file_alone_asks_for_its_typescript():
    for timing in (CLASSIC, ADVANCED):
        assert SOURCE.recognises(timing, "")
        with pytest.raises(UnableToRead, match=r"^Line 1: this is the timing file .* Choose the typescript"):
            read(timing)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"0.5 12\n0.1 3\n", True),
        (b"H 0.0 TERM xterm\r\nO 0.1 3\r\n", True),
        (b"0.5 12\n0.1 three\n", False),
        (b"0.5 12", False),
        (b"O 0.1 much\n", False),
        (b"Hello\n", False),
        (b"", False),
    ],
)
def test_a_timing_file_is_known_by_its_lines(head, expected):
    assert is_timing(head) == expected


def test_a_date_in_words_is_left_out():
    data = b"Script started on Thu 14 Nov 2024 10:00:00 AM CET\n" + BODY + b"\nScript done on Thu 14 Nov 2024\n"
    interactions, notes = read(data, CLASSIC)

    assert texts(interactions) == [(Kind.COMMAND, "ls"), (Kind.OUTPUT, "a.txt")]
    assert (notes.started_at, notes.ended_at) == (None, None)


def test_the_advanced_timing_gives_the_start_when_the_typescript_does_not():
    _, notes = read(b"Script started on today\n" + BODY + TRAILER, ADVANCED)

    assert notes.started_at == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def test_a_date_that_is_none_is_left_out():
    _, notes = read(b"Script started on 2026-13-45 10:30:00+02:00\n" + BODY + TRAILER)

    assert notes.started_at is None


def test_what_was_typed_is_read_when_it_was_logged_to_the_same_file():
    timing = b"H 0.0 INPUT_LOG log\nH 0.0 OUTPUT_LOG log\nO 1 10\nI 1 8\nO 1 4\n"
    interactions, _ = read(HEADER + b"Password: hunter2\r\r\nok" + TRAILER, timing)

    assert [(i.kind, i.text, i.is_secret) for i in interactions] == [
        (Kind.OUTPUT, "Password:", False),
        (Kind.INPUT, "hunter2", True),
        (Kind.OUTPUT, "ok", False),
        (Kind.EXIT, "3", False),
    ]


def test_what_was_typed_into_another_file_is_not_looked_for_here():
    timing = b"H 0.0 INPUT_LOG in\nH 0.0 OUTPUT_LOG out\nO 1 2\nI 1 8\nO 1 2\n"
    interactions, notes = read(HEADER + b"abcd" + TRAILER, timing)

    assert texts(interactions) == [(Kind.OUTPUT, "abcd"), (Kind.EXIT, "3")]
    assert notes.quality == {QualityFlag.MISSING_INPUT}


def test_the_size_of_the_terminal_is_followed():
    timing = b"H 0.0 COLUMNS 4\nH 0.0 LINES 10\nO 1 8\nS 1 SIGWINCH ROWS=10 COLS=8\nS 1 SIGTERM\nO 1 10\n"
    interactions, _ = read(HEADER + b"abcdef\r\nabcdefghij" + TRAILER, timing)

    assert texts(interactions) == [(Kind.OUTPUT, "abcdef\nabcdefghij"), (Kind.EXIT, "3")]


def test_bad_lines_of_the_timing_file_are_counted():
    interactions, notes = read(HEADER + BODY + TRAILER, b"\0\0\nlol\n" + CLASSIC + b"x" * 20_000 + b"\n")

    assert texts(interactions)[0] == (Kind.COMMAND, "ls")
    assert [str(bad.place) for bad in notes.bad_records] == ["line 2", "line 7"]


def test_a_timing_file_that_tells_of_more_than_there_is_is_truncated():
    for data, timing in ((HEADER + BODY[:20], CLASSIC), (HEADER + BODY + TRAILER, CLASSIC + b"1 999999999999\n")):
        _, notes = read(data, timing)
        assert QualityFlag.TRUNCATED in notes.quality


def test_what_the_timing_file_does_not_tell_of_is_read_all_the_same():
    interactions, _ = read(HEADER + BODY + TRAILER, CLASSIC.partition(b"\n")[0] + b"\n")

    assert texts(interactions)[0] == (Kind.COMMAND, "ls")


def test_bytes_that_are_no_text_are_replaced_and_noted():
    interactions, notes = read(HEADER + b"caf\xe9 \xef\xbf\xbd\r\n" + TRAILER)

    assert interactions[0].text == "caf\ufffd \ufffd"
    assert QualityFlag.UNDECODABLE not in notes.quality
    assert QualityFlag.UNDECODABLE in read(HEADER + b"caf\xe9\r\n" + TRAILER)[1].quality


def test_a_character_split_between_two_moments_is_whole():
    interactions, notes = read(HEADER + "żółć".encode() + TRAILER, b"1 1\n1 1\n1 1\n1 5\n")

    assert interactions[0].text == "żółć"
    assert QualityFlag.UNDECODABLE not in notes.quality


def test_a_long_typescript_is_read_in_pieces():
    body = b"".join(b"line %d\r\n" % number for number in range(20_000))
    interactions, notes = read(HEADER + body + TRAILER)

    assert interactions[0].text.startswith("line 0\nline 1\n")
    assert interactions[-2].text.endswith("\nline 19999")
    assert QualityFlag.TRUNCATED not in notes.quality


def test_a_typescript_cut_at_any_byte_is_read():
    data = HEADER + BODY + TRAILER
    for end in range(len(b"Script started on "), len(data) - 1):
        for timing in (None, CLASSIC[: end % len(CLASSIC)]):
            interactions, notes = read(data[:end], timing)
            offsets = [interaction.offset_ms for interaction in interactions]
            assert offsets == sorted(offsets)
            if end < len(HEADER + BODY):
                assert QualityFlag.TRUNCATED in notes.quality


@given(st.binary(max_size=300), st.binary(max_size=100))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_survived(data, timing):
    interactions, _ = read(HEADER + data, timing)

    assert all(interaction.offset_ms >= 0 for interaction in interactions)
