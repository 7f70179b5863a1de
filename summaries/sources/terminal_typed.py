"""Follows what was typed while a program ran, and decides whether the terminal showed it."""

from collections import deque
from dataclasses import dataclass

from summaries.sources.base import Place
from summaries.sources.terminal_escapes import without_sequences

#: How many characters of one typed line are kept, and how much output is looked through for its echo.
MAX_LINE_CHARS = 4_000
MAX_ECHO_CHARS = 16_000
#: How many typed lines may wait for their echo.
MAX_OPEN_LINES = 50
#: A typed line that no line feed answers is judged after this many ms.
WAIT_MS = 2_000

_DELETE, _BACKSPACE, _KILL_LINE = "\x7f", "\x08", "\x15"
_ENDS = "\r\n\x03\x04"


@dataclass(slots=True)
class TypedLine:
    """One typed line. *keys* are its characters as typed, with those that were deleted again."""

    at_ms: int
    place: Place | None
    asked_for_secret: bool
    is_full_screen: bool
    text: str = ""
    keys: str = ""
    echo: str = ""
    is_ended: bool = False

    def press(self, key: str) -> None:
        if key in (_DELETE, _BACKSPACE):
            self.text = self.text[:-1]
        elif key == _KILL_LINE:
            self.text = ""
        elif key.isprintable() and len(self.keys) < MAX_LINE_CHARS:
            self.text += key
            self.keys += key

    def is_secret(self) -> bool:
        """Typed at a prompt for a password, or the typed characters did not come back in the output."""
        return self.asked_for_secret or not _holds_in_order(self.echo, self.keys)


class TypedKeys:
    """Cuts typed characters into lines; `ready` holds those that have been judged, oldest first."""

    def __init__(self) -> None:
        self.ready: deque[TypedLine] = deque()
        self._open: deque[TypedLine] = deque()

    def typed(
        self, text: str, at_ms: int, place: Place | None, *, asked_for_secret: bool, is_full_screen: bool
    ) -> None:
        for key in without_sequences(text):
            if not self._open or self._open[-1].is_ended:
                if key in _ENDS:
                    continue
                self._open.append(TypedLine(at_ms, place, asked_for_secret, is_full_screen))
            if key in _ENDS:
                self._open[-1].is_ended = True
            else:
                self._open[-1].press(key)
        while len(self._open) > MAX_OPEN_LINES:
            self._judge()

    def shown(self, output: str, at_ms: int) -> None:
        """Take notice of what the terminal printed after the keys: up to a line feed it is echo, then an answer."""
        if not self._open:
            return
        line, feed, rest = without_sequences(output).partition("\n")
        while self._open:
            first = self._open[0]
            first.echo += line[: max(0, MAX_ECHO_CHARS - len(first.echo))]
            if not first.is_ended or not (feed or at_ms - first.at_ms > WAIT_MS):
                return
            self._judge()
            line, feed, rest = rest.partition("\n")

    def settle(self) -> None:
        """Judge all open lines now: a prompt appeared, or the recording ends."""
        while self._open:
            self._judge()

    def _judge(self) -> None:
        line = self._open.popleft()
        if line.text.strip():
            self.ready.append(line)


def _holds_in_order(echo: str, keys: str) -> bool:
    """Say whether all *keys* appear in *echo* one after the other, however many other characters lie between."""
    position = 0
    for key in keys:
        position = echo.find(key, position) + 1
        if position == 0:
            return False
    return True
