"""MeshCentral's messenger recordings (.txt): a line of JSON, then `Wed, 22 Nov 2026 05:20:30 GMT, --> text`.

`-->` is what the supporter wrote, `<--` what the remote user wrote.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

from django.utils.translation import gettext, gettext_noop

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.lines import Clock, bounded, decoded, numbered_lines

_LINE = re.compile(r"^(?P<date>[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT), (?P<text>.*)$", re.ASCII)
_MESSAGE = re.compile(r"^(?P<arrow>-->|<--) ?(?P<text>.*)$")
_TRANSFER = re.compile(r'^(?:(?P<arrow>-->|<--) ?)?(?P<text>File Transfer, ".*" \(\d+ bytes\))$')
_ACTORS = {"-->": Actor.SUPPORTER, "<--": Actor.REMOTE_USER}


class MeshCentralMessengerSource:
    code: ClassVar[str] = "MESHCENTRAL_MESSENGER"
    label: ClassVar[str] = "MeshCentral messenger chat"

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the first two lines are enough
        first, _, rest = head.partition(b"\n")
        return first.lstrip().startswith(b"{") and b"<<<START>>>" in rest[:200]

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        lines = numbered_lines(recording.stream)
        _, first = next(lines, (1, None))
        metadata = _metadata(first)
        for key in ("username", "devicename"):
            if not isinstance(metadata.get(key), str):
                metadata[key] = ""
        notes.supporter_name, notes.device_name = bounded(metadata["username"]), bounded(metadata["devicename"])
        notes.add_person(notes.supporter_name)
        yield from _interactions(lines, notes)


def _metadata(line: bytes | None) -> dict[str, Any]:
    try:
        metadata = json.loads((line or b"").decode(errors="replace"))
    except (ValueError, RecursionError) as error:
        raise UnableToRead(
            gettext("Line 1: the description of the chat can't be read. Download the recording again.")
        ) from error
    return metadata if isinstance(metadata, dict) else {}


def _interactions(lines: Iterator[tuple[int, bytes | None]], notes: RecordingNotes) -> Iterator[CapturedInteraction]:
    clock, has_end, count = Clock(notes), False, 0
    for number, line in lines:
        place = Place(PlaceUnit.LINE, number)
        match = _LINE.match(decoded(line, notes)) if line else None
        moment = _moment(match["date"]) if match else None
        if match is None or moment is None:
            if line != b"":
                notes.add_bad_record(place, gettext_noop("the line has no time that can be read"))
            continue
        notes.started_at = notes.started_at or moment
        offset_ms = clock.at((moment - notes.started_at) // timedelta(milliseconds=1))
        notes.ended_at = notes.started_at + timedelta(milliseconds=offset_ms)
        interaction = _interaction(match["text"], offset_ms, place)
        has_end = interaction.kind == Kind.DISCONNECT
        count += interaction.kind not in (Kind.CONNECT, Kind.DISCONNECT)
        yield interaction
    if not has_end:
        notes.quality.add(QualityFlag.TRUNCATED)
    if not count:
        notes.quality.add(QualityFlag.NOTHING_RECORDED)


def _interaction(text: str, offset_ms: int, place: Place) -> CapturedInteraction:
    if text.strip() == "<<<START>>>":
        return CapturedInteraction(offset_ms, Kind.CONNECT, "Messenger chat begins", Actor.SYSTEM, place=place)
    if text.strip() == "<<<END>>>":
        return CapturedInteraction(offset_ms, Kind.DISCONNECT, "Messenger chat ends", Actor.SYSTEM, place=place)
    for pattern, kind in ((_TRANSFER, Kind.FILE_TRANSFER), (_MESSAGE, Kind.CHAT)):
        match = pattern.match(text)
        if match:
            actor = _ACTORS.get(match["arrow"], Actor.UNKNOWN)
            return CapturedInteraction(offset_ms, kind, bounded(match["text"]), actor, place=place)
    return CapturedInteraction(offset_ms, Kind.NOTE, bounded(text), Actor.SYSTEM, place=place)


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
