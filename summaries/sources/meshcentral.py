"""MeshCentral recordings (.mcrec): terminal, desktop and file sessions, as its relay server writes them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.lines import bounded
from summaries.sources.meshcentral_blocks import DATA, END, METADATA, Block, BlockClock, read_blocks
from summaries.sources.meshcentral_control import Reader
from summaries.sources.meshcentral_desktop import DesktopReader
from summaries.sources.meshcentral_files import FilesReader
from summaries.sources.meshcentral_terminal import TerminalReader

MAGIC = b"MeshCentralRelaySession"
_END_MAGIC = b"MeshCentralMCREC"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: How each protocol is read and what people call it. Any other number is kept as "other".
_READERS: dict[int, tuple[str, Callable[[RecordingNotes], Reader]]] = {
    1: ("terminal", TerminalReader),
    2: ("desktop", DesktopReader),
    5: ("files", FilesReader),
    6: ("administrator PowerShell", TerminalReader),
    8: ("user shell", TerminalReader),
    9: ("user PowerShell", TerminalReader),
}
_UNREAD = {
    100: "Intel AMT (WSMAN)",
    101: "Intel AMT (redirection)",
    102: "Intel AMT desktop",
    200: "messenger",
    202: "SSH relay",
}


class MeshCentralSource:
    code: ClassVar[str] = "MCREC"
    label: ClassVar[str] = gettext_noop("MeshCentral recording (.mcrec)")
    #: The event log knows the same sessions by the same ids.
    namespace: ClassVar[str] = "MESHCENTRAL"

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the magic words are enough
        return head.startswith(b"\0\x01") and MAGIC in head[:4096]

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        blocks = read_blocks(recording.stream, notes)
        first = next(blocks, None)
        if first is None or first.type != METADATA:
            raise UnableToRead(_("Byte 0: the recording ends in its first block. Download it from MeshCentral again."))
        name, reader = _reader(_read_metadata(first, notes), notes)
        clock = BlockClock(notes)
        count = 0
        last_ms = 0
        for interaction in _interactions(blocks, reader, name, clock, notes):
            count += interaction.kind not in (Kind.CONNECT, Kind.DISCONNECT)
            # A terminal's output is complete only after a later message may have been handed on.
            last_ms = max(last_ms, interaction.offset_ms)
            yield replace(interaction, offset_ms=last_ms)
        if not count:
            notes.quality.add(QualityFlag.NOTHING_RECORDED)


def _interactions(
    blocks: Iterator[Block], reader: Reader, name: str, clock: BlockClock, notes: RecordingNotes
) -> Iterator[CapturedInteraction]:
    end: Block | None = None
    for block in blocks:
        if block.type == END:
            end = block
        elif block.type == DATA:
            is_first = clock.started_ms is None
            offset_ms = clock.offset_ms(block)
            if is_first and clock.started_ms is not None:
                notes.started_at = _moment(clock.started_ms)
                yield _life(Kind.CONNECT, f"MeshCentral {name} session begins", offset_ms, block.place)
            yield from reader.take(block, offset_ms)
    yield from reader.finish()
    if clock.started_ms is None:
        return
    # An indexed file's end block holds an offset in place of a time, and its end is that of its last data.
    if end and end.data.startswith(_END_MAGIC) and end.time_ms >= clock.last_ms:
        clock.offset_ms(end)
    notes.ended_at = _moment(clock.started_ms + clock.clock.now_ms)
    if end:
        yield _life(Kind.DISCONNECT, f"MeshCentral {name} session ends", clock.clock.now_ms, end.place)


def _life(kind: Kind, text: str, offset_ms: int, place: Place) -> CapturedInteraction:
    return CapturedInteraction(offset_ms, kind, text, Actor.SYSTEM, application="MeshCentral", place=place)


def _read_metadata(block: Block, notes: RecordingNotes) -> dict[str, Any]:
    """Note who and where. The field `time` is written as the server's language has it, so it is left alone."""
    try:
        metadata = json.loads(block.data.decode(errors="replace"))
    except (ValueError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        notes.add_bad_record(Place(PlaceUnit.BYTE, 0), gettext_noop("the description of the session can't be read"))
        return {}
    notes.supporter_name = _name(metadata, "username") or _name(metadata, "userid").rpartition("/")[2]
    notes.device_name = _name(metadata, "devicename")
    notes.external_id = _name(metadata, "sessionid")
    notes.add_person(notes.supporter_name)
    return metadata


def _name(metadata: dict[str, Any], key: str) -> str:
    value = metadata.get(key)
    return bounded(value)[:200] if isinstance(value, str) else ""


def _reader(metadata: dict[str, Any], notes: RecordingNotes) -> tuple[str, Reader]:
    try:
        protocol = int(metadata.get("protocol") or 0)
    except (TypeError, ValueError, OverflowError):
        protocol = 0
    if protocol in _READERS:
        name, make = _READERS[protocol]
        return name, make(notes)
    return _UNREAD.get(protocol, "other"), Reader(notes)


def _moment(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
