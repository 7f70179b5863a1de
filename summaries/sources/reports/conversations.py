"""What the exports of chat services share: messages with a moment become the interactions of one session."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from summaries.enums import Actor, Kind, QualityFlag
from summaries.sources.base import CapturedInteraction, Place
from summaries.sources.lines import bounded
from summaries.sources.reports.html_text import text_of_html

#: More than a session may have is refused by the import; more than this is not even read.
MAX_MESSAGES = 200_000


class NoConversation(ValueError):
    """The record is no conversation; the words say why."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event of a conversation. *at* None: it has no time of its own, and stands after the one before."""

    at: datetime | None
    kind: Kind
    text: str
    actor: Actor = Actor.UNKNOWN
    name: str = ""


def interactions_of(
    messages: Iterable[Message], *, started_at: datetime, place: Place
) -> tuple[tuple[CapturedInteraction, ...], set[QualityFlag]]:
    """The messages in order of time, and what is to be said of their quality."""
    dated: list[tuple[datetime, Message]] = []
    last, quality = started_at, set()
    for message in messages:
        if message.at is None or message.at < started_at:
            quality.add(QualityFlag.NO_TIMES if message.at is None else QualityFlag.CLOCK_SKEW)
        last = max(message.at or last, started_at)
        dated.append((last, message))
    dated.sort(key=lambda each: each[0])
    return tuple(
        CapturedInteraction(
            (at - started_at) // timedelta(milliseconds=1),
            message.kind,
            bounded(message.text),
            message.actor,
            title=bounded(message.name)[:300],
            place=place,
        )
        for at, message in dated
    ), quality


def text(value: Any) -> str:
    """A text field; empty for anything else."""
    return bounded(value.strip()) if isinstance(value, str) else ""


def words_of(value: Any) -> str:
    """A message's body as plain text, whether its service wrote HTML or not."""
    return bounded(text_of_html(value)) if isinstance(value, str) else ""


def identifier(value: Any) -> str:
    """An id as text: a string, a number, or `{"$oid": …}`; empty for anything else."""
    if isinstance(value, dict):
        value = value.get("$oid")
    if isinstance(value, bool):
        return ""
    return bounded(str(value)).strip()[:200] if isinstance(value, str | int) else ""


def part(value: Any, key: str) -> dict[str, Any]:
    """The object under *key*; empty when there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def listed(value: Any, key: str) -> list[dict[str, Any]]:
    """The objects of the list under *key*."""
    found = value.get(key) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
