"""tlog, the terminal recorder behind session recording in Cockpit and sssd.

Each message holds texts and, as `timing`, what to do with them: "+63>5" waits 63 ms and prints 5 characters, "<1" is
one typed character, "[1/2" two typed bytes that are no text in place of one character of the text, "]1/2" the same
for output, "=80x24" a size of the window (tlog's own description of its format, version 2.3).
"""

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.enums import QualityFlag
from summaries.sources.base import HEAD_BYTES, CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.lines import MAX_OFFSET_MS, Clock, bounded
from summaries.sources.record_index import RecordIndex
from summaries.sources.terminal import TerminalInterpreter, interpreted
from summaries.sources.tlog_entries import Entries, Entry, reader_of

_STEP = re.compile(
    r"(?:\+(?P<wait>\d{1,12}))?(?:(?P<text>[<>])(?P<count>\d{1,12})|(?P<bytes>[\[\]])(?P<skip>\d{1,12})/(?P<size>\d{1,12})"
    r"|=(?P<columns>\d{1,6})x(?P<rows>\d{1,6}))?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_SECONDS = 7e9
#: Other recordings in the same file are told of, up to so many.
_MAX_OTHERS = 100
_MAX_ID = 10**12


class TlogSource:
    code: ClassVar[str] = "TLOG"
    label: ClassVar[str] = gettext_noop("tlog session recording")

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - a journal has any name
        return reader_of(head) is not None

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        stream = recording.stream
        entries = reader_of(stream.read(HEAD_BYTES))
        if entries is None:
            raise UnableToRead(_("Line 1: this is no log with messages of tlog. Export it with 'journalctl -o json'."))
        stream.seek(0)
        index = _indexed(entries, stream, notes)
        terminal = TerminalInterpreter(notes)
        return interpreted(terminal, _played(entries, stream, index, notes, terminal))


def _indexed(entries: Entries, stream: BinaryIO, notes: RecordingNotes) -> RecordIndex:
    """Find the messages of the first recording in the file. Raises UnableToRead when there is none."""
    index = RecordIndex()
    wanted: object = None
    others: set[str] = set()
    number = 0
    last: Entry | None = None
    for entry in entries(stream, RecordingNotes()):
        last = entry
        if entry.problem:
            notes.add_bad_record(entry.place, entry.problem)
        if entry.message is None:
            continue
        number += 1
        recording = entry.message["rec"]
        wanted = recording if wanted is None else wanted
        if recording != wanted:
            _tell_of_other(str(recording), others, entry.place, notes)
        elif _is_whole(entry.message.get("id"), _MAX_ID):
            index.add(entry.message["id"], entry.offset, entry.place.number)
        else:
            notes.add_bad_record(entry.place, gettext_noop("the message has no number"))
    if last is not None and last.problem and not _ends_with_line_feed(stream):
        notes.quality.add(QualityFlag.TRUNCATED)
    if not index:
        raise UnableToRead(
            _(
                "The log holds no message of tlog that can be read, from line 1 on. Export the recording "
                "with 'journalctl -o json TLOG_REC=…'."
            )
        )
    return index


def _tell_of_other(recording: str, others: set[str], place: Place, notes: RecordingNotes) -> None:
    if recording not in others and len(others) < _MAX_OTHERS:
        others.add(recording)
        notes.add_bad_record(place, gettext_noop("another recording begins here; hand it in as a file of its own"))


def _ends_with_line_feed(stream: BinaryIO) -> bool:
    stream.seek(-1, 2)
    return stream.read(1) == b"\n"


def _played(
    entries: Entries, stream: BinaryIO, index: RecordIndex, notes: RecordingNotes, terminal: TerminalInterpreter
) -> Iterator[None]:
    player = _Player(notes, terminal)
    last = 0
    for record in index.ordered():
        stream.seek(record.offset)
        entry = next(entries(stream, notes))
        place = Place(entry.place.unit, record.number)
        if record.key == last or entry.message is None:
            continue  # the same message, logged twice
        if record.key > last + 1:
            notes.quality.add(QualityFlag.MISSED_ACTIONS)
            missing = (
                f"message {last + 1} is" if record.key == last + 2 else f"messages {last + 1} to {record.key - 1} are"
            )
            notes.add_bad_record(place, f"{missing} missing before this one")
        last = record.key
        _describe(entry, notes)
        player.play(entry.message, place)
        yield


def _describe(entry: Entry, notes: RecordingNotes) -> None:
    """Note who, where and when. *time* was added in version 2.3; before it only the journal knows."""
    message = entry.message or {}
    notes.device_name = notes.device_name or _name(message.get("host"))
    notes.add_person(_name(message.get("user")))
    if notes.started_at is not None:
        return
    position = message.get("pos") if _is_whole(message.get("pos"), MAX_OFFSET_MS) else 0
    seconds = message.get("time")
    if entry.logged_us is not None:
        # A message is logged when it is full, so the journal's time is that of its end.
        length = sum(int(wait) for wait in re.findall(r"\+(\d{1,12})", str(message.get("timing"))[:HEAD_BYTES]))
        seconds = entry.logged_us / 1e6 - length / 1000 if not _is_moment(seconds) else seconds
    if seconds is not None and _is_moment(seconds):
        notes.started_at = _EPOCH + timedelta(seconds=seconds, milliseconds=-(position or 0))


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _LATEST_SECONDS


def _name(value: object) -> str:
    return bounded(value)[:200] if isinstance(value, str) else ""


def _is_whole(value: object, limit: int) -> bool:
    return type(value) is int and 0 <= value <= limit


class _Texts:
    """One direction of a message: its text, its bytes that are no text, and how far both were used."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text, self._bytes = "", b""
        self._at, self._byte_at = 0, 0
        self.is_short = False

    def begin(self, text: object, data: object) -> None:
        self._text = text if isinstance(text, str) else ""
        whole = isinstance(data, list) and all(type(byte) is int and 0 <= byte <= 255 for byte in data)  # noqa: PLR2004
        self._bytes = bytes(data) if whole and isinstance(data, list) else b""
        self._at, self._byte_at, self.is_short = 0, 0, False

    def characters(self, count: int) -> str:
        """Return the next *count* characters of the text, after what was left open of a character in bytes."""
        text = self._text[self._at : self._at + count]
        self._at += count
        self.is_short = self.is_short or len(text) < count
        return self._decoder.decode(b"", final=True) + text if text else ""

    def data(self, skip: int, size: int) -> str:
        """Skip the characters that stand in place of bytes, and return what the bytes complete."""
        data = self._bytes[self._byte_at : self._byte_at + size]
        self._at += skip
        self._byte_at += size
        self.is_short = self.is_short or len(data) < size
        return self._decoder.decode(data)

    def rest(self) -> str:
        return self.characters(max(0, len(self._text) - self._at))


class _Player:
    """Feeds the terminal with messages, in their order."""

    def __init__(self, notes: RecordingNotes, terminal: TerminalInterpreter) -> None:
        self.notes = notes
        self.terminal = terminal
        self.clock = Clock(notes)
        self._typed, self._printed = _Texts(), _Texts()

    def play(self, message: dict[str, Any], place: Place) -> None:
        self._typed.begin(message.get("in_txt"), message.get("in_bin"))
        self._printed.begin(message.get("out_txt"), message.get("out_bin"))
        at_ms = message.get("pos")
        if not _is_whole(at_ms, 10 * MAX_OFFSET_MS):
            self.notes.add_bad_record(place, gettext_noop("the message has no time"))
            at_ms = self.clock.now_ms
        timing = message.get("timing")
        at_ms, problem = self._steps(timing if isinstance(timing, str) else "", int(str(at_ms)), place)
        rest_in, rest_out = self._typed.rest(), self._printed.rest()
        if rest_in or rest_out or problem:
            self.notes.add_bad_record(place, problem or gettext_noop("the timing tells less than the message holds"))
        elif self._typed.is_short or self._printed.is_short:
            self.notes.add_bad_record(place, gettext_noop("the timing tells more than the message holds"))
        self._feed(rest_in, at_ms, place, is_typed=True)
        self._feed(rest_out, at_ms, place, is_typed=False)

    def _steps(self, timing: str, at_ms: int, place: Place) -> tuple[int, str]:
        """Play the steps of *timing*; return when they end, and what is wrong with them."""
        position = 0
        while position < len(timing):
            step = _STEP.match(timing, position)
            if step is None or step.end() == position:
                return at_ms, gettext_noop("the timing can't be read; the rest of the message stands at one moment")
            position = step.end()
            at_ms += int(step["wait"] or 0)
            if step["text"]:
                is_typed = step["text"] == "<"
                text = (self._typed if is_typed else self._printed).characters(int(step["count"]))
                self._feed(text, at_ms, place, is_typed=is_typed)
            elif step["bytes"]:
                is_typed = step["bytes"] == "["
                text = (self._typed if is_typed else self._printed).data(int(step["skip"]), int(step["size"]))
                self._feed(text, at_ms, place, is_typed=is_typed)
            elif step["columns"] and int(step["columns"]) and int(step["rows"]):
                self.terminal.resized(int(step["columns"]), int(step["rows"]))
        return at_ms, ""

    def _feed(self, text: str, at_ms: int, place: Place, *, is_typed: bool) -> None:
        text = text.replace("\0", "")
        if not text:
            return
        if "\ufffd" in text:
            self.notes.quality.add(QualityFlag.UNDECODABLE)
        offset_ms = self.clock.at(at_ms)
        if is_typed:
            self.terminal.typed(text, offset_ms, place)
        else:
            self.terminal.printed(text, offset_ms, place)
