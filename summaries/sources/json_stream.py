"""JSON of any size, value by value: what is nested deeply, endless or cut is bounded, and what came before is kept."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import ijson
from django.utils.translation import gettext, gettext_noop

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
                gettext(
                    "A value is longer than %(max_record_bytes)s bytes (before byte %(read)s). Export the file again."
                )
                % {"max_record_bytes": MAX_RECORD_BYTES, "read": self._read}
            )


#: Keys from the outermost object on; an element of a list has its number from 0.
Path = tuple[str | int, ...]
#: "*" fits any key, "item" an element of a list.
Pattern = tuple[str, ...]


def read_items(stream: BinaryIO, notes: RecordingNotes) -> Iterator[tuple[int, Any]]:
    """Yield (number from 1, value) of each element of the outermost list."""
    for number, (_, value) in enumerate(walk(stream, notes, [("item",)]), 1):
        yield number, value


def walk(stream: BinaryIO, notes: RecordingNotes, wanted: list[Pattern]) -> Iterator[tuple[Path, Any]]:
    """Yield (path, value) of each value whose path fits one of *wanted*, in the order of the file.

    What is nested too deeply or too large is one bad record. Notes TRUNCATED where the JSON ends early or is broken.
    Raises UnableToRead for a value that is too long, or when the way to one is too deep.
    """
    keys: list[str | int] = []
    builder: _Builder | None = None
    found = 0
    for event, value in _tokens(stream, notes):
        if event == "map_key" and builder is None:
            keys[-1] = str(value)
        elif event in _CLOSES and builder is None:
            keys.pop()
        else:
            if builder is None:
                if keys and isinstance(keys[-1], int):
                    keys[-1] += 1
                if not any(_fits(keys, pattern) for pattern in wanted):
                    _descend(keys, event)
                    continue
                builder = _Builder()
            if builder.take(event, value):
                found += 1
                if builder.is_too_large:
                    notes.add_bad_record(
                        Place(PlaceUnit.ITEM, found), gettext_noop("the item is nested too deeply or too large")
                    )
                else:
                    yield tuple(keys), builder.value
                builder = None


def _descend(keys: list[str | int], event: str) -> None:
    if event in _OPENS:
        keys.append(-1 if event == "start_array" else "")
        if len(keys) > MAX_DEPTH:
            raise UnableToRead(gettext("The values are nested too deeply (from byte 0 on). Export the file again."))


def _tokens(stream: BinaryIO, notes: RecordingNotes) -> Iterator[tuple[str, Any]]:
    try:
        # Floats, because nothing here counts money; several values one after the other are read all.
        yield from ijson.basic_parse(cast("BinaryIO", _Bounded(stream, notes)), use_float=True, multiple_values=True)
    except (ijson.JSONError, ValueError, OverflowError):
        notes.quality.add(QualityFlag.TRUNCATED)


def _fits(path: list[str | int], pattern: Pattern) -> bool:
    return len(path) == len(pattern) and all(
        want == "*" or want == ("item" if isinstance(key, int) else key)
        for key, want in zip(path, pattern, strict=True)
    )


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
