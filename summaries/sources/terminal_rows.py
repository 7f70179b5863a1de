"""The rows of a terminal's screen, and what a screen tells its listener."""

import re
from typing import Protocol

from summaries.sources.base import Place

#: Characters that take two cells; a NUL keeps the second one, and goes when the row is shown.
WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff\U00020000-\U0003fffd]"
)


class Row:
    """One row. *wraps* says that the text goes on in the next row; *taken*, that it has been handed on.

    *at_ms* and *place* are those of the last writing, -1 and None before there was any.
    """

    __slots__ = ("at_ms", "place", "taken", "text", "wraps")

    def __init__(self) -> None:
        self.text = ""
        self.wraps = False
        self.taken = False
        self.at_ms = -1
        self.place: Place | None = None

    def shown(self) -> str:
        text = self.text if self.wraps else self.text.rstrip()
        return text.replace("\0", "") if "\0" in text else text


class Listener(Protocol):
    def on_row_left(self, row: Row) -> None:
        """A row scrolled out of the screen, or is about to be cleared from it."""

    def on_cleared(self) -> None:
        """The whole screen was cleared; its rows have been told before."""

    def on_line_feed(self) -> None:
        """The cursor is about to go to the next line because the program said so."""

    def on_bracketed_paste(self, is_on: bool) -> None: ...

    def on_system_command(self, code: str, text: str) -> None:
        """An OSC: titles (0, 2), prompt marks (133, 633)."""

    def on_first_screen(self, text: str) -> None:
        """The first screen that a full-screen program has drawn."""
