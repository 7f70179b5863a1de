"""Typescripts of script(1), util-linux, with or without their timing file, classic or advanced.

The typescript is what the terminal printed, between a line "Script started on …" and a line "Script done on …"; the
timing file tells when (see `script_timing`). The typescript's first line is not counted in the timings.
"""

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.enums import PlaceUnit, QualityFlag
from summaries.sources.base import CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.lines import Clock
from summaries.sources.script_timing import TimingEntry, is_timing, timing_entries
from summaries.sources.terminal import TerminalInterpreter, interpreted

_READ_BYTES = 64 * 1024
#: Longest first line, and longest last line with the line feed before it, in bytes.
_MAX_LINE_BYTES = 8 * 1024
_STARTED = b"Script started on "
_TRAILER = re.compile(rb"\nScript done on ([^\n]*)\r?\n?\Z")
_EXIT_CODE = re.compile(rb'COMMAND_EXIT_CODE="(-?\d{1,10})"')
_SIZE = re.compile(r'(COLUMNS|LINES)="(\d{1,5})"')
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d")


class ScriptSource:
    code: ClassVar[str] = "SCRIPT"
    label: ClassVar[str] = gettext_noop("typescript of script(1)")

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - script(1) gives no ending
        """Also a timing file is recognised, so that `read` can say what is wanted with it."""
        return is_typescript(head) or is_timing(head)

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        first = recording.stream.readline(_MAX_LINE_BYTES)
        if not is_typescript(first):
            raise UnableToRead(
                _(
                    "Line 1: this is the timing file of a recording by script(1), which holds no text. Choose "
                    "the typescript, and hand in this file together with it."
                )
            )
        header = first.decode(errors="replace")
        notes.started_at = _moment(header)
        sizes = {key: int(value) for key, value in _SIZE.findall(header)}
        terminal = TerminalInterpreter(
            notes,
            columns=sizes.get("COLUMNS") or 80,
            rows=sizes.get("LINES") or 24,
            has_times=recording.companion is not None,
        )
        reader = _Reader(_Typescript(recording.stream, len(first)), notes, terminal)
        return interpreted(terminal, reader.events(recording.companion))


def is_typescript(head: bytes) -> bool:
    return head.lstrip(b"\0").startswith(_STARTED)


def _moment(text: str) -> datetime | None:
    """Return the time when it names its zone (util-linux 2.35 and later do); else None."""
    match = _MOMENT.search(text)
    try:
        return datetime.fromisoformat(match.group()).astimezone(UTC) if match else None
    except (ValueError, OverflowError):
        return None


class _Typescript:
    """The typescript after its first line, without its last line, which is kept in *trailer* when it is reached."""

    def __init__(self, stream: BinaryIO, offset: int) -> None:
        self.stream = stream
        self.offset = offset
        self.trailer: bytes | None = None
        self._window = b""
        self._is_at_end = False

    def read(self, count: int) -> bytes:
        """Return up to *count* bytes; fewer only at the end."""
        while not self._is_at_end and len(self._window) < count + _MAX_LINE_BYTES:
            self._fill()
        data, self._window = self._window[:count], self._window[count:]
        self.offset += len(data)
        return data

    def _fill(self) -> None:
        data = self.stream.read(_READ_BYTES)
        self._window += data
        self._is_at_end = not data
        match = _TRAILER.search(self._window, max(0, len(self._window) - _MAX_LINE_BYTES)) if not data else None
        if match:
            self.trailer = match.group(1)
            self._window = self._window[: match.start()]


class _Reader:
    """Feeds the terminal with what the timing file says, or with everything at once when there is none."""

    def __init__(self, script: _Typescript, notes: RecordingNotes, terminal: TerminalInterpreter) -> None:
        self.script = script
        self.notes = notes
        self.terminal = terminal
        self.clock = Clock(notes)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._logs: dict[str, str] = {}

    def events(self, timing: BinaryIO | None) -> Iterator[None]:
        if timing is None:
            self.notes.quality.add(QualityFlag.NO_TIMES)
        else:
            seconds = 0.0
            for entry in timing_entries(timing, self.notes):
                seconds += entry.delay
                self.clock.at(round(seconds * 1000))
                yield from self._entry(entry)
        while self._feed(_READ_BYTES):
            yield
        if self.script.trailer is None:
            self.notes.quality.add(QualityFlag.TRUNCATED)
            return
        code = _EXIT_CODE.search(self.script.trailer)
        if code:
            self.terminal.exited(code.group(1).decode(), self.clock.now_ms, self._place())
        self.notes.ended_at = _moment(self.script.trailer.decode(errors="replace"))

    def _entry(self, entry: TimingEntry) -> Iterator[None]:
        if entry.kind == "H":
            self._header(entry.key, entry.value)
        elif entry.kind == "S":
            self._resize(entry.value)
        elif entry.kind == "O" or self._logs.get("INPUT_LOG") == self._logs.get("OUTPUT_LOG", ""):
            # What was typed stands in the typescript only when both were logged to the same file.
            left = entry.count
            while left > 0:
                count = self._feed(min(left, _READ_BYTES), is_typed=entry.kind == "I")
                if not count:
                    self.notes.quality.add(QualityFlag.TRUNCATED)
                    return
                left -= count
                yield

    def _header(self, key: str, value: str) -> None:
        if key == "START_TIME" and self.notes.started_at is None:
            self.notes.started_at = _moment(value)
        elif key in ("INPUT_LOG", "OUTPUT_LOG"):
            self._logs[key] = value
        elif key in ("COLUMNS", "LINES") and value.isdecimal() and len(value) <= 5:  # noqa: PLR2004
            screen = self.terminal.screen
            columns, rows = (int(value), screen.height) if key == "COLUMNS" else (screen.columns, int(value))
            self.terminal.resized(columns, rows)

    def _resize(self, value: str) -> None:
        sizes = dict(re.findall(r"(ROWS|COLS)=(\d{1,5})", value))
        if value.startswith("SIGWINCH") and len(sizes) == 2:  # noqa: PLR2004 - rows and columns
            self.terminal.resized(int(sizes["COLS"]), int(sizes["ROWS"]))

    def _place(self) -> Place:
        return Place(PlaceUnit.BYTE, self.script.offset)

    def _feed(self, count: int, *, is_typed: bool = False) -> int:
        """Feed up to *count* bytes; return how many there were."""
        place = self._place()
        data = self.script.read(count)
        if data and is_typed:
            self.terminal.typed(data.decode(errors="replace"), self.clock.now_ms, place)
        elif data:
            text = self._decoder.decode(data)
            if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
                self.notes.quality.add(QualityFlag.UNDECODABLE)
            self.terminal.printed(text, self.clock.now_ms, place)
        return len(data)
