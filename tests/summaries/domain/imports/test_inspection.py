import json
from datetime import UTC, datetime
from io import BytesIO

from summaries.domain.imports.inspection import inspect_recording, inspection_as_json
from summaries.sources.base import RecordingFile
from tests.summaries.session_files import zendesk_chat

CAST = (
    b'{"version": 2, "width": 80, "height": 24, "timestamp": 1700000000, "title": "Printer"}\n'
    b'[1, "o", "\\u001b[?2004hada@web1:~$ "]\n'
    b'[2, "o", "lpstat\\r\\n\\u001b[?2004l\\r"]\n'
    b"broken\n"
    b'[3, "o", "Password: "]\n'
    b'[4, "i", "hunter2\\r"]\n'
    b'[5.5, "o", "\\r\\nready\\r\\n"]\n'
)


def inspected(data: bytes):
    return inspect_recording(recording=RecordingFile(BytesIO(data), "a.cast"))


def test_inspect_recording_tells_what_a_recording_holds():
    assert inspection_as_json(inspected(CAST)) == {
        "file": "a.cast",
        "parsed": True,
        "reason": "",
        "format": {"code": "ASCIICAST", "label": "asciicast (asciinema)"},
        "title": "Printer",
        "device": "web1",
        "sessions": 0,
        "interactions": 4,
        "interactions_by_kind": {"COMMAND": 1, "INPUT": 1, "OUTPUT": 2},
        "secrets_typed": 1,
        "people": ["ada"],
        "applications": ["lpstat"],
        "started_at": datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC).isoformat(),
        "duration_ms": 5500,
        "bad_record_count": 1,
        "bad_records": [{"unit": "LINE", "number": 4, "problem": "This line is no JSON."}],
        "quality": ["PARTIAL_PARSE"],
    }


def test_inspect_recording_gives_the_reason_of_a_refusal():
    unknown = inspected(b"nothing that anyone knows")
    later = inspected(b'{"version": 7, "term": {}}\n')

    assert unknown.refusal.startswith("The format of this file is not known: ")
    assert unknown.format_code == ""
    assert later.refusal.startswith("Line 1: this is asciicast of version 7")
    assert later.format_code == "ASCIICAST"
    assert inspection_as_json(later)["started_at"] is None
    assert inspection_as_json(later)["parsed"] is False


def test_a_file_with_many_sessions_is_counted():
    data = json.dumps([zendesk_chat(), zendesk_chat(id="2")]).encode()

    inspection = inspect_recording(recording=RecordingFile(BytesIO(data)))

    assert (inspection.format_code, inspection.sessions, inspection.refusal) == ("ZENDESK", 2, "")
    assert (inspection_as_json(inspection)["sessions"], inspection_as_json(inspection)["interactions"]) == (2, 10)
