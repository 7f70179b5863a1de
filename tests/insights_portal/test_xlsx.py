import io
from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element
from zipfile import ZipFile

import pytest
from defusedxml.ElementTree import fromstring

from insights_portal.lib import xlsx

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def opened(*rows: tuple[object, ...], head: tuple[str, ...] = ("A", "B"), **wish: int) -> ZipFile:
    made = b"".join(xlsx.workbook(title="Sessions", head=head, rows=rows, **wish))
    archive = ZipFile(io.BytesIO(made))
    assert archive.testzip() is None
    return archive


def sheet(archive: ZipFile, number: int = 1) -> Element:
    return fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))


def cells(archive: ZipFile, number: int = 1) -> list[list[object]]:
    """What a reader of the sheet finds: numbers as Decimal, text as str, None for an empty cell."""

    def value(cell: Element) -> object:
        if (written := cell.find("m:v", _NS)) is not None:
            return Decimal(written.text or "")
        text = cell.find("m:is/m:t", _NS)
        return None if text is None else text.text

    return [
        [value(cell) for cell in row.findall("m:c", _NS)] for row in sheet(archive, number).iterfind(".//m:row", _NS)
    ]


def names(archive: ZipFile) -> list[str]:
    return [each.attrib["name"] for each in fromstring(archive.read("xl/workbook.xml")).iterfind(".//m:sheet", _NS)]


def test_workbook_holds_head_and_rows_with_numbers_as_numbers() -> None:
    archive = opened(("S-1", 14.5), ("S-2", Decimal("12.50")), (None, ""))

    assert cells(archive) == [
        ["A", "B"],
        ["S-1", Decimal("14.5")],
        ["S-2", Decimal("12.50")],
        [None, None],
    ]
    assert names(archive) == ["Sessions"]


def test_workbook_names_every_part_that_it_holds() -> None:
    archive = opened(("a", 1))
    types = fromstring(archive.read("[Content_Types].xml"))

    named = {each.attrib["PartName"].removeprefix("/") for each in types if "PartName" in each.attrib}
    assert named == {name for name in archive.namelist() if name.startswith("xl/") and not name.endswith(".rels")}
    assert [info.file_size > 0 for info in archive.infolist()] == [True] * len(archive.infolist())


def test_workbook_without_rows_has_one_sheet_with_the_head() -> None:
    archive = opened()

    assert (cells(archive), names(archive)) == ([["A", "B"]], ["Sessions"])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(2, [["a", "0"], ["a", "1"]]), (3, [["a", "0"], ["a", "1"], ["a", "2"]])],
)
def test_workbook_goes_on_in_another_sheet_when_one_is_full(rows: int, expected: list[list[str]]) -> None:
    archive = opened(*(("a", str(number)) for number in range(rows)), max_rows=3)

    sheets = names(archive)
    assert sheets == ["Sessions", "Sessions 2"][: (rows + 1) // 2]
    assert [row for number in range(1, len(sheets) + 1) for row in cells(archive, number)[1:]] == expected
    assert [cells(archive, number)[0] for number in range(1, len(sheets) + 1)] == [["A", "B"]] * len(sheets)


def test_workbook_goes_on_in_another_sheet_before_a_part_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_SHEET_BYTES", 60_000)

    archive = opened(*(("x" * 100, number) for number in range(1_000)))

    assert names(archive) == ["Sessions", "Sessions 2"]
    assert [row[1] for number in (1, 2) for row in cells(archive, number)[1:]] == [Decimal(n) for n in range(1_000)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ('<b>&"x"</b>', '<b>&"x"</b>'),
        ("a\x1b[2Jb", "a‹U+001B›[2Jb"),
        ("\u202egpj.exe", "‹U+202E›gpj.exe"),
        ("\ufffe\uffff\ud800", "\ufffd\ufffd‹U+D800›"),
        ("_x0041_ _x004_", "_x005F_x0041_ _x004_"),
        ("  kept  ", "  kept  "),
        ("x" * 40_000, "x" * 32_766 + "…"),
        ("日本語 🎉 العربية", "日本語 🎉 العربية"),
        (True, "True"),
    ],
)
def test_workbook_writes_any_text_so_that_it_is_only_read(text: object, expected: str) -> None:
    assert cells(opened((text, 1)))[1][0] == expected


def test_workbook_reads_its_rows_while_it_is_sent() -> None:
    read = 0

    def rows() -> Iterator[tuple[object, ...]]:
        nonlocal read
        for number in range(5_000):
            read += 1
            yield (f"S-{number}", number)

    made = xlsx.workbook(title="S", head=("A", "B"), rows=rows())
    first = next(made)

    assert read == 501
    assert first.startswith(b"PK\x03\x04")
    made.close()
    assert read == 501


def test_workbook_title_is_a_name_that_a_sheet_may_have() -> None:
    made = b"".join(xlsx.workbook(title="A/B: [x]* & <y> and much more than fits", head=("A",), rows=()))

    assert names(ZipFile(io.BytesIO(made))) == ["A B   x   & <y> and much"]


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (34, "AH"), (702, "ZZ"), (703, "AAA")]
)
def test_workbook_filters_all_of_its_columns(number: int, letters: str) -> None:
    archive = opened(("a",) * number, head=("A",) * number)

    assert sheet(archive).find("m:autoFilter", _NS).attrib["ref"] == f"A1:{letters}2"
