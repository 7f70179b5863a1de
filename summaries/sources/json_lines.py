"""Our own import format for any tool: JSON Lines (.jsonl, .ndjson, also gzipped), one event a line.

An event needs `timestamp` and one of `text`, `title`, `app`, `event`:

    {"timestamp": "2026-11-22T10:02:13Z", "actor": "supporter", "kind": "command", "app": "Terminal",
     "title": "web-01", "text": "systemctl restart nginx"}

- timestamp: ISO 8601 (UTC when no zone is given), or seconds, milliseconds, micro- or nanoseconds since 1970.
- text: what was typed, said, shown or done. event: the name of what happened; the text when there is no text.
- actor: supporter, remote_user, system (or words such as agent, customer); any other value is a person's name.
- kind: a kind of interaction in small letters (command, output, input, exit, app_focus, click, key, clipboard,
  file_transfer, chat, voice, marker, connect, disconnect, note). Without it: app_focus when only app or title is
  given, else note.
- url: the page; the text when there is no text, else added to it. duration: seconds, lengthens the session.
- secret: true for text that was typed without being shown, such as a password; it is masked whole.

The first line may describe the session; every field but `type` may be missing:

    {"type": "session", "started_at": "2026-11-22T10:00:00Z", "supporter": "Dana", "device": "web-01",
     "remote_user": "Omar", "title": "Web shop is down"}
"""

import io
import json
from collections.abc import Iterator
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.enums import PlaceUnit, QualityFlag
from summaries.sources.base import CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.json_event import NotAnEvent, SessionClock, is_event, read_event, read_session
from summaries.sources.lines import decoded, numbered_lines
from summaries.sources.unpacked import GZIP_MAGIC, Unpacked, unpacked_head
from summaries.sources.webvtt import BOM

_LOOKED_AT = 5
_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


class JSONLinesSource:
    code: ClassVar[str] = "JSON_LINES"
    label: ClassVar[str] = gettext_noop("JSON Lines of events")

    def recognises(self, head: bytes, name: str) -> bool:
        head = unpacked_head(head).removeprefix(BOM).lstrip()
        if not head.startswith(b"{"):
            return False
        lines = [line for line in head.split(b"\n") if line.strip()][:_LOOKED_AT]
        records = [record for line in lines if (record := _loaded(line)) is not None]
        if any(is_event(record) or _is_header(record) for record in records):
            return True
        return not records and name.lower().endswith(_SUFFIXES)

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        packed = recording.stream.read(2) == GZIP_MAGIC
        recording.stream.seek(0)
        if not packed:
            yield from _interactions(numbered_lines(recording.stream), notes)
            return
        unpacked = Unpacked(recording.stream)
        yield from _interactions(numbered_lines(io.BufferedReader(unpacked)), notes)
        if unpacked.broken:
            notes.quality.add(QualityFlag.TRUNCATED)


def _interactions(lines: Iterator[tuple[int, bytes | None]], notes: RecordingNotes) -> Iterator[CapturedInteraction]:
    clock = SessionClock(notes)
    count, last_is_bad, has_header = 0, False, False
    for number, line in lines:
        data = line.removeprefix(BOM) if line and number == 1 else line
        if data is not None and not data.strip(b" \t\0"):
            continue
        last_is_bad = False
        try:
            record = _record(data, notes)
            if not count and _is_header(record):
                read_session(record, clock, notes)
                has_header = True
                continue
            interaction = read_event(record, clock, Place(PlaceUnit.LINE, number), notes)
        except NotAnEvent as problem:
            notes.add_bad_record(Place(PlaceUnit.LINE, number), str(problem))
            last_is_bad = True
            continue
        count += 1
        yield interaction
    _note_end(notes, count=count, last_is_bad=last_is_bad, has_header=has_header)


def _note_end(notes: RecordingNotes, *, count: int, last_is_bad: bool, has_header: bool) -> None:
    if last_is_bad:
        notes.quality.add(QualityFlag.TRUNCATED)
    if count:
        return
    if not has_header:
        first = (
            f"{notes.bad_records[0].place}: {notes.bad_records[0].problem}" if notes.bad_records else "line 1: empty"
        )
        raise UnableToRead(
            _("No event could be read; %(first)s. Each line needs a timestamp and a text.") % {"first": first}
        )
    notes.quality.add(QualityFlag.NOTHING_RECORDED)


def _record(line: bytes | None, notes: RecordingNotes) -> dict[str, Any]:
    if line is None:
        raise NotAnEvent(gettext_noop("the line is too long"))
    try:
        record = json.loads(decoded(line, notes))
    except (ValueError, RecursionError) as error:
        raise NotAnEvent(gettext_noop("the line is no JSON that can be read")) from error
    if not isinstance(record, dict):
        raise NotAnEvent(gettext_noop("the line is no JSON object"))
    return record


def _loaded(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_header(record: Any) -> bool:
    return isinstance(record, dict) and record.get("type") == "session" and "timestamp" not in record
