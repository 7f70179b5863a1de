"""The objects of a JSON file, one after another: of a list, of several documents in a row, or of JSON Lines."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson
from django.utils.translation import gettext, gettext_noop
from ijson.common import ObjectBuilder

from summaries.enums import PlaceUnit, QualityFlag
from summaries.sources.base import HEAD_BYTES, MAX_RECORD_BYTES, Place, RecordingNotes, UnableToRead
from summaries.sources.lines import numbered_lines

#: What an event of the parser weighs besides its text.
_EVENT_BYTES = 16
_TOO_LARGE = gettext_noop("the record is too large")
_NO_OBJECT = gettext_noop("the record is no JSON object")

#: No record of a tool is nested deeper.
MAX_DEPTH = 100
#: Records stand at most so deep.
_SURFACE, _DEEP = 3, "deeper"

Item = tuple[Place, dict[str, Any]]


def layout_of(head: bytes, lists: tuple[str, ...]) -> str:
    """Where the records stand, as ijson names it: "item", "records.item", "item.records.item", or "" for documents."""
    text = head.decode(errors="replace").lstrip("\ufeff \t\r\n")
    in_array = "item." if text.startswith("[") else ""
    keys = "|".join(map(re.escape, lists))
    found = re.search(rf'"({keys})"\s*:\s*\[', text) if lists else None
    if found and not (in_array and not _is_first_level(text, found.start())):
        return f"{in_array}{found[1]}.item"
    return "item" if in_array else ""


def _is_first_level(text: str, position: int) -> bool:
    """Whether what stands at *position* is a key of an object of the outermost list, and of nothing deeper."""
    before = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text[:position])
    return before.count("{") - before.count("}") == 1


def items(stream: BinaryIO, notes: RecordingNotes, lists: tuple[str, ...] = ()) -> Iterator[Item]:
    """Yield (place, object). A record that is none is counted; a file that breaks off ends there.

    Raises UnableToRead when it breaks off before the first record.
    """
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if head.startswith(b"\xef\xbb\xbf"):
        stream.seek(3)
    prefix = layout_of(head, lists)
    if not prefix and _are_lines(head):
        yield from _of_lines(stream, notes)
    else:
        yield from _of_events(stream, prefix, notes)


def _are_lines(head: bytes) -> bool:
    lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").splitlines()[:4] if line.strip()]
    return (
        len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines[:2]) and lines[0].rstrip()[-1:] == b"}"
    )


def _of_lines(stream: BinaryIO, notes: RecordingNotes) -> Iterator[Item]:
    for number, line in numbered_lines(stream):
        place = Place(PlaceUnit.LINE, number)
        if line is None:
            notes.add_bad_record(place, _TOO_LARGE)
        elif line.strip():
            try:
                value = json.loads(line.decode(errors="replace"))
            except (ValueError, RecursionError):
                notes.add_bad_record(place, gettext_noop("the line is no JSON that can be read"))
                continue
            if isinstance(value, dict):
                yield place, value
            else:
                notes.add_bad_record(place, _NO_OBJECT)


def _of_events(stream: BinaryIO, prefix: str, notes: RecordingNotes) -> Iterator[Item]:
    number = 0
    try:
        # As Decimal a number such as 1e400 leaves an error behind in the library that falls on whatever comes next.
        parsed = ijson.basic_parse(stream, multiple_values=True, use_float=True)
        for value in _values(_with_paths(parsed), prefix):
            number += 1
            place = Place(PlaceUnit.ITEM, number)
            if isinstance(value, dict):
                yield place, value
            else:
                notes.add_bad_record(place, _TOO_LARGE if value is None else _NO_OBJECT)
    except (ijson.JSONError, UnicodeDecodeError, OverflowError, RecursionError) as error:
        if not number:
            raise UnableToRead(
                gettext(
                    "Item 1: the file is no JSON that can be read, or breaks off in its first record. Export it again."
                )
            ) from error
        notes.quality.add(QualityFlag.TRUNCATED)
        notes.add_bad_record(Place(PlaceUnit.ITEM, number + 1), gettext_noop("the file breaks off in this record"))


def _with_paths(events: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, str, Any]]:
    """Events with the path at which they stand, as ijson names it, near the surface; deeper ones have none.

    The library's own paths grow with the square of the depth: a file of a few hundred kilobytes would fill the memory.
    """
    path: list[str] = []
    for event, value in events:
        if event in ("end_map", "end_array"):
            path.pop()
        elif event == "map_key":
            path[-1] = value
        yield ".".join(path) if len(path) <= _SURFACE else _DEEP, event, value
        if event in ("start_map", "start_array"):
            if len(path) >= MAX_DEPTH:
                raise ijson.JSONError(f"deeper than {MAX_DEPTH}")
            path.append("item" if event == "start_array" else "")


def _values(events: Iterator[tuple[str, str, Any]], prefix: str) -> Iterator[Any]:
    """Each value at *prefix*; None for one that is larger than a record may be, of which nothing is kept."""
    for path, event, value in events:
        if path != prefix or event in ("end_map", "end_array", "map_key"):
            continue
        if event not in ("start_map", "start_array"):
            yield value if value is not None else False
        elif event == "start_map" or prefix:
            yield _built(events, event, value)


def _built(events: Iterator[tuple[str, str, Any]], event: str, value: Any) -> Any:
    builder, depth, weight = ObjectBuilder(), 0, 0
    while True:
        weight += _EVENT_BYTES + (len(value) if isinstance(value, str) else 0)
        if weight <= MAX_RECORD_BYTES:
            builder.event(event, value)
        depth += event.startswith("start_")
        depth -= event.startswith("end_")
        if not depth:
            return builder.value if weight <= MAX_RECORD_BYTES else None
        _, event, value = next(events)
