"""Many PDFs as one, written part by part: what is in memory is one part, and a few numbers of all.

Each part keeps its pages, page numbers, language and tags, and has one bookmark with its own below. What parts have in
common byte for byte, a logo for instance, is written once. The result is as accessible as its parts are (PDF/UA-1):
their structure trees become one. Places of objects are kept as PDF 1.5 does, in compressed streams.
"""

import hashlib
import io
from typing import BinaryIO
from xml.sax.saxutils import escape

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    create_string_object,
)

from insights_portal.lib.pdf_objects import ObjectWriter

Objects = dict[int, PdfObject]
_STRUCT_PARENTS = NameObject("/StructParents")
_METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>
<rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class PdfJoiner:
    """Writes to *out*: `add` each part, then `finish`. *language* is that of the title."""

    def __init__(self, out: BinaryIO, *, title: str, author: str, language: str) -> None:
        self._writer = ObjectWriter(out)
        self._title, self._author, self._language = title, author, language
        self._catalog, self._pages, self._outlines, self._tree, self._document = (
            self._writer.reserve() for _ in range(5)
        )
        self._streams: dict[bytes, int] = {}
        self._page_nodes: list[int] = []
        self._page_count = 0
        self._elements: list[int] = []
        self._leaves: list[int] = []
        self._next_key = 0
        self._bookmarks: list[tuple[int, DictionaryObject]] = []

    def add(self, pdf: bytes, *, name: str) -> None:
        """Append a tagged PDF with a bookmark at its top; *name* begins that. Raises PyPdfError, KeyError."""
        root = PdfReader(io.BytesIO(pdf)).root_object
        tree, outlines = _dictionary(root["/StructTreeRoot"]), _dictionary(root["/Outlines"])
        pages, parents = _key(root, "/Pages"), _key(tree, "/ParentTree")
        bookmark = _key(outlines, "/First")
        elements = [each.idnum for each in _array(tree["/K"]) if isinstance(each, IndirectObject)]
        known = {_key(root, "/StructTreeRoot"): self._document, _key(root, "/Outlines"): self._outlines}
        found = _reached(root, known=known)
        self._adopt_pages(_dictionary(found[pages]))
        for element in elements:
            self._adopt_element(_dictionary(found[element]), language=root["/Lang"])
        self._adopt_keys(_dictionary(found[parents]), found)
        _name(_dictionary(found[bookmark]), name)
        numbers = self._write(found, known, last={bookmark})
        self._page_nodes.append(numbers[pages])
        self._leaves.append(numbers[parents])
        self._elements.extend(numbers[each] for each in elements)
        # A copy: the one that was read would keep its whole part in memory.
        self._bookmarks.append((numbers[bookmark], DictionaryObject(_dictionary(found[bookmark]))))

    def finish(self) -> None:
        """Write what holds the parts together. Nothing can be added afterwards."""
        self._link_bookmarks()
        writer = self._writer
        parents, metadata, info = (writer.reserve() for _ in range(3))
        titles: dict[str, PdfObject] = {
            "/Title": create_string_object(self._title),
            "/Author": create_string_object(self._author),
        }
        whole: dict[int, dict[str, PdfObject]] = {
            **self._document_parts(metadata=metadata),
            **self._tag_parts(parents=parents),
            info: titles,
        }
        writer.write_together([(number, _made(values)) for number, values in whole.items()])
        told = DecodedStreamObject()
        told.set_data(_METADATA.format(title=escape(self._title), author=escape(self._author)).encode())
        told.update(_made({"/Type": NameObject("/Metadata"), "/Subtype": NameObject("/XML")}))
        writer.write_stream(metadata, told)
        writer.finish(catalog=self._catalog, info=info)

    def _document_parts(self, *, metadata: int) -> dict[int, dict[str, PdfObject]]:
        numbers = [number for number, _ in self._bookmarks]
        return {
            self._catalog: {
                "/Type": NameObject("/Catalog"),
                "/Pages": _to(self._pages),
                "/Outlines": _to(self._outlines),
                "/Lang": create_string_object(self._language),
                "/StructTreeRoot": _to(self._tree),
                "/MarkInfo": _made({"/Marked": BooleanObject(True)}),
                "/ViewerPreferences": _made({"/DisplayDocTitle": BooleanObject(True)}),
                "/Metadata": _to(metadata),
            },
            self._pages: {
                "/Type": NameObject("/Pages"),
                "/Kids": _all(self._page_nodes),
                "/Count": NumberObject(self._page_count),
            },
            self._outlines: {
                "/First": _to(numbers[0]),
                "/Last": _to(numbers[-1]),
                "/Count": NumberObject(len(numbers)),
            },
        }

    def _tag_parts(self, *, parents: int) -> dict[int, dict[str, PdfObject]]:
        return {
            self._tree: {
                "/Type": NameObject("/StructTreeRoot"),
                "/K": _all([self._document]),
                "/ParentTree": _to(parents),
                "/ParentTreeNextKey": NumberObject(self._next_key),
            },
            self._document: {
                "/Type": NameObject("/StructElem"),
                "/S": NameObject("/Document"),
                "/P": _to(self._tree),
                "/K": _all(self._elements),
            },
            parents: {"/Kids": _all(self._leaves)},
        }

    def _adopt_pages(self, pages: DictionaryObject) -> None:
        pages[NameObject("/Parent")] = _Settled(self._pages)
        self._page_count += _number(pages["/Count"])

    def _adopt_element(self, element: DictionaryObject, *, language: PdfObject) -> None:
        """A document of its own becomes a part of the whole; where it is, its language is known."""
        if str(element["/S"]) == "/Document":
            element[NameObject("/S")] = NameObject("/Part")
        element[NameObject("/Lang")] = language

    def _adopt_keys(self, parents: DictionaryObject, found: Objects) -> None:
        """Pages name their row in the parents' table by a key; in the whole, each part's keys go on behind the last."""
        rows = _array(parents["/Nums"])
        places = range(0, len(rows), 2)
        keys = [self._next_key + _number(rows[place]) for place in places]
        for place, key in zip(places, keys, strict=True):
            rows[place] = NumberObject(key)
        parents[NameObject("/Limits")] = ArrayObject([NumberObject(min(keys)), NumberObject(max(keys))])
        for each in found.values():
            if isinstance(each, DictionaryObject) and "/StructParents" in each:
                each[_STRUCT_PARENTS] = NumberObject(self._next_key + _number(each["/StructParents"]))
        self._next_key = max(keys) + 1

    def _write(self, found: Objects, known: dict[int, int], *, last: set[int]) -> dict[int, int]:
        """Write what was found under new numbers, which are returned; those of *last* are written by `finish`."""
        numbers = dict(known)
        streams = {old: each for old, each in found.items() if isinstance(each, StreamObject)}
        others = {old: each for old, each in found.items() if old not in streams}
        numbers |= {old: self._writer.reserve() for old in others}
        # A picture's mask stands before the picture, so that both are known when they come again.
        for old, each in sorted(streams.items(), key=lambda pair: "/SMask" in pair[1]):
            _renumber(each, numbers)
            numbers[old] = self._write_once(each)
        moved = [(old, _renumber(each, numbers)) for old, each in others.items()]
        self._writer.write_together([(numbers[old], each) for old, each in moved if old not in last])
        return numbers

    def _write_once(self, stream: StreamObject) -> int:
        body = io.BytesIO()
        stream.write_to_stream(body)
        mark = hashlib.sha256(body.getbuffer()).digest()
        if mark not in self._streams:
            self._streams[mark] = self._writer.reserve()
            self._writer.write_stream(self._streams[mark], stream)
        return self._streams[mark]

    def _link_bookmarks(self) -> None:
        numbers = [number for number, _ in self._bookmarks]
        for place, (_, bookmark) in enumerate(self._bookmarks):
            for name, neighbour in (("/Prev", place - 1), ("/Next", place + 1)):
                bookmark.pop(NameObject(name), None)
                if 0 <= neighbour < len(numbers):
                    bookmark[NameObject(name)] = _to(numbers[neighbour])
        self._writer.write_together(self._bookmarks)


def _reached(root: DictionaryObject, *, known: dict[int, int]) -> Objects:
    """{number: object} of all that pages, tags and bookmarks lead to, without what the whole has once."""
    found: Objects = {}
    tree, outlines = _dictionary(root["/StructTreeRoot"]), _dictionary(root["/Outlines"])
    waiting: list[PdfObject] = [root.raw_get("/Pages"), tree.raw_get("/K"), tree.raw_get("/ParentTree")]
    waiting.append(outlines.raw_get("/First"))
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if each.idnum not in known and each.idnum not in found:
                target = each.get_object()
                found[each.idnum] = NullObject() if target is None else target
                waiting.append(found[each.idnum])
        elif isinstance(each, DictionaryObject):
            waiting.extend(each.values())
        elif isinstance(each, ArrayObject):
            waiting.extend(each)
    return found


def _renumber(each: PdfObject, numbers: dict[int, int]) -> PdfObject:
    """Let all references in *each* name the new numbers; *each* itself, where it is one."""
    if isinstance(each, _Settled):
        return each
    if isinstance(each, IndirectObject):
        return _to(numbers[each.idnum])
    if isinstance(each, DictionaryObject):
        for key, value in list(each.items()):
            each[key] = _renumber(value, numbers)
    elif isinstance(each, ArrayObject):
        each[:] = [_renumber(value, numbers) for value in each]
    return each


class _Settled(IndirectObject):
    """A reference by its new number."""

    def __init__(self, number: int) -> None:
        super().__init__(number, 0, None)


def _name(bookmark: DictionaryObject, name: str) -> None:
    bookmark[NameObject("/Title")] = create_string_object(f"{name}: {bookmark['/Title']}")


def _to(number: int) -> _Settled:
    return _Settled(number)


def _all(numbers: list[int]) -> ArrayObject:
    return ArrayObject([_to(number) for number in numbers])


def _made(values: dict[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in values.items()})


def _key(holder: DictionaryObject, name: str) -> int:
    reference = holder.raw_get(name)
    if not isinstance(reference, IndirectObject):
        raise KeyError(name)
    return reference.idnum


def _dictionary(each: PdfObject | None) -> DictionaryObject:
    if not isinstance(each, DictionaryObject):
        raise KeyError("The PDF lacks a dictionary that tagged PDFs have.")
    return each


def _array(each: PdfObject | None) -> ArrayObject:
    if not isinstance(each, ArrayObject):
        raise KeyError("The PDF lacks a list that tagged PDFs have.")
    return each


def _number(each: PdfObject) -> int:
    if not isinstance(each, NumberObject):
        raise KeyError("The PDF lacks a number that tagged PDFs have.")
    return int(each)
