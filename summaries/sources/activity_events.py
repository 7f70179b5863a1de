"""One event of ActivityWatch: a period, and what was in front, open or timed in it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from summaries.sources.json_event import NotAnEvent
from summaries.sources.lines import bounded

WINDOW, AFK, TAB, EDITOR = "currentwindow", "afkstatus", "web.tab.current", "app.editor.activity"
STOPWATCH, UNLOCK = "general.stopwatch", "os.lockscreen.unlocks"
#: Types that tell nothing of what was done, such as counts of keys and clicks, are passed over.
TYPES = frozenset({WINDOW, AFK, TAB, EDITOR, STOPWATCH, UNLOCK})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FRACTION = re.compile(r"(\.\d{6})\d+")
_MAX_SECONDS = 31 * 24 * 3600
#: What ActivityWatch writes for a title that the user excluded.
_EXCLUDED = "excluded"
_MAX_CHARS = 500


class Bucket(NamedTuple):
    type: str
    client: str
    hostname: str


class Period(NamedTuple):
    """In microseconds since 1970; *end* is that of a moment when both are the same."""

    start: int
    end: int


class Activity(NamedTuple):
    """*number* is the event's number in the file, from 1."""

    period: Period
    type: str
    application: str
    title: str
    text: str
    number: int


def period_of(event: dict[str, Any]) -> Period:
    """Return when an event was. Raises NotAnEvent."""
    moment, seconds = event.get("timestamp"), event.get("duration")
    if not isinstance(moment, str) or len(moment) > 64:  # noqa: PLR2004 - the longest form of a moment
        raise NotAnEvent(gettext_noop("the event has no timestamp"))
    try:
        parsed = datetime.fromisoformat(_FRACTION.sub(r"\1", moment.strip()))
        start = ((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError) as error:
        raise NotAnEvent(gettext_noop("the timestamp is no date")) from error
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _MAX_SECONDS:
        raise NotAnEvent(gettext_noop("the duration is no number of seconds"))
    return Period(start, start + round(seconds * 1_000_000))


def read_activity(event: dict[str, Any], bucket: Bucket, number: int) -> Activity:
    """Return what an event of *bucket* tells. Raises NotAnEvent."""
    period = period_of(event)
    data = event.get("data")
    if not isinstance(data, dict):
        raise NotAnEvent(gettext_noop("the event has no data"))
    application, title, text = _READERS[bucket.type](data, bucket)
    return Activity(period, bucket.type, application, "" if title == _EXCLUDED else title, text, number)


def stopwatch_label(event: dict[str, Any]) -> str | None:
    """Return the label of a stopwatch, known by its data; None for any other event."""
    data = event.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("running"), bool):
        return None
    return _text(data, "label") or None


def is_running(event: dict[str, Any]) -> bool:
    return event["data"]["running"] is True


def _window(data: dict[str, Any], bucket: Bucket) -> tuple[str, str, str]:  # noqa: ARG001 - one shape for all
    application = _text(data, "app") or _text(data, "package")
    title = _text(data, "title") or _text(data, "classname")
    if not application and not title:
        raise NotAnEvent(gettext_noop("the event names no window"))
    private = data.get("incognito") is True
    return application.removesuffix(".exe"), "" if private else title, "" if private else _text(data, "url")


def _tab(data: dict[str, Any], bucket: Bucket) -> tuple[str, str, str]:
    browser = bucket.client.removeprefix("aw-").removeprefix("watcher-").removeprefix("web-")
    if data.get("incognito") is True:
        return browser, "", "private tab"
    title, url = _text(data, "title"), _text(data, "url")
    if not title and not url:
        raise NotAnEvent(gettext_noop("the event names no page"))
    return browser, title, f"{title} ({url})" if title and url else title or url


def _editor(data: dict[str, Any], bucket: Bucket) -> tuple[str, str, str]:
    editor = bucket.client.removeprefix("aw-").removeprefix("watcher-")
    file = _text(data, "file")
    if not file:
        raise NotAnEvent(gettext_noop("the event names no file"))
    return editor, _text(data, "project"), f"Edits {file}"


def _status(data: dict[str, Any], bucket: Bucket) -> tuple[str, str, str]:  # noqa: ARG001 - one shape for all
    status = _text(data, "status")
    if status not in ("afk", "not-afk"):
        raise NotAnEvent(gettext_noop("the event does not say whether anybody was there"))
    return "", "", status


def _stopwatch(data: dict[str, Any], bucket: Bucket) -> tuple[str, str, str]:  # noqa: ARG001 - one shape for all
    return "", "", _text(data, "label")


def _unlock(data: dict[str, Any], bucket: Bucket) -> tuple[str, str, str]:  # noqa: ARG001 - one shape for all
    return "", "", "Screen unlocked"


_READERS = {
    WINDOW: _window,
    AFK: _status,
    TAB: _tab,
    EDITOR: _editor,
    STOPWATCH: _stopwatch,
    UNLOCK: _unlock,
}


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return bounded(value.strip())[:_MAX_CHARS] if isinstance(value, str) else ""
