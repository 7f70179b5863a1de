"""A workbook of tables, written as it goes: nothing waits in memory or in a file until the last row is known.

Each part of the archive is compressed into what the client is sent, so that the first bytes leave at once and a client
that breaks off leaves nothing behind. ECMA-376 (Office Open XML) says what the parts hold.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from insights_portal.lib.sheets import defused

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What one sheet holds at most, its head included.
MAX_ROWS = 1_048_576
#: A part of the archive over 2 GiB would need an extension that spreadsheets refuse: a new sheet begins well before.
MAX_SHEET_BYTES = 1_500_000_000
MAX_CELL_CHARS = 32_767
#: Rows that are compressed and sent together.
_PORTION = 500
_LATER = (2026, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: Not a character of XML, whatever writes it.
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: What spreadsheets read as one character; the low line of such a text is written so itself.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>'
)


class _Outbox:
    """What the archive writes into; it is handed on and forgotten. It can't be sought in, and says so."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def workbook(
    *, title: str, head: Sequence[str], rows: Iterable[Sequence[object]], max_rows: int = MAX_ROWS
) -> Iterator[bytes]:
    """Yield the bytes of a workbook with *rows* under *head*, on as many sheets as they take.

    Numbers stay numbers; everything else is text, never a formula. *max_rows*: of a sheet, its head included.
    """
    outbox = _Outbox()
    source = iter(rows)
    sheets, following = 0, next(source, None)
    with ZipFile(cast("str", outbox), "w", ZIP_DEFLATED, compresslevel=4) as archive:
        while following is not None or not sheets:
            sheets += 1
            with archive.open(_part(f"xl/worksheets/sheet{sheets}.xml"), "w") as part:
                size = part.write(_sheet_begin(len(head)) + _row(1, head, style=' s="1"'))
                number = 1
                portion: list[bytes] = []
                while following is not None and number < max_rows and size < MAX_SHEET_BYTES:
                    number += 1
                    portion.append(_row(number, following))
                    following = next(source, None)
                    if len(portion) == _PORTION:
                        size += part.write(b"".join(portion))
                        portion.clear()
                        yield outbox.take()
                part.write(b"".join(portion) + _sheet_end(len(head), number))
        for name, text in _frame(title, sheets):
            archive.writestr(_part(name), text)
    yield outbox.take()


def _part(name: str) -> ZipInfo:
    info = ZipInfo(name, date_time=_LATER)
    info.compress_type = ZIP_DEFLATED
    return info


def _row(number: int, values: Sequence[object], *, style: str = "") -> bytes:
    cells = [_cell(value, style) for value in values]
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()


def _cell(value: object, style: str) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"<c{style}><v>{value}</v></c>"
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'


def _text(value: object) -> str:
    text = _NO_CHARACTER.sub("\ufffd", defused(value))
    if len(text) > MAX_CELL_CHARS:
        text = f"{text[: MAX_CELL_CHARS - 1]}…"
    return escape(_ESCAPED.sub("_x005F_", text))


def _column(number: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _sheet_begin(columns: int) -> bytes:
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{columns}" width="20" customWidth="1"/></cols><sheetData>'
    ).encode()


def _sheet_end(columns: int, rows: int) -> bytes:
    return f'</sheetData><autoFilter ref="A1:{_column(columns)}{rows}"/></worksheet>'.encode()


def _frame(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The parts that name the others; last, because they count the sheets."""
    numbers = range(1, sheets + 1)
    name = escape(re.sub(r"[\\/*?:\[\]']", " ", title)[:24], {'"': "&quot;"})
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        + "".join(f'<sheet name="{name}{f" {n}" if n > 1 else ""}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
        + "</sheets></workbook>",
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        + f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES
    yield (
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in numbers
        )
        + f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    )
