"""Files with many sessions, written by hand after what the tools write."""

import io
import json
from typing import Any

from summaries.sources.base import RecordingFile, RecordingNotes, SessionRecord
from summaries.sources.registry import recognise_any


def read_sessions(data: bytes, name: str = "report", code: str = "") -> tuple[list[SessionRecord], RecordingNotes]:
    """What the source that recognises *data* reads of it; *code* is what it must be."""
    stream = io.BytesIO(data)
    source: Any = recognise_any(stream, name)
    assert source.code == code
    notes = RecordingNotes()
    return list(source.read_sessions(RecordingFile(stream, name), notes)), notes


def problems(notes: RecordingNotes) -> list[str]:
    return [f"{bad.place}: {bad.problem}" for bad in notes.bad_records]


def connection(number: int, **changed: Any) -> dict[str, Any]:
    """A record of TeamViewer's Web API; None takes a field away."""
    record = {
        "id": f"4f1c8e0a-0000-4000-8000-{number:012}",
        "userid": "u101",
        "username": "Bob",
        "deviceid": "d202",
        "devicename": "DESK-7",
        "support_session_type": 1,
        "start_date": f"2026-11-19T08:{number % 60:02}:00Z",
        "end_date": f"2026-11-19T09:{number % 60:02}:30Z",
        "session_code": f"s12-345-{number}",
        "fee": 12.5,
        "currency": "EUR",
        "billing_state": "Bill",
        "notes": "Printer driver replaced.",
        **changed,
    }
    return {key: value for key, value in record.items() if value is not None}


def pages(*records: dict[str, Any], offset: str = "") -> bytes:
    """One page of the Web API."""
    page: dict[str, Any] = {"records": list(records)}
    return json.dumps(page | ({"next_offset": offset} if offset else {})).encode()


def zendesk_chat(**changed: Any) -> dict[str, Any]:
    return {
        "id": "2611.abc",
        "type": "chat",
        "timestamp": "2026-11-19T08:00:00Z",
        "end_timestamp": "2026-11-19T08:10:00Z",
        "visitor": {"name": "Rosa Klein", "email": "rosa@acme.example", "notes": ""},
        "agent_names": ["Bob"],
        "zendesk_ticket_id": 4711,
        "history": [
            {
                "type": "chat.memberjoin",
                "timestamp": "2026-11-19T08:00:00Z",
                "name": "Rosa Klein",
                "sender_type": "Visitor",
            },
            {
                "type": "chat.msg",
                "timestamp": "2026-11-19T08:00:20Z",
                "name": "Rosa Klein",
                "sender_type": "Visitor",
                "msg": "<p>The scanner is <b>offline</b>.</p><script>alert(1)</script>",
            },
            {
                "type": "chat.msg",
                "timestamp": "2026-11-19T08:01:00Z",
                "name": "Bob",
                "sender_type": "Agent",
                "msg": "Press <enter> on its panel.",
            },
            {
                "type": "chat.file",
                "timestamp": "2026-11-19T08:02:00Z",
                "name": "Bob",
                "attachment": {"name": "guide.pdf"},
            },
            {"type": "chat.queue_position", "timestamp": "2026-11-19T08:02:00Z"},
            {
                "type": "chat.memberleave",
                "timestamp": "2026-11-19T08:09:00Z",
                "name": "Rosa Klein",
                "sender_type": "Visitor",
            },
        ],
        **changed,
    }
