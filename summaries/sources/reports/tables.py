"""Rows of CSV files as spreadsheets and report pages write them: any usual separator, any usual encoding."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_noop

from summaries.enums import PlaceUnit
from summaries.sources.base import Place, RecordingNotes
from summaries.sources.reports.texts import text_lines

SEPARATORS = ",;\t|"
#: More columns than a report has.
MAX_COLUMNS = 200
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; *cells* by the header as it is written."""

    place: Place
    cells: dict[str, str]


def plain(header: str) -> str:
    """A header without case, spaces and signs: "Start Date", "start_date" and "StartDate" are one."""
    return _NOT_WORD.sub("", header.casefold())


def header_of(text: str) -> tuple[list[str], str]:
    """The first row of a file's head that is no comment, and its separator."""
    line = next((line for line in text.splitlines() if line.strip() and not is_preface(line)), "")
    separator = max(SEPARATORS, key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        cells = []  # longer than a field may be: no header
    return [cell.strip() for cell in cells][:MAX_COLUMNS], separator


def is_preface(line: str) -> bool:
    """`sep=;` of Excel and `#TYPE …` of PowerShell stand before the header."""
    return line.startswith("#TYPE") or re.fullmatch(r"sep=.", line.strip(), re.IGNORECASE) is not None


def rows(stream: BinaryIO, notes: RecordingNotes) -> Iterator[TableRow]:
    """Yield the rows below the header; what is no row is counted with its line."""
    source = _Lines(stream, notes)
    header: list[str] = []
    separator = ","
    for line in source:
        if line.strip() and not is_preface(line.rstrip("\n")):
            header, separator = header_of(line)
            break
    reader = csv.reader(source, delimiter=separator)
    while True:
        source.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            notes.add_bad_record(source.place, gettext_noop("the row can't be read: a quotation mark may be missing"))
            continue
        if any(cell.strip() for cell in cells):
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                notes.add_bad_record(source.place, f"the row has {len(cells)} cells under {len(header)} headers")
                continue
            yield TableRow(source.place, {name: cell.strip() for name, cell in zip(header, cells, strict=False)})


class _Lines:
    """Lines for the csv module, which remembers where the row that is being read began."""

    def __init__(self, stream: BinaryIO, notes: RecordingNotes) -> None:
        self._lines = text_lines(stream, notes)
        self._notes = notes
        self._number = 0
        self._began = 0

    def begin(self) -> None:
        self._began = self._number + 1

    @property
    def place(self) -> Place:
        return Place(PlaceUnit.LINE, self._began)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        for number, line in self._lines:
            self._number = number
            if line is not None:
                return f"{line}\n"
            self._notes.add_bad_record(Place(PlaceUnit.LINE, number), gettext_noop("the line is too long"))
        raise StopIteration
