"""Recordings of Apache Guacamole: the instructions of its protocol, as its server sent them to the browser.

The screen is pictures, which are not read. What can be known are keys, clipboard, files and names, and each of these
only when the server was told to record it. The only clock is that of `sync`, keys and the mouse, in ms.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind, QualityFlag
from summaries.sources.base import MAX_TEXT_CHARS, CapturedInteraction, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.guacamole_stream import Instruction, begins_instruction, read_instructions
from summaries.sources.guacamole_typing import Typing
from summaries.sources.lines import Clock, bounded, decoded
from summaries.sources.terminal_prompts import user_and_host

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: No recording was made before 2010 or will be after 2100, in ms since 1970.
_EARLIEST_MS, _LATEST_MS = 1_262_304_000_000, 4_102_444_800_000
#: How many clipboards and files may be on their way at once.
_MAX_STREAMS = 64
_MAX_CLIPBOARD_BYTES = 4 * MAX_TEXT_CHARS


class GuacamoleSource:
    code: ClassVar[str] = "GUACAMOLE"
    label: ClassVar[str] = gettext_noop("Apache Guacamole recording")

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - a recording has any name
        return begins_instruction(head)

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        reader = _Reader(notes)
        count = 0
        has_instruction = False
        for instruction in read_instructions(recording.stream, notes):
            has_instruction = True
            for interaction in reader.take(instruction):
                count += 1
                yield interaction
        for interaction in reader.finish():
            count += 1
            yield interaction
        if not has_instruction:
            raise UnableToRead(_("Byte 0: no instruction of Guacamole can be read. Copy the recording again."))
        if not reader.has_keys:
            notes.quality.add(QualityFlag.MISSING_INPUT)
        if not count:
            notes.quality.add(QualityFlag.NOTHING_RECORDED)


@dataclass(slots=True)
class _Transfer:
    """A clipboard or a file on its way. Of a file only the size is kept."""

    kind: Kind
    begin: Instruction
    name: str = ""
    size: int = 0
    content: bytearray = field(default_factory=bytearray)


class _Reader:
    def __init__(self, notes: RecordingNotes) -> None:
        self.notes = notes
        self.clock = Clock(notes)
        self.typing = Typing()
        self.has_keys = False
        self._started_ms: int | None = None
        self._transfers: dict[bytes, _Transfer] = {}
        self._title = ""
        self._handlers = {
            "sync": self._sync,
            "key": self._key,
            "mouse": self._mouse,
            "touch": self._touch,
            "name": self._name,
            "clipboard": self._clipboard,
            "file": self._file,
            "body": self._body,
            "blob": self._blob,
            "end": self._end,
            "error": self._error,
            "disconnect": self._disconnect,
        }

    def take(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        """Yield what an instruction makes complete. Pictures and sound are passed over."""
        handler = self._handlers.get(instruction.opcode)
        if handler is not None:
            yield from handler(instruction)

    def finish(self) -> Iterator[CapturedInteraction]:
        for transfer in list(self._transfers.values()):
            if transfer.kind == Kind.FILE_TRANSFER:
                yield from self.typing.other(self._transferred(transfer))
        yield from self.typing.finish()
        if self._started_ms is not None:
            self.notes.ended_at = _EPOCH + timedelta(milliseconds=self._started_ms + self.clock.now_ms)

    def _at(self, timestamp: int | None) -> int:
        """Return the offset of a timestamp; that of the moment before when there is none (older recordings)."""
        if timestamp is None:
            return self.clock.now_ms
        if self._started_ms is None:
            self._started_ms = timestamp
            if _EARLIEST_MS <= timestamp <= _LATEST_MS:
                self.notes.started_at = _EPOCH + timedelta(milliseconds=timestamp)
        return self.clock.at(timestamp - self._started_ms)

    def _bad(self, instruction: Instruction, problem: str) -> None:
        self.notes.add_bad_record(instruction.place, problem)

    def _sync(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        timestamp = instruction.number(0)
        if timestamp is None:
            self._bad(instruction, gettext_noop("the time can't be read"))
        else:
            self._at(timestamp)
        yield from ()

    def _key(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        self.has_keys = True
        keysym, pressed = instruction.number(0), instruction.number(1)
        if keysym is None or pressed not in (0, 1):
            self._bad(instruction, gettext_noop("the key can't be read"))
            return
        at_ms = self._at(instruction.number(2))
        yield from self.typing.key(keysym, at_ms, instruction.place, is_down=pressed == 1)

    def _mouse(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        x, y, buttons = instruction.number(0), instruction.number(1), instruction.number(2)
        if x is None or y is None:
            self._bad(instruction, gettext_noop("the place of the mouse can't be read"))
            return
        at_ms = self._at(instruction.number(3))
        yield from self.typing.mouse(x, y, buttons or 0, at_ms, instruction.place)

    def _touch(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        # A touch is told of over and over while the finger lies; its force is 0 when it leaves.
        at_ms = self._at(instruction.number(7))
        if instruction.text(6).strip() in ("0", "0.0"):
            where = f" at ({instruction.number(1)}, {instruction.number(2)})"
            yield from self.typing.click("touch", where, at_ms, instruction.place)

    def _name(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        title = self._text(instruction, 0)[:200]
        if not title or title == self._title:
            return
        self._title = title
        self.notes.title = self.notes.title or title
        found = user_and_host(title)
        if found:
            self.notes.add_person(found[0])
            self.notes.device_name = self.notes.device_name or found[1]
        yield from self._other(instruction, Kind.APP_FOCUS, "", title=title)

    def _clipboard(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        if instruction.text(1).partition(";")[0].strip().casefold() == "text/plain":
            self._open(instruction, _Transfer(Kind.CLIPBOARD, instruction))
        yield from ()

    def _file(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        self._open(instruction, _Transfer(Kind.FILE_TRANSFER, instruction, self._text(instruction, 2)))
        yield from ()

    def _body(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        # object, stream, type, name: a file of a drive, or a list of one of its folders
        index = instruction.arguments[1:2]
        if index and "stream-index" not in instruction.text(2):
            transfer = _Transfer(Kind.FILE_TRANSFER, instruction, self._text(instruction, 3))
            self._open(Instruction(instruction.offset, "body", index), transfer)
        yield from ()

    def _open(self, instruction: Instruction, transfer: _Transfer) -> None:
        if instruction.arguments:
            self._transfers.pop(instruction.arguments[0], None)
            self._transfers[instruction.arguments[0]] = transfer
        while len(self._transfers) > _MAX_STREAMS:
            self._transfers.pop(next(iter(self._transfers)))

    def _blob(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        transfer = self._transfers.get(instruction.arguments[0]) if instruction.arguments else None
        data = instruction.arguments[1] if len(instruction.arguments) > 1 else b""
        if transfer and transfer.kind == Kind.CLIPBOARD and len(transfer.content) < _MAX_CLIPBOARD_BYTES:
            try:
                transfer.content += base64.b64decode(data, validate=True)
            except (binascii.Error, ValueError):
                self._bad(instruction, gettext_noop("a part of the clipboard can't be decoded"))
        elif transfer:
            transfer.size += len(data) * 3 // 4 - data.count(b"=", -2)
        yield from ()

    def _end(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        transfer = self._transfers.pop(instruction.arguments[0], None) if instruction.arguments else None
        if transfer and (transfer.content or transfer.kind == Kind.FILE_TRANSFER):
            yield from self.typing.other(self._transferred(transfer))

    def _transferred(self, transfer: _Transfer) -> CapturedInteraction:
        text = f"{transfer.name or 'file without a name'} ({transfer.size} bytes)"
        is_secret = False
        if transfer.kind == Kind.CLIPBOARD:
            text = decoded(bytes(transfer.content), self.notes)
            is_secret = self.typing.prompts.is_secret(text)
        place = transfer.begin.place
        return CapturedInteraction(
            self.clock.now_ms, transfer.kind, bounded(text), Actor.UNKNOWN, place=place, is_secret=is_secret
        )

    def _error(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        yield from self._other(instruction, Kind.NOTE, f"Connection error: {self._text(instruction, 0)}")

    def _disconnect(self, instruction: Instruction) -> Iterator[CapturedInteraction]:
        yield from self._other(instruction, Kind.DISCONNECT, "The connection ended")

    def _other(
        self, instruction: Instruction, kind: Kind, text: str, *, title: str = ""
    ) -> Iterator[CapturedInteraction]:
        yield from self.typing.other(
            CapturedInteraction(
                self.clock.now_ms, kind, bounded(text), Actor.SYSTEM, title=title, place=instruction.place
            )
        )

    def _text(self, instruction: Instruction, number: int) -> str:
        data = instruction.arguments[number] if number < len(instruction.arguments) else b""
        return bounded(decoded(data, self.notes))
