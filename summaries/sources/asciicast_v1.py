"""Reads asciicast version 1, one JSON object, frame by frame, without holding the whole file."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from summaries.sources.base import MAX_RECORD_BYTES, RecordingNotes
from summaries.sources.lines import decoded

_READ_BYTES = 64 * 1024
_SPACE = " \t\r\n\0"


class FrameError(Exception):
    """The JSON is broken. *is_end_of_file*: it only ends too early."""

    def __init__(self, sentence: str, *, is_end_of_file: bool) -> None:
        super().__init__(sentence)
        self.is_end_of_file = is_end_of_file


class _Text:
    """The file as text: a window that moves on, value by value."""

    def __init__(self, stream: BinaryIO, notes: RecordingNotes) -> None:
        self.stream = stream
        self.notes = notes
        self.window = ""
        self.position = 0
        self.passed = 0
        self.is_at_end = False
        self._rest = b""
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is no space; empty at the end."""
        while True:
            while self.position < len(self.window):
                if self.window[self.position] not in _SPACE:
                    return self.window[self.position]
                self.position += 1
            if not self._more(_READ_BYTES):
                return ""

    def take(self, expected: str) -> None:
        found = self.peek()
        if found == "" or found not in expected:
            raise self.broken(
                _("%(expected)s was expected here.") % {"expected": f"{expected!r}"}, is_end_of_file=found == ""
            )
        self.position += 1

    def value(self) -> Any:
        """Return the next JSON value. A value that is longer than MAX_RECORD_BYTES is refused."""
        self.peek()
        size = _READ_BYTES
        while True:
            try:
                value, end = self._decoder.raw_decode(self.window, self.position)
            except RecursionError as error:
                raise self.broken(_("the values are nested too deeply."), is_end_of_file=False) from error
            except ValueError as error:
                if len(self.window) - self.position > MAX_RECORD_BYTES:
                    raise self.broken(
                        _("a value is longer than %(max_record_bytes)s bytes.")
                        % {"max_record_bytes": MAX_RECORD_BYTES},
                        is_end_of_file=False,
                    ) from error
                if not self._more(size):
                    is_end = getattr(error, "pos", 0) >= len(self.window) - 1 or "Unterminated" in str(error)
                    raise self.broken(_("this is no JSON."), is_end_of_file=is_end) from error
                size *= 2
            else:
                # A number at the end of the window may go on behind it.
                if end < len(self.window) or not self._more(_READ_BYTES):
                    self.position = end
                    return value

    def broken(self, why: str, *, is_end_of_file: bool) -> FrameError:
        place = self.passed + self.position
        if is_end_of_file:
            return FrameError(
                f"The file ends in the middle, at character {place}. Export the recording again.", is_end_of_file=True
            )
        return FrameError(f"Character {place}: {why} Export the recording again.", is_end_of_file=False)

    def _more(self, size: int) -> bool:
        data = self.stream.read(size)
        if not data:
            return False
        self.passed += self.position
        data = self._rest + data
        cut = _whole_characters(data)
        self.window = self.window[self.position :] + decoded(data[:cut], self.notes)
        self._rest = data[cut:]
        self.position = 0
        return True


def _whole_characters(data: bytes) -> int:
    """Return how many bytes of *data* hold whole UTF-8 characters: at most 3 of the end may be missing their rest."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:  # noqa: PLR2004 - the first byte of a character of several
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4  # noqa: PLR2004
            return len(data) if back >= needed else len(data) - back
        if byte < 0x80:  # noqa: PLR2004
            break
    return len(data)


def read_frames(stream: BinaryIO, notes: RecordingNotes) -> Iterator[tuple[dict[str, Any], int, Any]]:
    """Yield (header as far as it is known, number of the frame from 1, frame). Raises FrameError.

    (header, 0, None) comes before the frames and again at the end; keys behind the frames are not waited for.
    """
    text = _Text(stream, notes)
    header: dict[str, Any] = {}
    if text.peek() == "\ufeff":
        text.position += 1
    text.take("{")
    if text.peek() == "}":
        text.take("}")
        yield header, 0, None
        return
    while True:
        key = text.value()
        text.take(":")
        if key == "stdout" and text.peek() == "[":
            yield header, 0, None
            for number, frame in _items(text):
                yield header, number, frame
        elif isinstance(key, str):
            header[key] = text.value()
        else:
            raise text.broken(_("a name in quotes was expected before."), is_end_of_file=False)
        if text.peek() == "}":
            break
        text.take(",")
    yield header, 0, None


def _items(text: _Text) -> Iterator[tuple[int, Any]]:
    text.take("[")
    number = 0
    while text.peek() != "]":
        if number:
            text.take(",")
        number += 1
        yield number, text.value()
    text.take("]")
