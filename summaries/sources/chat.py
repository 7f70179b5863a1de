"""Plain chat transcripts: IRC logs, messengers' exports, and "Name: text" with or without times.

Times carry no zone, so they are taken as UTC. A clock that jumps back by more than two hours is the next day;
less is a clock that was set. A line that begins no message goes on with the one before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources import chat_lines
from summaries.sources.base import (
    HEAD_BYTES,
    MAX_TEXT_CHARS,
    CapturedInteraction,
    Place,
    RecordingFile,
    RecordingNotes,
    UnableToRead,
)
from summaries.sources.chat_lines import Line, day_of, months_first, read_line, shape_of, tidy
from summaries.sources.lines import Clock, bounded, decoded, numbered_lines
from summaries.sources.speakers import actor_named

_NEXT_DAY_SECONDS = 2 * 3600
_DAY_SECONDS = 24 * 3600
_CAME = re.compile(r"\b(?:has joined|joined|connected)\b", re.IGNORECASE)
_WENT = re.compile(r"\b(?:has left|left|has quit|quit|disconnected)\b", re.IGNORECASE)


class ChatSource:
    code: ClassVar[str] = "CHAT"
    label: ClassVar[str] = gettext_noop("plain chat transcript")

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - text files have any name
        return b"\0" not in head[:1024] and shape_of(_text(head)) is not None

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        head = _text(recording.stream.read(HEAD_BYTES))
        recording.stream.seek(0)
        shape = shape_of(head)
        if shape is None:
            raise UnableToRead(
                _("Line 1: this is no chat that can be read. Lines such as “10:02 Name: text” are expected.")
            )
        if shape == "untimed":
            notes.quality.add(QualityFlag.NO_TIMES)
        wall = WallClock(notes, month_first=months_first(head, shape))
        for message in _messages(numbered_lines(recording.stream), shape, notes):
            yield _interaction(message, wall.offset_ms(message.line), notes)


@dataclass(slots=True)
class Message:
    number: int
    line: Line
    texts: list[str] = field(default_factory=list)
    characters: int = 0

    def add(self, text: str) -> None:
        if self.characters <= MAX_TEXT_CHARS:
            self.texts.append(text)
            self.characters += len(text)


class WallClock:
    """Offsets from clock times: the first one is 0. Notes when the chat began and ended."""

    def __init__(self, notes: RecordingNotes, *, month_first: bool) -> None:
        self.notes = notes
        self.month_first = month_first
        self.clock = Clock(notes)
        self.first_seconds: int | None = None
        self.last_seconds = 0
        self.day = 0
        self.first_date: date | None = None

    def offset_ms(self, line: Line) -> int:
        """Return the offset of a line; that of the line before when it has no time."""
        if line.seconds is None:
            return self.clock.now_ms
        written = day_of(line.parts, month_first=self.month_first) if line.parts else None
        if self.first_seconds is None:
            self.first_seconds, self.last_seconds, self.first_date = line.seconds, line.seconds, written
        if written and self.first_date:
            self.day = (written - self.first_date).days
        elif line.seconds < self.last_seconds - _NEXT_DAY_SECONDS:
            self.day += 1
        self.last_seconds = line.seconds
        offset_ms = self.clock.at((self.day * _DAY_SECONDS + line.seconds - self.first_seconds) * 1000)
        self._note_span(offset_ms)
        return offset_ms

    def _note_span(self, offset_ms: int) -> None:
        if self.first_date and self.first_seconds is not None:
            midnight = datetime.combine(self.first_date, time.min, UTC)
            self.notes.started_at = midnight + timedelta(seconds=self.first_seconds)
            self.notes.ended_at = self.notes.started_at + timedelta(milliseconds=offset_ms)


def _text(head: bytes) -> str:
    """The head of a file without the line that its end may have cut."""
    if len(head) >= HEAD_BYTES:
        head = head.rpartition(b"\n")[0] or head
    return head.decode(errors="replace")


def _messages(lines: Iterator[tuple[int, bytes | None]], shape: str, notes: RecordingNotes) -> Iterator[Message]:
    message: Message | None = None
    for number, raw in lines:
        if raw is None:
            notes.add_bad_record(Place(PlaceUnit.LINE, number), gettext_noop("the line is too long"))
            continue
        text = tidy(decoded(raw, notes))
        line = read_line(shape, text)
        if line:
            if message:
                yield message
            message = Message(number, line, [line.text])
        elif message and text.strip():
            message.add(text.strip())
        elif text.strip():
            notes.add_bad_record(Place(PlaceUnit.LINE, number), gettext_noop("the line belongs to no message"))
    if message:
        yield message


def _interaction(message: Message, offset_ms: int, notes: RecordingNotes) -> CapturedInteraction:
    line, place = message.line, Place(PlaceUnit.LINE, message.number)
    text = "\n".join(message.texts).strip()
    if line.pattern is chat_lines.STATUS:
        return CapturedInteraction(offset_ms, _status_kind(text), bounded(text), Actor.SYSTEM, place=place)
    name, actor = actor_named(line.name, notes)
    if line.pattern is chat_lines.ACTION:
        text = f"* {name} {text}"
    return CapturedInteraction(offset_ms, Kind.CHAT, bounded(text), actor, title=bounded(name), place=place)


def _status_kind(text: str) -> Kind:
    if _WENT.search(text):
        return Kind.DISCONNECT
    return Kind.CONNECT if _CAME.search(text) else Kind.NOTE
