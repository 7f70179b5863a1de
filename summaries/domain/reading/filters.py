"""The filters of the session lists as they stand in the address: read, applied, told as chips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import MINYEAR, date, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q

from accounts.enums import EngineName, SummaryLanguage
from summaries.domain.reading.search import matching
from summaries.enums import Direction, Outcome, ReviewState, SummaryState

PERIODS: dict[str, str] = {
    "7": "Last 7 days",
    "30": "Last 30 days",
    "90": "Last 90 days",
    "365": "Last 365 days",
    "all": "All time",
}
DEFAULT_PERIOD = "30"
NO_SUMMARY = "NO_SUMMARY"
STATES: dict[str, str] = {
    **dict(ReviewState.choices),
    **{value: label for value, label in SummaryState.choices if value != SummaryState.READY},
    NO_SUMMARY: "No summary",
}
ENGINES: dict[str, str] = {EngineName.BUILT_IN: "Built-in", EngineName.CLAUDE: "Claude"}
CHOICES: dict[str, dict[str, str]] = {
    "state": STATES,
    "outcome": dict(Outcome.choices),
    "direction": dict(Direction.choices),
    "engine": ENGINES,
    "language": dict(SummaryLanguage.choices),
}
LABELS: dict[str, str] = {
    "q": "Search",
    "issue_type": "Issue type",
    "application": "Application",
    "supporter": "Supporter",
    "device": "Device",
    "state": "State",
    "outcome": "Outcome",
    "direction": "Direction",
    "engine": "Engine",
    "language": "Language",
    "since": "From",
    "until": "Until",
    "period": "Period",
}
#: What tells something of a summary's text: answered from the summaries that the reader may read.
ABOUT_SUMMARIES = ("q", "issue_type", "application", "outcome", "engine", "language")
MAX_VALUE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, *start* included, *end* not; None: open."""

    start: datetime | None = None
    end: datetime | None = None

    def before(self) -> "Window | None":
        """The stretch of the same length just before; None when this one is open, or that one before all time."""
        if self.start is None or self.end is None:
            return None
        try:
            start = self.start - (self.end - self.start)
        except OverflowError:
            return None
        # In the first year of all the start is before all time in some zone.
        return Window(start, self.start) if start.year > MINYEAR else None


@dataclass(frozen=True, slots=True)
class SessionFilters:
    """Each field is a parameter of the address; empty: no filter. *supporter* is a user's id or `me`."""

    q: str = ""
    issue_type: str = ""
    application: str = ""
    supporter: str = ""
    device: str = ""
    state: str = ""
    outcome: str = ""
    direction: str = ""
    engine: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    period: str = DEFAULT_PERIOD

    def address(self, **changes: str) -> str:
        """The query of the address with *changes*, `?` included; what is not filtered is left out."""
        changed = replace(self, **changes)
        parameters = {name: value for name, value in changed.values().items() if value != _default(name)}
        return f"?{urlencode(parameters)}" if parameters else "?"

    def stem(self) -> str:
        """The address without changes, ready for one more parameter."""
        address = self.address()
        return address if address == "?" else f"{address}&"

    def values(self) -> dict[str, str]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def asks_of_summaries(self) -> bool:
        return any(getattr(self, name) for name in ABOUT_SUMMARIES)

    def active(self) -> dict[str, str]:
        """What narrows the list beyond the period."""
        return {name: value for name, value in self.values().items() if value and name != "period"}


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    remove_address: str


def read_filters(parameters: Mapping[str, str], *, may_read_summaries: bool = True) -> SessionFilters:
    """Read the filters of an address. What is unknown or malformed counts as absent."""
    found = {}
    for field in fields(SessionFilters):
        value = parameters.get(field.name, "").replace("\x00", "").strip()[:MAX_VALUE_CHARS]
        if not may_read_summaries and field.name in ABOUT_SUMMARIES:
            continue
        if value and _is_valid(field.name, value):
            found[field.name] = value
    if "since" in found or "until" in found:
        found["period"] = "all"
    return SessionFilters(**found)


def window_of(filters: SessionFilters, *, at: datetime, zone: tzinfo) -> Window:
    """The time that *filters* cover: whole days in *zone*, or the last days up to *at*."""
    if filters.since or filters.until:
        return Window(_midnight(filters.since, zone), _midnight(filters.until, zone, days_later=1))
    if filters.period == "all":
        return Window()
    return Window(at - timedelta(days=int(filters.period)), at + timedelta(seconds=1))


def narrow(
    sessions: models.QuerySet[Any],
    *,
    filters: SessionFilters,
    viewer_id: int,
    window: Window,
    without: str = "",
) -> models.QuerySet[Any]:
    """Apply every filter but the one named *without*: a chart shows the other bars beside the chosen one."""
    if window.start:
        sessions = sessions.filter(started_at__gte=window.start)
    if window.end:
        sessions = sessions.filter(started_at__lt=window.end)
    for name, condition in _CONDITIONS.items():
        value = getattr(filters, name)
        if value and name != without:
            sessions = sessions.filter(condition(value))
    if filters.supporter:
        sessions = sessions.filter(supporter_id=viewer_id if filters.supporter == "me" else int(filters.supporter))
    return matching(sessions, filters.q)


def chips(filters: SessionFilters, *, supporter_name: str = "") -> list[Chip]:
    """What is filtered, each with the address that takes it away."""
    found = []
    for name, value in filters.active().items():
        shown = CHOICES.get(name, {}).get(value, value)
        if name == "supporter":
            shown = "me" if value == "me" else supporter_name
        found.append(Chip(LABELS[name], shown, filters.address(**{name: ""})))
    if filters.period != "all":
        found.append(Chip("", PERIODS[filters.period], filters.address(period="all")))
    return found


def _default(name: str) -> str:
    return DEFAULT_PERIOD if name == "period" else ""


def _is_valid(name: str, value: str) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    if name == "period":
        return value in PERIODS
    if name in ("since", "until"):
        return _day(value) is not None
    if name == "supporter":
        return value == "me" or (value.isascii() and value.isdigit() and len(value) < 16)  # noqa: PLR2004 - fits an id
    return True


def _day(value: str) -> date | None:
    """A day of the calendar that can still be moved by one; None for anything else."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if date.min.year < day.year < date.max.year else None


def _midnight(value: str, zone: tzinfo, days_later: int = 0) -> datetime | None:
    day = _day(value)
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=days_later), datetime.min.time(), tzinfo=zone)


def _state(value: str) -> Q:
    if value == NO_SUMMARY:
        return Q(summary__isnull=True)
    if value in ReviewState.values:
        return Q(summary__state=SummaryState.READY, summary__review=value)
    return Q(summary__state=value)


def _direction(value: str) -> Q:
    return Q(direction=value) if value == Direction.BOTH else Q(direction__in=[value, Direction.BOTH])


_CONDITIONS: dict[str, Callable[[str], Q]] = {
    "issue_type": lambda value: Q(summary__issue_types__name=value),
    "application": lambda value: Q(summary__applications__name=value),
    "device": lambda value: Q(device__name=value),
    "state": _state,
    # A summary that is not written yet has these fields at their defaults, which say nothing.
    "outcome": lambda value: Q(summary__outcome=value, summary__current__isnull=False),
    "language": lambda value: Q(summary__language=value, summary__current__isnull=False),
    "engine": lambda value: Q(summary__engine=value, summary__current__isnull=False),
    "direction": _direction,
}
