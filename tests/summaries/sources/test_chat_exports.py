import json
from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, QualityFlag
from summaries.sources.base import UnableToRead
from summaries.sources.reports import rocketchat
from tests.summaries.session_files import problems, read_sessions, zendesk_chat

ZENDESK, INTERCOM, ROCKETCHAT = "ZENDESK", "INTERCOM", "ROCKETCHAT"


def rows(session):
    return [(each.offset_ms // 1000, each.kind, each.actor, each.text) for each in session.interactions]


def encoded(value) -> bytes:
    return json.dumps(value).encode()


def test_a_zendesk_chat_is_a_session_with_its_history_as_text():
    (session,), notes = read_sessions(encoded([zendesk_chat()]), code=ZENDESK)

    assert (session.external_id, session.ticket, session.supporters) == ("2611.abc", "4711", ("Bob",))
    assert (session.remote_user, session.notes) == ("Rosa Klein", "")
    assert session.ended_at == datetime(2026, 11, 19, 8, 10, tzinfo=UTC)
    assert rows(session) == [
        (0, Kind.CONNECT, Actor.REMOTE_USER, "Rosa Klein joined the chat"),
        (20, Kind.CHAT, Actor.REMOTE_USER, "The scanner is offline."),
        (60, Kind.CHAT, Actor.SUPPORTER, "Press <enter> on its panel."),
        (120, Kind.FILE_TRANSFER, Actor.SUPPORTER, "guide.pdf"),
        (540, Kind.DISCONNECT, Actor.REMOTE_USER, "Rosa Klein left the chat"),
    ]
    assert problems(notes) == []


@pytest.mark.parametrize(
    "data",
    [
        encoded({"chats": [zendesk_chat(), zendesk_chat(id=2)], "count": 2}),
        encoded(zendesk_chat()) + b"\n" + encoded(zendesk_chat(id=2)) + b"\n",
        json.dumps([zendesk_chat(), zendesk_chat(id=2)], indent=1).encode(),
    ],
)
def test_zendesk_exports_in_every_layout(data):
    assert [session.external_id for session in read_sessions(data, code=ZENDESK)[0]] == ["2611.abc", "2"]


def test_a_message_left_while_nobody_was_there_and_a_rating():
    offline = zendesk_chat(
        type="offline_msg", message="Please call.", history=None, end_timestamp=None, agent_names=None, visitor="none"
    )
    rated = zendesk_chat(
        id="2",
        end_timestamp=None,
        duration=30,
        agent_names={"7": "Bob", "8": 9},
        history=[
            {
                "type": "chat.rating",
                "timestamp": "2026-11-19T08:01:00Z",
                "new_rating": "good",
                "sender_type": "Visitor",
            },
            {"type": "chat.comment", "timestamp": None, "new_comment": "Quick"},
            {"type": "chat.rating", "timestamp": "2026-11-19T07:00:00Z", "name": "Bob"},
            "no row",
        ],
    )

    first, second = read_sessions(encoded([offline, rated]), code=ZENDESK)[0]

    assert rows(first) == [(0, Kind.CHAT, Actor.REMOTE_USER, "Please call.")]
    assert [text for *_, text in rows(second)] == ["Rating: none", "Rating: good", "Rating: Quick"]
    assert second.quality == {QualityFlag.NO_TIMES, QualityFlag.CLOCK_SKEW}
    assert second.ended_at == datetime(2026, 11, 19, 8, 1, tzinfo=UTC)
    assert second.supporters == ("Bob",)


def test_zendesk_records_that_are_no_chats_are_counted():
    data = encoded([zendesk_chat(), zendesk_chat(id=True), zendesk_chat(timestamp="x")])

    assert problems(read_sessions(data, code=ZENDESK)[1]) == [
        "item 2: the chat has no id",
        "item 3: the chat's timestamp is no time that can be read",
    ]


def conversation(**changed):
    return {
        "type": "conversation",
        "id": "991",
        "created_at": 1795075200,
        "state": "closed",
        "source": {
            "body": "<p>My <b>mailbox</b> is full &amp; slow</p>",
            "author": {"type": "user", "name": "Rosa", "email": "rosa@acme.example"},
            "attachments": [{"name": "screen.png", "url": "https://x.example/1"}],
        },
        "ticket": {"id": 55},
        "conversation_parts": {
            "conversation_parts": [
                {
                    "part_type": "comment",
                    "body": "<p>I archived the old mail.</p>",
                    "created_at": 1795075260,
                    "author": {"type": "admin", "name": "Bob", "email": "bob@northwind.example"},
                    "attachments": [{"url": "x"}],
                },
                {"part_type": "note", "body": "Third time", "created_at": 1795075320, "author": {"type": "admin"}},
                {"part_type": "quick_reply", "body": None, "created_at": 1795075330, "author": {"type": "bot"}},
                {"part_type": "comment", "body": None, "created_at": 1795075330, "author": {"type": "robot"}},
                {
                    "part_type": "close",
                    "body": "",
                    "created_at": 1795075380,
                    "author": {"type": "admin", "name": "Bob"},
                },
            ]
        },
        **changed,
    }


def test_an_intercom_conversation_is_text_and_its_notes_are_internal():
    (session,), _ = read_sessions(
        encoded({"type": "conversation.list", "conversations": [conversation()]}), code=INTERCOM
    )

    assert (session.external_id, session.ticket, session.remote_user) == ("991", "55", "Rosa")
    assert session.supporters == ("bob@northwind.example", "Bob")
    assert session.ended_at == datetime(2026, 11, 19, 8, 3, tzinfo=UTC)
    assert rows(session) == [
        (0, Kind.CHAT, Actor.REMOTE_USER, "My mailbox is full & slow"),
        (0, Kind.FILE_TRANSFER, Actor.REMOTE_USER, "screen.png"),
        (60, Kind.CHAT, Actor.SUPPORTER, "I archived the old mail."),
        (60, Kind.FILE_TRANSFER, Actor.SUPPORTER, "a file"),
        (120, Kind.NOTE, Actor.SUPPORTER, "(internal note) Third time"),
        (130, Kind.NOTE, Actor.SYSTEM, "quick reply"),
        (180, Kind.NOTE, Actor.SYSTEM, "close"),
    ]


def test_an_intercom_conversation_that_is_open_still_runs():
    sessions, notes = read_sessions(
        encoded([conversation(state="open"), conversation(id=None), conversation(created_at=None)]), code=INTERCOM
    )

    assert [session.ended_at for session in sessions] == [None]
    assert problems(notes) == [
        "item 2: the conversation has no id",
        "item 3: the conversation's created_at is no time that can be read",
    ]


def test_an_intercom_conversation_without_anything_said_has_no_log():
    bare = {"type": "conversation", "id": 1, "created_at": 1795075200, "source": None}

    assert read_sessions(encoded(bare), code=INTERCOM)[0][0].interactions == ()


def message(number, text, user="rosa", **changed):
    return {
        "_id": f"m{number}",
        "rid": "room-1",
        "msg": text,
        "ts": f"2026-11-19T08:{number:02}:00.000Z",
        "u": {"_id": "u", "username": user, "name": user.title()},
        **changed,
    }


ROOM = [
    message(0, "", t="livechat-started"),
    message(1, "The VPN is down", token="visitor-token"),
    message(2, "I restarted the gateway", "bob"),
    message(3, "", "bob", attachments=[{"title": "log.txt"}]),
    message(4, "bob", "rocket.cat", t="au"),
    message(5, "It works", token="visitor-token", editedAt="2026-11-19T08:09:00Z"),
    message(6, "solved", "bob", t="livechat-close"),
    message(7, "strange", "bob", t="new-kind"),
]


def test_a_rocketchat_room_is_a_session_and_system_messages_are_told_apart():
    (session,), notes = read_sessions(encoded(ROOM), code=ROCKETCHAT)

    assert (session.external_id, session.remote_user, session.supporters) == ("room-1", "Rosa", ("Bob", "bob"))
    assert [(row[1], row[2], row[3]) for row in rows(session)] == [
        (Kind.CONNECT, Actor.SYSTEM, "Chat started"),
        (Kind.CHAT, Actor.REMOTE_USER, "The VPN is down"),
        (Kind.CHAT, Actor.SUPPORTER, "I restarted the gateway"),
        (Kind.FILE_TRANSFER, Actor.SUPPORTER, "log.txt"),
        (Kind.CONNECT, Actor.SYSTEM, "bob was added"),
        (Kind.CHAT, Actor.REMOTE_USER, "It works"),
        (Kind.DISCONNECT, Actor.SYSTEM, "Chat closed solved"),
        (Kind.NOTE, Actor.SYSTEM, "new-kind strange"),
    ]
    assert problems(notes) == []


def test_rocketchat_rooms_that_are_mixed_and_dates_of_mongoexport():
    mixed = [
        message(1, "one", ts={"$date": "2026-11-19T08:01:00Z"}, _id={"$oid": "a"}),
        message(2, "two", rid="room-2", ts={"$date": {"$numberLong": "1795075320000"}}),
        message(3, "three", ts={"$date": "2026-11-19T08:00:00Z"}),
    ]
    data = b"\n".join(encoded(each) for each in mixed)

    first, second = read_sessions(data, code=ROCKETCHAT)[0]

    assert [text for *_, text in rows(first)] == ["three", "one"]
    assert (second.external_id, [text for *_, text in rows(second)]) == ("room-2", ["two"])
    # Nobody is marked as a visitor: who is who is not known.
    assert ({row[2] for row in rows(first)}, first.supporters) == ({Actor.UNKNOWN}, ())


def test_an_edited_rocketchat_message_counts_once_and_its_old_version_not():
    data = encoded([message(1, "frist"), message(1, "first"), message(2, "old", _hidden=True), message(3, "")])

    (session,), _ = read_sessions(data, code=ROCKETCHAT)

    assert [text for *_, text in rows(session)] == ["first"]


def test_rocketchat_messages_of_no_room_or_time_are_counted():
    data = encoded({"messages": [message(1, "a"), message(2, "b", rid=None), message(3, "c", ts="x")]})

    assert problems(read_sessions(data, code=ROCKETCHAT)[1]) == [
        "item 2: the message belongs to no room",
        "item 3: the message's ts is no time that can be read",
    ]


def test_more_rocketchat_messages_than_are_held_are_refused(monkeypatch):
    monkeypatch.setattr(rocketchat, "MAX_MESSAGES", 2)

    with pytest.raises(UnableToRead, match="more than 2 messages"):
        read_sessions(encoded(ROOM), code=ROCKETCHAT)


def test_a_rocketchat_kind_that_looks_like_a_template_is_text_and_an_empty_room_is_none():
    strange = message(1, "x", t="{0.__class__} {1}")

    sessions, notes = read_sessions(encoded([strange, message(2, "", rid="room-2")]), code=ROCKETCHAT)

    assert [[text for *_, text in rows(session)] for session in sessions] == [["{0.__class__} {1} x"]]
    assert problems(notes) == []
