"""Gathers the rendered lines of what a command printed into texts that a person can read."""

from collections import deque
from dataclasses import dataclass

from summaries.sources.base import Place

#: Longest text of one chunk of output, in characters.
CHUNK_CHARS = 4_000
#: A pause of this many ms between two lines begins a new chunk, so that a chunk stands at its own moment.
PAUSE_MS = 5_000
#: How many chunks one command may fill; then only the end of its output is kept, and how much was left out.
MAX_CHUNKS = 40
#: How much of the end is kept then, in characters.
TAIL_CHARS = 3_000


@dataclass(frozen=True, slots=True)
class OutputChunk:
    at_ms: int
    place: Place | None
    text: str


class OutputCollector:
    """Takes lines in order and hands out chunks. Holds one chunk and one tail, whatever a command prints."""

    def __init__(self) -> None:
        self.ready: list[OutputChunk] = []
        self._lines: list[str] = []
        self._chars = 0
        self._began: tuple[int, Place | None] = (0, None)
        self._last_ms = 0
        self._chunks = 0
        self._tail: deque[str] = deque()
        self._tail_chars = 0
        self._left_out = 0

    @property
    def is_filled(self) -> bool:
        return bool(self._lines or self._tail)

    def begin_command(self) -> None:
        """A new command has a new allowance of chunks."""
        self._chunks = 0

    def add(self, line: str, at_ms: int, place: Place | None) -> None:
        line = _cut(line)
        at_ms = at_ms if line else self._last_ms
        if self._chunks >= MAX_CHUNKS:
            self._add_to_tail(line)
            return
        if self._lines and (self._chars + len(line) >= CHUNK_CHARS or at_ms - self._last_ms > PAUSE_MS):
            self._close()
            if self._chunks >= MAX_CHUNKS:
                self._began = (at_ms, place)
                self._add_to_tail(line)
                return
        if not self._lines:
            if not line:
                return
            self._began = (at_ms, place)
        self._last_ms = at_ms
        self._lines.append(line)
        self._chars += len(line) + 1

    def finish(self) -> None:
        """Close what is open; its chunks are in `ready`."""
        if self._tail:
            if self._left_out:
                self._lines.append(f"[… {self._left_out} lines left out …]")
            self._lines += self._tail
            self._tail.clear()
            self._tail_chars = self._left_out = 0
        self._close()

    def _close(self) -> None:
        text = "\n".join(self._lines).rstrip()
        if text:
            self.ready.append(OutputChunk(*self._began, text))
            self._chunks += 1
        self._lines, self._chars = [], 0

    def _add_to_tail(self, line: str) -> None:
        if not self._tail:
            self._left_out = 0
        self._tail.append(line)
        self._tail_chars += len(line) + 1
        while self._tail_chars > TAIL_CHARS:
            self._tail_chars -= len(self._tail.popleft()) + 1
            self._left_out += 1


def _cut(line: str) -> str:
    """Cut a line in the middle so that it fits into a tail with room for others."""
    half = TAIL_CHARS // 3
    if len(line) <= 2 * half:
        return line
    return f"{line[:half]} [… {len(line) - 2 * half} characters left out …] {line[-half:]}"
