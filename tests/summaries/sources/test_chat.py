from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import UnableToRead
from summaries.sources.chat import ChatSource
from tests.summaries.sources.reading import bad_places, read_bytes


def read(text):
    return read_bytes(ChatSource(), text.encode())


def said(interactions):
    return [(item.offset_ms // 1000, item.title, item.text) for item in interactions]


def recognises(text):
    return ChatSource().recognises(text.encode(), "notes.txt")


def test_irc_tells_messages_actions_and_who_comes_and_goes():
    interactions, notes = read(
        "[23:59] <dana> try again\n=== omar [~o@host] has joined #help\n[00:01]  * omar restarts\n"
        "=== omar is now known as om\n=== dana [~d@host] has left #help []\n[00:02] <om> works: yes\n"
    )

    assert [(item.kind, item.offset_ms // 1000, item.text) for item in interactions] == [
        (Kind.CHAT, 0, "try again"),
        (Kind.CONNECT, 0, "omar [~o@host] has joined #help"),
        (Kind.CHAT, 120, "* omar restarts"),
        (Kind.NOTE, 120, "omar is now known as om"),
        (Kind.DISCONNECT, 120, "dana [~d@host] has left #help []"),
        (Kind.CHAT, 180, "works: yes"),
    ]
    assert notes.people == ["dana", "omar", "om"]
    assert notes.quality == set()
    assert notes.started_at is None


def test_irc_without_times_has_offset_zero():
    interactions, _ = read("<dana> hello\n<@omar> hi\n")

    assert said(interactions) == [(0, "dana", "hello"), (0, "omar", "hi")]


@pytest.mark.parametrize(
    "text",
    [
        "[22/11/2026, 10:02:13] Dana: Hello\n[22/11/2026, 10:03:13] Omar: Hi\n",
        "\u200e[22/11/26, 10:02:13\u202fAM] Dana: Hello\n[22/11/26, 10:03:13\u202fAM] Omar: Hi\n",
        "22.11.2026, 10:02:13 - Dana: Hello\n22.11.2026, 10:03:13 - Omar: Hi\n",
        "11/22/2026, 10:02:13 AM - Dana: Hello\n11/22/2026, 10:03:13 AM - Omar: Hi\n",
        "2026-11-22 10:02:13 Dana: Hello\n2026-11-22T10:03:13 Omar: Hi\n",
        "Dana (2026-11-22 10:02:13): Hello\nOmar (2026-11-22 10:03:13): Hi\n",
    ],
)
def test_dated_shapes_tell_when_the_chat_was(text):
    interactions, notes = read(text)

    assert said(interactions) == [(0, "Dana", "Hello"), (60, "Omar", "Hi")]
    assert notes.started_at == datetime(2026, 11, 22, 10, 2, 13, tzinfo=UTC)
    assert notes.ended_at == datetime(2026, 11, 22, 10, 3, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "10:02 Dana: Hello\n10:03 Omar: Hi\n",
        "[10:02] Dana: Hello\n[10:03] Omar: Hi\n",
        "Dana (10:02): Hello\nOmar (10:03): Hi\n",
        "Dana [10:02 PM]: Hello\nOmar [10:03 PM]: Hi\n",
    ],
)
def test_shapes_with_a_time_only(text):
    interactions, notes = read(text)

    assert said(interactions) == [(0, "Dana", "Hello"), (60, "Omar", "Hi")]
    assert (notes.started_at, notes.quality) == (None, set())


def test_months_first_is_told_by_am_and_pm_when_days_do_not_tell():
    _, notes = read("3/4/26, 1:02 PM - Dana: Hello\n3/5/26, 12:02 AM - Omar: Hi\n")

    assert notes.started_at == datetime(2026, 3, 4, 13, 2, tzinfo=UTC)
    assert notes.ended_at == datetime(2026, 3, 5, 0, 2, tzinfo=UTC)


def test_names_without_times():
    interactions, notes = read("Agent: Hello\nCustomer: Hi\nmy printer is stuck\nAgent: Since when?\nCustomer: Today\n")

    assert said(interactions) == [
        (0, "Agent", "Hello"),
        (0, "Customer", "Hi\nmy printer is stuck"),
        (0, "Agent", "Since when?"),
        (0, "Customer", "Today"),
    ]
    assert [item.actor for item in interactions[:2]] == [Actor.SUPPORTER, Actor.REMOTE_USER]
    assert notes.quality == {QualityFlag.NO_TIMES}
    assert notes.people == []


def test_nobody_is_taken_for_the_supporter_without_a_role():
    interactions, notes = read("10:02 Dana: I am from support\n10:03 Omar: Hi\n")

    assert [item.actor for item in interactions] == [Actor.UNKNOWN, Actor.UNKNOWN]
    assert notes.supporter_name == ""


def test_role_in_brackets_names_the_supporter():
    interactions, notes = read("10:02 Dana (Support): Hello\n10:03 Omar (Customer): Hi\n10:04 Dana: Still there?\n")

    assert [item.actor for item in interactions] == [Actor.SUPPORTER, Actor.REMOTE_USER, Actor.SUPPORTER]
    assert (notes.supporter_name, notes.remote_user) == ("Dana", "Omar")


def test_line_that_begins_no_message_goes_on_with_the_one_before():
    interactions, _ = read("10:02 Dana: Please run\nError: no such file\n\nand tell me\n10:03 Omar: Done\n")

    assert said(interactions) == [(0, "Dana", "Please run\nError: no such file\nand tell me"), (60, "Omar", "Done")]
    assert interactions[1].place.number == 5


def test_line_before_the_first_message_is_counted():
    _, notes = read("Transcript\n10:02 Dana: Hello\n10:03 Omar: Hi\n")

    assert bad_places(notes) == [(PlaceUnit.LINE, 1)]
    assert notes.quality == {QualityFlag.PARTIAL_PARSE}


def test_small_jump_back_is_a_clock_that_was_set_and_a_large_one_the_next_day():
    interactions, notes = read("22:00 Dana: a\n21:50 Omar: b\n08:00 Dana: c\n")

    assert [item.offset_ms // 3_600_000 for item in interactions] == [0, 0, 10]
    assert notes.quality == {QualityFlag.CLOCK_SKEW}


def test_impossible_dates_are_left_alone():
    interactions, notes = read("[99/99/2026, 10:02] Dana: Hello\n[99/99/2026, 10:03] Omar: Hi\n")

    assert said(interactions) == [(0, "Dana", "Hello"), (60, "Omar", "Hi")]
    assert notes.started_at is None


@pytest.mark.parametrize(
    "text",
    [
        "Dear all,\nplease find the report attached.\nRegards: Dana\n",
        "From: dana@northwind.example\nTo: omar@northwind.example\nSubject: Printer\nDate: today\n",
        "name: demo\nversion: 2\nservices: web\nvolumes: data\n",
        "2026-11-22 10:02:13 INFO: started\n2026-11-22 10:02:14 ERROR: failed\n",
        "2026-11-22 10:02:13,123 INFO web: started\n2026-11-22 10:02:14,456 WARN web: slow\n",
        "Nov 22 10:02:13 web-01 sshd[12]: Accepted\nNov 22 10:02:14 web-01 sshd[12]: Closed\n",
        "id,subject,created\n1,Printer,2026-11-22 10:02\n",
        "<html>\n<body>\n<p>Text</p>\n</body>\n",
        "Script started on 2026-11-22 05:09:58+00:00\ndana@web:~$ ls\na  b\n",
        "{}\n",
        "One line: only\n",
        "[DEFAULT]\nuser: dana\nuser: dana\n",
    ],
)
def test_other_texts_are_not_claimed(text):
    assert not recognises(text)


def test_text_that_is_no_chat_is_refused_with_its_line():
    with pytest.raises(UnableToRead, match=r"^Line 1: this is no chat"):
        read("just a text\n")
