"""Exports of ActivityWatch: which window was in front, whether anybody was there, tabs, files, stopwatches.

An event is a start and a duration, the newest first. A session is the newest stopwatch with a label, if the export
holds one, else the whole export. Only what happened while somebody was there counts.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, ClassVar, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.activity_events import (
    TYPES,
    Activity,
    Bucket,
    Period,
    is_running,
    period_of,
    read_activity,
    stopwatch_label,
)
from summaries.sources.activity_timeline import interactions, moments
from summaries.sources.base import CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.json_event import NotAnEvent
from summaries.sources.json_stream import Path, Pattern, walk
from summaries.sources.lines import Clock, bounded

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Where a bucket stands: in an object by its id, in a list as the published schema has it, or alone.
_BUCKETS: tuple[Pattern, ...] = (("buckets", "*"), ())
_FIELDS = ("id", "type", "client", "hostname")
_DESCRIPTION = [(*bucket, name) for bucket in _BUCKETS for name in _FIELDS]
_EVENTS = [(*bucket, "events", "item") for bucket in _BUCKETS]
_TYPE = re.compile(
    rb'"type"\s*:\s*"(?:currentwindow|afkstatus|web\.tab\.current|app\.editor\.activity|general\.stopwatch'
    rb'|os\.lockscreen\.unlocks|os\.hid\.input)"'
)
_SIGN = re.compile(rb'"(?:aw-[\w.-]{1,200}|buckets|events)"')
#: How many events one session may hold; a busy day has 20,000.
MAX_EVENTS = 200_000
_MAX_BUCKETS = 1000
_LATEST_US = 4_102_444_800_000_000


class _Stopwatch(NamedTuple):
    period: Period
    label: str
    number: int


class _Description:
    """What a first pass learns: the buckets by their path, and the stopwatches."""

    def __init__(self) -> None:
        self.fields: dict[Path, dict[str, str]] = {}
        self.newest: _Stopwatch | None = None
        self.labels: set[str] = set()
        self.has_events = False

    def bucket(self, path: Path) -> Bucket:
        found = self.fields.get(path, {})
        return Bucket(found.get("type", ""), found.get("client", ""), found.get("hostname", ""))


class ActivityWatchSource:
    code: ClassVar[str] = "ACTIVITYWATCH"
    label: ClassVar[str] = gettext_noop("ActivityWatch export")

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content tells
        head = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip()
        return head.startswith(b"{") and _TYPE.search(head) is not None and _SIGN.search(head) is not None

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        stream = recording.stream
        description = _described(stream)
        stream.seek(0)
        window = description.newest.period if description.newest else Period(-_LATEST_US, _LATEST_US)
        activities = list(_activities(stream, description, window, notes))
        if not description.has_events:
            raise UnableToRead(_("No event of ActivityWatch could be read, from byte 0 on. Export the bucket again."))
        found, last = moments(activities)
        if description.newest:
            yield from _marked(description, notes)
            started = description.newest.period.start
        else:
            started = found[0].at if found else 0
        if not found:
            notes.quality.add(QualityFlag.NOTHING_RECORDED)
            return
        notes.started_at = _moment(started)
        clock = Clock(notes)
        for interaction in interactions(found, started):
            clock.at(interaction.offset_ms)
            yield interaction
        notes.duration_ms = max(notes.duration_ms, min(last - started, window.end - started) // 1000)
        notes.ended_at = _moment(started + notes.duration_ms * 1000)


def _moment(microseconds: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None


def _described(stream: BinaryIO) -> _Description:
    found = _Description()
    number = 0
    for path, value in walk(stream, RecordingNotes(), [*_DESCRIPTION, *_EVENTS]):
        if len(path) >= 2 and path[-2] == "events" and isinstance(path[-1], int):  # noqa: PLR2004 - its list and number
            number += 1
            found.has_events = True
            _note_stopwatch(value, number, found)
        elif isinstance(value, str) and (path[:-1] in found.fields or len(found.fields) < _MAX_BUCKETS):
            found.fields.setdefault(path[:-1], {})[str(path[-1])] = bounded(value)[:500]
    return found


def _note_stopwatch(event: Any, number: int, found: _Description) -> None:
    label = stopwatch_label(event) if isinstance(event, dict) else None
    if label is None:
        return
    try:
        period = period_of(event)
    except NotAnEvent:
        return
    if is_running(event):
        period = Period(period.start, _LATEST_US)
    if len(found.labels) < _MAX_BUCKETS:
        found.labels.add(f"{period.start} {label}")
    if found.newest is None or period.start > found.newest.period.start:
        found.newest = _Stopwatch(period, label, number)


def _activities(
    stream: BinaryIO, description: _Description, window: Period, notes: RecordingNotes
) -> Iterator[Activity]:
    """Yield what happened in *window*. Raises UnableToRead for more than MAX_EVENTS."""
    count = 0
    for number, (path, event) in enumerate(walk(stream, notes, list(_EVENTS)), 1):
        bucket = description.bucket(path[:-2])
        if bucket.type not in TYPES:
            continue
        if bucket.hostname not in ("", "unknown"):
            notes.device_name = notes.device_name or bucket.hostname[:200]
        try:
            activity = read_activity(event if isinstance(event, dict) else {}, bucket, number)
        except NotAnEvent as problem:
            notes.add_bad_record(Place(PlaceUnit.ITEM, number), str(problem))
            continue
        start, end = max(activity.period.start, window.start), min(activity.period.end, window.end)
        if start > end or (start == end and activity.period.start != activity.period.end):
            continue
        count += 1
        if count > MAX_EVENTS:
            raise UnableToRead(
                _(
                    "The export holds more than %(max_events)s events (item %(number)s). Time the session with a "
                    "stopwatch of ActivityWatch, or export fewer days."
                )
                % {"max_events": MAX_EVENTS, "number": number}
            )
        yield activity._replace(period=Period(start, end))


def _marked(description: _Description, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
    """Say which stopwatch the session is, and that there are others."""
    newest = description.newest
    if newest is None:
        return
    notes.title = newest.label[:200]
    others = len(description.labels) - 1
    if others:
        place = Place(PlaceUnit.ITEM, newest.number)
        text = f"The export holds {others} other stopwatch{'es' if others > 1 else ''}; this session is the newest"
        yield CapturedInteraction(0, Kind.NOTE, text, Actor.SYSTEM, place=place)
