"""Moments as people and programs write them into tables: ISO 8601, seconds since 1970, or the order of a country."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext_noop

from summaries.sources.json_event import NotAnEvent, moment_of

_TIME = (
    r"(?:[T,\s]\s*(?P<h>\d{1,2})[:.](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,:](?P<f>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?\s?[Mm]\.?)?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_NUMBERS = re.compile(rf"(?P<d1>\d{{1,4}})[./-](?P<d2>\d{{1,2}})[./-](?P<d3>\d{{1,4}}){_TIME}{_ZONE}$", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    r"(?:[A-Za-z]{2,9},?\s+)?"
    r"(?:(?P<d1>\d{1,2})[\s.-]+(?P<month>[A-Za-z]{3,9})|(?P<name>[A-Za-z]{3,9})\s+(?P<d2>\d{1,2}))"
    rf",?[\s.-]+(?P<year>\d{{4}}){_TIME}{_ZONE}$",
    re.ASCII,
)
_EPOCH = re.compile(r"\d{9,19}(?:\.\d{1,9})?", re.ASCII)
_FRACTION = re.compile(r"(\.\d{6})\d+")
_MONTH_COUNT = 12


def is_month_first(values: Iterable[str]) -> bool:
    """Say whether numbers such as 11/22/2026 put the month first: some second number is above 12, no first one."""
    found = [match for value in values if (match := _NUMBERS.match(value.strip()))]
    first = any(_MONTH_COUNT < int(match["d1"]) < 32 for match in found)  # noqa: PLR2004 - the days of a month
    second = any(int(match["d2"]) > _MONTH_COUNT for match in found)
    if first or second:
        return second and not first
    # With AM and PM and slashes it was an American program that wrote it.
    return any(match["half"] and "/" in match[0] for match in found)


def read_moment(text: str, *, month_first: bool) -> datetime:
    """Return the moment; UTC when no zone is written. Raises NotAnEvent."""
    text = text.strip()
    if not text:
        raise NotAnEvent(gettext_noop("the event has no timestamp"))
    if len(text) > 64:  # noqa: PLR2004 - the longest form of a moment
        raise NotAnEvent(gettext_noop("the timestamp is no date"))
    if _EPOCH.fullmatch(text):
        return moment_of(float(text))
    try:
        return moment_of(_FRACTION.sub(r"\1", text.removesuffix(" UTC").replace(",", ".")))
    except NotAnEvent:
        return _written(text, month_first=month_first)


def _written(text: str, *, month_first: bool) -> datetime:
    numbers = _NUMBERS.match(text)
    named = None if numbers else _NAMED.match(text)
    try:
        if numbers:
            parts = numbers.groupdict()
            return _moment(*_day(int(parts["d1"]), int(parts["d2"]), int(parts["d3"]), month_first=month_first), parts)
        if named:
            parts = named.groupdict()
            month = _MONTHS.index((parts["month"] or parts["name"])[:3].casefold()) + 1
            return _moment(int(parts["year"]), month, int(parts["d1"] or parts["d2"]), parts)
    except (ValueError, OverflowError) as error:
        raise NotAnEvent(gettext_noop("the timestamp is no date")) from error
    raise NotAnEvent(gettext_noop("the timestamp is no date"))


def _day(first: int, second: int, third: int, *, month_first: bool) -> tuple[int, int, int]:
    """Return year, month, day."""
    if first > 31:  # noqa: PLR2004 - no day
        return first, second, third
    year = third + 2000 if third < 100 else third  # noqa: PLR2004 - a year of two digits
    return (year, first, second) if month_first and first <= _MONTH_COUNT else (year, second, first)


def _moment(year: int, month: int, day: int, parts: dict[str, str | None]) -> datetime:
    hour, minute, second = (int(parts[key] or 0) for key in ("h", "m", "s"))
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"] in "pP" else 0)
    micro = int((parts["f"] or "0")[:6].ljust(6, "0"))
    zone = parts["zone"] or ""
    if zone[:1] in ("+", "-"):
        written = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}{zone}"
        return datetime.fromisoformat(written).astimezone(UTC)
    return datetime(year, month, day, hour, minute, second, micro, UTC)
