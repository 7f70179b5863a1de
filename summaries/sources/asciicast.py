"""asciicast, the recordings of asciinema, in its versions 1, 2 and 3.

Version 2 holds absolute times, version 3 the time since the event before, version 1 the delay before each frame
(https://docs.asciinema.org/manual/asciicast/v3/).
"""

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeGuard

from django.utils.translation import gettext_noop

from summaries.enums import PlaceUnit, QualityFlag
from summaries.sources.asciicast_v1 import FrameError, read_frames
from summaries.sources.base import (
    HEAD_BYTES,
    MAX_RECORD_BYTES,
    CapturedInteraction,
    Place,
    RecordingFile,
    RecordingNotes,
    UnableToRead,
)
from summaries.sources.lines import Clock, bounded, decoded, numbered_lines
from summaries.sources.terminal import TerminalInterpreter, interpreted

_HEADER = re.compile(rb'\{\s*(?:"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[^{}\[\]",]+),\s*){0,20}"version"\s*:\s*\d+')
_SIGNS = (b'"stdout"', b'"width"', b'"term"')
_SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})")
#: A recording that claims to be longer than this many seconds has a broken clock.
MAX_SECONDS = 10 * 365 * 24 * 3600.0


class AsciicastSource:
    code: ClassVar[str] = "ASCIICAST"
    label: ClassVar[str] = "asciicast (asciinema)"

    def recognises(self, head: bytes, name: str) -> bool:
        beginning = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip()
        header = _json(beginning.partition(b"\n")[0].decode(errors="replace"))
        if isinstance(header, dict):
            return _is_whole(header.get("version")) and any(key in header for key in ("width", "term", "stdout"))
        # The one object of version 1 spans lines, or is longer than the head; a header may be cut.
        return _HEADER.match(beginning) is not None and (
            any(sign in beginning for sign in _SIGNS) or name.endswith(".cast")
        )

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        first = recording.stream.readline(HEAD_BYTES)
        recording.stream.seek(0)
        header = _json(first.replace(b"\0", b"").decode("utf-8-sig", errors="replace"))
        if isinstance(header, dict) and header.get("version") in (2, 3) and "stdout" not in header:
            return _read_lines(recording, notes, header)
        if isinstance(header, dict) and header.get("version") not in (1, 2, 3):
            raise _unknown_version(header.get("version"))
        return _read_whole(recording, notes)


def _unknown_version(version: object) -> UnableToRead:
    return UnableToRead(
        f"Line 1: this is asciicast of version {str(version)[:20]}; versions 1, 2 and 3 can be read. "
        "Convert it with 'asciinema convert'."
    )


def _json(text: str) -> Any:
    """Return the value, or None for what is no JSON (None itself is never a record)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_lines(
    recording: RecordingFile, notes: RecordingNotes, header: dict[str, Any]
) -> Iterator[CapturedInteraction]:
    size = header.get("term") if header["version"] == 3 else header  # noqa: PLR2004 - the format's version
    terminal = _begin(header, size if isinstance(size, dict) else {}, notes, Place(PlaceUnit.LINE, 1))
    return interpreted(terminal, _events(recording, notes, terminal, is_relative=header["version"] == 3))  # noqa: PLR2004


def _begin(header: dict[str, Any], size: dict[str, Any], notes: RecordingNotes, place: Place) -> TerminalInterpreter:
    columns, rows = (size.get("cols", size.get("width")), size.get("rows", size.get("height")))
    if not (_is_whole(columns) and _is_whole(rows)):
        notes.add_bad_record(place, "The header names no size of the terminal; 80 × 24 is assumed.")
        columns, rows = 80, 24
    title = header.get("title")
    notes.title = bounded(title)[:200] if isinstance(title, str) else ""
    notes.started_at = _moment(header.get("timestamp"))
    return TerminalInterpreter(notes, columns=columns or 80, rows=rows or 24)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 100_000  # noqa: PLR2004


def _moment(timestamp: object) -> datetime | None:
    if isinstance(timestamp, bool) or not isinstance(timestamp, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(timestamp, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _events(
    recording: RecordingFile, notes: RecordingNotes, terminal: TerminalInterpreter, *, is_relative: bool
) -> Iterator[None]:
    clock = Clock(notes)
    seconds = 0.0
    broken_line = 0
    for number, line in numbered_lines(recording.stream):
        if number == 1 or line == b"" or (line is not None and (not line.strip(b" \t\0") or line.startswith(b"#"))):
            continue
        place = Place(PlaceUnit.LINE, number)
        if broken_line:
            notes.add_bad_record(Place(PlaceUnit.LINE, broken_line), gettext_noop("This line is no JSON."))
            broken_line = 0
        if line is None:
            notes.add_bad_record(place, f"This line is longer than {MAX_RECORD_BYTES} bytes.")
            continue
        event = _json(decoded(line, notes))
        if event is None:
            broken_line = number
            continue
        problem = _problem(event, is_relative=is_relative)
        if problem:
            notes.add_bad_record(place, problem)
            continue
        seconds = seconds + event[0] if is_relative else event[0]
        _feed(terminal, event[1], event[2], clock.at(round(seconds * 1000)), place)
        yield
    if broken_line and _ends_with_line_feed(recording):
        notes.add_bad_record(Place(PlaceUnit.LINE, broken_line), gettext_noop("This line is no JSON."))
    elif broken_line:
        notes.quality.add(QualityFlag.TRUNCATED)


def _ends_with_line_feed(recording: RecordingFile) -> bool:
    recording.stream.seek(-1, 2)
    return recording.stream.read(1) == b"\n"


def _problem(event: Any, *, is_relative: bool) -> str:
    """Say what is wrong with an event, or nothing."""
    if not isinstance(event, list) or len(event) != 3:  # noqa: PLR2004 - time, code, data
        return gettext_noop("An event is a list of time, code and data.")
    time, code, data = event
    if not _is_time(time):
        return (
            gettext_noop("The time is no number of seconds from 0 on.")
            if not is_relative
            else gettext_noop("The interval is no number from 0 on.")
        )
    if not isinstance(code, str) or len(code) != 1:
        return gettext_noop("The code is no single letter.")
    if not isinstance(data, str):
        return gettext_noop("The data is no text.")
    return ""


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value < MAX_SECONDS and math.isfinite(value)


def _feed(terminal: TerminalInterpreter, code: str, data: str, at_ms: int, place: Place) -> None:
    if code == "o":
        terminal.printed(data, at_ms, place)
    elif code == "i":
        terminal.typed(data, at_ms, place)
    elif code == "m":
        terminal.marked(data, at_ms, place)
    elif code == "x":
        terminal.exited(data, at_ms, place)
    elif code == "r":
        size = _SIZE.fullmatch(data)
        if size:
            terminal.resized(int(size.group(1)), int(size.group(2)))
        else:
            terminal.notes.add_bad_record(place, gettext_noop("The new size is not of the form 80x24."))


def _read_whole(recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
    terminal: TerminalInterpreter | None = None
    clock = Clock(notes)
    seconds = 0.0
    try:
        for header, number, frame in read_frames(recording.stream, notes):
            place = Place(PlaceUnit.ITEM, number)
            if terminal is None:
                terminal = _begin_whole(header, notes)
            if isinstance(frame, list) and len(frame) == 2 and _is_time(frame[0]) and isinstance(frame[1], str):  # noqa: PLR2004
                seconds += frame[0]
                terminal.printed(frame[1], clock.at(round(seconds * 1000)), place)
                yield from terminal.take()
            elif number:
                notes.add_bad_record(place, gettext_noop("A frame is a list of a delay from 0 on, and a text."))
    except FrameError as error:
        if terminal is None or not error.is_end_of_file:
            raise UnableToRead(str(error)) from error
        notes.quality.add(QualityFlag.TRUNCATED)
    if terminal is not None:
        terminal.finish()
        yield from terminal.take()


def _begin_whole(header: dict[str, Any], notes: RecordingNotes) -> TerminalInterpreter:
    if header.get("version") != 1:
        raise _unknown_version(header.get("version"))
    return _begin(header, header, notes, Place(PlaceUnit.LINE, 1))
