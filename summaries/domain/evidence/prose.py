"""Sentences with what was typed into a machine set apart, for page and report alike. Pure."""

import re
from dataclasses import dataclass

#: Engines write what was typed between backticks.
_QUOTED = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a sentence; *is_code* sets it as typed into a machine."""

    text: str
    is_code: bool = False


def runs_of(text: str, *, commands: tuple[str, ...] = ()) -> tuple[Run, ...]:
    """The sentence in runs: *commands* and what stands between backticks as code.

    Commands that the sentence does not name follow in brackets.
    """
    runs = [Run(text)]
    unnamed = []
    for command in dict.fromkeys(one for one in commands if one.strip()):
        split = _split_at(runs, command)
        if split is None:
            unnamed.append(command)
        else:
            runs = split
    runs = [piece for run in runs for piece in ([run] if run.is_code else _quoted(run.text))]
    if unnamed:
        runs = _with_brackets(runs, unnamed)
    return tuple(run for run in runs if run.text)


def _quoted(text: str) -> list[Run]:
    return [Run(piece, is_code=index % 2 == 1) for index, piece in enumerate(_QUOTED.split(text))]


def _with_brackets(runs: list[Run], commands: list[str]) -> list[Run]:
    ending = "." if runs[-1].text.endswith(".") and not runs[-1].is_code else ""
    last = Run(runs[-1].text.removesuffix(ending), runs[-1].is_code)
    listed = [run for command in commands for run in (Run(", "), Run(command, is_code=True))][1:]
    return [*runs[:-1], last, Run(" ("), *listed, Run(f"){ending}")]


def _split_at(runs: list[Run], command: str) -> list[Run] | None:
    """*runs* with the first mention of *command* set as code; quotes around it give way. None: not mentioned."""
    for place, run in enumerate(runs):
        if run.is_code or command not in run.text:
            continue
        before, after = run.text.split(command, 1)
        for left, right in ("``", "“”", '""', "«»", "„“"):
            if before.endswith(left) and after.startswith(right):
                before, after = before[:-1], after[1:]
        return [*runs[:place], Run(before), Run(command, is_code=True), Run(after), *runs[place + 1 :]]
    return None
