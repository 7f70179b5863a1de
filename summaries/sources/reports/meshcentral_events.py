"""MeshCentral's event log (`meshctrl listevents --json`), newest first: sessions by their id, and what was done then.

What an event says is told by its number (`msgid`), which is the same in every language. A recording of the same
session (.mcrec) carries the same id, so that both are one session.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from insights_portal.lib.numbers import grouped
from summaries.enums import Actor, Kind
from summaries.sources.base import (
    CapturedInteraction,
    Place,
    RecordingFile,
    RecordingNotes,
    SessionRecord,
    UnableToRead,
)
from summaries.sources.reports.conversations import Message, interactions_of, text
from summaries.sources.reports.json_items import items
from summaries.sources.reports.moments import moment_of

#: Sessions by the number of their first and last event.
_STARTED = {13: "relay", 14: "terminal", 15: "desktop", 16: "files"}
_ENDED = {9: "relay", 10: "terminal", 11: "desktop", 12: "files"}
#: What was done on the device, by number; other events are about the server.
_DONE: dict[int, Kind] = {
    17: Kind.COMMAND,
    18: Kind.CHAT,
    19: Kind.NOTE,
    20: Kind.NOTE,
    21: Kind.CLIPBOARD,
    22: Kind.CLIPBOARD,
    24: Kind.COMMAND,
    25: Kind.NOTE,
    26: Kind.CHAT,
    98: Kind.NOTE,
    99: Kind.COMMAND,
    100: Kind.COMMAND,
    **dict.fromkeys(range(27, 44), Kind.NOTE),
    **dict.fromkeys((*range(44, 53), *range(103, 107)), Kind.FILE_TRANSFER),
}
#: The request for help is the remote user's own; everything else was done by the supporter.
_HELP = 98
#: Events of one session are written a moment before its first or after its last.
_SLACK = timedelta(seconds=5)
#: Events that are held until their session is known.
MAX_EVENTS = 300_000
_ID = re.compile(r"^[0-9a-zA-Z]{6,64}$")
_FILE = re.compile(r"-(?P<id>[0-9a-zA-Z]{6,64})\.(?:mcrec|txt)$")
_STAMP = re.compile(r"^relaysession-(?:.*?-)?\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}-")


@dataclass(slots=True)
class _Session:
    place: Place
    started_at: datetime | None = None
    ended_at: datetime | None = None
    user: str = ""
    user_id: str = ""
    node: str = ""
    device: str = ""
    kind: str = ""
    done: list[Message] = field(default_factory=list)

    def distance(self, at: datetime) -> timedelta | None:
        """How far outside the session *at* lies, zero for inside; None for too far, or a session without its times."""
        if self.started_at is None or self.ended_at is None:
            return None
        away = max(self.started_at - at, at - self.ended_at, timedelta())
        return away if away <= _SLACK else None


@dataclass(frozen=True, slots=True)
class _Action:
    node: str
    user_id: str
    message: Message


class MeshCentralEventsSource:
    code: ClassVar[str] = "MESHCENTRAL_EVENTS"
    label: ClassVar[str] = gettext_noop("MeshCentral event log (JSON)")
    namespace: ClassVar[str] = "MESHCENTRAL"
    has_logs: ClassVar[bool] = True

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the fields are enough
        is_json = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
        return is_json and b'"etype"' in head and b'"action"' in head and b'"magic"' not in head[:2048]

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        sessions: dict[str, _Session] = {}
        actions: list[_Action] = []
        for number, (place, event) in enumerate(items(recording.stream, notes)):
            if number >= MAX_EVENTS:
                raise UnableToRead(
                    _("%(place)s: the log holds more than %(max_events)s events. List fewer days at a time.")
                    % {"place": place, "max_events": grouped(MAX_EVENTS)}
                )
            problem = _enter(sessions, actions, event, place)
            if problem:
                notes.add_bad_record(place, problem)
        _attribute(sessions, actions)
        ordered = sorted(sessions.items(), key=lambda each: each[1].place.number, reverse=True)
        for session_id, session in ordered:
            if session.started_at is None:
                notes.add_bad_record(
                    session.place, gettext_noop("the log holds neither the start nor the length of this session")
                )
                continue
            yield _record(session_id, session, session.started_at)


def _enter(sessions: dict[str, _Session], actions: list[_Action], event: dict[str, Any], place: Place) -> str:
    at = moment_of(event.get("time"))
    number = event["msgid"] if isinstance(event.get("msgid"), int) else None
    if event.get("action") == "recording":
        _enter_recording(sessions, event, place)
    elif at is None and (number in _STARTED or number in _ENDED or number in _DONE):
        return gettext_noop("the event's time can't be read")
    elif event.get("action") == "relaylog" and (number in _STARTED or number in _ENDED):
        return _enter_life(sessions, event, place, at)
    elif number in _DONE:
        kind = _DONE[number]
        actor = Actor.REMOTE_USER if number == _HELP else Actor.SUPPORTER
        message = Message(at, kind, _words(event), actor, text(event.get("username")))
        actions.append(_Action(text(event.get("nodeid")), text(event.get("userid")), message))
    return ""


def _enter_life(sessions: dict[str, _Session], event: dict[str, Any], place: Place, at: datetime | None) -> str:
    arguments = event.get("msgArgs")
    session_id = arguments[0] if isinstance(arguments, list) and arguments else None
    if at is None or not isinstance(session_id, str) or not _ID.match(session_id):
        return gettext_noop("the event names no session")
    session = sessions.setdefault(session_id, _Session(place))
    session.user, session.user_id = text(event.get("username")), text(event.get("userid"))
    session.node = text(event.get("nodeid"))
    number = event["msgid"]
    session.kind = _STARTED.get(number) or _ENDED.get(number, "")
    if number in _STARTED:
        session.started_at = at
        return ""
    session.ended_at = at
    seconds = arguments[3] if isinstance(arguments, list) and len(arguments) > 3 else None  # noqa: PLR2004 - the fourth
    if session.started_at is None and isinstance(seconds, int) and 0 <= seconds < 366 * 24 * 3600:
        session.started_at = at - timedelta(seconds=seconds)
    return ""


def _enter_recording(sessions: dict[str, _Session], event: dict[str, Any], place: Place) -> None:
    """The name of a recording's file holds the name of the device, which no other event tells."""
    name = text(event.get("filename"))
    found = _FILE.search(name)
    if not found:
        return
    session = sessions.setdefault(found["id"], _Session(place))
    began, seconds = moment_of(event.get("startTime")), event.get("lengthTime")
    if began is not None:
        session.started_at = session.started_at or began
        if isinstance(seconds, int) and 0 <= seconds < 366 * 24 * 3600:
            session.ended_at = session.ended_at or began + timedelta(seconds=seconds)
    # "tech1-vm": the user's name is known from the events of the session, which stand further down.
    session.device = _STAMP.sub("", name[: found.start()])
    session.node = session.node or text(event.get("nodeid"))


def _attribute(sessions: dict[str, _Session], actions: list[_Action]) -> None:
    """Give each action to the session of the same member on the same device that ran then: to the one begun last."""
    by_place: dict[tuple[str, str], list[_Session]] = {}
    for session in sessions.values():
        by_place.setdefault((session.node, session.user_id), []).append(session)
    for each in by_place.values():
        each.sort(key=lambda session: session.started_at.timestamp() if session.started_at else 0.0, reverse=True)
    for action in actions:
        at = action.message.at
        candidates = by_place.get((action.node, action.user_id), [])
        near = [(away, each) for each in candidates if at is not None and (away := each.distance(at)) is not None]
        if near:
            min(near, key=lambda found: found[0])[1].done.append(action.message)


def _record(session_id: str, session: _Session, started_at: datetime) -> SessionRecord:
    interactions, quality = _interactions(session, started_at)
    return SessionRecord(
        external_id=session_id,
        place=session.place,
        started_at=started_at,
        ended_at=session.ended_at,
        supporters=tuple(filter(None, (session.user,))),
        device_name=_device(session),
        interactions=interactions,
        quality=quality,
    )


def _interactions(session: _Session, started_at: datetime) -> tuple[tuple[CapturedInteraction, ...], set[Any]]:
    """Nothing for a session of which the log tells only that it was."""
    if not session.done or session.ended_at is None:
        return (), set()
    began = Message(started_at, Kind.CONNECT, f"MeshCentral {session.kind} session begins", Actor.SYSTEM)
    ended = Message(session.ended_at, Kind.DISCONNECT, f"MeshCentral {session.kind} session ends", Actor.SYSTEM)
    inside = [
        Message(
            min(max(message.at or started_at, started_at), session.ended_at),
            message.kind,
            message.text,
            message.actor,
            message.name,
        )
        for message in sorted(session.done, key=lambda each: each.at or started_at)
    ]
    return interactions_of([began, *inside, ended], started_at=started_at, place=session.place)


def _device(session: _Session) -> str:
    user = session.user_id.rpartition("/")[2] or session.user
    return session.device.removeprefix(f"{user}-") if user else ""


def _words(event: dict[str, Any]) -> str:
    """What was done: the server's sentence, or what it was done with."""
    arguments = event.get("msgArgs")
    named = (
        ", ".join(str(each) for each in arguments if isinstance(each, str | int)) if isinstance(arguments, list) else ""
    )
    if event["msgid"] in _DONE and _DONE[event["msgid"]] in (Kind.COMMAND, Kind.FILE_TRANSFER) and named:
        return named
    return text(event.get("msg")) or named
