"""The filters of the session lists as they stand in the address: read, written, applied."""

from dataclasses import dataclass, fields, replace
from datetime import MINYEAR, date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import EngineName, SummaryLanguage
from summaries.domain.reading.conditions import CONDITIONS, NO_CUSTOMER, NO_DEVICE, NO_SUMMARY
from summaries.domain.reading.layout import ORDERS
from summaries.domain.reading.search import matching
from summaries.domain.reading.search_pages import BEST
from summaries.enums import Direction, Outcome, ReviewState, SummaryState

PERIODS: dict[str, Any] = {
    "7": _("Last 7 days"),
    "30": _("Last 30 days"),
    "90": _("Last 90 days"),
    "365": _("Last 365 days"),
    "all": _("All time"),
}
DEFAULT_PERIOD = "30"
STATES: dict[str, Any] = {
    **dict(ReviewState.choices),
    **{value: label for value, label in SummaryState.choices if value != SummaryState.READY},
    NO_SUMMARY: _("No summary"),
}
ENGINES: dict[str, Any] = {EngineName.BUILT_IN: _("Built-in"), EngineName.CLAUDE: "Claude"}
CHOICES: dict[str, dict[str, Any]] = {
    "state": STATES,
    "outcome": dict(Outcome.choices),
    "direction": dict(Direction.choices),
    "engine": ENGINES,
    "language": dict(SummaryLanguage.choices),
}
#: What a value means that is no name.
NAMELESS = {("device", NO_DEVICE): _("Without a device"), ("customer", NO_CUSTOMER): _("No customer named")}
#: What tells something of a summary's text: answered from the summaries that the reader may read.
ABOUT_SUMMARIES = ("q", "issue_type", "application", "outcome", "engine", "language")
#: Filters with one value; the others take several, of which one must hold.
SINGLE = ("q", "since", "until", "period", "sort", "columns", "view")
#: What says how the list is shown, not what is in it.
SHOWN = ("sort", "columns", "view")
_WORDS_BESIDE_IDS = {"supporter": "me", "view": "none"}
MAX_VALUE_CHARS = 200
#: More values of one filter are no choice that a person made.
MAX_VALUES = 20
_ONE_DAY = timedelta(days=1)
#: In so little time there may be fewer sessions than hold a common word; a quarter, and the one before to compare with.
_SHORT = timedelta(days=200)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, *start* included, *end* not; None: open."""

    start: datetime | None = None
    end: datetime | None = None

    def is_within(self, length: timedelta) -> bool:
        return self.start is not None and self.end is not None and self.end - self.start <= length

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
    """Each field is a parameter of the address; empty: no filter. A parameter that takes several values stands once
    for each of them. *supporter* holds users' ids and `me`; *columns* codes with commas between them; *view* the id of
    the saved view that the list began with, or `none` for the list as it is without one.
    """

    q: str = ""
    issue_type: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    supporter: tuple[str, ...] = ()
    user_group: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    device_group: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    engine: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    period: str = DEFAULT_PERIOD
    sort: str = ""
    columns: str = ""
    view: str = ""

    def changed(self, **changes: str) -> "SessionFilters":
        """The filters with other values: one for each that is named, none where it is empty."""
        fields_changed: dict[str, Any] = {name: _as_field(name, value) for name, value in changes.items()}
        return replace(self, **fields_changed)

    def without(self, name: str, value: str) -> "SessionFilters":
        """The filters but for one value of one of them."""
        kept = tuple(each for each in self.values_of(name) if each != value)
        left: Any = _DEFAULTS[name] if name in SINGLE else kept
        return replace(self, **{name: left})

    def values_of(self, name: str) -> tuple[str, ...]:
        value = getattr(self, name)
        return value if isinstance(value, tuple) else tuple(filter(None, [value]))

    def pairs(self) -> list[tuple[str, str]]:
        """(parameter, value) of all that is not as by default: for addresses and hidden fields.

        Beside a view the period always stands: a view alone in an address means the view as it was saved.
        """
        return [
            (name, value)
            for name, default in _DEFAULTS.items()
            if getattr(self, name) != default or (self.view and name == "period")
            for value in self.values_of(name)
        ]

    def query(self) -> str:
        """All of it as the text of an address, without `?`; `read_filters` reads it back."""
        return "&".join([f"{name}={quote_plus(value)}" for name, value in self.pairs()])

    def address(self, **changes: str) -> str:
        """The query of the address with *changes* (see `changed`), `?` included.

        It is never empty: an address without any parameter opens the member's default view.
        """
        return f"?{self.changed(**changes).query() or f'period={DEFAULT_PERIOD}'}"

    def with_own_columns(self) -> str:
        """The address with the columns that the list has by itself."""
        return self.address(columns="")

    def by_best_match(self) -> str:
        return self.address(sort=BEST)

    def by_time(self) -> str:
        return self.address(sort="")

    def stem(self) -> str:
        """The address without changes, ready for one more parameter."""
        query = self.query()
        return f"?{query}&" if query else "?"

    def asks_of_summaries(self) -> bool:
        return any(getattr(self, name) for name in ABOUT_SUMMARIES)

    def active(self) -> list[tuple[str, str]]:
        """(parameter, value) of what narrows the list beyond the period."""
        return [pair for pair in self.pairs() if pair[0] not in ("period", *SHOWN)]


#: {parameter: what it holds where the address does not name it}
_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(SessionFilters)}


def view_alone_in(query: str) -> int | None:
    """The saved view that an address asks for as it was saved: nothing else about the list stands beside it."""
    found = [(name, value) for name, value in parse_qsl(query.removeprefix("?"), errors="replace") if name in _DEFAULTS]
    if len(found) == 1 and found[0][0] == "view" and _is_id(found[0][1]):
        return int(found[0][1])
    return None


def read_filters(query: str, *, may_read_summaries: bool = True) -> SessionFilters:
    """Read the filters from the text of an address (`state=FAILED&device=A&device=B`), with or without `?`.

    What is unknown or malformed counts as absent.
    """
    found: dict[str, list[str]] = {}
    for name, raw in parse_qsl(query.removeprefix("?"), errors="replace"):
        value = raw.replace("\x00", "").strip()[:MAX_VALUE_CHARS]
        if name not in _DEFAULTS or (name in ABOUT_SUMMARIES and not may_read_summaries):
            continue
        values = found.setdefault(name, [])
        if value and value not in values and len(values) < MAX_VALUES and _is_valid(name, value):
            values.append(value)
    chosen: dict[str, Any] = {
        name: values[-1] if name in SINGLE else tuple(values) for name, values in found.items() if values
    }
    if "since" in chosen or "until" in chosen:
        chosen["period"] = "all"
    if "columns" in found:
        chosen["columns"] = ",".join(dict.fromkeys(found["columns"]))
    return SessionFilters(**chosen)


def window_of(filters: SessionFilters, *, at: datetime, zone: tzinfo) -> Window:
    """The time that *filters* cover: whole days in *zone*; the last ones with today."""
    if filters.since or filters.until:
        return Window(_midnight(filters.since, zone), _midnight(filters.until, zone, days_later=1))
    if filters.period == "all":
        return Window()
    today = at.astimezone(zone).date()
    return Window(_start_of(today - timedelta(days=int(filters.period) - 1), zone), _start_of(today + _ONE_DAY, zone))


class Narrowing:
    """What *filters* ask of the sessions of one company. The names in them are looked up once."""

    def __init__(self, filters: SessionFilters, *, company_id: int, viewer_id: int) -> None:
        self._filters = filters
        self._company_id = company_id
        self._viewer_id = viewer_id

    def of(
        self, sessions: models.QuerySet[Any], *, window: Window, without: str = "", is_counted: bool = False
    ) -> models.QuerySet[Any]:
        """Those of *sessions* that pass every filter but the one named *without*: a chart shows the other bars beside
        the chosen one. *is_counted*: as of `search.matching`.
        """
        if window.start:
            sessions = sessions.filter(started_at__gte=window.start)
        if window.end:
            sessions = sessions.filter(started_at__lt=window.end)
        for name, condition in self._conditions.items():
            if name != without:
                sessions = sessions.filter(condition)
        if without == "q":
            return sessions
        is_counted = is_counted and window.is_within(_SHORT)
        return matching(sessions, self._filters.q, company_id=self._company_id, is_counted=is_counted)

    @cached_property
    def _conditions(self) -> dict[str, models.Q]:
        asked = {name: getattr(self._filters, name) for name in CONDITIONS}
        found = {name: CONDITIONS[name](values, self._company_id) for name, values in asked.items() if values}
        if self._filters.supporter:
            ids = {self._viewer_id if value == "me" else int(value) for value in self._filters.supporter}
            found["supporter"] = models.Q(supporter_id__in=sorted(ids))
        return found


def narrow(
    sessions: models.QuerySet[Any], *, filters: SessionFilters, company_id: int, viewer_id: int, window: Window
) -> models.QuerySet[Any]:
    """Those of *sessions*, all of one company, that pass every filter."""
    return Narrowing(filters, company_id=company_id, viewer_id=viewer_id).of(sessions, window=window)


def _as_field(name: str, value: str) -> str | tuple[str, ...]:
    if name in SINGLE:
        return value
    return (value,) if value else ()


def _is_valid(name: str, value: str) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    if name == "period":
        return value in PERIODS
    if name in ("since", "until"):
        return _day(value) is not None
    if name in _WORDS_BESIDE_IDS:
        return value == _WORDS_BESIDE_IDS[name] or _is_id(value)
    if name == "sort":
        return value in ORDERS or value == BEST
    return True


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 16  # noqa: PLR2004 - fits an id


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
    return _start_of(day + timedelta(days=days_later), zone)


def _start_of(day: date, zone: tzinfo) -> datetime:
    """Midnight; where the clocks leave it out, the same moment as what comes instead."""
    return datetime.combine(day, datetime.min.time(), tzinfo=zone)
