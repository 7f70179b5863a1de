"""Groups a session's interactions into runs: a command, what it printed, how it ended.

Also tells whether a run failed. Without an exit status that is only said when a short output ends with an error;
a long program's own transcript tells nothing about how the program itself ended.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from summaries.domain.evidence.patterns import ERROR_LINE, HARMLESS_LINE
from summaries.domain.evidence.quoting import one_line
from summaries.domain.evidence.shell import read_calls
from summaries.domain.reading.actions import ActionKind, action_of
from summaries.engines.base import RecordedInteraction
from summaries.enums import Kind

#: How much of a run's output is read, in characters from its beginning and from its end.
READ_CHARS = 12_000
#: An output of more lines than this is a program's own story; its last line is no verdict on the program.
SHORT_OUTPUT_LINES = 60
MAX_OUTPUTS = 40
_LAST_LINES = 4
_STAMP = re.compile(r"\[?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d\S*\s+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\s+")
_MARKED = re.compile(r"error|fatal|emerg|crit|alert|failed|denied|expired|fehler", re.IGNORECASE)
_ECHO_STATUS = re.compile(r"(?:;|\n)\s*echo\b[^;&|]*\$\?[^;&|]*$")
_ECHO_WORD = re.compile(r"&&\s*echo\s+('[^'$`]+'|\"[^\"$`]+\"|[\w. -]+)\s*$")


@dataclass(frozen=True)
class Run:
    """A command with the outputs and the exit status that followed it, up to the next command.

    What is read out of it is kept: each check of a summary asks again.
    """

    command: RecordedInteraction
    outputs: tuple[RecordedInteraction, ...] = ()
    exit: RecordedInteraction | None = None

    @property
    def number(self) -> int:
        return self.command.number

    @property
    def numbers(self) -> tuple[int, ...]:
        """Command, first and last output, exit: enough to show the run without citing a thousand rows."""
        ends = {output.number for output in (*self.outputs[:1], *self.outputs[-1:])}
        return (self.number, *sorted(ends), *((self.exit.number,) if self.exit else ()))

    @cached_property
    def status(self) -> int | None:
        """The exit status that was recorded, or that the command line itself made the shell print."""
        text = self.exit.text.strip() if self.exit else ""
        return int(text) if re.fullmatch(r"-?\d{1,6}", text) else _printed_status(self)

    @cached_property
    def error(self) -> tuple[int, str] | None:
        """(interaction number, line) of the error that it ended with: the most telling of its last lines."""
        return _error_of(self)


def _printed_status(run: Run) -> int | None:
    """`…; echo "exit $?"` prints the status, and `… && echo word` prints its word only after a zero exit."""
    command = run.command.text
    if "echo" not in command or not run.outputs:
        return None
    last = next((line.strip() for line in reversed(run.outputs[-1].text.splitlines()) if line.strip()), "")
    asked = _ECHO_STATUS.search(command)
    if asked:
        told = re.fullmatch(r"\D*?(\d{1,3})", last)
        return int(told[1]) if told else None
    marked = _ECHO_WORD.search(command)
    return 0 if marked and last == marked[1].strip().strip("'\"") else None


def core_command(command: str) -> str:
    """A command line without the echo that shows how it ended; for telling the same command again."""
    return " ".join(_ECHO_WORD.sub("", _ECHO_STATUS.sub("", command)).split())


def read_runs(interactions: Iterable[RecordedInteraction]) -> list[Run]:
    runs: list[Run] = []
    command: RecordedInteraction | None = None
    outputs: list[RecordedInteraction] = []
    end: RecordedInteraction | None = None

    def close() -> None:
        if command is not None:
            runs.append(Run(command, tuple(outputs), end))

    for interaction in interactions:
        if interaction.kind == Kind.COMMAND:
            close()
            command, outputs, end = interaction, [], None
        elif interaction.kind == Kind.OUTPUT and len(outputs) < MAX_OUTPUTS:
            outputs.append(interaction)
        elif interaction.kind == Kind.OUTPUT:
            outputs[-1] = interaction
        elif interaction.kind == Kind.EXIT:
            end = end or interaction
    close()
    return runs


def output_lines(run: Run) -> list[tuple[int, str]]:
    """(interaction number, line without blanks around it) for what is read of a run's output; no empty lines."""
    lines: list[tuple[int, str]] = []
    for output in run.outputs:
        text = output.text
        if len(text) > 2 * READ_CHARS:
            text = f"{text[:READ_CHARS]}\n{text[-READ_CHARS:]}"
        lines.extend((output.number, line.strip()) for line in text.splitlines() if line.strip())
    return lines


def is_error(line: str) -> bool:
    head = line[:400]
    if not ERROR_LINE.search(head) or HARMLESS_LINE.search(head):
        return False
    # A log tells much; in it only what is marked as an error counts.
    return bool(_MARKED.search(head)) if _STAMP.match(head) else True


def _error_of(run: Run) -> tuple[int, str] | None:
    if run.status == 0:
        return None
    lines = output_lines(run)
    if len(lines) > SHORT_OUTPUT_LINES:
        return None
    own = _own_complaint(run)
    for number, line in reversed(lines[-_LAST_LINES:] if run.status is None else lines):
        if is_error(line) and (own is None or own.match(line)):
            return number, without_stamp(line)
    return None


def _own_complaint(run: Run) -> re.Pattern[str] | None:
    """Of a program that shows files or logs only its own complaint is an error; what it shows may tell of others."""
    action = action_of(run.command.text)
    if action.kind != ActionKind.LOOK:
        return None
    programs = "|".join(re.escape(call.program) for call in read_calls(run.command.text))
    return re.compile(rf"(\S*sh|{programs}):\s", re.IGNORECASE)


def without_stamp(line: str) -> str:
    """A line without the time at its beginning, as one line."""
    whole = one_line(line)
    stamp = _STAMP.match(whole)
    return whole[stamp.end() :] if stamp else whole


def has_failed(run: Run) -> bool | None:
    """None when the record does not tell. An exit status is believed before any words."""
    if run.status is not None:
        return run.status != 0
    return True if run.error else None
