from io import BytesIO

from summaries.enums import QualityFlag
from summaries.sources.base import MAX_TEXT_CHARS, RecordingNotes
from summaries.sources.lines import MAX_OFFSET_MS, Clock, bounded, decoded, numbered_lines


def test_numbered_lines_drops_both_kinds_of_line_end():
    assert list(numbered_lines(BytesIO(b"a\r\nb\n\nc"))) == [(1, b"a"), (2, b"b"), (3, b""), (4, b"c")]


def test_numbered_lines_gives_none_for_a_line_that_is_too_long_and_goes_on_after_it():
    stream = BytesIO(b"12345\n" + b"x" * 6 + b"\n" + b"y" * 40 + b"\nend")

    assert list(numbered_lines(stream, limit=5)) == [(1, b"12345"), (2, None), (3, None), (4, b"end")]


def test_decoded_replaces_and_remembers_what_is_not_utf8():
    notes = RecordingNotes()

    assert decoded(b"a\0b", notes) == "ab"
    assert notes.quality == set()
    assert decoded(b"caf\xe9", notes) == "caf\ufffd"
    assert notes.quality == {QualityFlag.UNDECODABLE}


def test_bounded_cuts_long_texts_and_drops_what_cannot_be_stored():
    assert bounded("x" * MAX_TEXT_CHARS) == "x" * MAX_TEXT_CHARS
    assert bounded("x" * (MAX_TEXT_CHARS + 1)) == "x" * (MAX_TEXT_CHARS - 1) + "…"
    assert bounded("a\0b\ud800") == "ab?"


def test_clock_clamps_times_that_run_backwards_or_jump_by_years():
    notes = RecordingNotes()
    clock = Clock(notes)

    assert clock.at(500) == 500
    assert notes.quality == set()
    assert clock.at(300) == 500
    assert notes.quality == {QualityFlag.CLOCK_SKEW}
    assert clock.at(501 + MAX_OFFSET_MS) == 500
    assert notes.duration_ms == 500
