"""Puts the records of a file in order without holding them: where each stands is kept, 24 bytes a record."""

from array import array
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from summaries.sources.base import UnableToRead
from summaries.sources.lines import numbered_lines

#: A file of more records is no recording of one session.
MAX_RECORDS = 2_000_000
_LARGEST = 2**63 - 1


class IndexedRecord(NamedTuple):
    """*key* is what the records are put in order by; *number* is the line or the like, from 1."""

    key: int
    offset: int
    number: int


class RecordIndex:
    """Raises UnableToRead when it is given more than MAX_RECORDS records."""

    def __init__(self) -> None:
        self._keys, self._offsets, self._numbers = array("q"), array("q"), array("q")
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: int, offset: int, number: int) -> None:
        if len(self._keys) >= MAX_RECORDS:
            raise UnableToRead(
                _("The file holds more than %(max_records)s records (line %(number)s). Split it by time.")
                % {"max_records": MAX_RECORDS, "number": number}
            )
        key = max(-_LARGEST, min(key, _LARGEST))
        self._is_sorted = self._is_sorted and (not self._keys or self._keys[-1] <= key)
        self._keys.append(key)
        self._offsets.append(offset)
        self._numbers.append(number)

    def ordered(self) -> Iterator[IndexedRecord]:
        """Yield the records by key; those of one key as they stand in the file."""
        places = range(len(self._keys))
        for place in places if self._is_sorted else sorted(places, key=self._keys.__getitem__):
            yield self._at(place)

    def is_newest_first(self) -> bool:
        """Say whether more of the records come before their predecessor than after it."""
        pairs = range(1, len(self._keys))
        falls = sum(self._keys[place] < self._keys[place - 1] for place in pairs)
        rises = sum(self._keys[place] > self._keys[place - 1] for place in pairs)
        return falls > rises

    def in_file_order(self, *, reverse: bool) -> Iterator[IndexedRecord]:
        places = range(len(self._keys))
        for place in reversed(places) if reverse else places:
            yield self._at(place)

    def _at(self, place: int) -> IndexedRecord:
        return IndexedRecord(self._keys[place], self._offsets[place], self._numbers[place])


def lines_with_offsets(stream: BinaryIO) -> Iterator[tuple[int, int, bytes | None]]:
    """Yield (number from 1, byte offset, line) as `numbered_lines` does, from where the stream stands."""
    offset = stream.tell()
    for number, line in numbered_lines(stream):
        yield number, offset, line
        offset = stream.tell()
