"""The parts of a MIME document (.mht), one after the other: headers, and as much of a body as is asked for."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import BinaryIO

from summaries.sources.base import HEAD_BYTES

_BOUNDARY = re.compile(rb'\bboundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
#: A line of a body that is longer than this is read in pieces.
_LINE_BYTES = 64 * 1024
_MAX_HEADER_LINES = 100


@dataclass(slots=True)
class Part:
    """One part. Read its `lines` before the next part; what is not read is passed over.

    *is_complete*: its closing boundary was there.
    """

    headers: Message
    lines: Iterator[bytes]
    ends: list[bytes] = field(default_factory=list)

    @property
    def location(self) -> str:
        return str(self.headers.get("Content-Location", "")).strip()

    @property
    def is_complete(self) -> bool:
        return bool(self.ends)

    def content(self, limit: int) -> bytes | None:
        """Return the decoded body; None when it is longer than *limit* bytes."""
        encoding = str(self.headers.get("Content-Transfer-Encoding", "")).strip().casefold()
        body = bytearray()
        for line in self.lines:
            body += line
            if len(body) > 2 * limit:
                return None
        data = _decoded(bytes(body), encoding)
        return data if len(data) <= limit else None


def boundary_of(head: bytes) -> bytes | None:
    """Return the boundary that the document's headers name. They need not end with an empty line."""
    match = _BOUNDARY.search(head)
    return (match[1] or match[2]) if match else None


def read_parts(stream: BinaryIO, boundary: bytes) -> Iterator[Part]:
    """Yield the parts of a document of one level."""
    mark = b"--" + boundary
    for line in _lines(stream):
        if line.rstrip() == mark:
            break
    else:
        return
    while True:
        ends: list[bytes] = []
        part = Part(_headers(stream), _body(stream, mark, ends), ends)
        yield part
        for _ in part.lines:
            pass
        if not ends or ends[0].rstrip() == mark + b"--":
            return


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(_LINE_BYTES):
        yield line


def _headers(stream: BinaryIO) -> Message:
    lines: list[bytes] = []
    for line in _lines(stream):
        if not line.strip() or len(lines) >= _MAX_HEADER_LINES:
            break
        lines.append(line)
    return BytesHeaderParser(policy=compat32).parsebytes(b"".join(lines)[:HEAD_BYTES])


def _body(stream: BinaryIO, mark: bytes, ends: list[bytes]) -> Iterator[bytes]:
    for line in _lines(stream):
        if line.startswith(mark) and line.rstrip() in (mark, mark + b"--"):
            ends.append(line)
            return
        yield line


def _decoded(data: bytes, encoding: str) -> bytes:
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding == "base64":
        try:
            return base64.b64decode(data)
        except binascii.Error:
            return b""
    return data
