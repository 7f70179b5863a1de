"""The messages of tlog, wherever they were logged: a file, syslog, `journalctl -o json` or `-o export`, a search."""

import json
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_noop

from summaries.enums import PlaceUnit
from summaries.sources.base import MAX_RECORD_BYTES, Place, RecordingNotes
from summaries.sources.lines import decoded
from summaries.sources.record_index import lines_with_offsets

_SIGNS = re.compile(rb'"ver"\s*:\s*"?\d')
_KEY = re.compile(rb"[A-Z0-9_]{1,64}")
_SIZE = struct.Struct("<Q")
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a log. *message* is None for what is no message of tlog; *problem* says what is broken in it.

    *logged_us*: when the journal took it, in microseconds since 1970.
    """

    offset: int
    place: Place
    message: dict[str, Any] | None = None
    problem: str = ""
    logged_us: int | None = None


Entries = Callable[[BinaryIO, RecordingNotes], Iterator[Entry]]


def reader_of(head: bytes) -> Entries | None:
    """Return what reads the entries of a file that begins with *head*; None when they are not tlog's."""
    head = head.replace(b"\0", b"").lstrip()
    if head.startswith(b"__CURSOR=") or head.startswith(b"__REALTIME_TIMESTAMP="):
        return export_entries
    is_journal = head.startswith(b"{") and b'"__REALTIME_TIMESTAMP"' in head and b'"MESSAGE"' in head
    is_message = _SIGNS.search(head) and b'"rec"' in head and b'"timing"' in head
    return line_entries if is_journal or is_message else None


def line_entries(stream: BinaryIO, notes: RecordingNotes) -> Iterator[Entry]:
    """Yield an entry for each line that is not empty, from where the stream stands."""
    for number, offset, line in lines_with_offsets(stream):
        place = Place(PlaceUnit.LINE, number)
        if line is None:
            yield Entry(offset, place, problem=gettext_noop("the line is too long"))
        elif line.strip(b" \t\0"):
            yield _line_entry(line, offset, place, notes)


def _line_entry(line: bytes, offset: int, place: Place, notes: RecordingNotes) -> Entry:
    start = line.find(b"{")
    if start > 0 and not _SIGNS.match(line[start + 1 :].lstrip()):
        return Entry(offset, place)  # another program's line of syslog
    record = _json(line[start:], notes) if start >= 0 else None
    if not isinstance(record, dict):
        return Entry(offset, place, problem=gettext_noop("the line is no JSON that can be read"))
    if "MESSAGE" in record:
        return _journal_entry(_bytes_of(record["MESSAGE"]), record.get("__REALTIME_TIMESTAMP"), offset, place, notes)
    record = record["_source"] if isinstance(record.get("_source"), dict) else record
    if not _is_message(record):
        return Entry(offset, place, problem=gettext_noop("the line is no message of tlog"))
    return Entry(offset, place, record)


def export_entries(stream: BinaryIO, notes: RecordingNotes) -> Iterator[Entry]:
    """Yield the entries of a journal in its export format, from where the stream stands.

    An entry is lines KEY=VALUE, or KEY, a length of 8 bytes and the value; an empty line ends it (systemd's
    "Journal Export Formats").
    """
    offset = stream.tell()
    fields: dict[bytes, bytes] = {}
    problem, is_empty = "", True
    while line := stream.readline(MAX_RECORD_BYTES + 2):
        if line.strip(b"\r\n"):
            is_empty = False
            wrong = _take_field(line, stream, fields)
            problem = problem or wrong
        else:
            if not is_empty:
                yield _export_entry(fields, problem, offset, notes)
            fields, problem, is_empty = {}, "", True
            offset = stream.tell()
    if not is_empty:
        yield _export_entry(fields, problem, offset, notes)


def _take_field(line: bytes, stream: BinaryIO, fields: dict[bytes, bytes]) -> str:
    """Take one field, whose first line is *line*. Returns what is wrong with it."""
    key, equals, value = line.rstrip(b"\r\n").partition(b"=")
    if equals and not line.endswith(b"\n") and len(line) > MAX_RECORD_BYTES:
        while line and not line.endswith(b"\n"):
            line = stream.readline(_CHUNK_BYTES)
        return gettext_noop("a field is too long")
    if not _KEY.fullmatch(key):
        return gettext_noop("a field of the journal can't be read")
    if not equals:
        size = stream.read(_SIZE.size)
        if len(size) < _SIZE.size:
            return gettext_noop("the entry ends in the middle")
        (length,) = _SIZE.unpack(size)
        if length > MAX_RECORD_BYTES:
            return gettext_noop("a field is too long")
        value = stream.read(length)
        stream.readline(2)
    if key in (b"MESSAGE", b"__REALTIME_TIMESTAMP"):
        fields[key] = value
    return ""


def _export_entry(fields: dict[bytes, bytes], problem: str, offset: int, notes: RecordingNotes) -> Entry:
    place = Place(PlaceUnit.BYTE, offset)
    if b"MESSAGE" not in fields:
        return Entry(offset, place, problem=problem)
    logged = fields.get(b"__REALTIME_TIMESTAMP", b"").decode(errors="replace")
    return _journal_entry(fields[b"MESSAGE"], logged, offset, place, notes)


def _journal_entry(message: bytes, logged: object, offset: int, place: Place, notes: RecordingNotes) -> Entry:
    if not _SIGNS.search(message[:200]):
        return Entry(offset, place)  # what another program wrote
    record = _json(message, notes)
    if not isinstance(record, dict) or not _is_message(record):
        return Entry(offset, place, problem=gettext_noop("the message is no JSON that can be read"))
    is_number = isinstance(logged, str) and logged.isdecimal() and len(logged) < 20  # noqa: PLR2004 - 64 bits
    return Entry(offset, place, record, logged_us=int(str(logged)) if is_number else None)


def _bytes_of(value: object) -> bytes:
    """A journal's text, or the list of numbers that it gives for bytes that are no text."""
    if isinstance(value, str):
        return value.encode(errors="replace")
    if isinstance(value, list) and all(type(byte) is int and 0 <= byte <= 255 for byte in value):  # noqa: PLR2004
        return bytes(value)
    return b""


def _is_message(record: dict[str, Any]) -> bool:
    return "rec" in record and "timing" in record


def _json(data: bytes, notes: RecordingNotes) -> Any:
    try:
        return json.loads(decoded(data, notes))
    except (ValueError, RecursionError):
        return None
