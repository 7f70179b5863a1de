"""MeshCentral's desktop sessions (protocol 2): keys, clicks and messages. Pictures are not read.

Messages are `command u16, size u16, content` (MeshCentral's agent-desktop-0.0.2.js), big-endian.
"""

from collections.abc import Iterator

from summaries.enums import Actor, Kind
from summaries.sources.base import CapturedInteraction, RecordingNotes
from summaries.sources.lines import decoded
from summaries.sources.meshcentral_blocks import Block
from summaries.sources.meshcentral_control import Reader, is_control
from summaries.sources.meshcentral_input import InputReader

_KEY, _MOUSE, _SECURE_ATTENTION, _KEY_UNICODE = 1, 2, 10, 85
_MESSAGE, _JUMBO, _ALERT, _INPUT_LOCK = 17, 27, 65, 87
_HEADER_BYTES = 4
_JUMBO_BYTES = 8
#: A key goes down plainly or as an extended key (such as the right Ctrl).
_DOWN = (0, 4)


class DesktopReader(Reader):
    application = "Remote desktop"

    def __init__(self, notes: RecordingNotes) -> None:
        super().__init__(notes)
        self._input = InputReader(self.application)

    def take(self, block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        message = None if block.is_binary else self.json_of(block)
        if message is not None:
            if is_control(message):
                yield from self._input.flush()
                yield from self.control(message, block, offset_ms)
        elif block.is_from_supporter:
            yield from self._sent(block, offset_ms)
        elif block.is_binary:
            yield from self._received(block, offset_ms)

    def finish(self) -> Iterator[CapturedInteraction]:
        yield from self._input.flush()

    def _sent(self, block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        for command, body in _commands(block.data):
            if command == _KEY and len(body) >= 2:  # noqa: PLR2004 - flag and key code
                yield from self._input.key(body[1], offset_ms, block.place, is_down=body[0] in _DOWN)
            elif command == _KEY_UNICODE and len(body) >= 3:  # noqa: PLR2004 - flag and UTF-16 unit
                if body[0] in _DOWN:
                    yield from self._input.character(chr(int.from_bytes(body[1:3], "big")), offset_ms, block.place)
            elif command == _MOUSE and len(body) >= 6:  # noqa: PLR2004 - 0, buttons, x, y
                x, y = int.from_bytes(body[2:4], "big"), int.from_bytes(body[4:6], "big")
                yield from self._input.mouse(body[1], x, y, offset_ms, block.place)
            elif command == _SECURE_ATTENTION:
                yield from self._input.secure_attention(offset_ms, block.place)

    def _received(self, block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        for command, body in _commands(block.data[:65536]):
            if command in (_MESSAGE, _ALERT) and body.strip(b"\0 "):
                yield from self._input.flush()
                text = decoded(body, self.notes).strip()
                yield self.interaction(offset_ms, Kind.NOTE, text, block, actor=Actor.SYSTEM)
            elif command == _INPUT_LOCK and body:
                yield from self._input.flush()
                state = "locked" if body[0] else "unlocked"
                yield self.interaction(offset_ms, Kind.NOTE, f"The remote user's input is {state}", block)


def _commands(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the commands of one block; a size that doesn't fit ends it. A jumbo is a picture and is left out."""
    at = 0
    while at + _HEADER_BYTES <= len(data):
        command, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if command == _JUMBO and size == _JUMBO_BYTES:
            at += _JUMBO_BYTES + int.from_bytes(data[at + 4 : at + 8], "big")
            continue
        if size < _HEADER_BYTES or at + size > len(data):
            return
        yield command, data[at + _HEADER_BYTES : at + size]
        at += size
