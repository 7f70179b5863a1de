import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from summaries.enums import Kind, PlaceUnit, QualityFlag
from summaries.sources.base import UnableToRead
from summaries.sources.tlog import TlogSource
from tests.summaries.sources.casts import texts
from tests.summaries.sources.reading import bad_places, read_bytes
from tests.summaries.sources.tlog_records import (
    ACCEPTED,
    PROMPT,
    journal_export,
    journal_json,
    keyed,
    lines,
    message,
    steps,
)

RECORDINGS = Path(__file__).parents[2] / "recordings"


def read(data):
    return read_bytes(TlogSource(), data)


def ran(command, output="", *after):
    return steps(("o", PROMPT), *keyed(command), ("o", output), *after)


@pytest.mark.parametrize(
    "container",
    [
        lines,
        journal_json,
        journal_export,
        lambda *items: journal_json(*items, binary=True),
        lambda *items: journal_export(*items, binary=True),
        lambda *items: lines(*({"_index": "tlog", "_source": item} for item in items)),
        lambda *items: lines(*items).replace(b'{"ver"', b'Nov 22 09:40:00 web1 tlog-rec-session[7]: {"ver"'),
    ],
    ids=["file", "journal json", "export", "binary json", "binary export", "search", "syslog"],
)
def test_messages_are_found_wherever_they_were_logged(container):
    data = container(message(1, **ran("df -h", "4 % used\r\n")), message(2, pos=60_000, **ran("größe")))

    assert TlogSource().recognises(data[:65536], "")
    interactions, notes = read(data)

    assert texts(interactions) == [(Kind.COMMAND, "df -h"), (Kind.OUTPUT, "4 % used"), (Kind.COMMAND, "größe")]
    assert (notes.device_name, notes.people) == ("web1", ["ada"])
    assert notes.bad_record_count == 0
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, 0, 250_000, tzinfo=UTC)


def test_lines_of_other_programs_are_passed_over():
    other = b"Nov 22 09:40:00 web1 sshd[3]: Accepted {password} for ada\n"

    interactions, notes = read(lines(message(1, **ran("id"))).replace(b'{"ver"', b'tlog: {"ver"') + other)

    assert texts(interactions) == [(Kind.COMMAND, "id")]
    assert notes.bad_record_count == 0


def test_start_is_known_from_the_journal_before_version_2_3():
    data = journal_json(
        {key: value for key, value in message(1, "+1000>2", pos=500, out_txt="ab").items() if key != "time"}
    )

    _, notes = read(data)

    assert notes.started_at == datetime(2026, 11, 22, 9, 40, 5, tzinfo=UTC) - timedelta(milliseconds=1500)


def test_messages_are_put_in_order_by_their_number():
    parts = [message(n, pos=1000 * n, **ran(f"echo {n}")) for n in (3, 1, 2)]

    interactions, notes = read(lines(*parts))

    assert [item.text for item in interactions] == ["echo 1", "echo 2", "echo 3"]
    assert [item.place.number for item in interactions] == [2, 3, 1]
    assert notes.quality == set()


def test_missing_messages_are_noted_with_their_place():
    _, notes = read(lines(message(2, **ran("id")), message(5, pos=1000, **ran("w"))))

    assert [(bad.place.number, bad.problem) for bad in notes.bad_records] == [
        (1, "message 1 is missing before this one"),
        (2, "messages 3 to 4 are missing before this one"),
    ]
    assert QualityFlag.MISSED_ACTIONS in notes.quality


def test_message_that_is_logged_twice_counts_once():
    interactions, notes = read(lines(message(1, **ran("id")), message(1, **ran("id"))))

    assert texts(interactions) == [(Kind.COMMAND, "id")]
    assert notes.bad_record_count == 0


def test_other_recordings_of_the_same_journal_are_kept_apart():
    theirs = [message(n, rec="rec-2", user="eve", **ran("cat /etc/shadow")) for n in (1, 2)]

    interactions, notes = read(lines(message(1, **ran("id")), theirs[0], message(2, pos=900, **ran("w")), theirs[1]))

    assert texts(interactions) == [(Kind.COMMAND, "id"), (Kind.COMMAND, "w")]
    assert notes.people == ["ada"]
    assert bad_places(notes) == [(PlaceUnit.LINE, 2)]


@pytest.mark.parametrize("timing", ["0", "+", ">x", "<1>2?", ">" * 10, "+99999999999999999>1"])
def test_broken_timing_keeps_the_text_and_is_counted(timing):
    interactions, notes = read(lines(message(1, timing, out_txt="ab\r\ncd\r\n"), message(2, pos=900, **ran("id"))))

    assert "cd" in "\n".join(item.text for item in interactions)
    assert (Kind.COMMAND, "id") in texts(interactions)
    assert bad_places(notes) == [(PlaceUnit.LINE, 1)]


def test_timing_that_counts_more_or_less_than_there_is_is_counted():
    _, notes = read(lines(message(1, ">9", out_txt="short\r\n"), message(2, ">2", pos=9, out_txt="longer\r\n")))

    assert [bad.problem for bad in notes.bad_records] == [
        "the timing tells more than the message holds",
        "the timing tells less than the message holds",
    ]


def test_counts_are_characters_and_not_bytes():
    interactions, notes = read(lines(message(1, ">3>5", out_txt="日本語abc\r\n")))

    assert texts(interactions) == [(Kind.OUTPUT, "日本語abc")]
    assert notes.bad_record_count == 0


def test_bytes_stand_in_place_of_replacement_characters():
    timing = ">1]1/2>3"
    interactions, notes = read(lines(message(1, timing, out_txt="a\ufffdb\r\n", out_bin=[0xC3, 0xA9])))

    assert texts(interactions) == [(Kind.OUTPUT, "aéb")]
    assert notes.quality == {QualityFlag.MISSING_INPUT}


def test_character_is_put_together_from_two_messages():
    first = message(1, ">1]1/1", out_txt="a\ufffd", out_bin=[0xC3])
    second = message(2, "]1/1>3", pos=10, out_txt="\ufffdb\r\n", out_bin=[0xA9])

    interactions, notes = read(lines(first, second))

    assert texts(interactions) == [(Kind.OUTPUT, "aéb")]
    assert QualityFlag.UNDECODABLE not in notes.quality


def test_bytes_that_are_no_text_are_noted():
    _, notes = read(lines(message(1, "]1/1>3", out_txt="\ufffdb\r\n", out_bin=[0xFF])))

    assert QualityFlag.UNDECODABLE in notes.quality


@pytest.mark.parametrize("data", ["x", [256], [1.5], {"a": 1}])
def test_bytes_that_are_no_list_of_bytes_are_counted(data):
    _, notes = read(lines(message(1, "]1/1>3", out_txt="\ufffdb\r\n", out_bin=data)))

    assert bad_places(notes) == [(PlaceUnit.LINE, 1)]


def test_window_gets_its_size_and_none_of_nothing():
    long = "x" * 90

    interactions, _ = read(lines(message(1, "=0x0=100x30>92", out_txt=long + "\r\n")))

    assert texts(interactions) == [(Kind.OUTPUT, long)]


def test_times_are_position_and_waits():
    first = message(1, ">4+1500>4", pos=250, out_txt="ab\r\ncd\r\n")

    interactions, notes = read(lines(first, message(2, ">4", pos=60_000, out_txt="ef\r\n")))

    assert [item.offset_ms for item in interactions] == [250, 60_000]
    assert notes.duration_ms == 60_000


def test_times_that_run_backwards_are_clamped():
    first, second = message(1, ">4", pos=9000, out_txt="ab\r\n"), message(2, ">4", pos=100, out_txt="ef\r\n")

    interactions, notes = read(lines(first, second))

    assert [item.offset_ms for item in interactions] == [9000]
    assert QualityFlag.CLOCK_SKEW in notes.quality


def test_input_is_missing_when_it_was_not_recorded():
    _, notes = read(lines(message(1, ">8", out_txt="Hello.\r\n")))

    assert notes.quality == {QualityFlag.MISSING_INPUT}


@pytest.mark.parametrize(
    "bad", [b"{", b"[1]", b"nothing", b'{"a": 1}', b"\xff\xfe", b'{"ver":"2.3","rec":', b'{"rec":"rec-1","timing":""}']
)
def test_bad_line_is_counted_and_the_rest_is_read(bad):
    interactions, notes = read(lines(message(1, **ran("id"))) + bad + b"\n" + lines(message(2, pos=900, **ran("w"))))

    assert texts(interactions) == [(Kind.COMMAND, "id"), (Kind.COMMAND, "w")]
    assert bad_places(notes) == [(PlaceUnit.LINE, 2)]


def test_message_without_a_time_is_counted_and_played():
    interactions, notes = read(lines(message(1, **ran("id")), message(2, **ran("w")) | {"pos": "soon"}))

    assert texts(interactions) == [(Kind.COMMAND, "id"), (Kind.COMMAND, "w")]
    assert bad_places(notes) == [(PlaceUnit.LINE, 2)]


def test_cut_recording_is_noted_as_truncated():
    data = lines(message(1, **ran("id")), message(2, pos=900, **ran("w")))

    interactions, notes = read(data[:-40])

    assert texts(interactions) == [(Kind.COMMAND, "id")]
    assert QualityFlag.TRUNCATED in notes.quality


def test_field_of_an_export_that_is_broken_costs_its_entry_only():
    good = journal_export(message(1, **ran("id")))

    interactions, notes = read(good + b"__CURSOR=s=9\n\x01\x02\n\n" + journal_export(message(2, pos=900, **ran("w"))))

    assert texts(interactions) == [(Kind.COMMAND, "id"), (Kind.COMMAND, "w")]
    assert bad_places(notes) == [(PlaceUnit.BYTE, len(good))]


def test_binary_field_that_claims_to_be_huge_ends_its_entry():
    broken = b"__CURSOR=s=9\nMESSAGE\n" + b"\xff" * 8 + b'{"ver":"2.3"}\n\n'

    _, notes = read(journal_export(message(1, **ran("id"))) + broken)

    assert [bad.problem for bad in notes.bad_records] == ["a field is too long"]


def test_journal_without_a_recording_says_how_to_export_one():
    journal = b"__CURSOR=s=0\n__REALTIME_TIMESTAMP=1\nMESSAGE=Started.\n\n"

    with pytest.raises(UnableToRead, match="journalctl -o json TLOG_REC"):
        read(journal)


def test_other_json_lines_are_not_recognised():
    assert not TlogSource().recognises(b'{"timestamp": 1795340400, "text": "a"}\n', "a.jsonl")
    assert not TlogSource().recognises(json.dumps({"version": 2, "width": 80, "height": 24}).encode(), "a.cast")


def test_full_screen_of_a_recording_ends_with_the_accepted_line():
    interactions, _ = read(
        lines(message(1, **steps(("o", PROMPT), ("i", "w"), ("o", "w"), ("i", "\r"), ("o", ACCEPTED))))
    )

    assert texts(interactions) == [(Kind.COMMAND, "w")]
