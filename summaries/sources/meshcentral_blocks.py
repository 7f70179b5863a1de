"""The blocks of a MeshCentral recording: 16 bytes of header (type, flags, size, time in ms), then the content.

Everything is big-endian; of the time only the low 6 bytes are written (MeshCentral's meshrelay.js).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_noop

from summaries.enums import PlaceUnit, QualityFlag
from summaries.sources.base import MAX_RECORD_BYTES, Place, RecordingNotes
from summaries.sources.lines import Clock

METADATA, DATA, END, INDEX = 1, 2, 3, 4
_HEADER = struct.Struct(">HHIQ")
_TIME_MASK = (1 << 48) - 1
_CHUNK_BYTES = 1024 * 1024
#: No recording was made before 2010 or will be after 2100, in ms since 1970.
_EARLIEST_MS, _LATEST_MS = 1_262_304_000_000, 4_102_444_800_000


@dataclass(frozen=True, slots=True)
class Block:
    """*time_ms* is of no meaning in an END block of an indexed file, where it holds an offset."""

    offset: int
    type: int
    flags: int
    time_ms: int
    data: bytes

    @property
    def is_binary(self) -> bool:
        return bool(self.flags & 1)

    @property
    def is_from_supporter(self) -> bool:
        return bool(self.flags & 2)

    @property
    def place(self) -> Place:
        return Place(PlaceUnit.BYTE, self.offset)


def read_blocks(stream: BinaryIO, notes: RecordingNotes) -> Iterator[Block]:
    """Yield the blocks up to the end block, which is yielded too. Notes TRUNCATED when it is missing."""
    offset = 0
    while True:
        header = stream.read(_HEADER.size)
        if len(header) < _HEADER.size:
            break
        block_type, flags, size, time = _HEADER.unpack(header)
        if not METADATA <= block_type <= INDEX:
            notes.add_bad_record(
                Place(PlaceUnit.BYTE, offset), gettext_noop("no block begins here; the rest can't be read")
            )
            break
        data = _content(stream, size)
        if data is None:
            notes.add_bad_record(Place(PlaceUnit.BYTE, offset), gettext_noop("the block is too large"))
        elif len(data) < size:
            break
        else:
            yield Block(offset, block_type, flags, time & _TIME_MASK, data)
        if block_type == END:
            return
        offset += _HEADER.size + size
    notes.quality.add(QualityFlag.TRUNCATED)


def _content(stream: BinaryIO, size: int) -> bytes | None:
    """Return up to *size* bytes; None, skipping them, when that is more than one record may hold."""
    if size <= MAX_RECORD_BYTES:
        return stream.read(size)
    while size > 0:
        chunk = stream.read(min(size, _CHUNK_BYTES))
        if not chunk:
            return b""
        size -= len(chunk)
    return None


class BlockClock:
    """Offsets of blocks from the first block of data."""

    def __init__(self, notes: RecordingNotes) -> None:
        self.clock = Clock(notes)
        self.started_ms: int | None = None
        self.last_ms = 0

    def offset_ms(self, block: Block) -> int:
        if _EARLIEST_MS <= block.time_ms <= _LATEST_MS:
            if self.started_ms is None:
                self.started_ms = block.time_ms
            self.last_ms = max(self.last_ms, block.time_ms)
            return self.clock.at(block.time_ms - self.started_ms)
        return self.clock.at(-1)
