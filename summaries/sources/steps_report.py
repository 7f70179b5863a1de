"""What Windows Steps Recorder writes into main.htm: an XML of the actions, and beside it the user's comments."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

_REPORT = re.compile(rb'<script\s[^<>]{0,200}id="?myXML"?[^<>]{0,200}>(.*?)(?:</script>|\Z)', re.DOTALL | re.IGNORECASE)
_STEP = re.compile(r'<div\s[^<>]{0,80}\bid="?Step(\d{1,6})"?(?=[\s>])([^<>]{0,4000})>', re.IGNORECASE)
_COMMENT = re.compile(r"<p>\s{0,100}<b>[^<>]{1,80}:\s{0,10}</b>([^<>]{1,20000})</p>", re.IGNORECASE)
#: Marks of the direction of writing stand around each part of a date.
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202c\u202f\u00a0"), " ")
_DATE = re.compile(r"(\d{1,4})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{1,4})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})[:.](\d{2})(?:\s{0,3}(\w{1,2}\.?\s?\w?\.?))?")
_AFTERNOON = re.compile(r"p\.?\s?m\.?|μ\.?μ|nachm|下午|오후|午後|म\.उ|ch", re.IGNORECASE)
_MORNING = re.compile(r"a\.?\s?m\.?|π\.?μ|vorm|上午|오전|午前", re.IGNORECASE)
_HALF_DAY = 12
_YEARS = range(2005, 2101)
_MAX_LEVELS = 30


@dataclass(slots=True)
class Step:
    """One action. *seconds* of the day, None when its time can't be read; *levels*: name, kind of each UI element."""

    number: int
    seconds: int | None = None
    action: str = ""
    description: str = ""
    program: str = ""
    command_line: str = ""
    file_name: str = ""
    levels: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """What stands before the steps. *is_broken*: the XML ended early or in garbage."""

    missed_actions: int = 0
    windows: str = ""
    start_seconds: int | None = None
    stop_seconds: int | None = None
    is_broken: bool = False


def report_xml(page: bytes) -> bytes | None:
    """Return the XML inside of *page*; None when it holds none."""
    match = _REPORT.search(page)
    return match[1].strip() if match else None


def read_steps(xml: bytes, report: Report) -> Iterator[Step]:
    """Yield the actions and fill *report*. What comes after broken XML is lost."""
    try:
        for event, element in iterparse(BytesIO(xml), events=("start", "end"), forbid_dtd=True):
            if event == "start" and element.tag == "RecordSession":
                report.missed_actions = _whole(element.get("MissedActionCount"))
                report.start_seconds = seconds_of(element.get("StartTime", ""))
                report.stop_seconds = seconds_of(element.get("StopTime", ""))
            elif event == "start" and element.tag == "System":
                version = [element.get(part, "") for part in ("MajorVersion", "MinorVersion", "BuildNumber")]
                report.windows = f"Windows {'.'.join(version)}" if all(map(str.isdecimal, version)) else "Windows"
            elif event == "end" and element.tag == "EachAction":
                yield _step(element)
                element.clear()
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        report.is_broken = True


def _step(element: Any) -> Step:
    levels = [
        (level.get("Name", "").strip(), level.get("LocalizedControlType", "").strip())
        for level in element.findall("UIAStack/Level")[:_MAX_LEVELS]
    ]
    return Step(
        number=_whole(element.get("ActionNumber")),
        seconds=seconds_of(element.get("Time", "")),
        action=(element.findtext("Action") or "").strip(),
        description=(element.findtext("Description") or "").strip(),
        program=element.get("FileDescription", "").strip(),
        command_line=element.get("CommandLine", ""),
        file_name=element.get("FileName", "").strip(),
        levels=levels,
    )


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 10 else 0  # noqa: PLR2004 - no larger count


def seconds_of(text: str) -> int | None:
    """Return the second of the day of a time such as "8:33:04 PM" or "20:33:04"; None when it can't be read."""
    match = _TIME.search(text.translate(_MARKS)[:100])
    if not match:
        return None
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3])
    if _AFTERNOON.search(text) and hours < _HALF_DAY:
        hours += _HALF_DAY
    elif _MORNING.search(text) and hours == _HALF_DAY:
        hours = 0
    return hours * 3600 + minutes * 60 + seconds if hours < 24 and minutes < 60 and seconds < 61 else None  # noqa: PLR2004


def read_page(page: str) -> tuple[dict[int, list[str]], list[tuple[int, ...]]]:
    """Return the comments by the number of their step, and the first numbers of each date that is written at a step."""
    comments: dict[int, list[str]] = {}
    dates: list[tuple[int, ...]] = []
    steps = list(_STEP.finditer(page))
    for position, step in enumerate(steps):
        end = steps[position + 1].start() if position + 1 < len(steps) else min(len(page), step.end() + 100_000)
        found = [html.unescape(text).strip() for text in _COMMENT.findall(page, step.end(), end)]
        if found := [text for text in found if text]:
            comments[int(step[1])] = found
        date = _DATE.search(step[2].translate(_MARKS))
        if date:
            dates.append(tuple(map(int, date.groups())))
    return comments, dates


def date_of(name: str, dates: list[tuple[int, ...]]) -> datetime | None:
    """Return the day on which was recorded: as the file's name tells, else as the page does; None if neither does."""
    match = re.search(r"(?<!\d)(20\d\d)(\d\d)(\d\d)_(\d{2})(\d{2})(?!\d)", name)
    if match and (day := _day(int(match[1]), int(match[2]), int(match[3]))):
        return day
    return _date_of_page(dates)


def _date_of_page(dates: list[tuple[int, ...]]) -> datetime | None:
    """Read dates of one unknown order: a year is known by its size, a day by being more than 12."""
    if not dates:
        return None
    first, second, third = dates[0]
    if first in _YEARS:
        year, month, day = first, second, third
    elif any(date[0] > 12 for date in dates):  # noqa: PLR2004 - there are 12 months
        day, month, year = first, second, third
    else:
        # The recorder's own language is written month first; another order is known only by a day above 12.
        month, day, year = first, second, third
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)
    except ValueError:
        return None
