"""Intercom: conversations with their parts. A part that is a note is the supporters' own and says so."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind
from summaries.sources.base import Place, RecordingFile, RecordingNotes, SessionRecord
from summaries.sources.reports.conversations import (
    Message,
    NoConversation,
    identifier,
    interactions_of,
    listed,
    part,
    text,
    words_of,
)
from summaries.sources.reports.json_items import items
from summaries.sources.reports.moments import moment_of

_LISTS = ("conversations", "data")
_ACTORS = {
    "admin": Actor.SUPPORTER,
    "team": Actor.SUPPORTER,
    "user": Actor.REMOTE_USER,
    "lead": Actor.REMOTE_USER,
    "contact": Actor.REMOTE_USER,
    "bot": Actor.SYSTEM,
}
#: Conversations that go on: they are brought in when they are closed.
_RUNNING = ("open", "snoozed")
INTERNAL = "internal note"


class IntercomSource:
    code: ClassVar[str] = "INTERCOM"
    label: ClassVar[str] = "Intercom conversations (JSON)"
    namespace: ClassVar[str] = "INTERCOM"
    has_logs: ClassVar[bool] = True

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the fields are enough
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        is_part = re.search(rb'"conversation_parts"\s*:', head) or re.search(rb'"type"\s*:\s*"conversation"', head)
        return start in (b"{", b"[") and is_part is not None

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        for place, conversation in items(recording.stream, notes, _LISTS):
            try:
                yield _record(conversation, place)
            except NoConversation as problem:
                notes.add_bad_record(place, str(problem))


def _record(conversation: dict[str, Any], place: Place) -> SessionRecord:
    external_id, started_at = identifier(conversation.get("id")), moment_of(conversation.get("created_at"))
    if not external_id:
        raise NoConversation(gettext_noop("the conversation has no id"))
    if started_at is None:
        raise NoConversation(gettext_noop("the conversation's created_at is no time that can be read"))
    source = part(conversation, "source")
    messages = _messages(source, started_at, opens=True)
    for row in listed(part(conversation, "conversation_parts"), "conversation_parts"):
        messages += _messages(row, moment_of(row.get("created_at")), opens=False)
    interactions, quality = interactions_of(messages, started_at=started_at, place=place)
    last = started_at + timedelta(milliseconds=interactions[-1].offset_ms if interactions else 0)
    rows = [source, *listed(part(conversation, "conversation_parts"), "conversation_parts")]
    return SessionRecord(
        external_id=external_id,
        place=place,
        started_at=started_at,
        ended_at=None if conversation.get("state") in _RUNNING else last,
        supporters=_named(rows, Actor.SUPPORTER),
        remote_user=next(iter(_named(rows, Actor.REMOTE_USER, keys=("name",))), ""),
        ticket=identifier(part(conversation, "ticket").get("id")),
        interactions=interactions,
        quality=quality,
    )


def _actor(row: dict[str, Any]) -> Actor:
    return _ACTORS.get(str(part(row, "author").get("type")), Actor.UNKNOWN)


def _named(rows: list[dict[str, Any]], actor: Actor, keys: tuple[str, ...] = ("email", "name")) -> tuple[str, ...]:
    authors = [part(row, "author") for row in rows if _actor(row) == actor]
    return tuple(dict.fromkeys(name for author in authors for key in keys if (name := text(author.get(key)))))


def _messages(row: dict[str, Any], at: datetime | None, *, opens: bool) -> list[Message]:
    """What one part says, and the files that hang on it. A part without a body tells what was done."""
    kind_of_part = "comment" if opens else str(row.get("part_type") or "")
    actor, name, body = _actor(row), text(part(row, "author").get("name")), words_of(row.get("body"))
    found = []
    if kind_of_part == "note" and body:
        found.append(Message(at, Kind.NOTE, f"({INTERNAL}) {body}", actor, name))
    elif body:
        found.append(Message(at, Kind.CHAT, body, actor, name))
    elif kind_of_part and kind_of_part not in ("comment", "note"):
        found.append(Message(at, Kind.NOTE, kind_of_part.replace("_", " "), Actor.SYSTEM, name))
    files = [text(attachment.get("name")) or "a file" for attachment in listed(row, "attachments")]
    return found + [Message(at, Kind.FILE_TRANSFER, file, actor, name) for file in files]
