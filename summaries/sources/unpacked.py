"""Gzip, unpacked as it is read, with a hard end: a few kilobytes may unpack to terabytes."""

import gzip
import io
import zlib
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from summaries.sources.base import HEAD_BYTES, UnableToRead

GZIP_MAGIC = b"\x1f\x8b"
#: How much one packed recording may hold, in bytes.
MAX_UNPACKED_BYTES = 512 * 1024 * 1024


class Unpacked(io.RawIOBase):
    """The content of a gzip stream. *broken* tells that it ended early or in garbage; what came before is given.

    Reading raises UnableToRead beyond *limit* bytes.
    """

    def __init__(self, stream: BinaryIO, limit: int = MAX_UNPACKED_BYTES) -> None:
        self._packed = gzip.GzipFile(fileobj=stream, mode="rb")
        self._left = limit
        self._limit = limit
        self.broken = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            data = self._packed.read1(len(view))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self.broken = True
            return 0
        self._left -= len(data)
        if self._left < 0:
            raise UnableToRead(
                _("The file unpacks to more than %(limit)s bytes (at byte %(limit)s). Split the recording.")
                % {"limit": self._limit}
            )
        view[: len(data)] = data
        return len(data)


def unpacked_head(head: bytes) -> bytes:
    """Return the first HEAD_BYTES bytes of what *head* unpacks to; *head* itself when it isn't packed."""
    if not head.startswith(GZIP_MAGIC):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""
