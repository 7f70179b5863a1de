"""TeamViewer's own lists: `Connections_incoming.txt` of the remote device, `Connections.txt` of a supporter.

A row is written when its session ends, so rows are not in order of their starts, and sessions overlap: remote
control with its file transfer. Rows of one partner that overlap, or follow within two minutes, are one visit and so
one session.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, ClassVar

from django.utils.translation import gettext_noop

from summaries.enums import Direction, PlaceUnit
from summaries.sources.base import Place, RecordingFile, RecordingNotes, SessionRecord
from summaries.sources.lines import bounded
from summaries.sources.reports.teamviewer import NAMESPACE, normal_id
from summaries.sources.reports.texts import text_lines, text_of

#: A row that begins so soon after the one before belongs to the same visit.
_PAUSE = timedelta(minutes=2)
#: Rows are written at their end; one whose visit ended so long before the newest row is not joined any more.
_OPEN_FOR = timedelta(days=2)
_MOMENT = r"\d{2}-\d{2}-\d{4} \d{2}:\d{2}:\d{2}"
_INCOMING = re.compile(
    rf"^(?P<id>\d{{1,20}})\t(?P<name>[^\t]*)\t(?P<start>{_MOMENT})\t(?P<end>{_MOMENT})\t(?P<user>[^\t]*)\t(?P<type>\w+)(?:\t(?P<guid>[^\t]*))?\t*$"
)
# Word by word, and never back into one or into the space after it: a line of nothing but spaces took minutes.
_OUTGOING = re.compile(
    rf"^(?P<id>\d{{1,20}})\s++(?P<start>{_MOMENT})\s++(?P<end>{_MOMENT})\s++(?P<user>(?:\S++\s++)*?)(?P<type>\w++)(?:\s++(?P<guid>\{{[0-9A-Fa-f-]++\}}))?\s*+$"
)
_UNKNOWN = "<unknown>"
_NO_ROW = gettext_noop("the line is no row of the list")


@dataclass(slots=True)
class _Visit:
    """Rows of one partner that belong together."""

    partner: str
    name: str
    user: str
    place: Place
    started_at: datetime
    ended_at: datetime
    #: What names the visit: its first row's own id, or that row's partner and start. Later rows only make it longer.
    named: str = ""

    def joins(self, start: datetime, end: datetime) -> bool:
        return start <= self.ended_at + _PAUSE and end >= self.started_at - _PAUSE


class _ListSource:
    """What both lists share."""

    namespace: ClassVar[str] = NAMESPACE
    has_logs: ClassVar[bool] = False
    direction: ClassVar[Direction]
    row: ClassVar["re.Pattern[str]"]

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the rows are enough
        lines = [line for line in text_of(head).splitlines()[:20] if line.strip()]
        return bool(lines) and any(self.row.match(line) for line in lines[:5])

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        for visit in _visits(recording.stream, self.row, notes):
            yield self._record(visit)

    def _record(self, visit: _Visit) -> SessionRecord:
        is_incoming = self.direction == Direction.INCOMING
        return SessionRecord(
            external_id=visit.named,
            place=visit.place,
            started_at=visit.started_at,
            ended_at=visit.ended_at,
            supporters=(visit.name,) if is_incoming and visit.name else (),
            device_name="" if is_incoming else visit.partner,
            remote_user=visit.user if is_incoming and visit.user != _UNKNOWN else "",
            direction=self.direction,
        )


class TeamViewerIncomingSource(_ListSource):
    code: ClassVar[str] = "TEAMVIEWER_INCOMING"
    label: ClassVar[str] = "TeamViewer Connections_incoming.txt"
    direction = Direction.INCOMING
    row = _INCOMING


class TeamViewerOutgoingSource(_ListSource):
    code: ClassVar[str] = "TEAMVIEWER_OUTGOING"
    label: ClassVar[str] = "TeamViewer Connections.txt"
    direction = Direction.OUTGOING
    row = _OUTGOING


def _visits(stream: BinaryIO, pattern: "re.Pattern[str]", notes: RecordingNotes) -> Iterator[_Visit]:
    """Visits, each when no later row can belong to it. Those still open are few: one a partner and two days."""
    open_visits: list[_Visit] = []
    for number, line in text_lines(stream, notes):
        place = Place(PlaceUnit.LINE, number)
        if line is not None and not line.strip():
            continue
        found = pattern.match(line) if line else None
        start, end = (_moment(found["start"]), _moment(found["end"])) if found else (None, None)
        if found is None or start is None or end is None:
            notes.add_bad_record(place, gettext_noop("the line is too long") if line is None else _NO_ROW)
            continue
        if end < start:
            notes.add_bad_record(place, gettext_noop("the session ends before it begins"))
            continue
        _enter(open_visits, found, place, (start, end))
        closed = [visit for visit in open_visits if visit.ended_at < end - _OPEN_FOR]
        yield from closed
        open_visits = [visit for visit in open_visits if visit not in closed] if closed else open_visits
    yield from open_visits


def _enter(visits: list[_Visit], row: "re.Match[str]", place: Place, times: tuple[datetime, datetime]) -> None:
    start, end = times
    joined = [visit for visit in visits if visit.partner == row["id"] and visit.joins(start, end)]
    name = bounded(row["name"].strip()) if "name" in row.re.groupindex else ""
    named = normal_id(row["guid"] or "") or f"{row['id']} {start.isoformat()}"
    visit = _Visit(row["id"], name, bounded(row["user"].strip()), place, start, end, named)
    for other in sorted(joined, key=lambda each: -each.place.number):
        visits.remove(other)
        visit.place, visit.named = other.place, other.named
        visit.started_at, visit.ended_at = min(visit.started_at, other.started_at), max(visit.ended_at, other.ended_at)
        visit.user = visit.user if visit.user != _UNKNOWN else other.user
    visits.append(visit)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d-%m-%Y %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
