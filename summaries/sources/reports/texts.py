"""Lines of text files that Windows programs write: UTF-8, UTF-16 or Windows-1252, told apart by their bytes."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from summaries.enums import QualityFlag
from summaries.sources.base import RecordingNotes
from summaries.sources.lines import numbered_lines

_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
#: So many bytes tell whether every other one is a NUL.
_SAMPLE = 512


class _AsUTF8(io.RawIOBase):
    """A stream of another encoding, as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        while not self._left:
            chunk = self._stream.read(len(view))
            text = self._decoder.decode(chunk, final=not chunk)
            self._left = text.encode("utf-8", "replace")
            if not chunk:
                break
        given, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(given)] = given
        return len(given)


def encoding_of(head: bytes) -> str:
    """The UTF-16 of *head*; "" for what is no UTF-16."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    sample = head[:_SAMPLE]
    if len(sample) > 3 and sample[1::2].count(0) > len(sample) // 3:  # noqa: PLR2004 - two characters
        return "utf-16-le"
    return ""


def text_of(head: bytes) -> str:
    """The head of a file as text, whatever encoding it has."""
    encoding = encoding_of(head)
    if encoding:
        return head[: len(head) // 2 * 2].decode(encoding, errors="replace").lstrip("\ufeff")
    try:
        return head.decode().lstrip("\ufeff")
    except UnicodeDecodeError as error:
        # The end of the head may have cut a character.
        if error.start >= len(head) - 3:
            return head[: error.start].decode().lstrip("\ufeff")
        return head.decode("cp1252", errors="replace")


def text_lines(stream: BinaryIO, notes: RecordingNotes) -> Iterator[tuple[int, str | None]]:
    """Yield (number from 1, line); None for one that is too long. The stream is read from its beginning."""
    stream.seek(0)
    encoding = encoding_of(stream.read(_SAMPLE))
    stream.seek(0)
    # The type is that of `open`; a reader over a raw stream of our own is as good.
    source = cast("BinaryIO", io.BufferedReader(_AsUTF8(stream, encoding))) if encoding else stream
    for number, line in numbered_lines(source):
        yield number, None if line is None else _decoded(line, notes).lstrip("\ufeff" if number == 1 else "")


def _decoded(line: bytes, notes: RecordingNotes) -> str:
    line = line.replace(b"\0", b"")
    try:
        return line.decode()
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")
        if "\ufffd" in text:
            notes.quality.add(QualityFlag.UNDECODABLE)
        return text
