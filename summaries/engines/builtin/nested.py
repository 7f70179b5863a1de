"""Commands inside a program's own transcript: an assistant on the command line that runs commands and shows them.

A command counts as run only where the transcript shows what came of it; an example in a prompt is no command.
Their results are the program's word and never decide the outcome.
"""

import re
from collections.abc import Iterator

from summaries.domain.evidence.transcript import READ_CHARS, Run

MAX_NESTED = 80
MAX_CHARS = 2000
_RESULT = r"(?:<returncode>|<output>|exit code|return ?code|observation|output:|result:|⎿|└)"
_SHAPES = (
    # A fenced block, followed within a few lines by its result.
    re.compile(
        r"```(?:bash|sh|shell|console|mswea_bash_command)\n(?P<command>(?:(?!```).)+?)\n\s*```\s*"
        rf"(?:[^\n]{{0,80}}\n\s*){{0,3}}{_RESULT}",
        re.S | re.I,
    ),
    # ● Bash(command) with its result below.
    re.compile(r"^\s*[●⏺•✓✔]\s*(?:Bash|Shell|Run|Ran|Execute)\s*\(?(?P<command>[^\n]{2,400}?)\)?\s*\n\s*[⎿└│]", re.M),
    # exec / bash -lc 'command' in /folder, and what came of it.
    re.compile(
        r"^\s*(?:exec\s+)?bash -l?c ['\"](?P<command>.{2,400}?)['\"]"
        r"(?: in \S+)?[^\n]*\n?\s*(?:succeeded|exited|\S+ in \d)",
        re.M | re.S,
    ),
    # A prompt within the transcript.
    re.compile(r"^\s*[$❯] (?P<command>[^\n$]{2,400})$", re.M),
)


def nested_commands(run: Run) -> Iterator[tuple[int, int, str]]:
    """(number of the output that holds it, offset in ms, command) in order, at most MAX_NESTED."""
    found = 0
    for output in run.outputs:
        text = output.text[: 2 * READ_CHARS]
        matches = [match for shape in _SHAPES for match in shape.finditer(text)]
        for match in sorted(matches, key=lambda each: each.start()):
            command = match["command"].strip()
            if 1 < len(command) <= MAX_CHARS and found < MAX_NESTED and "```" not in command:
                found += 1
                yield output.number, output.offset_ms, command
