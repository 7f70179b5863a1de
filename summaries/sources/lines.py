"""What every source of text lines shares: bounded lines, safe text, and a clock that never runs backwards."""

from collections.abc import Iterator
from typing import BinaryIO

from summaries.enums import QualityFlag
from summaries.sources.base import MAX_RECORD_BYTES, MAX_TEXT_CHARS, RecordingNotes

#: How far above its last offset a recording may jump at most: a year in ms. What is later is a broken clock.
MAX_OFFSET_MS = 366 * 24 * 3600 * 1000


def numbered_lines(stream: BinaryIO, limit: int = MAX_RECORD_BYTES) -> Iterator[tuple[int, bytes | None]]:
    """Yield (number from 1, line without its line end), or None for a line longer than *limit* bytes.

    Holds at most *limit* bytes: the rest of a line that is too long is read and thrown away.
    """
    number = 0
    while line := stream.readline(limit + 2):
        number += 1
        if len(line.rstrip(b"\r\n")) <= limit:
            yield number, line.rstrip(b"\r\n")
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(limit)
        yield number, None


def decoded(data: bytes, notes: RecordingNotes) -> str:
    """Decode UTF-8 without NULs, which PostgreSQL refuses. Notes UNDECODABLE when characters were replaced."""
    data = data.replace(b"\0", b"")
    try:
        return data.decode()
    except UnicodeDecodeError:
        notes.quality.add(QualityFlag.UNDECODABLE)
        return data.decode(errors="replace")


def bounded(text: str) -> str:
    """Cut a text to MAX_TEXT_CHARS and drop what cannot be stored: NULs and lone surrogates (JSON's \\ud800)."""
    text = text.replace("\0", "")
    if not text.isascii():
        text = text.encode(errors="replace").decode()
    return text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"


class Clock:
    """Turns recorded moments into offsets that never run backwards; notes CLOCK_SKEW and the duration."""

    def __init__(self, notes: RecordingNotes) -> None:
        self.notes = notes
        self.now_ms = 0

    def at(self, offset_ms: int) -> int:
        """Return *offset_ms*, clamped to what came before it."""
        if offset_ms < self.now_ms or offset_ms > self.now_ms + MAX_OFFSET_MS:
            self.notes.quality.add(QualityFlag.CLOCK_SKEW)
        else:
            self.now_ms = offset_ms
            self.notes.duration_ms = max(self.notes.duration_ms, offset_ms)
        return self.now_ms
