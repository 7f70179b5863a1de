"""The objects of a PDF, written one after the other to a stream that need not be sought in."""

import io
import struct
import zlib
from array import array
from collections.abc import Sequence
from typing import BinaryIO

from pypdf.generic import PdfObject, StreamObject

IN_FILE, IN_STREAM = 1, 2
#: Bytes of kind, place and index of one object in the table at the end: 10 TB, 65,535 objects in one stream.
_ROW = struct.Struct(">BQH")
#: As many objects share one compressed stream.
TOGETHER = 20_000


class ObjectWriter:
    """Numbers objects and notes where each lies: in the file, or in a stream of many that is compressed as a whole."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._at = out, 0
        self._kinds, self._places, self._indexes = array("B", [0]), array("Q", [0]), array("H", [65535])
        # A comment of bytes above 127 tells programs that the file is no text.
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def reserve(self) -> int:
        """A number for an object that is written later."""
        self._kinds.append(0)
        self._places.append(0)
        self._indexes.append(0)
        return len(self._kinds) - 1

    def write_stream(self, number: int, stream: StreamObject) -> None:
        self._place(number, IN_FILE, self._at, 0)
        body = io.BytesIO()
        stream.write_to_stream(body)
        self._put(b"%d 0 obj\n%b\nendobj\n" % (number, body.getvalue()))

    def write_together(self, objects: Sequence[tuple[int, PdfObject]]) -> None:
        """Write objects that are no streams, with their numbers."""
        for start in range(0, len(objects), TOGETHER):
            self._write_container(objects[start : start + TOGETHER])

    def finish(self, *, catalog: int, info: int) -> None:
        """The table of places, and where it is."""
        table = self.reserve()
        begins_at = self._at
        self._place(table, IN_FILE, begins_at, 0)
        rows = b"".join(map(_ROW.pack, self._kinds, self._places, self._indexes))
        head = b"/Type /XRef /Size %d /W [1 8 2] /Root %d 0 R /Info %d 0 R" % (len(self._kinds), catalog, info)
        self._put_compressed(table, head, rows)
        self._put(b"startxref\n%d\n%%%%EOF\n" % begins_at)

    def _write_container(self, objects: Sequence[tuple[int, PdfObject]]) -> None:
        container = self.reserve()
        body, heads = io.BytesIO(), []
        for index, (number, each) in enumerate(objects):
            self._place(number, IN_STREAM, container, index)
            heads.append(b"%d %d" % (number, body.tell()))
            each.write_to_stream(body)
            body.write(b"\n")
        index_part = b" ".join(heads) + b"\n"
        self._place(container, IN_FILE, self._at, 0)
        head = b"/Type /ObjStm /N %d /First %d" % (len(objects), len(index_part))
        self._put_compressed(container, head, index_part + body.getvalue())

    def _put_compressed(self, number: int, head: bytes, content: bytes) -> None:
        packed = zlib.compress(content)
        form = b"%d 0 obj\n<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream\nendobj\n"
        self._put(form % (number, head, len(packed), packed))

    def _place(self, number: int, kind: int, place: int, index: int) -> None:
        self._kinds[number], self._places[number], self._indexes[number] = kind, place, index

    def _put(self, content: bytes) -> None:
        self._out.write(content)
        self._at += len(content)
