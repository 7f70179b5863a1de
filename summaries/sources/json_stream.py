"""JSON of any size, value by value: what is nested deeply, endless or cut is bounded, and what came before is kept."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import ijson

from summaries.enums import PlaceUnit, QualityFlag
from summaries.sources.base import MAX_RECORD_BYTES, Place, RecordingNotes, UnableToRead

#: How deep a value may be nested, and how many values one item may hold.
MAX_DEPTH = 64
MAX_VALUES = 200_000
_SPACES = bytes(byte if byte >= 0x20 else 0x20 for byte in range(256))  # noqa: PLR2004 - control characters
_OPENS, _CLOSES = ("start_map", "start_array"), ("end_map", "end_array")


class _Bounded:
    """Gives UTF-8 that a strict reader takes, and refuses MAX_RECORD_BYTES without the quote that ends a text.

    Inside of a text a quote stands behind a backslash, so one that doesn't begins or ends a text. Control characters
    become spaces, which they are outside of texts, and may not stand inside.
    """

    def __init__(self, stream: BinaryIO, notes: RecordingNotes) -> None:
        self._stream = stream
        self._notes = notes
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._last = b""
        self._since_quote = 0
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        while raw := self._stream.read(size if size >= 0 else MAX_RECORD_BYTES):
            self._read += len(raw)
            text = self._decoder.decode(raw.translate(_SPACES, b"\0"))
            if "\ufffd" in text and b"\xef\xbf\xbd" not in raw:
                self._notes.quality.add(QualityFlag.UNDECODABLE)
            data = text.encode()
            self._watch(data)
            if data:
                return data
        return b""

    def _watch(self, data: bytes) -> None:
        plain = (self._last + data).replace(b"\\\\", b"..").replace(b'\\"', b"..")
        last_quote = plain.rfind(b'"')
        self._since_quote = self._since_quote + len(data) if last_quote < 0 else len(plain) - last_quote
        self._last = data[-1:]
        if self._since_quote > MAX_RECORD_BYTES:
            raise UnableToRead(
                f"A value is longer than {MAX_RECORD_BYTES} bytes (before byte {self._read}). Export the file again."
            )


def read_items(stream: BinaryIO, notes: RecordingNotes, path: str) -> Iterator[tuple[int, Any]]:
    """Yield (number from 1, value) of each value at *path*, such as "item" or "buckets.*.events.item".

    "*" stands for any key. What is nested too deeply is one bad record. Notes TRUNCATED where the JSON ends early or
    is broken. Raises UnableToRead for a value that is too long.
    """
    wanted = path.split(".")
    for number, (_, value) in enumerate(walk(stream, notes, [wanted]), 1):
        yield number, value


def walk(stream: BinaryIO, notes: RecordingNotes, wanted: list[list[str]]) -> Iterator[tuple[list[str], Any]]:
    """Yield (path, value) of each value whose path fits one of *wanted*, in the order of the file.

    A path is the keys from the outermost object on; an element of a list has the key "item".
    """
    path: list[str] = []
    keys: list[str] = []
    builder: _Builder | None = None
    found = 0
    for event, value in _tokens(stream, notes):
        if builder is not None:
            if builder.take(event, value):
                found += 1
                if builder.is_too_large:
                    notes.add_bad_record(Place(PlaceUnit.ITEM, found), "the item is nested too deeply or too large")
                else:
                    yield path, builder.value
                builder = None
            continue
        if event == "map_key":
            keys[-1] = str(value)
            continue
        if event in _CLOSES:
            keys.pop()
            continue
        path = list(keys)
        if any(_fits(path, pattern) for pattern in wanted):
            builder = _Builder()
            if builder.take(event, value):
                yield path, builder.value
                builder = None
        elif event in _OPENS:
            keys.append("item" if event == "start_array" else "")
            if len(keys) > MAX_DEPTH:
                raise UnableToRead("The values are nested too deeply (from byte 0 on). Export the file again.")


def _tokens(stream: BinaryIO, notes: RecordingNotes) -> Iterator[tuple[str, Any]]:
    try:
        # Floats, because nothing here counts money; several values one after the other are read all.
        yield from ijson.basic_parse(cast("BinaryIO", _Bounded(stream, notes)), use_float=True, multiple_values=True)
    except (ijson.JSONError, ValueError, OverflowError):
        notes.quality.add(QualityFlag.TRUNCATED)


def _fits(path: list[str], pattern: list[str]) -> bool:
    return len(path) == len(pattern) and all(want in ("*", key) for key, want in zip(path, pattern, strict=True))


class _Builder:
    """Builds one value of its tokens. One that is too large is gone through without being held."""

    def __init__(self) -> None:
        self.value: Any = None
        self.is_too_large = False
        self._open: list[Any] = []
        self._keys: list[str] = []
        self._depth = 0
        self._count = 0

    def take(self, event: str, value: Any) -> bool:
        """Take a token; return whether the value is complete."""
        if event == "map_key":
            self._keys[-1:] = [str(value)]
            return False
        if event in _CLOSES:
            self._depth -= 1
            if not self.is_too_large:
                self._open.pop()
                self._keys.pop()
            return self._depth == 0
        self._count += 1
        if event in _OPENS:
            self._depth += 1
            value = {} if event == "start_map" else []
        if self._depth > MAX_DEPTH or self._count > MAX_VALUES:
            self.is_too_large = True
            self._open.clear()
        if not self.is_too_large:
            self._put(value)
            if event in _OPENS:
                self._open.append(value)
                self._keys.append("")
        return self._depth == 0

    def _put(self, value: Any) -> None:
        if not self._open:
            self.value = value
        elif isinstance(self._open[-1], dict):
            self._open[-1][self._keys[-1]] = value
        else:
            self._open[-1].append(value)
