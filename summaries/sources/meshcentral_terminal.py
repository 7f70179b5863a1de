"""MeshCentral's terminals (protocols 1, 6, 8, 9): output as the device sent it, and every key as it was typed."""

import codecs
import re
from collections.abc import Iterator
from typing import Any

from summaries.enums import Kind, QualityFlag
from summaries.sources.base import CapturedInteraction, RecordingNotes
from summaries.sources.meshcentral_blocks import Block
from summaries.sources.meshcentral_control import Reader, is_control
from summaries.sources.terminal import TerminalInterpreter

#: What the agent itself runs in a new shell; no person typed it.
_AGENT_LINE = re.compile(r" ?alias ls='ls --color=auto'; ?clear\r?\n")
_AGENT_COMMAND = re.compile(r"alias ls='ls --color=auto'; ?clear")
_MAX_SIZE = 1000


class TerminalReader(Reader):
    application = "Terminal"

    def __init__(self, notes: RecordingNotes) -> None:
        super().__init__(notes)
        self._terminal = TerminalInterpreter(notes)
        self._printed = codecs.getincrementaldecoder("utf-8")("replace")
        self._typed = codecs.getincrementaldecoder("utf-8")("replace")
        self._has_typed = False

    def take(self, block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        if not block.is_binary:
            yield from self._take_text(block, offset_ms)
        elif block.is_from_supporter:
            self._has_typed = True
            self._terminal.typed(self._decoded(self._typed, block.data), offset_ms, block.place)
        else:
            text = self._decoded(self._printed, block.data)
            if not self._has_typed:
                text = _AGENT_LINE.sub("", text)
            self._terminal.printed(text, offset_ms, block.place)
        yield from self._complete()

    def finish(self) -> Iterator[CapturedInteraction]:
        self._terminal.finish()
        yield from self._complete()

    def _take_text(self, block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        message = self.json_of(block)
        if message and is_control(message):
            self._resize(message)
            yield from self._complete()
            yield from self.control(message, block, offset_ms)

    def _resize(self, message: dict[str, Any]) -> None:
        columns, rows = message.get("cols"), message.get("rows")
        if type(columns) is int and type(rows) is int and 0 < columns <= _MAX_SIZE and 0 < rows <= _MAX_SIZE:
            self._terminal.resized(columns, rows)

    def _complete(self) -> Iterator[CapturedInteraction]:
        for interaction in self._terminal.take():
            if interaction.kind != Kind.COMMAND or not _AGENT_COMMAND.fullmatch(interaction.text.strip()):
                yield interaction

    def _decoded(self, decoder: codecs.IncrementalDecoder, data: bytes) -> str:
        text = decoder.decode(data.replace(b"\0", b""))
        if "\ufffd" in text:
            self.notes.quality.add(QualityFlag.UNDECODABLE)
        return text
