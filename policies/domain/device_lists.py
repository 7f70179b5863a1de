"""Lists of devices as CSV: what is read of a file, line by line, and how a list is written."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights_portal.lib.numbers import grouped
from policies.enums import AccessControl
from policies.models import Device

COLUMNS = ("name", "operating_system", "customer", "group", "managed", "access_control", "policy")
MAX_BYTES = 10_000_000
MAX_ROWS = 50_000
_LONGEST = {"name": 120, "operating_system": 120, "customer": 120, "group": 80, "policy": 80}
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0", ""})
#: A sheet would run such a cell; and what a defused one looks like, however often it was.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class UnableToReadList(Exception):
    """The file is no list of devices; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device of a list. *values* holds the given columns: texts, `managed` as bool; group and policy by name."""

    line: int
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.values["name"])


@dataclass(frozen=True, slots=True)
class RowProblem:
    line: int
    sentence: str


def read_list(*, content: bytes) -> Iterator[DeviceRow | RowProblem]:
    """The rows of a CSV file, in order, with what is wrong with single ones. Raises UnableToReadList."""
    text = _decoded(content)
    first = text.split("\n", 1)[0].rstrip("\r")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), strict=True)
    try:
        columns = _columns(next(reader, []))
        count = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise UnableToReadList(
                    _("The file holds more than %(max_rows)s devices. Split it.") % {"max_rows": grouped(MAX_ROWS)}
                )
            yield _read_row(reader.line_num, columns, cells)
    except csv.Error as error:
        raise UnableToReadList(
            _("Line %(line_num)s can't be read (%(error)s). Check its quotation marks and its length.")
            % {"line_num": reader.line_num, "error": error}
        ) from error


def read_values(*, line: int, given: Mapping[str, str | bool]) -> DeviceRow | RowProblem:
    """One device from the cells that are *given* for it, or the first thing that is wrong with them."""
    values: dict[str, Any] = {}
    for column, cell in given.items():
        said = cell.strip() if isinstance(cell, str) else cell
        if isinstance(said, str) and _CONTROL.search(said):
            sentence = _("“%(column)s” holds a line break or another control character.") % {"column": column}
            return RowProblem(line, sentence)
        longest = _LONGEST.get(column, 120)
        if len(str(said)) > longest:
            sentence = _("“%(column)s” is longer than %(longest)s characters.")
            return RowProblem(line, sentence % {"column": column, "longest": longest})
        values[column] = said
    if not values.get("name"):
        return RowProblem(line, _("The name is missing."))
    if isinstance(values.get("managed"), str):
        word = values["managed"].lower()
        if word not in _YES | _NO:
            sentence = _("“managed” says “%(said)s”. Write %(yes)s or %(no)s.")
            return RowProblem(line, sentence % {"said": values["managed"], "yes": "yes", "no": "no"})
        values["managed"] = word in _YES
    if "access_control" in values:
        access = _access_words().get(values["access_control"].casefold() or AccessControl.AFTER_CONFIRMATION.casefold())
        if access is None:
            sentence = _("“access_control” says “%(said)s”. Write one of: %(known)s.")
            told = {"said": values["access_control"], "known": ", ".join(AccessControl.values)}
            return RowProblem(line, sentence % told)
        values["access_control"] = access
    return DeviceRow(line, values)


@cache
def _access_words() -> dict[str, AccessControl]:
    """What a cell may say, in small letters: the codes that lists are written with, and the words of each language."""
    words = {value.casefold(): value for value in AccessControl}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {str(value.label).casefold(): value for value in AccessControl}
    return words


def write_list(devices: Iterable[Device]) -> Iterator[str]:
    """The lines of a CSV file of *devices*, which `read_list` reads back as they are."""
    yield _line(COLUMNS)
    for device in devices:
        yield _line(
            [
                device.name,
                device.operating_system,
                device.customer,
                device.group.name if device.group else "",
                "yes" if device.is_managed else "no",
                device.access_control,
                device.policy.name if device.policy else "",
            ]
        )


def template_lines() -> list[str]:
    """An example file: the columns, and a device of each kind."""
    return [
        _line(COLUMNS),
        _line(["ACC-14", "Windows 11", "Acme", "Reception", "yes", "AFTER_CONFIRMATION", ""]),
        _line(["KIOSK-02", "Debian 12", "", "", "no", "DENIED", ""]),
    ]


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return out.getvalue()


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise UnableToReadList(_("The file holds more than %(size)s MB. Split it.") % {"size": MAX_BYTES // 1_000_000})
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise UnableToReadList(
            _("The file is not plain text (line %(line)s). Save it as “CSV UTF-8”.") % {"line": line}
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnableToReadList(
            _("Line %(line)s is not UTF-8 text. Save the file as “CSV UTF-8”.") % {"line": line}
        ) from error


def _delimiter(header: str) -> str:
    """The sign that splits the header into most of the known columns."""
    return max(",;\t", key=lambda sign: len({_column(name) for name in header.split(sign)} & set(COLUMNS)))


def _column(name: str) -> str:
    return name.strip().strip('"').strip().lower().replace(" ", "_")


def _columns(header: Sequence[str]) -> list[str]:
    names = [_column(name) for name in header]
    unknown = [name for name in header if _column(name) not in COLUMNS]
    twice = sorted({name for name in names if names.count(name) > 1 and name in COLUMNS})
    said = []
    if "name" not in names:
        said.append(_("The column “name” is missing."))
    if unknown:
        said.append(_("Unknown columns: %(names)s.") % {"names": ", ".join(f"“{name[:40]}”" for name in unknown[:10])})
    if twice:
        said.append(_("Columns that stand twice: %(names)s.") % {"names": ", ".join(twice)})
    if said:
        raise UnableToReadList(
            " ".join(said)
            + " "
            + _("The columns are: %(columns)s; only “name” must be there.") % {"columns": ", ".join(COLUMNS)}
        )
    return names


def _read_row(line: int, columns: Sequence[str], cells: Sequence[str]) -> DeviceRow | RowProblem:
    if len(cells) != len(columns):
        sentence = ngettext(
            "The line holds %(count)s cell; the header names %(columns)s columns.",
            "The line holds %(count)s cells; the header names %(columns)s columns.",
            len(cells),
        )
        return RowProblem(line, sentence % {"count": len(cells), "columns": len(columns)})
    return read_values(
        line=line,
        given={column: cell[1:] if _DEFUSED.match(cell) else cell for column, cell in zip(columns, cells, strict=True)},
    )
