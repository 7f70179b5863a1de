"""Turns what a terminal printed, and what was typed, into commands, output and typed text.

Shared by every recording format of a terminal. Call `printed`, `typed`, `resized`, `marked` and `exited` in order of
time, `take` after each to fetch what is complete, and `finish` at the end.

A command is the *rendered* line between the moment a prompt waits and the moment the line is accepted: what was
deleted, recalled or completed by Tab stands as it was run. In order of trust, a prompt is known from marks of the
shell (OSC 133 and 633), from the switching of bracketed paste (bash, zsh, fish, readline), or from its looks.
"""

from collections.abc import Iterator

from summaries.enums import Kind, QualityFlag
from summaries.sources.base import CapturedInteraction, Place, RecordingNotes
from summaries.sources.lines import bounded
from summaries.sources.terminal_commands import PromptLine, command_of
from summaries.sources.terminal_delivery import Delivery
from summaries.sources.terminal_escapes import storable
from summaries.sources.terminal_prompts import (
    asks_for_secret,
    ends_like_prompt,
    looks_like_prompt,
    nested_program,
    program_of,
    secondary_prompt,
    strict_prompt,
    user_and_host,
)
from summaries.sources.terminal_rows import Row
from summaries.sources.terminal_screen import Screen
from summaries.sources.terminal_typed import TypedKeys

#: A terminal that prints nothing for this many ms after a possible prompt waits for a person.
QUIET_MS = 100
#: How many prompts are remembered to recognise the next one.
MAX_KNOWN_PROMPTS = 8
#: How many ms a full-screen program may rest before its first screen is taken as complete.
FIRST_SCREEN_MS = 300


class TerminalInterpreter:
    """Reads one terminal session. *has_times* False: all output may come at once, so pauses tell nothing."""

    def __init__(self, notes: RecordingNotes, *, columns: int = 80, rows: int = 24, has_times: bool = True) -> None:
        self.notes = notes
        self.has_times = has_times
        self.screen = Screen(self, columns, rows)
        self._delivery = Delivery()
        self._keys = TypedKeys()
        self._prompt: PromptLine | None = None
        self._known_prompts: list[str] = []
        self._wrapped: list[str] = []
        self._last_ms = 0
        self._uses_paste_mode = False
        self._saw_keys = False

    def take(self) -> list[CapturedInteraction]:
        """Return what is complete, in order of time, and forget it."""
        return self._delivery.take()

    def printed(self, text: str, at_ms: int, place: Place | None) -> None:
        self._arrive(at_ms, place, is_quiet=self.has_times and at_ms - self._last_ms >= QUIET_MS)
        text = storable(text)
        self._keys.shown(text, at_ms)
        self._emit_typed(secrets_only=True)
        self.screen.feed(text)
        self._emit_typed()
        if self._prompt is not None:
            self._prompt.settle(self.screen, is_sure=False)

    def typed(self, text: str, at_ms: int, place: Place | None) -> None:
        self._saw_keys = True
        self._arrive(at_ms, place, is_quiet=True)
        if self._prompt is not None and not self.screen.is_alternate:
            self._prompt.settle(self.screen, is_sure=True)
            return
        line = self.screen.row.shown()[: self.screen.x]
        is_full_screen = self.screen.is_alternate
        self._keys.typed(
            storable(text), at_ms, place, asked_for_secret=asks_for_secret(line), is_full_screen=is_full_screen
        )
        self._emit_typed()

    def resized(self, columns: int, rows: int) -> None:
        self.screen.resize(columns, rows)

    def marked(self, label: str, at_ms: int, place: Place | None) -> None:
        self._arrive(at_ms, place, is_quiet=False)
        if self._prompt is None:
            self._flush_output(up_to_cursor=False)
            self._delivery.end_command()
        self._delivery.emit(Kind.MARKER, at_ms, place, label)

    def exited(self, status: str, at_ms: int, place: Place | None) -> None:
        """The session itself ended with *status*; the exit status of one command has that command's application."""
        self._arrive(at_ms, place, is_quiet=False)
        self._flush_output()
        self._delivery.end_command()
        self._delivery.application = ""
        self._delivery.emit(Kind.EXIT, at_ms, place, status)

    def finish(self) -> None:
        """Hand on what is still open and note what the recording lacks."""
        self.screen.show_first_screen()
        self._keys.settle()
        if self._prompt is None and self.screen.x and not self.screen.is_alternate:
            self._look_for_prompt(is_quiet=True)
        if self._prompt is not None:
            self._leave_prompt(self._prompt)
        self._emit_typed()
        self._flush_output()
        self._delivery.end_command()
        if not self._delivery.kinds - {Kind.EXIT}:
            self.notes.quality.add(QualityFlag.NOTHING_RECORDED)
        elif not self._saw_keys and Kind.COMMAND not in self._delivery.kinds:
            self.notes.quality.add(QualityFlag.MISSING_INPUT)

    # What the screen tells

    def on_row_left(self, row: Row) -> None:
        if self._prompt is None:
            self._collect(row)
        else:
            self._prompt.row_left(row)

    def on_cleared(self) -> None:
        if self._prompt is not None:
            self._prompt.lose()

    def on_line_feed(self) -> None:
        if self.screen.is_alternate:
            return
        if self._prompt is None and not self.has_times:
            line = self.screen.row.shown()
            prompt = strict_prompt(line)
            if prompt and line[len(prompt) :].strip():
                self._begin_seen_prompt(len(prompt))
        if self._prompt is not None and self._prompt.is_seen:
            self._accept()

    def on_bracketed_paste(self, is_on: bool) -> None:
        if not is_on:
            self._accept()
            return
        self._uses_paste_mode = True
        if self._prompt is None:
            self._begin_prompt(PromptLine(self.screen.row, self._end_of_output()))
        else:
            self._prompt.is_seen = False

    def on_system_command(self, code: str, text: str) -> None:
        if code in ("0", "2"):
            self._delivery.title = bounded(text)[:200]
            self._meet(text)
        elif code in ("133", "633") and not self.screen.is_alternate:
            self._on_shell_mark(text)

    def on_first_screen(self, text: str) -> None:
        self._flush_output()
        for line in text.split("\n"):
            self._delivery.add_line(line, self.screen.at_ms, self.screen.place)
        self._delivery.end_output()

    # Prompts and commands

    def _on_shell_mark(self, text: str) -> None:
        mark, _, rest = text.partition(";")
        if mark == "A" and self._prompt is None:
            self._begin_prompt(PromptLine(self.screen.row, self.screen.x))
        elif mark == "B" and self._prompt is not None:
            self._prompt.mark_at_cursor(self.screen)
        elif mark == "C":
            self._accept()
        elif mark == "D" and self._prompt is None and rest.partition(";")[0].strip("-").isdecimal():
            self._flush_output()
            self._delivery.end_command()
            self._delivery.emit(Kind.EXIT, self.screen.at_ms, self.screen.place, rest.partition(";")[0])

    def _arrive(self, at_ms: int, place: Place | None, *, is_quiet: bool) -> None:
        """Something happens at *at_ms*; before it, look whether the terminal has been waiting."""
        screen = self.screen
        if screen.is_alternate:
            if at_ms - self._last_ms >= FIRST_SCREEN_MS:
                screen.show_first_screen()
        elif self._prompt is not None:
            if is_quiet:
                self._prompt.settle(screen, is_sure=True)
        elif screen.x and self.has_times:
            self._look_for_prompt(is_quiet)
        screen.at_ms, screen.place, self._last_ms = at_ms, place, at_ms

    def _look_for_prompt(self, is_quiet: bool) -> None:
        row, x = self.screen.row, self.screen.x
        if row.taken or len(row.text) > x:
            return
        line = row.text.ljust(x)
        is_continued = self._delivery.command is not None and line[-1] == " " and secondary_prompt(line) == line
        if is_continued or looks_like_prompt(line, is_quiet=is_quiet and not self._uses_paste_mode):
            self._begin_seen_prompt(x)

    def _begin_seen_prompt(self, column: int) -> None:
        prompt = PromptLine(self.screen.row, 0, is_seen=True)
        self._begin_prompt(prompt)
        prompt.mark(self.screen.row, column)

    def _end_of_output(self) -> int:
        """Return the column where the prompt begins: after output that did not end with a line feed."""
        before = self.screen.row.text[: self.screen.x]
        return 0 if ends_like_prompt(before) else self.screen.x

    def _begin_prompt(self, prompt: PromptLine) -> None:
        self._keys.settle()
        for row in self.screen.rows[: self.screen.y]:
            self._collect(row)
        if prompt.column and not prompt.row.taken and prompt.row.text.strip():
            self._add_line(prompt.row.text[: prompt.column].rstrip(), prompt.row)
        self._delivery.end_output()
        self._prompt = prompt
        self._emit_typed()

    def _leave_prompt(self, prompt: PromptLine) -> None:
        """A line that was never accepted is no command. What only looked a little like a prompt is output."""
        self._prompt = None
        shown = prompt.row.text
        if not prompt.is_seen or strict_prompt(shown) or any(map(shown.startswith, self._known_prompts)):
            for row in (*prompt.gone, *self.screen.rows):
                row.taken = True

    def _accept(self) -> None:
        if self._prompt is None:
            return
        is_continued = self._delivery.command is not None
        line = command_of(self._prompt, self.screen, self._known_prompts, is_continued=is_continued)
        if self._prompt.is_seen:
            self.screen.row.taken = True
        self._prompt = None
        if line.is_cancelled:
            self._delivery.command = None if line.is_continuation else self._delivery.command
            return
        if self._delivery.command is not None and line.is_continuation:
            self._delivery.command.go_on(line.command)
            return
        self._learn(line.prompt)
        program = nested_program(line.prompt) or program_of(line.command)
        self._delivery.begin_command(line.command, self.screen.at_ms, self.screen.place, application=program)

    def _learn(self, prompt: str) -> None:
        if not prompt.strip():
            return
        others = [known for known in self._known_prompts if known != prompt]
        self._known_prompts = [prompt, *others][:MAX_KNOWN_PROMPTS]
        self._meet(prompt)

    def _meet(self, text: str) -> None:
        found = user_and_host(text)
        if found:
            self.notes.add_person(found[0])
            self.notes.device_name = self.notes.device_name or found[1]

    # Handing on

    def _collect(self, row: Row) -> None:
        if row.taken:
            return
        row.taken = True
        self._wrapped.append(row.shown())
        if row.wraps and len(self._wrapped) < self.screen.height:
            return
        line = "".join(self._wrapped)
        self._wrapped.clear()
        self._add_line(line, row)

    def _add_line(self, line: str, row: Row) -> None:
        at_ms = row.at_ms if row.at_ms >= 0 else self.screen.at_ms
        self._delivery.add_line(line, at_ms, row.place or self.screen.place)

    def _flush_output(self, *, up_to_cursor: bool = True) -> None:
        if self.screen.is_alternate or self._prompt is not None:
            return
        for row in self.screen.rows[: self.screen.y + up_to_cursor]:
            self._collect(row)
        self._delivery.end_output()

    def _emit_typed(self, *, secrets_only: bool = False) -> None:
        """Hand on the typed lines that have been judged. What was not shown can't change the row it was typed in."""
        ready = self._keys.ready
        while ready and (not secrets_only or ready[0].is_secret()):
            line = ready.popleft()
            if line.is_full_screen and line.is_secret():
                continue  # keys of an editor or pager, which no one can read; a password typed there is dropped too
            self._flush_output(up_to_cursor=secrets_only)
            self._delivery.emit(Kind.INPUT, line.at_ms, line.place, line.text, is_secret=line.is_secret())


def interpreted(terminal: TerminalInterpreter, events: Iterator[None]) -> Iterator[CapturedInteraction]:
    """Run *events*, each of which has fed *terminal*, and yield what becomes complete."""
    for _ in events:
        yield from terminal.take()
    terminal.finish()
    yield from terminal.take()
