"""Rocket.Chat: messages of rooms, as its API and `mongoexport` write them. A room is a session.

Messages of several rooms may be mixed, so that all of a file are held: a bounded number of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from insights_portal.lib.numbers import grouped
from summaries.enums import Actor, Kind
from summaries.sources.base import Place, RecordingFile, RecordingNotes, SessionRecord, UnableToRead
from summaries.sources.reports.conversations import (
    MAX_MESSAGES,
    Message,
    identifier,
    interactions_of,
    listed,
    part,
    text,
    words_of,
)
from summaries.sources.reports.json_items import items
from summaries.sources.reports.moments import moment_of

_LISTS = ("messages",)
_CAME = ("uj", "ut", "livechat-started", "au", "wm")
_WENT = ("ul", "ru", "livechat-close")
#: What happened in a room, in words before and after whom it is about.
_SYSTEM_WORDS = {
    "uj": ("", "joined"),
    "ul": ("", "left"),
    "au": ("", "was added"),
    "ru": ("", "was removed"),
    "livechat-started": ("Chat started", ""),
    "livechat-close": ("Chat closed", ""),
}


class RocketChatSource:
    code: ClassVar[str] = "ROCKETCHAT"
    label: ClassVar[str] = "Rocket.Chat messages (JSON)"
    namespace: ClassVar[str] = "ROCKETCHAT"
    has_logs: ClassVar[bool] = True

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the fields are enough
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return False
        return all(re.search(rb'"' + key + rb'"\s*:', head) for key in (b"rid", b"msg", b"ts", b"u"))

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        rooms: dict[str, _Room] = {}
        held = 0
        for place, row in items(recording.stream, notes, _LISTS):
            if row.get("_hidden") is True:
                # An earlier version of a message that was edited.
                continue
            problem = _enter(rooms, row, place)
            if problem:
                notes.add_bad_record(place, problem)
            held += not problem
            if held > MAX_MESSAGES:
                raise UnableToRead(
                    _("%(place)s: the file holds more than %(max_messages)s messages. Export fewer rooms at a time.")
                    % {"place": place, "max_messages": grouped(MAX_MESSAGES)}
                )
        for rid, room in rooms.items():
            # Messages may all be empty: reactions, or what a file's end cut off.
            if room.messages:
                yield room.record(rid)


@dataclass(slots=True)
class _Room:
    place: Place
    messages: dict[str, Message] = field(default_factory=dict)
    #: Who is a visitor, by their own mark, so that everybody else of the room is a supporter.
    visitors: set[str] = field(default_factory=set)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def record(self, rid: str) -> SessionRecord:
        messages = [self._with_actor(message) for message in self.messages.values()]
        moments = [message.at for message in messages if message.at is not None]
        interactions, quality = interactions_of(messages, started_at=min(moments), place=self.place)
        supporters = [self.names[name] for name in self.names if name not in self.visitors]
        return SessionRecord(
            external_id=rid,
            place=self.place,
            started_at=min(moments),
            ended_at=max(moments),
            supporters=tuple(each for names in supporters for each in names) if self.visitors else (),
            remote_user=next((self.names[name][0] for name in self.names if name in self.visitors), ""),
            interactions=interactions,
            quality=quality,
        )

    def _with_actor(self, message: Message) -> Message:
        actor = message.actor
        if actor == Actor.UNKNOWN and self.visitors:
            actor = Actor.REMOTE_USER if message.name in self.visitors else Actor.SUPPORTER
        shown = self.names.get(message.name, (message.name,))[0]
        return Message(message.at, message.kind, message.text, actor, shown)


def _enter(rooms: dict[str, _Room], row: dict[str, Any], place: Place) -> str:
    """Put a message into its room; returns why it can't be, or ""."""
    rid, at = identifier(row.get("rid")), moment_of(row.get("ts"))
    if not rid:
        return gettext_noop("the message belongs to no room")
    if at is None:
        return gettext_noop("the message's ts is no time that can be read")
    room = rooms.setdefault(rid, _Room(place))
    user = part(row, "u")
    name = text(user.get("username")) or text(user.get("name"))
    is_bot = name.endswith(".cat") or name.endswith(".bot")
    if name and not row.get("t") and not is_bot:
        shown = text(row.get("alias")) or text(user.get("name")) or name
        room.names.setdefault(name, tuple(dict.fromkeys((shown, name))))
    if text(row.get("token")):
        room.visitors.add(name)
    key = identifier(row.get("_id")) or f"{place}"
    for number, (kind, words) in enumerate(_contents(row, name)):
        actor = Actor.SYSTEM if row.get("t") or is_bot else Actor.UNKNOWN
        room.messages[f"{key} {number}"] = Message(at, kind, words, actor, name)
    return ""


def _contents(row: dict[str, Any], name: str) -> list[tuple[Kind, str]]:
    told, words = text(row.get("t")), words_of(row.get("msg"))
    if told:
        kind = Kind.CONNECT if told in _CAME else Kind.DISCONNECT if told in _WENT else Kind.NOTE
        before, after = _SYSTEM_WORDS.get(told, (told, ""))
        # A chat's beginning tells nothing besides; of the others it is who, or why.
        whom = "" if told == "livechat-started" else words or name
        return [(kind, f"{before} {whom} {after}".strip().replace("  ", " "))]
    files = [text(each.get("title")) or text(each.get("name")) for each in listed(row, "attachments")]
    files = files or [text(part(row, "file").get("name"))]
    found = [(Kind.CHAT, words)] if words else []
    return found + [(Kind.FILE_TRANSFER, file) for file in files if file]
