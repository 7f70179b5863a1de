import json

import pytest

from summaries.enums import Actor, Kind
from summaries.sources.base import UnableToRead
from summaries.sources.reports import meshcentral_events
from tests.summaries.session_files import problems, read_sessions

CODE = "MESHCENTRAL_EVENTS"
WHO = {"userid": "user//tech1", "username": "tech1", "nodeid": "node//abc"}


def life(number, session_id, at, *more, **changed):
    return {
        "etype": "relay", "action": "relaylog", "msgid": number, "msgArgs": [session_id, "10.0.0.1", "10.0.0.2", *more],
        "msg": "words in any language", "time": f"2026-11-19T08:{at}.000Z", **WHO, **changed,
    }  # fmt: skip


def done(number, at, *arguments, **changed):
    return {
        "etype": "node", "action": "agentlog", "msgid": number, "msgArgs": list(arguments),
        "msg": f"Event {number}", "time": f"2026-11-19T08:{at}.000Z", **WHO, **changed,
    }  # fmt: skip


def log(*events) -> bytes:
    """Newest first, as the server lists them."""
    return json.dumps(list(reversed(events))).encode()


def test_start_and_end_of_an_id_are_a_session_with_what_was_done_in_it():
    data = log(
        done(17, "59:00", "before any session"),
        life(14, "aaaa1111", "00:00"),
        done(24, "01:00", "df -h"),
        done(98, "01:30", username="", msg="Help requested"),
        done(49, "02:00", "/etc/app.ini"),
        done(22, "02:30"),
        done(17, "02:40", "kill 7", nodeid="node//other"),
        life(10, "aaaa1111", "03:00", 180),
    )

    (session,), notes = read_sessions(data, code=CODE)

    assert (session.external_id, session.supporters, session.device_name) == ("aaaa1111", ("tech1",), "")
    assert [(each.offset_ms // 1000, each.kind, each.actor, each.text) for each in session.interactions] == [
        (0, Kind.CONNECT, Actor.SYSTEM, "MeshCentral terminal session begins"),
        (60, Kind.COMMAND, Actor.SUPPORTER, "df -h"),
        (90, Kind.NOTE, Actor.REMOTE_USER, "Help requested"),
        (120, Kind.FILE_TRANSFER, Actor.SUPPORTER, "/etc/app.ini"),
        (150, Kind.CLIPBOARD, Actor.SUPPORTER, "Event 22"),
        (180, Kind.DISCONNECT, Actor.SYSTEM, "MeshCentral terminal session ends"),
    ]
    assert problems(notes) == []


def test_a_session_in_which_nothing_was_logged_has_no_log_and_one_without_end_runs():
    data = log(life(16, "aaaa1111", "00:00"), life(12, "aaaa1111", "03:00", 180), life(15, "bbbb2222", "05:00"))

    sessions, _ = read_sessions(data, code=CODE)

    assert [(each.external_id, each.interactions, each.ended_at is None) for each in sessions] == [
        ("aaaa1111", (), False),
        ("bbbb2222", (), True),
    ]


def test_a_start_that_the_log_no_longer_holds_is_told_by_the_length():
    data = log(life(10, "aaaa1111", "03:00", 120), life(10, "bbbb2222", "04:00"))

    (session,), notes = read_sessions(data, code=CODE)

    assert session.started_at.minute == 1
    assert problems(notes) == ["item 1: the log holds neither the start nor the length of this session"]


def test_an_action_goes_to_the_session_that_ran_then_or_ended_a_moment_ago():
    data = log(
        life(13, "aaaa1111", "00:00"), life(9, "aaaa1111", "01:00", 60), done(19, "01:02", "vi"),
        life(13, "bbbb2222", "01:06"), life(9, "bbbb2222", "02:00", 54), done(19, "03:00", "late"),
    )  # fmt: skip

    first, second = read_sessions(data, code=CODE)[0]

    assert ([each.text for each in first.interactions][1:-1], second.interactions) == (["Event 19"], ())


def test_a_recording_names_the_device_and_the_times_that_are_missing():
    recording = {
        "etype": "relay", "action": "recording", "protocol": 1, "nodeid": "node//abc", "startTime": 1795075200000,
        "lengthTime": 40, "filename": "relaysession-2026-11-19-08-00-00-tech1-front-desk-3-aaaa1111.mcrec",
    }  # fmt: skip
    data = log(life(14, "aaaa1111", "00:00"), recording, {**recording, "filename": "strange.mcrec"})

    (session,), _ = read_sessions(data, code=CODE)

    assert (session.device_name, (session.ended_at - session.started_at).seconds) == ("front-desk-3", 40)


def test_a_recording_of_which_no_other_event_is_left_is_a_session_of_a_device_without_a_name():
    recording = {
        "etype": "relay",
        "action": "recording",
        "startTime": "x",
        "filename": "relaysession-2026-11-19-08-00-00-a-b-cccc3333.mcrec",
    }

    sessions, notes = read_sessions(
        json.dumps(
            [
                recording,
                {
                    **recording,
                    "startTime": 1795075200000,
                    "filename": "relaysession-d-2026-11-19-08-00-00-a-b-dddd4444.txt",
                },
            ]
        ).encode(),
        code=CODE,
    )

    assert [(each.external_id, each.device_name, each.ended_at) for each in sessions] == [("dddd4444", "", None)]
    assert notes.bad_record_count == 1


def test_events_that_can_not_be_read_are_counted():
    data = log(
        life(14, "aaaa1111", "00:00"), life(14, 5, "00:00"), life(14, "aaaa1111", "00:00", msgArgs="x"),
        life(14, "aaaa1111", "00:00", time="soon"), {"etype": "mesh", "action": "createmesh"},
    )  # fmt: skip

    assert problems(read_sessions(data, code=CODE)[1]) == [
        "item 2: the event's time can't be read",
        "item 3: the event names no session",
        "item 4: the event names no session",
    ]


def test_more_events_than_are_held_are_refused(monkeypatch):
    monkeypatch.setattr(meshcentral_events, "MAX_EVENTS", 1)

    with pytest.raises(UnableToRead, match="more than 1 events"):
        read_sessions(log(life(14, "aaaa1111", "00:00"), life(10, "aaaa1111", "01:00")), code=CODE)
