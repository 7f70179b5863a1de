"""Moments and amounts as other tools write them. What carries no zone is taken as UTC."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: More than this many seconds since 1970 are milliseconds: the year 5138 is no support session's.
_MOST_SECONDS = 10**11
_ISO = re.compile(
    r"^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?)?$",
    re.I,
)
_DAY_FIRST = re.compile(r"^(\d{1,2})[.-](\d{1,2})[.-](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AP]M)?)?$", re.I)
_NOON = 12


def moment_of(value: Any, *, month_first: bool | None = None) -> datetime | None:
    """A moment in UTC: ISO 8601, seconds or milliseconds since 1970, `{"$date": …}`, 31.12.2026 or 12/31/2026.

    *month_first* says how 1/2/2026 is meant; without it only a day above 12, or AM and PM, tell. None: no moment.
    """
    if isinstance(value, dict):
        value = value.get("$date", value.get("$numberLong"))
        return None if isinstance(value, dict) and "$date" in value else moment_of(value)
    if isinstance(value, bool) or value is None:
        return None
    try:
        if isinstance(value, int | float | Decimal):
            return _since_epoch(Decimal(value))
        text = str(value).strip()[:60]
        if re.fullmatch(r"\d{9,13}(?:\.\d{1,9})?", text):
            return _since_epoch(Decimal(text))
        return _iso(text) or _local(text, month_first)
    except (ValueError, OverflowError, ArithmeticError):
        return None


def _since_epoch(number: Decimal) -> datetime:
    seconds = number / 1000 if abs(number) >= _MOST_SECONDS else number
    return _EPOCH + timedelta(microseconds=int(seconds * 1_000_000))


def _iso(text: str) -> datetime | None:
    found = _ISO.match(text)
    if not found:
        return None
    *parts, fraction, zone = found.groups()
    micros = int((fraction or "0").ljust(9, "0")[:6])
    moment = datetime(*(int(part or 0) for part in parts), micros, tzinfo=UTC)  # type: ignore[misc, arg-type]
    if zone and zone[0] in "+-":
        ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        moment -= ahead if zone[0] == "+" else -ahead
    return moment


def _local(text: str, month_first: bool | None) -> datetime | None:
    if dotted := _DAY_FIRST.match(text):
        day, month, *rest = dotted.groups()
        return _put_together(rest, month=month, day=day)
    slashed = _SLASHED.match(text)
    if not slashed:
        return None
    first, second, *rest, half = slashed.groups()
    if month_first is None and (half or int(second) > _NOON or int(first) > _NOON):
        month_first = int(second) > _NOON or (bool(half) and int(first) <= _NOON)
    if month_first is None:
        return None
    month, day = (first, second) if month_first else (second, first)
    return _put_together(rest, month=month, day=day, half=half)


def _put_together(rest: list[str], *, month: str, day: str, half: str | None = None) -> datetime:
    year, hour, minute, second = (int(part or 0) for part in rest)
    if half:
        hour = hour % _NOON + (_NOON if half.upper() == "PM" else 0)
    return datetime(year, int(month), int(day), hour, minute, second, tzinfo=UTC)


def amount_of(value: Any) -> Decimal | None:
    """An amount of money: 12.5, "12,50", "1.234,50", "€ 12.50"; None for what is none."""
    if isinstance(value, bool) or value is None:
        return None
    text = re.sub(r"[^\d.,+-]", "", str(value))[:30]
    last = max(text.rfind("."), text.rfind(","))
    # Three digits after the only separator are thousands: 1,234.
    if last >= 0 and (text.count(".") + text.count(",") > 1 or len(text) - last != 4):  # noqa: PLR2004 - see above
        text = re.sub(r"[.,]", "", text[:last]) + "." + re.sub(r"[.,]", "", text[last + 1 :])
    elif "," in text:
        text = text.replace(",", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
