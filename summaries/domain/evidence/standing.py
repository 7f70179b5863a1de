"""Whether what shows success or failure still stood when the session ended.

The last word counts: a check that passed and later fails shows no success, nor does a thank-you that the same person
took back. A command that merely ended without an error is an attempt, unless the same thing failed before. Pure.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

from summaries.domain.evidence.proof import Proof, confirms, denies, is_from_person, sign_of
from summaries.domain.evidence.transcript import Run, core_command, has_failed, read_runs
from summaries.domain.reading.actions import Action, ActionKind, action_of
from summaries.engines.base import RecordedInteraction

_BY_NAME = frozenset(
    {"checked_service", "checked_config", "restarted_service", "started_service", "reloaded_service", "stopped_service"}
)
_BY_KIND = frozenset({"checked_disk", "checked_printers", "checked_database", "ran_tests", "checked_packages"})


def subjects(action: Action, command: str) -> tuple[str, ...]:
    """What a verdict is about: a service or configuration by name, a kind of check, or the command itself."""
    obj = action.obj.lower()
    same_command = f"command {core_command(command)}"
    if action.key in _BY_NAME and obj:
        return (f"name {obj}", same_command)
    if action.key in _BY_KIND:
        return (action.key,)
    return (f"{action.key} {obj}", same_command) if action.kind == ActionKind.CHECK else (same_command,)


@dataclass(slots=True)
class _Verdicts:
    """Numbers by what became of them. *failing*: the last number of each check whose last verdict is a failure."""

    overturned: set[int] = field(default_factory=set)
    attempts: set[int] = field(default_factory=set)
    failing: set[int] = field(default_factory=set)


class Standing:
    """Judges what of a session was the last word. *proof*: what in it shows success or failure at all."""

    def __init__(self, interactions: Sequence[RecordedInteraction], proof: Proof) -> None:
        self._interactions = interactions
        self._proof = proof

    @cached_property
    def _verdicts(self) -> "_Verdicts":
        return _verdicts(read_runs(self._interactions))

    def success(self, cited: Collection[int], *, wholly: bool = False) -> bool:
        """Whether a success that is *cited* is the last word. *wholly*: no check may be left failing after it."""
        shown = self._proof.success.intersection(cited)
        if not shown:
            return False
        denied = _last_said(self._interactions, denies, since=min(shown))
        kept = shown - self._verdicts.overturned - self._verdicts.attempts
        standing = {number for number in kept if number > denied}
        return bool(standing) and not (wholly and any(number > max(standing) for number in self._verdicts.failing))

    def failure(self, cited: Collection[int]) -> bool:
        """Whether a failure that is *cited* is the last word."""
        shown = self._proof.failure.intersection(cited)
        if not shown:
            return False
        confirmed = _last_said(self._interactions, confirms, since=min(shown))
        return any(number > confirmed for number in shown - self._verdicts.overturned)


def _last_said(interactions: Sequence[RecordedInteraction], says: Callable[[str], bool], *, since: int) -> int:
    """The number of the last interaction in which a person says so; 0 for none."""
    later = takewhile(lambda each: each.number > since, reversed(interactions))
    return next((each.number for each in later if is_from_person(each) and says(each.text)), 0)


def _verdicts(runs: Sequence[Run]) -> _Verdicts:
    found = _Verdicts()
    latest: dict[str, tuple[bool, int]] = {}
    told: list[tuple[Run, bool, tuple[str, ...]]] = []
    failed: set[str] = set()
    for run in runs:
        action, sign = action_of(run.command.text), sign_of(run)
        passed = sign.passed if sign else run.status == 0
        if not sign and not passed and not has_failed(run):
            continue
        about = subjects(action, run.command.text)
        if passed and not sign and not failed.intersection(about):
            found.attempts.update(run.numbers)
        if not passed:
            failed.update(about)
        latest.update(dict.fromkeys(about, (passed, max(run.numbers))))
        told.append((run, passed, about))
    for run, passed, about in told:
        ends = [latest[subject] for subject in about]
        if any(later != passed for later, _ in ends):
            found.overturned.update(run.numbers)
        elif not passed and action_of(run.command.text).kind == ActionKind.CHECK:
            found.failing.update(number for _, number in ends)
    return found
