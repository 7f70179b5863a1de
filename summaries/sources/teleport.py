"""Teleport: audit events, one JSON object a line, and what `tsh play --format=json` prints, lines or one list.

A session is what has one `sid`. Events are put in order by `time`: `ei` is no order, for uploads it is 2147483646.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar

from django.utils.translation import gettext, gettext_noop

from summaries.enums import PlaceUnit, QualityFlag
from summaries.sources.base import HEAD_BYTES, CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.json_stream import read_items
from summaries.sources.lines import decoded
from summaries.sources.record_index import RecordIndex, lines_with_offsets
from summaries.sources.teleport_events import EventReader, microseconds_of
from summaries.sources.webvtt import BOM

#: Other sessions in the same file are told of, up to so many.
_MAX_OTHERS = 100
_LOOKED_AT = 20


class TeleportSource:
    code: ClassVar[str] = "TELEPORT"
    label: ClassVar[str] = gettext_noop("Teleport audit events or tsh play JSON")

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - a log has any name
        head = head.replace(b"\0", b"").removeprefix(BOM).lstrip()
        if head.startswith(b"["):
            return _looks_like_events(head[1:].lstrip()[:8192])
        lines = [line for line in head.split(b"\n")[:_LOOKED_AT] if line.strip()]
        return head.startswith(b"{") and any(_is_event(_loaded(line)) for line in lines)

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        stream = recording.stream
        is_list = stream.read(HEAD_BYTES).replace(b"\0", b"").removeprefix(BOM).lstrip().startswith(b"[")
        stream.seek(0)
        reader = EventReader(notes)
        count = 0
        for event, place in _listed(stream, notes) if is_list else _sorted(stream, notes):
            for interaction in reader.take(event, place):
                count += 1
                yield interaction
        for interaction in reader.finish():
            count += 1
            yield interaction
        if not count:
            notes.quality.add(QualityFlag.NOTHING_RECORDED)


def _looks_like_events(head: bytes) -> bool:
    """A list is printed over many lines, so that its first object may be cut."""
    return head.startswith(b"{") and b'"event"' in head and b'"time"' in head and b'"ei"' in head


def _is_event(record: Any) -> bool:
    """Every event of Teleport has these; `code` and `cluster_name` came with later versions."""
    return (
        isinstance(record, dict)
        and isinstance(record.get("event"), str)
        and isinstance(record.get("time"), str)
        and any(key in record for key in ("uid", "ei", "code", "sid"))
    )


def _loaded(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


class _OneSession:
    """Lets through the events of the session that comes first, and tells once of each other."""

    def __init__(self, notes: RecordingNotes, session: str) -> None:
        self.notes = notes
        self.session = session
        self._others: set[str] = set()

    def holds(self, event: dict[str, Any], place: Place) -> bool:
        session = _session_of(event)
        if session and session != self.session and session not in self._others and len(self._others) < _MAX_OTHERS:
            self._others.add(session)
            self.notes.add_bad_record(
                place, gettext_noop("another session begins here; hand it in as a file of its own")
            )
        return session == self.session


def _session_of(event: dict[str, Any]) -> str:
    session = event.get("sid")
    return session if isinstance(session, str) else ""


def _sorted(stream: BinaryIO, notes: RecordingNotes) -> Iterator[tuple[dict[str, Any], Place]]:
    """Yield the events of the first session by their time. Raises UnableToRead when there is none."""
    session = next((found for _, _, event in _events(stream, None) if (found := _session_of(event))), "")
    stream.seek(0)
    chosen = _OneSession(notes, session)
    index = RecordIndex()
    for number, offset, event in _events(stream, notes):
        if chosen.holds(event, Place(PlaceUnit.LINE, number)):
            index.add(microseconds_of(event["time"]) or 0, offset, number)
    if not index:
        raise UnableToRead(gettext("No event of Teleport could be read, from line 1 on. Export the audit log again."))
    for record in index.ordered():
        stream.seek(record.offset)
        for _, _, event in _events(stream, None):
            yield event, Place(PlaceUnit.LINE, record.number)
            break


def _events(stream: BinaryIO, notes: RecordingNotes | None) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield (line, byte offset, event) from where the stream stands; tell *notes* of what is broken."""
    own = notes or RecordingNotes()
    problem_line = 0
    for number, offset, line in lines_with_offsets(stream):
        if line is not None and not line.strip(b" \t\0"):
            continue
        problem_line = 0
        record = _loaded(decoded(line, own).removeprefix("\ufeff").encode()) if line is not None else None
        place = Place(PlaceUnit.LINE, number)
        if not isinstance(record, dict):
            own.add_bad_record(place, gettext_noop("the line is no JSON that can be read"))
            problem_line = number
        elif not _is_event(record):
            own.add_bad_record(place, gettext_noop("the line is no event of Teleport"))
        elif microseconds_of(record["time"]) is None:
            own.add_bad_record(place, gettext_noop("the time of the event can't be read"))
        else:
            yield number, offset, record
    if problem_line:
        own.quality.add(QualityFlag.TRUNCATED)


def _listed(stream: BinaryIO, notes: RecordingNotes) -> Iterator[tuple[dict[str, Any], Place]]:
    chosen: _OneSession | None = None
    has_event = False
    for number, event in read_items(stream, notes):
        place = Place(PlaceUnit.ITEM, number)
        if not isinstance(event, dict) or not _is_event(event) or microseconds_of(event["time"]) is None:
            notes.add_bad_record(place, gettext_noop("this is no event of Teleport"))
            continue
        has_event = True
        if chosen is None and (session := _session_of(event)):
            chosen = _OneSession(notes, session)
        if chosen is None or chosen.holds(event, place):
            yield event, place
    if not has_event:
        raise UnableToRead(
            gettext("No event of Teleport could be read, from item 1 (byte 0) on. Export the session again.")
        )
