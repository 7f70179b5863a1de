"""The records of a CSV: its encoding and delimiter, and records over several lines that a lost quote can't swallow."""

import codecs
import csv
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from summaries.enums import QualityFlag
from summaries.sources.base import RecordingNotes
from summaries.sources.record_index import lines_with_offsets

_DELIMITERS = ",;\t|"
#: A quoted text may go on over so many lines and characters; beyond that its quote was lost.
_MAX_LINES, _MAX_CHARS = 500, 100_000
_CHUNK_BYTES = 256 * 1024
_SPILL_BYTES = 8 * 1024 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Record:
    """*number* is the line in which it begins, from 1; *fields* is None when it can't be read."""

    number: int
    offset: int
    fields: list[str] | None


def encoding_of(head: bytes) -> str:
    """Return the encoding that the first bytes show: of UTF-16 every second byte is NUL in most languages."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    sample = head[:2000]
    if len(sample) >= 4 and sample[1::2].count(0) > len(sample) // 3:  # noqa: PLR2004 - two characters at least
        return "utf-16-le"
    if len(sample) >= 4 and sample[0::2].count(0) > len(sample) // 3:  # noqa: PLR2004
        return "utf-16-be"
    return "utf-8"


def head_text(head: bytes) -> str:
    """Return the first whole lines of a file as text."""
    encoding = encoding_of(head)
    data = next((head.removeprefix(mark) for mark, name in _BOMS if name == encoding), head)
    text = data.decode(encoding, errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.rpartition("\n")[0] or text


def as_utf8(stream: BinaryIO, notes: RecordingNotes) -> BinaryIO:
    """Return a seekable stream of UTF-8 lines. A file of UTF-16, or of bare carriage returns, is written anew.

    What is written anew lies in memory or in a file without a name.
    """
    head = stream.read(_CHUNK_BYTES)
    stream.seek(0)
    encoding = encoding_of(head)
    has_bare_returns = b"\n" not in head and b"\r" in head
    if encoding == "utf-8" and not has_bare_returns:
        return stream
    written = tempfile.SpooledTemporaryFile(max_size=_SPILL_BYTES)  # noqa: SIM115 - the reader reads it to its end
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while chunk := stream.read(_CHUNK_BYTES):
        text = decoder.decode(chunk)
        if "\ufffd" in text:
            notes.quality.add(QualityFlag.UNDECODABLE)
        text = text.replace("\r", "\n") if has_bare_returns else text
        written.write(text.encode(errors="replace"))
    if decoder.decode(b"", final=True):
        notes.quality.add(QualityFlag.TRUNCATED)
    written.seek(0)
    return cast("BinaryIO", written)


class LineDecoder:
    """Decodes line by line: UTF-8, or Windows' western code page in a file that shows no UTF-8."""

    def __init__(self, notes: RecordingNotes) -> None:
        self.notes = notes
        self._is_utf8 = False

    def text(self, line: bytes) -> str:
        line = line.replace(b"\0", b"")
        if line.isascii():
            return line.decode()
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode("utf-8" if self._is_utf8 else "cp1252", errors="replace")
            if "\ufffd" in text:
                self.notes.quality.add(QualityFlag.UNDECODABLE)
            return text
        self._is_utf8 = True
        return text


def delimiter_of(line: str) -> str:
    """Return what parts the fields of a header line: what parts it into most."""
    return max(_DELIMITERS, key=lambda delimiter: len(split(line, delimiter) or []))


def split(text: str, delimiter: str) -> list[str] | None:
    """Return the fields of one record; None when it can't be read."""
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return None


def read_records(stream: BinaryIO, delimiter: str, decoder: LineDecoder) -> Iterator[Record]:
    """Yield the records from where the stream stands; empty lines are passed over.

    A record whose quote is not closed in time is one bad record of one line; what follows it is read anew.
    """
    lines = lines_with_offsets(stream)
    again: deque[tuple[int, int, str | None]] = deque()
    while True:
        line = again.popleft() if again else _next_line(lines, decoder)
        if line is None:
            return
        number, offset, text = line
        if text is None:
            yield Record(number, offset, None)
            continue
        if not text.strip():
            continue
        if text.count('"') % 2 == 0:
            yield Record(number, offset, split(text, delimiter))
            continue
        taken, whole = _continued(text, again, lines, decoder)
        if whole is None:
            again.extendleft(reversed(taken))
            yield Record(number, offset, None)
        else:
            yield Record(number, offset, split_lines(whole, delimiter))


def split_lines(text: str, delimiter: str) -> list[str] | None:
    """Return the fields of a record that goes on over several lines."""
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return None


def _continued(
    text: str,
    again: deque[tuple[int, int, str | None]],
    lines: Iterator[tuple[int, int, bytes | None]],
    decoder: LineDecoder,
) -> tuple[list[tuple[int, int, str | None]], str | None]:
    """Return the lines that were looked at, and the whole record; None when its quote is not closed in time."""
    taken: list[tuple[int, int, str | None]] = []
    parts, size, quotes = [text], len(text), text.count('"')
    while len(taken) < _MAX_LINES and size <= _MAX_CHARS:
        line = again.popleft() if again else _next_line(lines, decoder)
        if line is None:
            break
        taken.append(line)
        if line[2] is None:
            break
        parts.append(line[2])
        size += len(line[2])
        quotes += line[2].count('"')
        if quotes % 2 == 0:
            return taken, "\n".join(parts)
    return taken, None


def _next_line(
    lines: Iterator[tuple[int, int, bytes | None]], decoder: LineDecoder
) -> tuple[int, int, str | None] | None:
    line = next(lines, None)
    if line is None:
        return None
    number, offset, data = line
    return number, offset, decoder.text(data) if data is not None else None
