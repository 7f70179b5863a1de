"""One event of the JSON Lines import: its moment, its kind, who did it."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind
from summaries.sources.base import CapturedInteraction, Place, RecordingNotes
from summaries.sources.lines import Clock, bounded
from summaries.sources.speakers import actor_named, role_of

_KINDS = {kind.value: kind for kind in Kind}
_CONTENT = ("text", "title", "app", "event")
#: Numbers from here on count thousandths, millionths, billionths of a second; below the first: no date at all.
_EARLIEST_SECONDS = 1e8
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (_EARLIEST_SECONDS, 1.0))
_LATEST_SECONDS = 7e9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DURATION_SECONDS = 7 * 24 * 3600


class NotAnEvent(Exception):
    """The record can't be read as an event. The words say why."""


class SessionClock:
    """Offsets from the start of the session: the header's started_at, else the first event."""

    def __init__(self, notes: RecordingNotes) -> None:
        self.notes = notes
        self.clock = Clock(notes)

    def start(self, moment: datetime) -> None:
        self.notes.started_at = moment

    def offset_ms(self, moment: datetime) -> int:
        if self.notes.started_at is None:
            self.start(moment)
        started_at = self.notes.started_at or moment
        return self.clock.at((moment - started_at) // timedelta(milliseconds=1))


def is_event(record: Any) -> bool:
    """Say whether a JSON value looks like an event. The headers of other formats have a timestamp and title too."""
    if not isinstance(record, dict) or "version" in record or "magic" in record or "ver" in record:
        return False
    return "timestamp" in record and any(_text(record, key) for key in _CONTENT)


def read_event(record: dict[str, Any], clock: SessionClock, place: Place, notes: RecordingNotes) -> CapturedInteraction:
    """Return the interaction of one line. Raises NotAnEvent."""
    if not any(_text(record, key) for key in _CONTENT):
        raise NotAnEvent(gettext_noop("the event has none of text, title, app, event"))
    moment = moment_of(record.get("timestamp"))
    name, actor = _actor(record, notes)
    offset_ms = clock.offset_ms(moment)
    notes.duration_ms = max(notes.duration_ms, offset_ms + _duration_ms(record))
    kind = _kind(record)
    speaker = name if kind in (Kind.CHAT, Kind.VOICE) else ""
    return CapturedInteraction(
        offset_ms,
        kind,
        bounded(_words(record)),
        actor,
        application=bounded(_text(record, "app")),
        title=bounded(_text(record, "title") or speaker),
        place=place,
        is_secret=record.get("secret") is True,
    )


def read_session(record: dict[str, Any], clock: SessionClock, notes: RecordingNotes) -> None:
    """Take what the header tells. Raises NotAnEvent when its started_at can't be read."""
    notes.supporter_name = bounded(_text(record, "supporter"))
    notes.remote_user = bounded(_text(record, "remote_user"))
    notes.device_name = bounded(_text(record, "device"))
    notes.operating_system = bounded(_text(record, "operating_system"))
    notes.title = bounded(_text(record, "title"))
    notes.add_person(notes.supporter_name)
    notes.add_person(notes.remote_user)
    if record.get("started_at") is not None:
        clock.start(moment_of(record["started_at"]))


def moment_of(value: Any) -> datetime:
    """Return the moment that ISO 8601 text or a number stands for. Raises NotAnEvent."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise NotAnEvent(gettext_noop("the timestamp is no date")) from error
    number = _number(value)
    if number is None:
        raise NotAnEvent(gettext_noop("the event has no timestamp"))
    for least, per_second in _UNITS:
        if number >= least and number / per_second <= _LATEST_SECONDS:
            return _EPOCH + timedelta(seconds=number / per_second)
    raise NotAnEvent(gettext_noop("the timestamp is no date"))


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _words(record: dict[str, Any]) -> str:
    text, url = _text(record, "text") or _text(record, "event"), _text(record, "url")
    return f"{text} ({url})" if text and url and url not in text else text or url


def _kind(record: dict[str, Any]) -> Kind:
    for key in ("kind", "event"):
        word = _text(record, key).upper().replace("-", "_").replace(" ", "_")
        if kind := _KINDS.get(word):
            return kind
    return Kind.NOTE if _text(record, "text") or _text(record, "event") else Kind.APP_FOCUS


def _actor(record: dict[str, Any], notes: RecordingNotes) -> tuple[str, Actor]:
    name = _text(record, "actor")
    if not name or name.casefold() == "unknown":
        return "", Actor.UNKNOWN
    if role := role_of(name):
        return "", role
    return actor_named(bounded(name), notes)


def _duration_ms(record: dict[str, Any]) -> int:
    return int(min(max(_number(record.get("duration")) or 0, 0), _MAX_DURATION_SECONDS) * 1000)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return math.inf
    return None if math.isnan(number) else number
