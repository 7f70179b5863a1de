"""The timing files of script(1).

Classic: "delay bytes" a line, about output only. Advanced: "H 0 KEY value", "O delay bytes" (output), "I delay bytes"
(typed), "S delay SIGNAL data" (scriptreplay(1)). Delays are seconds since the line before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_noop

from summaries.enums import PlaceUnit
from summaries.sources.base import Place, RecordingNotes
from summaries.sources.lines import decoded, numbered_lines

#: A line of a timing file is short.
_MAX_LINE_BYTES = 16 * 1024
_CLASSIC = re.compile(r"(\d{1,10}(?:\.\d{1,12})?) (\d{1,12})")
_ADVANCED = re.compile(r"([HIOS]) (\d{1,10}(?:\.\d{1,12})?) (.+)")
#: How many lines must look right before a file is taken for a timing file.
_LINES_LOOKED_AT = 3


@dataclass(frozen=True, slots=True)
class TimingEntry:
    """*kind*: H (key and value), O or I (count bytes), S (value: signal and its data)."""

    kind: str
    delay: float
    count: int = 0
    key: str = ""
    value: str = ""


def is_timing(head: bytes) -> bool:
    lines = head.decode(errors="replace").split("\n")[: _LINES_LOOKED_AT + 1]
    # The last line of the head may be cut.
    whole = [line.rstrip("\r") for line in lines[:-1]][:_LINES_LOOKED_AT]
    return bool(whole) and all(_entry(line) is not None for line in whole)


def timing_entries(stream: BinaryIO, notes: RecordingNotes) -> Iterator[TimingEntry]:
    """Yield the entries; a line that is none is a bad record of the timing file."""
    for number, line in numbered_lines(stream, _MAX_LINE_BYTES):
        entry = _entry(decoded(line, notes)) if line is not None else None
        if entry is not None:
            yield entry
        elif line is None or line.strip(b"\0 "):
            notes.add_bad_record(
                Place(PlaceUnit.LINE, number), gettext_noop("This line of the timing file is not understood.")
            )


def _entry(line: str) -> TimingEntry | None:
    classic = _CLASSIC.fullmatch(line)
    if classic:
        return TimingEntry("O", float(classic.group(1)), int(classic.group(2)))
    advanced = _ADVANCED.fullmatch(line)
    if advanced is None:
        return None
    kind, delay, rest = advanced.group(1), float(advanced.group(2)), advanced.group(3).strip()
    if kind == "H":
        key, _, value = rest.partition(" ")
        return TimingEntry(kind, delay, key=key, value=value)
    if kind == "S":
        return TimingEntry(kind, delay, value=rest)
    return TimingEntry(kind, delay, int(rest)) if rest.isdecimal() and len(rest) < 13 else None  # noqa: PLR2004
