"""A lean terminal: keeps the screen as rows of text, and tells a listener what leaves it.

Only what changes the *text* is followed: colours, mouse modes and the like are dropped. What is drawn on the
alternate screen (editors, pagers) is kept for its first screen only; the rest of it is skipped, not drawn.
Rules of the sequences: ECMA-48 and xterm's ctlseqs.
"""

from summaries.sources.base import Place
from summaries.sources.terminal_escapes import ALTERNATE_OFF, TOKEN, numbers, split_incomplete, without_colours
from summaries.sources.terminal_rows import WIDE, Listener, Row

#: Sizes are clamped, so that a header can't ask for a screen of gigabytes.
MAX_COLUMNS, MAX_ROWS = 1000, 500
#: How many characters drawn on the alternate screen are followed to show its first screen.
FIRST_SCREEN_CHARS = 16 * 1024
TAB = 8


class Screen:
    def __init__(self, listener: Listener, columns: int = 80, rows: int = 24) -> None:
        self.listener = listener
        self.at_ms = 0
        self.place: Place | None = None
        self.x = self.y = 0
        self.is_alternate = False
        self._left_out = False
        self._budget = 0
        self._main: tuple[list[Row], int, int] | None = None
        self._saved = (0, 0)
        self._rest = ""
        self.rows: list[Row] = []
        self.resize(columns, rows)

    @property
    def row(self) -> Row:
        return self.rows[self.y]

    def resize(self, columns: int, rows: int) -> None:
        self.columns = max(2, min(columns, MAX_COLUMNS))
        self.height = max(2, min(rows, MAX_ROWS))
        while len(self.rows) > self.height and self.y >= self.height:
            self._leave(self.rows.pop(0))
            self.y -= 1
        del self.rows[self.height :]
        self.rows += [Row() for _ in range(self.height - len(self.rows))]
        self.y = min(self.y, self.height - 1)
        self._top, self._bottom = 0, self.height - 1

    def feed(self, text: str) -> None:
        """Draw *text*; sequences may be split over calls."""
        text, self._rest = split_incomplete(without_colours(self._rest + text))
        position = 0
        while position < len(text):
            find = ALTERNATE_OFF.search if self._left_out else TOKEN.match
            match = find(text, position)
            if match is None:
                return
            position = match.end()
            self._do(match.lastgroup or "", match.group())
            if self.is_alternate:
                self._spend(len(match.group()))

    def show_first_screen(self) -> None:
        """Hand on what the alternate screen shows now and skip what else is drawn there. Nothing if it is empty."""
        shown = "\n".join(row.shown() for row in self.rows).strip("\n")
        if self.is_alternate and not self._left_out and shown:
            self._left_out = True
            self.listener.on_first_screen(shown)

    def _spend(self, count: int) -> None:
        self._budget -= count
        if self._budget < 0:
            self.show_first_screen()
            self._left_out = True

    def _do(self, group: str, sequence: str) -> None:
        if group == "text":
            self._put(sequence)
        elif group == "csi":
            self._control(sequence)
        elif group == "osc":
            code, _, text = sequence[2:].rstrip("\x07\x1b\\").partition(";")
            self.listener.on_system_command(code, text)
        elif group == "char":
            self._control_character(sequence)
        elif group == "esc":
            self._escape(sequence[1:])

    def _put(self, run: str) -> None:
        if not run.isascii():
            run = WIDE.sub("\\g<0>\0", run)
        while run:
            if self.x >= self.columns:
                self.row.wraps = True
                self.x = 0
                self._down()
            row, x = self.rows[self.y], self.x
            part = run[: self.columns - x]
            run = run[len(part) :]
            self.x = x + len(part)
            text = row.text
            row.text = text + part if len(text) == x else text[:x].ljust(x) + part + text[self.x :]
            row.taken = False
            row.at_ms, row.place = self.at_ms, self.place

    def _control_character(self, sequence: str) -> None:
        if sequence == "\n" or sequence in "\x0b\x0c":
            self.listener.on_line_feed()
            self._down()
        elif sequence == "\r":
            self.x = 0
        elif sequence == "\b":
            self.x = max(0, min(self.x, self.columns - 1) - 1)
        elif sequence == "\t":
            self.x = min(self.columns - 1, (self.x // TAB + 1) * TAB)

    def _down(self) -> None:
        if self.y != self._bottom:
            self.y = min(self.y + 1, self.height - 1)
            return
        self._leave(self.rows.pop(self._top))
        self.rows.insert(self._bottom, Row())

    def _leave(self, row: Row) -> None:
        if not self.is_alternate:
            self.listener.on_row_left(row)

    def _escape(self, sequence: str) -> None:
        if sequence == "7":
            self._saved = (self.x, self.y)
        elif sequence == "8":
            self._restore()
        elif sequence in ("D", "E"):
            self.x = 0 if sequence == "E" else self.x
            self._down()
        elif sequence == "M" and self.y > self._top:
            self.y -= 1
        elif sequence == "M":
            self.rows.insert(self._top, Row())
            del self.rows[self._bottom + 1]
        elif sequence == "c":
            self._alternate(False)
            self._clear_all()
            self.x = self.y = 0

    def _restore(self) -> None:
        self.x, self.y = min(self._saved[0], self.columns), min(self._saved[1], self.height - 1)

    def _clear_all(self) -> None:
        for row in self.rows:
            self._leave(row)
        self.rows = [Row() for _ in range(self.height)]
        if not self.is_alternate:
            self.listener.on_cleared()

    def _control(self, sequence: str) -> None:
        final, body = sequence[-1], sequence[2:-1]
        if body.startswith("?"):
            if final in "hl":
                self._modes(numbers(body[1:]), final == "h")
            return
        if body and not body[-1].isdigit() and body[-1] != ";":
            return  # private sequences and those with an intermediate character change no text
        values = numbers(body)
        count = max(1, values[0])
        if final in "ABCDEFGH`adefj":
            self._move(final, values, count)
        elif final in "JK":
            self._erase(final, values[0])
        elif final in "@PX":
            self._shift_characters(final, min(count, self.columns))
        elif final in "LMST":
            self._shift_rows(final, min(count, self.height))
        elif final == "r":
            self._set_margins(values)
        elif final == "s":
            self._saved = (self.x, self.y)
        elif final == "u":
            self._restore()

    def _move(self, final: str, values: list[int], count: int) -> None:
        x, y = min(self.x, self.columns - 1), self.y
        if final in "AF":
            y -= count
        elif final in "BEe":
            y += count
        elif final in "Ca":
            x += count
        elif final == "D":
            x -= count
        elif final in "G`":
            x = count - 1
        elif final == "d":
            y = count - 1
        else:
            y, x = count - 1, max(1, values[1] if len(values) > 1 else 1) - 1
        self.x = 0 if final in "EF" else max(0, min(x, self.columns - 1))
        self.y = max(0, min(y, self.height - 1))

    def _erase(self, final: str, what: int) -> None:
        row, x = self.row, self.x
        if final == "J" and (what == 2 or (what == 0 and x == self.y == 0)):  # noqa: PLR2004 - ED's own number
            self._clear_all()
            return
        if final == "J" and what == 0:
            self.rows[self.y + 1 :] = [Row() for _ in range(self.height - self.y - 1)]
        elif final == "J" and what == 1:
            self.rows[: self.y] = [Row() for _ in range(self.y)]
        if what == 0:
            row.text, row.wraps = row.text[:x], False
        elif what == 1:
            row.text = " " * min(x + 1, len(row.text)) + row.text[x + 1 :]
        elif what == 2 and final == "K":  # noqa: PLR2004 - EL's own number
            row.text, row.wraps = "", False

    def _shift_characters(self, final: str, count: int) -> None:
        row, x = self.row, self.x
        before, after = row.text[:x], row.text[x:]
        if final == "@":
            row.text = (before.ljust(x) + " " * count + after)[: self.columns]
        elif final == "P":
            row.text = before + after[count:]
        elif after:
            row.text = before + " " * min(count, len(after)) + after[count:]

    def _shift_rows(self, final: str, count: int) -> None:
        start = self.y if final in "LM" else self._top
        for _ in range(count if start <= self._bottom else 0):
            if final in "LT":
                del self.rows[self._bottom]
                self.rows.insert(start, Row())
            else:
                gone = self.rows.pop(start)
                self.rows.insert(self._bottom, Row())
                if final == "S":
                    self._leave(gone)

    def _set_margins(self, values: list[int]) -> None:
        top = max(1, values[0]) - 1
        bottom = (values[1] if len(values) > 1 and values[1] else self.height) - 1
        if top < min(bottom, self.height - 1):
            self._top, self._bottom = top, min(bottom, self.height - 1)
            self.x = self.y = 0

    def _modes(self, values: list[int], is_on: bool) -> None:
        for value in values:
            if value in (47, 1047, 1049):
                self._alternate(is_on)
            elif value == 2004 and not self.is_alternate:  # noqa: PLR2004 - xterm's number of bracketed paste
                self.listener.on_bracketed_paste(is_on)

    def _alternate(self, is_on: bool) -> None:
        if is_on and self._main is None:
            self._main = (self.rows, self.x, self.y)
            self.rows = [Row() for _ in range(self.height)]
            self.is_alternate, self._budget = True, FIRST_SCREEN_CHARS
        elif not is_on and self._main is not None:
            self.show_first_screen()
            self.rows, self.x, self.y = self._main
            self._main, self.is_alternate, self._left_out = None, False, False
            self.resize(self.columns, self.height)
