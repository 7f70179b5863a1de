"""Zendesk Chat: chats with their history, and messages that were left while nobody was there."""

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

_LISTS = ("chats",)
_ACTORS = {
    "visitor": Actor.REMOTE_USER,
    "agent": Actor.SUPPORTER,
    "trigger": Actor.SYSTEM,
    "system": Actor.SYSTEM,
}
_KINDS = {
    "chat.msg": Kind.CHAT,
    "chat.file": Kind.FILE_TRANSFER,
    "chat.memberjoin": Kind.CONNECT,
    "chat.memberleave": Kind.DISCONNECT,
    "chat.rating": Kind.NOTE,
    "chat.comment": Kind.NOTE,
}


class ZendeskSource:
    code: ClassVar[str] = "ZENDESK"
    label: ClassVar[str] = gettext_noop("Zendesk Chat export (JSON)")
    namespace: ClassVar[str] = "ZENDESK"
    has_logs: ClassVar[bool] = True

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the fields are enough
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return False
        is_chat = re.search(rb'"type"\s*:\s*"(?:chat|offline_msg)"', head)
        history = re.search(rb'"(?:chat\.(?:msg|memberjoin|memberleave)|zendesk_ticket_id|offline_msg)"', head)
        return bool(is_chat and history and b'"visitor"' in head) or b'"chat.memberjoin"' in head

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        for place, chat in items(recording.stream, notes, _LISTS):
            try:
                yield _record(chat, place)
            except NoConversation as problem:
                notes.add_bad_record(place, str(problem))


def _record(chat: dict[str, Any], place: Place) -> SessionRecord:
    external_id, started_at = identifier(chat.get("id")), moment_of(chat.get("timestamp"))
    if not external_id:
        raise NoConversation(gettext_noop("the chat has no id"))
    if started_at is None:
        raise NoConversation(gettext_noop("the chat's timestamp is no time that can be read"))
    agents = _agents(chat)
    messages = [message for row in listed(chat, "history") if (message := _message(row, agents))]
    if chat.get("type") == "offline_msg" and text(chat.get("message")):
        visitor = text(part(chat, "visitor").get("name"))
        messages.append(Message(started_at, Kind.CHAT, words_of(chat["message"]), Actor.REMOTE_USER, visitor))
    interactions, quality = interactions_of(messages, started_at=started_at, place=place)
    return SessionRecord(
        external_id=external_id,
        place=place,
        started_at=started_at,
        ended_at=_end(chat, started_at, interactions[-1].offset_ms if interactions else 0),
        supporters=agents,
        remote_user=text(part(chat, "visitor").get("name")),
        notes=words_of(part(chat, "visitor").get("notes")),
        ticket=identifier(chat.get("zendesk_ticket_id")),
        interactions=interactions,
        quality=quality,
    )


def _agents(chat: dict[str, Any]) -> tuple[str, ...]:
    names = chat.get("agent_names")
    values = names.values() if isinstance(names, dict) else names if isinstance(names, list) else ()
    return tuple(name for each in values if (name := text(each)))


def _message(row: dict[str, Any], agents: tuple[str, ...]) -> Message | None:
    kind = _KINDS.get(str(row.get("type")))
    if kind is None:
        return None
    name = text(row.get("name"))
    actor = _ACTORS.get(str(row.get("sender_type")).lower()) or (Actor.SUPPORTER if name in agents else Actor.UNKNOWN)
    return Message(moment_of(row.get("timestamp")), kind, _words(kind, row, name), actor, name)


def _words(kind: Kind, row: dict[str, Any], name: str) -> str:
    if kind == Kind.CONNECT:
        return f"{name} joined the chat"
    if kind == Kind.DISCONNECT:
        return f"{name} left the chat"
    if kind == Kind.FILE_TRANSFER:
        attachment = part(row, "attachment")
        return text(attachment.get("name")) or text(row.get("file_name")) or "a file"
    if kind == Kind.NOTE:
        return "Rating: " + (text(row.get("new_rating")) or words_of(row.get("new_comment")) or "none")
    return words_of(row.get("msg"))


def _end(chat: dict[str, Any], started_at: datetime, last_ms: int) -> datetime:
    ended_at = moment_of(chat.get("end_timestamp"))
    seconds = chat.get("duration")
    if ended_at is None and isinstance(seconds, int) and 0 <= seconds < 366 * 24 * 3600:
        ended_at = started_at + timedelta(seconds=seconds)
    return max(ended_at or started_at, started_at + timedelta(milliseconds=last_ms))
