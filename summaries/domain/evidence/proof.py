"""What in a session shows success or failure. Shared by the built-in engine and by evidence, whatever the engine.

Proof is a check that passed (a service state, a configuration test, tests run, an answer from an address), a zero
exit of a command that does something, or a person other than the supporter who says so. What a program prints about
its own work is no proof: text counts only as the output of a command that is known to check.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from summaries.domain.evidence.patterns import CHECKS, CONFIRMED, DENIED, NEGATED, TELLING_PIECES
from summaries.domain.evidence.shell import read_calls
from summaries.domain.evidence.transcript import Run, core_command, has_failed, output_lines, read_runs, without_stamp
from summaries.domain.reading.actions import ActionKind, action_of
from summaries.engines.base import RecordedInteraction
from summaries.enums import Actor, Kind

_FULL_PERCENT = 95
_ROOM_PERCENT = 90
_OWN_FILE_SYSTEM = re.compile(r"^/dev/loop|\s/(run|dev|sys|proc|snap|boot)(/\S*)?$")
MAX_SPOKEN = 600


@dataclass(frozen=True, slots=True)
class Sign:
    """A verdict: *numbers* show it, *line* is the words that tell it (empty for a bare exit status)."""

    passed: bool
    numbers: tuple[int, ...]
    line: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """Numbers of interactions that show success, and of those that show failure."""

    success: frozenset[int]
    failure: frozenset[int]


def _disk(line: str) -> bool | None:
    """One row of df. File systems that the computer keeps for itself say nothing about room."""
    if _OWN_FILE_SYSTEM.search(line):
        return None
    used = re.search(r"\s(\d{1,3})\s?%(\s|$)", line)
    if not used or int(used[1]) >= _FULL_PERCENT:
        return False if used else None
    return True if int(used[1]) <= _ROOM_PERCENT else None


_ECHOING = frozenset({"echo", "printf", "write-host", "write-output"})
_ECHO = re.compile(r"\b(echo|printf|write-host|write-output)\b", re.IGNORECASE)
SPOKEN = frozenset({Kind.CHAT, Kind.VOICE})


def _judge(key: str, line: str) -> bool | None:
    if key == "checked_disk":
        return _disk(line)
    passes, fails = CHECKS[key]
    if fails.search(line):
        return False
    return True if passes.search(line) else None


def confirms(text: str) -> bool:
    """Whether a person says that it works now. A condition, a question, a negation or a wish is no confirmation."""
    if not _may_tell(text):
        return False
    spoken = re.split(r"(?<=[.!?;])\s+|\n|,\s+(?:but|aber|pero)\b", text[:MAX_SPOKEN])
    return any(CONFIRMED.search(part) and not NEGATED.search(part) for part in spoken) and not DENIED.search(text)


def denies(text: str) -> bool:
    return _may_tell(text) and bool(DENIED.search(text[:MAX_SPOKEN]))


def _may_tell(text: str) -> bool:
    low = text[:MAX_SPOKEN].lower()
    return any(piece in low for piece in TELLING_PIECES)


def _does_something(run: Run) -> bool:
    return action_of(run.command.text).kind == ActionKind.CHANGE


def is_from_person(interaction: RecordedInteraction) -> bool:
    """Said by somebody who can judge the result: the supporter's own word for it is no confirmation."""
    return interaction.kind in SPOKEN and interaction.actor in (Actor.REMOTE_USER, Actor.UNKNOWN)


def sign_of(run: Run) -> Sign | None:
    """The verdict of a checking command; None when it checks nothing or the record does not tell."""
    action = action_of(run.command.text)
    if action.kind != ActionKind.CHECK:
        return None
    passed: tuple[int, str] | None = None
    echoed = _echoed(run)
    for number, line in output_lines(run):
        verdict = None if echoed and line in echoed else _judge(action.key, line)
        if verdict is False:
            return Sign(False, (run.number, number), without_stamp(line))
        if verdict:
            passed = passed or (number, without_stamp(line))
    return _with_status(run, passed)


def _echoed(run: Run) -> str:
    """What the command line itself makes the shell print: its words are no verdict of the check beside it."""
    calls = read_calls(run.command.text) if _ECHO.search(run.command.text) else ()
    return "\n".join(" ".join(call.words) for call in calls if call.program.lower() in _ECHOING)


def _ends_with_check(run: Run) -> bool:
    """Whether the exit status is the check's own: of `check || true` and `check; more` it tells nothing."""
    last = re.split(r"\|\||[;|\n]", core_command(run.command.text))[-1]
    return action_of(last).kind == ActionKind.CHECK


def _with_status(run: Run, passed: tuple[int, str] | None) -> Sign | None:
    """An exit status other than zero overrules words; without any words a known zero exit is enough."""
    if run.status:
        return Sign(False, run.numbers)
    if passed:
        return Sign(True, (run.number, passed[0]), passed[1])
    if run.status == 0 and action_of(run.command.text).key != "checked_disk" and _ends_with_check(run):
        return Sign(True, run.numbers)
    # A checker that could not even start is a failure that its output tells.
    return Sign(False, run.numbers) if has_failed(run) else None


def proof_of(interactions: Iterable[RecordedInteraction], *, cited: Container[int]) -> Proof:
    """What in a session shows success or failure. What was said is judged only where it is *cited*."""
    everything = list(interactions)
    success: set[int] = set()
    failure: set[int] = set()
    failed_before: set[str] = set()
    for run in read_runs(everything):
        sign = sign_of(run)
        command = core_command(run.command.text)
        if sign:
            (success if sign.passed else failure).update(sign.numbers)
        elif has_failed(run):
            failure.update(run.numbers)
            failed_before.add(command)
        elif run.status == 0 and (_does_something(run) or command in failed_before):
            success.update(run.numbers[1:])
    for interaction in everything:
        if interaction.kind not in SPOKEN or interaction.number not in cited:
            continue
        if is_from_person(interaction):
            success.update({interaction.number} if confirms(interaction.text) else ())
        if denies(interaction.text):
            failure.add(interaction.number)
    return Proof(frozenset(success), frozenset(failure))
