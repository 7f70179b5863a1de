"""The instructions of a Guacamole recording: "4.sync,13.1795340400000;", lengths in Unicode characters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_noop

from summaries.enums import PlaceUnit, QualityFlag
from summaries.sources.base import Place, RecordingNotes

_READ_BYTES = 256 * 1024
#: Guacamole's own reader takes 8,192 characters and 128 elements an instruction, with lengths of 5 digits.
MAX_ELEMENTS = 128
MAX_INSTRUCTION_BYTES = 512 * 1024
_LENGTH = re.compile(rb"(\d{1,5})\.")
_START = re.compile(rb";\s*(?=\d{1,2}\.[a-z])")
#: What each character of UTF-8 has at most once: all bytes but those that go on with one.
_GOES_ON = bytes(range(0x80, 0xC0))
_SPACE = b" \t\r\n\0"
#: Instructions that only draw or sound, and their blobs, are most of the bytes.
_OPCODES_WORDS = (
    "args arc argv ack audio blob body cfill clip clipboard close copy cstroke cursor curve disconnect dispose "
    "distort end error file filesystem get identity img jpeg key lfill line log lstroke mouse move msg name nest nop "
    "pipe png pop push put ready rect required reset select set shade size start sync touch transfer transform "
    "undefine usbconnect usbdata usbdisconnect video"
)
OPCODES = frozenset(_OPCODES_WORDS.split())


@dataclass(frozen=True, slots=True)
class Instruction:
    """*arguments* are raw UTF-8; *offset* is where the instruction begins, in bytes."""

    offset: int
    opcode: str
    arguments: list[bytes]

    @property
    def place(self) -> Place:
        return Place(PlaceUnit.BYTE, self.offset)

    def text(self, number: int) -> str:
        """Return an argument as text, empty when it is missing."""
        return self.arguments[number].decode(errors="replace") if number < len(self.arguments) else ""

    def number(self, number: int) -> int | None:
        """Return an argument as a whole number; None when it is missing or none."""
        value = self.arguments[number] if number < len(self.arguments) else b""
        return int(value) if value.removeprefix(b"-").isdigit() and len(value) < 18 else None  # noqa: PLR2004 - 63 bits


class _Broken(Exception):
    """What stands here is no instruction."""


class _Unfinished(Exception):
    """The window ends before the instruction does."""


def begins_instruction(data: bytes) -> bool:
    """Say whether *data* begins with an instruction of Guacamole that is whole, or is cut by the end of *data*."""
    start = len(data) - len(data.lstrip(_SPACE))
    try:
        elements, _ = _elements(data, start)
    except _Broken:
        return False
    except _Unfinished as cut:
        elements = cut.args[0]
    return bool(elements) and elements[0].decode(errors="replace") in OPCODES


def read_instructions(stream: BinaryIO, notes: RecordingNotes) -> Iterator[Instruction]:
    """Yield the instructions; what is broken is counted and skipped up to the next. Notes TRUNCATED."""
    window, base, position = b"", 0, 0
    while True:
        try:
            position = _skip_space(window, position)
            elements, end = _elements(window, position)
        except _Broken:
            notes.add_bad_record(Place(PlaceUnit.BYTE, base + position), gettext_noop("no instruction begins here"))
            window, base, position = _next_start(stream, window, base, position + 1)
            continue
        except _Unfinished:
            if len(window) - position > MAX_INSTRUCTION_BYTES:
                notes.add_bad_record(
                    Place(PlaceUnit.BYTE, base + position), gettext_noop("the instruction is too long")
                )
                window, base, position = _next_start(stream, window, base, position + 1)
                continue
            base += position
            more = stream.read(_READ_BYTES)
            window, position = window[position:] + more, 0
            if more:
                continue
            # A length that is wrong reaches beyond the end; a recording that was cut has nothing behind its last.
            match = _START.search(window, 1)
            if match is None:
                break
            notes.add_bad_record(Place(PlaceUnit.BYTE, base), gettext_noop("the instruction does not end"))
            position = match.end()
            continue
        yield Instruction(base + position, elements[0].decode(errors="replace"), elements[1:])
        position = end
    if window.strip(_SPACE):
        notes.quality.add(QualityFlag.TRUNCATED)


def _skip_space(window: bytes, position: int) -> int:
    while position < len(window) and window[position] in _SPACE:
        position += 1
    return position


def _next_start(stream: BinaryIO, window: bytes, base: int, position: int) -> tuple[bytes, int, int]:
    """Move on to where the next instruction may begin."""
    while True:
        match = _START.search(window, position)
        if match:
            return window, base, match.end()
        more = stream.read(_READ_BYTES)
        # The end of the window may hold the first bytes of the sign.
        keep = max(position, len(window) - 64)
        window, base, position = window[keep:] + more, base + keep, 0
        if not more:
            return b"", base + len(window), 0


def _elements(window: bytes, position: int) -> tuple[list[bytes], int]:
    """Return the elements of the instruction at *position*, and where it ends. Raises _Broken and _Unfinished."""
    elements: list[bytes] = []
    while True:
        match = _LENGTH.match(window, position)
        if match is None:
            rest = window[position : position + 7]
            if len(rest) < 7 and re.fullmatch(rb"\d{0,5}", rest):  # noqa: PLR2004 - five digits and a dot
                raise _Unfinished(elements)
            raise _Broken
        start = match.end()
        end = _end_of(window, start, int(match[1]))
        if end >= len(window):
            raise _Unfinished(elements)
        elements.append(window[start:end])
        if len(elements) > MAX_ELEMENTS:
            raise _Broken
        position = end + 1
        if window[end] == 0x3B:  # noqa: PLR2004 - ";"
            return elements, position
        if window[end] != 0x2C:  # noqa: PLR2004 - ","
            raise _Broken


def _end_of(window: bytes, start: int, count: int) -> int:
    """Return where *count* characters from *start* end; the window's length when it ends before."""
    end = start + count
    data = window[start:end]
    if not data.isascii():
        found = len(data.translate(None, _GOES_ON))
        while found < count and end < len(window):
            more = window[end : end + count - found]
            found += len(more.translate(None, _GOES_ON))
            end += len(more)
        while end < len(window) and 0x80 <= window[end] < 0xC0:  # noqa: PLR2004 - it goes on with a character
            end += 1
    return min(end, len(window))
