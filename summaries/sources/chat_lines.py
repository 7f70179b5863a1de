"""The shapes of a chat's lines. One chat keeps to one shape, which is chosen from its first lines."""

import re
from dataclasses import dataclass
from datetime import date

from summaries.sources.speakers import NOT_A_NAME, role_of

_TIME = r"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?:[ \u00a0\u202f]?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
_DATE = r"(?P<d1>\d{1,4})[./-](?P<d2>\d{1,2})[./-](?P<d3>\d{1,4})"
_BARE_STAMP = rf"\[?\s*(?:{_DATE}[,T ]\s*)?{_TIME}\s*\]?(?:\s+[-–])?"
_NAME = r"[^:<>\[\]{}=\"|]{1,60}?"

IRC = re.compile(rf"^(?:{_BARE_STAMP}\s+)?<[ @+%~&]?(?P<name>[^<>\s/!?][^<>=]{{0,60}})>(?: (?P<text>.*))?$", re.ASCII)
ACTION = re.compile(rf"^(?:{_BARE_STAMP}\s+)?\* (?P<name>\S{{1,60}}) (?P<text>.*)$", re.ASCII)
STATUS = re.compile(rf"^(?:{_BARE_STAMP}\s+)?(?:===|\*\*\*|-!-) ?(?P<text>.*)$", re.ASCII)
TIME_FIRST = re.compile(rf"^{_BARE_STAMP}\s+(?P<name>{_NAME}):(?:\s+(?P<text>.*))?$", re.ASCII)
TIME_AFTER = re.compile(rf"^(?P<name>{_NAME})\s*[(\[](?:{_DATE}[,T ]\s*)?{_TIME}[)\]]\s*:\s*(?P<text>.*)$", re.ASCII)
UNTIMED = re.compile(r"^(?P<name>[^\W_][\w.'’-]*(?: [(\[]?[^\W_][\w.'’-]*[)\]]?){0,3}):\s+(?P<text>\S.*)$")

#: What a shape needs besides its own lines: IRC has actions and notices of who comes and goes.
SHAPES: dict[str, tuple[re.Pattern[str], ...]] = {
    "irc": (IRC, ACTION, STATUS),
    "time first": (TIME_FIRST,),
    "time after": (TIME_AFTER,),
    "untimed": (UNTIMED,),
}
_LEAST_SHARE = 0.5
_LEAST_SHARE_UNTIMED = 0.8
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line that begins a message. *seconds* of the day and *parts* of the date are None when not given."""

    name: str
    text: str
    seconds: int | None
    parts: tuple[int, int, int] | None
    pattern: re.Pattern[str]


def read_line(shape: str, text: str) -> Line | None:
    """Return the line as one of *shape*, or None when it goes on with the message before it."""
    for pattern in SHAPES[shape]:
        match = pattern.match(text)
        if match:
            found = match.groupdict()
            name = (found.get("name") or "").strip(" ~\u200e\u200f\u202a\u202c")
            if pattern in (TIME_FIRST, TIME_AFTER, UNTIMED) and name.casefold() in NOT_A_NAME:
                return None
            return Line(name, (found["text"] or "").strip(), _seconds(found), _date_parts(found), pattern)
    return None


def shape_of(head: str) -> str | None:
    """Say which shape the beginning of a file has; None when most of its lines are no chat at all."""
    lines = [line for line in map(tidy, head.split("\n")) if line.strip()][:_LOOKED_AT]
    best, best_count = None, 0
    for shape in SHAPES:
        found = [line for line in (read_line(shape, text) for text in lines) if line]
        if len(found) > best_count and _convinces(shape, found, len(lines)):
            best, best_count = shape, len(found)
    return best


def tidy(line: str) -> str:
    """Take away the marks of direction that some tools write before a line."""
    return line.rstrip("\r").lstrip("\ufeff\u200e\u200f\u202a")


def months_first(head: str, shape: str) -> bool:
    """Say whether dates are written month first: proved by a day above 12, else as in places with AM and PM."""
    found = [line.parts for line in (read_line(shape, tidy(text)) for text in head.split("\n")) if line and line.parts]
    slashed = [parts for parts in found if parts[0] <= 31]  # noqa: PLR2004 - else the year stands first
    if any(parts[0] > 12 for parts in slashed):  # noqa: PLR2004 - there is no 13th month
        return False
    if any(parts[1] > 12 for parts in slashed):  # noqa: PLR2004
        return True
    return bool(re.search(r"\d[ \u00a0\u202f]?[AP]M\b", head))


def day_of(parts: tuple[int, int, int], *, month_first: bool) -> date | None:
    """Return the day that three numbers stand for; None when there is no such day."""
    first, second, third = parts
    if first > 31:  # noqa: PLR2004 - a year
        year, month, day = first, second, third
    else:
        month, day = (first, second) if month_first else (second, first)
        year = third + 2000 if third < 100 else third  # noqa: PLR2004 - two digits
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _convinces(shape: str, found: list[Line], total: int) -> bool:
    if shape != "untimed":
        is_markup = shape == "irc" and not any(line.seconds is not None for line in found) and _has_tags(found)
        return len(found) >= _LEAST_SHARE * total and any(line.name for line in found) and not is_markup
    names = {line.name for line in found}
    if len(found) < _LEAST_SHARE_UNTIMED * total:
        return False
    if all(_has_role(name) for name in names):
        return True
    # Settings and mail headers look alike, but never say the same name again and again.
    return len(names) > 1 and len(found) >= 2 * len(names)


def _has_tags(found: list[Line]) -> bool:
    """Say whether lines such as "<li> text" are HTML rather than what someone of that name wrote."""
    return any(not line.text or "</" in line.text for line in found)


def _has_role(name: str) -> bool:
    return bool(role_of(name) or role_of(name.rpartition("(")[2].rstrip(")")))


def _seconds(found: dict[str, str | None]) -> int | None:
    hour, minute, second, half = (found.get(key) for key in ("h", "m", "s", "half"))
    if hour is None or minute is None:
        return None
    hours = int(hour) % 24
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    return (hours * 60 + int(minute)) * 60 + int(second or 0)


def _date_parts(found: dict[str, str | None]) -> tuple[int, int, int] | None:
    first, second, third = (found.get(key) for key in ("d1", "d2", "d3"))
    return (int(first), int(second), int(third)) if first and second and third else None
