"""Takes the command out of the rendered lines between a prompt and the acceptance of the line."""

import re
from dataclasses import dataclass, field

from summaries.sources.terminal_prompts import ends_like_prompt, secondary_prompt, split_prompt
from summaries.sources.terminal_rows import Row
from summaries.sources.terminal_screen import Screen

#: How many rows of one command line may scroll out of the screen before it is accepted.
MAX_ROWS_LEFT = 500
#: ipython edits several lines at once and shows this before each but the first.
_CONTINUED_LINE = re.compile(r"\n {0,10}\.\.\.:(?: |$)", re.MULTILINE)


@dataclass(slots=True)
class PromptLine:
    """A prompt that waits. *row* and *column* are where it begins.

    *is_seen*: known by its looks only, so that a line feed accepts the line. *marked* is the row in which the command
    begins, at *marked_column*; *behind* is what stood right of there already (a prompt of zsh may have a right half).
    """

    row: Row
    column: int
    is_seen: bool = False
    marked: Row | None = None
    marked_column: int = 0
    behind: str = ""
    gone: list[Row] = field(default_factory=list)
    is_lost: bool = False
    lost: str = ""

    def mark(self, row: Row, column: int) -> None:
        self.marked, self.marked_column = row, column

    def mark_at_cursor(self, screen: Screen) -> None:
        self.mark(screen.row, screen.x)
        self.behind = screen.row.text[screen.x :].strip()

    def settle(self, screen: Screen, *, is_sure: bool) -> None:
        """Mark where the command begins, once: at the cursor, when the terminal waits or it looks like a prompt."""
        if self.marked is not None or screen.is_alternate:
            return
        before = screen.row.text[: screen.x]
        if before.strip() and ((is_sure and not self.is_lost) or (ends_like_prompt(before) and before[-1:] == " ")):
            self.mark_at_cursor(screen)

    def lose(self) -> None:
        """The screen was cleared (Ctrl-L): prompt and line are drawn anew, with what has been typed already."""
        if self.marked is not None:
            self.lost = self.marked.text[: self.marked_column]
        self.marked, self.is_lost = None, True
        self.gone.clear()

    def row_left(self, row: Row) -> None:
        if len(self.gone) < MAX_ROWS_LEFT:
            self.gone.append(row)


@dataclass(frozen=True, slots=True)
class CommandLine:
    prompt: str
    command: str
    is_continuation: bool = False
    is_cancelled: bool = False


def command_of(prompt: PromptLine, screen: Screen, known: list[str], *, is_continued: bool) -> CommandLine:
    """Read the accepted line off the *screen*. *is_continued*: a command may still be open (its next lines)."""
    rows = prompt.gone + screen.rows[: screen.y + 1]
    if prompt.lost.strip():
        known = [prompt.lost, *known]
    start, column = _beginning(prompt, rows, known)
    lines = _logical_lines(rows[start:])
    for row in rows[start:]:
        row.taken = row.taken or bool(row.text)
    whole = "\n".join(lines).rstrip() if lines else ""
    if prompt.behind and whole.endswith(prompt.behind):
        whole = whole[: -len(prompt.behind)].rstrip()
    if prompt.marked is not None and column:
        shown, command = rows[start].text.replace("\0", "")[:column].ljust(column), whole[column:]
    else:
        shown, command = split_prompt(whole[prompt.column :] if rows[start] is prompt.row else whole, known)
    secondary = secondary_prompt(whole) if is_continued and shown not in known else None
    if secondary is not None:
        command = whole[len(secondary) :]
    command = _CONTINUED_LINE.sub("\n", command)
    is_cancelled = command.endswith("^C")
    return CommandLine(shown, command, secondary is not None, is_cancelled)


def _beginning(prompt: PromptLine, rows: list[Row], known: list[str]) -> tuple[int, int]:
    """Return the index of the row in which the command's line begins, and the column of the command if known."""
    for wanted, column in ((prompt.marked, prompt.marked_column), (prompt.row, 0)):
        for index, row in enumerate(rows):
            if row is wanted:
                return index, column
    # The screen was cleared under the prompt (Ctrl-L): the last line that begins like a prompt known before.
    for index in range(len(rows) - 1, -1, -1):
        if any(rows[index].text.startswith(text) for text in known):
            return index, 0
    return len(rows) - 1, 0


def _logical_lines(rows: list[Row]) -> list[str]:
    lines: list[str] = []
    is_open = False
    for row in rows:
        if is_open:
            lines[-1] += row.shown()
        else:
            lines.append(row.shown())
        is_open = row.wraps
    return lines
