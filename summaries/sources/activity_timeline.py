"""Puts the events of ActivityWatch into one timeline, with the time that each window really was in front."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from summaries.enums import Actor, Kind, PlaceUnit
from summaries.sources.activity_events import AFK, EDITOR, STOPWATCH, TAB, UNLOCK, WINDOW, Activity, Period
from summaries.sources.base import CapturedInteraction, Place

_SECOND = 1_000_000
#: A window that stays in front is told of again after so long, so that its time counts.
REPEAT_US = 5 * 60 * _SECOND
#: One window is told of so often at most: for a day.
_MAX_REPEATS = 24 * 12
#: An absence that is shorter is not told of.
_SHORTEST_ABSENCE = 60 * _SECOND
_NOTED = {TAB: Kind.NOTE, EDITOR: Kind.NOTE, UNLOCK: Kind.NOTE, STOPWATCH: Kind.MARKER}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something to tell at a time in microseconds since 1970."""

    at: int
    kind: Kind
    text: str
    application: str
    title: str
    number: int


def moments(activities: Sequence[Activity]) -> tuple[list[Moment], int]:
    """Return what to tell, in order of time, and when the last period ends."""
    present = _union(
        [activity.period for activity in activities if activity.type == AFK and activity.text == "not-afk"]
    )
    is_watched = any(activity.type == AFK for activity in activities)
    found = list(_absences(present)) if is_watched else []
    last = present[-1].end if present else 0
    for piece in _merged(_pieces(_clipped(activities), present if is_watched else None)):
        last = max(last, piece.period.end)
        found += _told(piece)
    for activity in activities:
        if activity.type in _NOTED and activity.text and (not is_watched or _holds(present, activity.period.start)):
            found.append(_moment(activity, activity.period.start, _NOTED[activity.type], activity.text))
            last = max(last, activity.period.start)
    found.sort(key=lambda moment: (moment.at, moment.kind != Kind.MARKER))
    return found, last


def interactions(found: Sequence[Moment], started: int) -> Iterator[CapturedInteraction]:
    """Yield moments as interactions; *started* is when the session began."""
    for moment in found:
        yield CapturedInteraction(
            max(0, moment.at - started) // 1000,
            moment.kind,
            moment.text,
            Actor.SYSTEM if moment.kind == Kind.MARKER else Actor.UNKNOWN,
            application=moment.application,
            title=moment.title,
            place=Place(PlaceUnit.ITEM, moment.number),
        )


def _union(periods: list[Period]) -> list[Period]:
    """Join periods that overlap or touch: an event that grows may be stored twice."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, period.end))
        else:
            joined.append(period)
    return joined


def _clipped(activities: Sequence[Activity]) -> Iterator[Activity]:
    """Yield windows in order, of the same start and data the longest, each ended by the next."""
    windows = sorted(
        (activity for activity in activities if activity.type == WINDOW),
        key=lambda activity: (activity.period.start, -activity.period.end),
    )
    before: Activity | None = None
    for window in windows:
        if before is not None:
            is_same = (before.period.start, before.application, before.title) == (
                window.period.start,
                window.application,
                window.title,
            )
            if is_same:
                continue
            yield before._replace(period=Period(before.period.start, min(before.period.end, window.period.start)))
        before = window
    if before is not None:
        yield before


def _pieces(windows: Iterator[Activity], present: list[Period] | None) -> Iterator[Activity]:
    """Yield the parts of windows in which somebody was there; *present* None: that was not watched."""
    for window in windows:
        if present is None:
            yield window
            continue
        start, end = window.period
        first = max(0, bisect_right(present, start, key=lambda period: period.start) - 1)
        for period in present[first:]:
            if period.start > end:
                break
            if period.end >= start and (period.end > start or start == end):
                yield window._replace(period=Period(max(start, period.start), min(end, period.end)))


def _merged(pieces: Iterator[Activity]) -> Iterator[Activity]:
    """Join pieces of one window that follow each other within a second."""
    open_piece: Activity | None = None
    for piece in pieces:
        if open_piece is not None:
            is_same = (open_piece.application, open_piece.title) == (piece.application, piece.title)
            if is_same and piece.period.start - open_piece.period.end <= _SECOND:
                end = max(open_piece.period.end, piece.period.end)
                open_piece = open_piece._replace(period=Period(open_piece.period.start, end))
                continue
            yield open_piece
        open_piece = piece
    if open_piece is not None:
        yield open_piece


def _told(piece: Activity) -> Iterator[Moment]:
    """Yield the window as it comes to the front, and again while it stays there."""
    yield _moment(piece, piece.period.start, Kind.APP_FOCUS, piece.text)
    for at in islice(range(piece.period.start + REPEAT_US, piece.period.end, REPEAT_US), _MAX_REPEATS):
        yield _moment(piece, at, Kind.APP_FOCUS, "")


def _absences(present: list[Period]) -> Iterator[Moment]:
    for before, after in pairwise(present):
        absence = after.start - before.end
        if absence >= _SHORTEST_ABSENCE:
            minutes = round(absence / (60 * _SECOND))
            yield Moment(before.end, Kind.NOTE, f"Nobody was at the computer for {minutes} min", "", "", 1)


def _holds(present: list[Period], moment: int) -> bool:
    index = bisect_right(present, moment, key=lambda period: period.start) - 1
    return index >= 0 and moment <= present[index].end


def _moment(activity: Activity, at: int, kind: Kind, text: str) -> Moment:
    return Moment(at, kind, text, activity.application, activity.title, activity.number)
