import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summaries.enums import Kind, PlaceUnit, QualityFlag
from summaries.sources.asciicast import AsciicastSource
from summaries.sources.base import MAX_RECORD_BYTES, UnableToRead

from .casts import ACCEPTED, PROMPT, cast_v1, cast_v2, cast_v3, texts
from .reading import bad_places, read_bytes

SOURCE = AsciicastSource()
LINE, ITEM = PlaceUnit.LINE, PlaceUnit.ITEM


@pytest.mark.parametrize(
    "data",
    [
        cast_v1((0.5, "hello")),
        cast_v2((0.5, "o", "hello")),
        cast_v3((0.5, "o", "hello")),
        b"\xef\xbb\xbf" + cast_v2((0.5, "o", "hello")),
    ],
)
def test_every_version_is_recognised_and_read(data):
    interactions, notes = read_bytes(SOURCE, data)

    assert SOURCE.recognises(data, "")
    assert texts(interactions) == [(Kind.OUTPUT, "hello")]
    assert notes.duration_ms == 500
    assert notes.quality == {QualityFlag.MISSING_INPUT}


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b'{"version": 2, "wid', "a.cast", True),
        (b'{"env": {"A": "b"}, "width": 75, "height": 18, "version": 2}\n', "", True),
        (b'{"version": 2, "name": "a settings file"}\n', "", False),
        (b'{"version": 2, "wid', "a.json", False),
        (b'{"ver":"2.3","host":"web1"}\n', "a.cast", False),
        (b"[1, 2]", "a.cast", False),
    ],
)
def test_recognition_goes_by_the_content(head, name, expected):
    assert SOURCE.recognises(head, name) == expected


def test_times_are_absolute_in_version_2_relative_in_version_3_and_delays_in_version_1():
    second, _ = read_bytes(SOURCE, cast_v2((10, "m", "a"), (10.5, "m", "b")))
    third, _ = read_bytes(SOURCE, cast_v3((10, "m", "a"), (10.5, "m", "b")))
    _, first = read_bytes(SOURCE, cast_v1((10, "a"), (10.5, "b")))

    assert [interaction.offset_ms for interaction in second] == [10_000, 10_500]
    assert [interaction.offset_ms for interaction in third] == [10_000, 20_500]
    assert first.duration_ms == 20_500


def test_times_that_run_backwards_are_clamped_and_noted():
    interactions, notes = read_bytes(SOURCE, cast_v2((2, "m", "a"), (0.5, "m", "b"), (3, "m", "c")))

    assert [interaction.offset_ms for interaction in interactions] == [2000, 2000, 3000]
    assert QualityFlag.CLOCK_SKEW in notes.quality


def test_the_header_tells_when_the_session_began_and_its_title():
    _, notes = read_bytes(SOURCE, cast_v3((1, "o", "x"), timestamp=1_700_000_000, title="Printer", env={"A": None}))

    assert notes.started_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert notes.title == "Printer"


@pytest.mark.parametrize("timestamp", [True, "today", 1e300, None])
def test_a_timestamp_that_is_none_is_left_out(timestamp):
    _, notes = read_bytes(SOURCE, cast_v2((1, "o", "x"), timestamp=timestamp))

    assert notes.started_at is None


@pytest.mark.parametrize(
    "record",
    [
        ("2.0", "o", "x"),
        (-1.0, "o", "x"),
        (float("nan"), "o", "x"),
        (1e300, "o", "x"),
        (True, "o", "x"),
        (2, 5, "x"),
        (2, "oo", "x"),
        (2, "o", True),
        (2, "o", "x", ""),
        (2, "r", "-1x0"),
        {"a": 1},
    ],
)
@pytest.mark.parametrize("make", [cast_v2, cast_v3])
def test_a_bad_record_is_counted_with_its_line_and_the_rest_is_read(make, record):
    interactions, notes = read_bytes(SOURCE, make((1, "o", "before "), record, (3, "o", "after")))

    assert texts(interactions) == [(Kind.OUTPUT, "before after")]
    assert bad_places(notes) == [(LINE, 3)]
    assert QualityFlag.PARTIAL_PARSE in notes.quality


def test_a_line_that_is_no_json_is_a_bad_record():
    data = cast_v2((1, "o", "a")) + b"lol!\n" + b"[" * 200_000 + b'\n[2, "o", "b"]\n{"half": \n'

    interactions, notes = read_bytes(SOURCE, data)

    assert texts(interactions) == [(Kind.OUTPUT, "ab")]
    assert bad_places(notes) == [(LINE, 3), (LINE, 4), (LINE, 6)]
    assert QualityFlag.TRUNCATED not in notes.quality


def test_blank_lines_comments_nuls_and_unknown_codes_are_skipped():
    data = cast_v3((1, "o", "a")) + b'\n# said\n\0\0\0\n[1, "z", "later"]\n[1, "o", "b\\u0000"]\n'

    interactions, notes = read_bytes(SOURCE, data)

    assert texts(interactions) == [(Kind.OUTPUT, "ab")]
    assert notes.bad_record_count == 0
    assert notes.duration_ms == 3000


def test_a_line_longer_than_the_limit_is_one_bad_record():
    data = cast_v2((1, "o", "a")) + b'[2, "o", "' + b"x" * MAX_RECORD_BYTES + b'"]\n[3, "o", "b"]\n'

    interactions, notes = read_bytes(SOURCE, data)

    assert texts(interactions) == [(Kind.OUTPUT, "ab")]
    assert bad_places(notes) == [(LINE, 3)]


def test_a_recording_cut_in_its_last_line_is_truncated_not_broken():
    _, notes = read_bytes(SOURCE, cast_v2((1, "o", "a"), (2, "o", "b"))[:-5])

    assert notes.quality == {QualityFlag.TRUNCATED, QualityFlag.MISSING_INPUT}
    assert notes.bad_record_count == 0


def test_markers_typed_text_sizes_and_the_exit_status_are_read():
    data = cast_v3(
        (1, "r", "100x50"), (1, "m", "here"), (1, "o", "ok? "), (1, "i", "y\r"), (0, "o", "y\r\n"), (1, "x", "3")
    )

    interactions, _ = read_bytes(SOURCE, data)

    assert texts(interactions) == [
        (Kind.MARKER, "here"),
        (Kind.OUTPUT, "ok? y"),
        (Kind.INPUT, "y"),
        (Kind.EXIT, "3"),
    ]
    assert [str(interaction.place) for interaction in interactions] == ["line 3", "line 6", "line 5", "line 7"]


def test_half_characters_are_replaced_wherever_they_are_kept():
    data = (
        cast_v2()
        + b'[1, "o", "\\u001b]0;a\\ud800@web1\\u0007\\u001b[?2004h$ "]\n[2, "o", "l\\udfffs\\r\\n\\u001b[?2004l"]\n'
    )

    interactions, notes = read_bytes(SOURCE, data)

    assert [(i.kind, i.text, i.application, i.title) for i in interactions] == [(Kind.COMMAND, "l?s", "l?s", "a?@web1")]
    assert notes.bad_record_count == 0


def test_a_recording_without_events_holds_nothing():
    for data in (cast_v1(), cast_v2(), cast_v3(), cast_v3((1, "x", "0"))):
        _, notes = read_bytes(SOURCE, data)
        assert notes.quality == {QualityFlag.NOTHING_RECORDED}


def test_a_header_without_a_size_is_a_bad_record_but_no_reason_to_refuse():
    interactions, notes = read_bytes(SOURCE, b'{"version": 2, "width": "wide"}\n[1, "o", "a"]\n')

    assert texts(interactions) == [(Kind.OUTPUT, "a")]
    assert bad_places(notes) == [(LINE, 1)]


def test_bad_frames_of_version_1_are_counted_by_their_number():
    data = cast_v1((1, "a"), (-4, "b"), ("2", "c"), (1, True), (1, "d", ""), (1, "e"))

    interactions, notes = read_bytes(SOURCE, data)

    assert texts(interactions) == [(Kind.OUTPUT, "ae")]
    assert bad_places(notes) == [(ITEM, 2), (ITEM, 3), (ITEM, 4), (ITEM, 5)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (cast_v1((1, "a")).replace(b'"version": 1', b'"version": 5'), "Line 1: this is asciicast of version 5; "),
        (b'{"version": 7, "term": {}}\n', "Line 1: this is asciicast of version 7; "),
        (b'{"version": 2, "wid', "The file ends in the middle, at character 15."),
        (b"{\n}", "Line 1: this is asciicast of version None"),
        (b"{}", "Line 1: this is asciicast of version None"),
        (b'{"version": 1, 5: 6, "stdout": lol}', "Character 17: a name in quotes was expected before."),
        (b'{"version": 1, "width": lol}', "Character 24: this is no JSON."),
        (b'{"version": 1 "width": 2}', "Character 14: ',' was expected here."),
        (b'{"version": 1, "stdout": [[1, "a"] [', "Character 35: "),
        (b'{"version": 1, "env": ' + b"[" * 100_000, "Character 22: the values are nested too deeply."),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(data, reason):
    with pytest.raises(UnableToRead) as refusal:
        read_bytes(SOURCE, data)

    assert str(refusal.value).startswith(reason)


def test_version_1_is_read_in_pieces_with_characters_split_between_them():
    frames = [(0.001, f"{number} żółć\r\n") for number in range(8000)]

    interactions, notes = read_bytes(
        SOURCE, json.dumps({"version": 1, "width": 80, "height": 24, "stdout": frames}, ensure_ascii=False).encode()
    )

    assert interactions[0].text.startswith("0 żółć\n1 żółć\n")
    assert interactions[-1].text.endswith("\n7999 żółć")
    assert notes.quality == {QualityFlag.MISSING_INPUT}


@pytest.mark.parametrize("shift", range(5))
def test_version_1_with_a_character_across_a_piece_is_whole(shift):
    text = "x" * shift + "żółć日𝄞" * 8000 + "\r\n"
    data = json.dumps({"version": 1, "width": 80, "height": 24, "stdout": [[1, text]]}, ensure_ascii=False).encode()

    _, notes = read_bytes(SOURCE, data)
    bad = read_bytes(SOURCE, data.replace("日".encode(), b"\xe6\x97"))[1]

    assert QualityFlag.UNDECODABLE not in notes.quality
    assert bad.quality == {QualityFlag.MISSING_INPUT, QualityFlag.UNDECODABLE}


def test_version_1_may_name_its_header_behind_the_frames_or_no_frames_at_all():
    behind = b'{"version": 1, "stdout": [[1, "a"], [2, "b"]], "title": "T", "width": 5}\n'

    assert texts(read_bytes(SOURCE, behind)[0]) == [(Kind.OUTPUT, "ab")]
    assert read_bytes(SOURCE, b'{"version": 1, "stdout": 5}')[1].quality == {
        QualityFlag.NOTHING_RECORDED,
        QualityFlag.PARTIAL_PARSE,
    }
    assert read_bytes(SOURCE, cast_v1((1, "a"))[:-3])[1].quality == {QualityFlag.MISSING_INPUT, QualityFlag.TRUNCATED}


def test_a_value_of_version_1_longer_than_the_limit_is_refused():
    data = b'{"version": 1, "width": 80, "height": 24, "stdout": [[1, "' + b"x" * (2 * MAX_RECORD_BYTES) + b'"]]}'

    with pytest.raises(UnableToRead, match=f"a value is longer than {MAX_RECORD_BYTES} bytes"):
        read_bytes(SOURCE, data)


@pytest.mark.parametrize(
    "data",
    [
        cast_v1((0.5, "\x1b]0;ada@web1: ~\x07żółć\r\n"), (1, "b"), title="T"),
        cast_v2((0.5, "o", PROMPT + "ls" + ACCEPTED), (1, "i", "x\r"), (2, "o", "żółć"), title="T"),
        cast_v3((0.5, "o", PROMPT + "ls" + ACCEPTED), (1, "x", "1")),
    ],
)
def test_a_recording_cut_at_any_byte_is_read_or_refused(data):
    for end in range(len(data)):
        try:
            interactions, _ = read_bytes(SOURCE, data[:end])
        except UnableToRead as refusal:
            assert str(refusal)
        else:
            offsets = [interaction.offset_ms for interaction in interactions]
            assert offsets == sorted(offsets)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_after_a_header_are_survived(data):
    interactions, _ = read_bytes(SOURCE, cast_v2((1, "o", "a")) + data)

    assert interactions[0].kind in (Kind.OUTPUT, Kind.COMMAND, Kind.MARKER, Kind.INPUT)


@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.sampled_from("oimxr"), st.text(st.characters(codec=None), max_size=40)),
        max_size=20,
    )
)
@settings(max_examples=100, deadline=None)
def test_any_events_give_storable_texts_in_order_of_time(events):
    interactions, _ = read_bytes(SOURCE, cast_v3(*events))

    offsets = [interaction.offset_ms for interaction in interactions]
    assert offsets == sorted(offsets)
    for interaction in interactions:
        assert "\0" not in interaction.text + interaction.title + interaction.application
        assert (interaction.text + interaction.title + interaction.application).encode().decode()[:0] == ""
