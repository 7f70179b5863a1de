"""Decides how the session ended, on evidence alone; UNKNOWN is an honest answer.

RESOLVED needs a check that failed before anything was changed and passed after a change (the turning point), with
nothing else left failing, or a person other than the supporter who says so. A request in plain words is never
resolved by a check alone: nobody but its author knows whether all of it was done. What a program says of its own
work counts for nothing.
"""

from dataclasses import dataclass

from summaries.content import Statement
from summaries.domain.evidence.proof import confirms, denies
from summaries.domain.evidence.standing import subjects
from summaries.domain.evidence.transcript import core_command
from summaries.domain.reading.actions import ActionKind
from summaries.engines.builtin.problem import (
    Problem,
    ProblemKind,
    has_failed,
    is_absent,
    numbers_of,
    words_of,
)
from summaries.engines.builtin.reading import Deed, Reading, Said
from summaries.engines.builtin.speech import essence
from summaries.engines.builtin.wording import Wording
from summaries.enums import Actor, Outcome

#: A complaint that so many lines of the supporter follow may have been answered by them.
ANSWERING_LINES = 2
#: How far back from its end a conversation is searched for the last word on the result.
LAST_LINES = 2000
MAX_TURNS = 3
#: Starting a thing again is how people look whether it still fails; it changes nothing of its own.
_FIRST_TRIES = frozenset({"restarted_service", "started_service", "reloaded_service", "refreshed_packages"})


@dataclass(frozen=True, slots=True)
class Turn:
    """A failure and the success that followed a change."""

    before: Deed
    after: Deed


@dataclass(frozen=True, slots=True)
class Ending:
    outcome: Outcome
    statements: tuple[Statement, ...] = ()
    failing: Deed | None = None


def find_ending(reading: Reading, problem: Problem, wording: Wording) -> Ending:
    turns, failing = _turns_and_failures(reading, problem)
    confirmed, denied = _last_words(reading, problem)
    statements = [_turn_sentence(turn, wording) for turn in turns[:MAX_TURNS]]
    if confirmed:
        outcome = Outcome.PARTLY_RESOLVED if failing else Outcome.RESOLVED
        statements.insert(0, _confirmed_sentence(confirmed, wording))
    elif denied:
        outcome = Outcome.UNRESOLVED
        statements = [_spoken("still_denied", denied, wording)]
    elif problem.kind == ProblemKind.REQUEST:
        outcome = Outcome.UNKNOWN
        statements, turns = [], []
    elif turns:
        outcome = Outcome.PARTLY_RESOLVED if failing else Outcome.RESOLVED
    else:
        outcome = Outcome.UNRESOLVED if failing else Outcome.UNKNOWN
    if failing and problem.kind != ProblemKind.REQUEST:
        statements.append(_failing_sentence(failing, wording))
    elif not denied:
        statements.extend(_last_check(reading, turns, wording))
    if problem.answer:
        # It tells how the conversation ended; whether it helped is not for the supporter to say.
        text = wording.spoken("last_answer", essence(problem.answer.text))
        statements.append(Statement(text, (problem.answer.number,)))
    return Ending(outcome, tuple(statements), failing)


def _turns_and_failures(reading: Reading, problem: Problem) -> tuple[list[Turn], Deed | None]:
    """What failed before any change and passes after one; and what still fails at the end."""
    deeds = [deed for deed in reading.typed_deeds if deed.action.kind != ActionKind.NOISE]
    first_change = next((deed.number for deed in deeds if deed.is_change and deed.action.key not in _FIRST_TRIES), None)
    changes = [deed.number for deed in deeds if deed.is_change]
    # A person's complaint tells that it was broken before the session; a typed comment is the supporter's own.
    complained = bool(problem.said and not problem.said.note)
    failed: dict[str, Deed] = {}
    latest: dict[str, tuple[bool, Deed]] = {}
    for deed in deeds:
        verdict = verdict_of(deed)
        if verdict is None or is_absent(deed):
            continue
        for subject in subjects_of(deed):
            early = first_change is None or deed.number < first_change or complained
            if not verdict and early:
                failed.setdefault(subject, deed)
            latest[subject] = (verdict, deed)
    turns: dict[int, Turn] = {}
    for subject, before in failed.items():
        passed, after = latest[subject]
        if passed and any(before.number < number <= after.number for number in changes):
            # Of two failures that one success answers, the same command again comes later and is the clearer pair.
            turns[after.number] = Turn(before, after)
    return list(turns.values()), _still_failing(deeds, latest)


def verdict_of(deed: Deed) -> bool | None:
    """True passed, False failed, None when the record does not tell."""
    if has_failed(deed):
        return False
    if deed.sign or (deed.run.status == 0 and deed.action.kind != ActionKind.LOOK):
        return True
    return None


def subjects_of(deed: Deed) -> tuple[str, ...]:
    return subjects(deed.action, deed.command)


def _still_failing(deeds: list[Deed], latest: dict[str, tuple[bool, Deed]]) -> Deed | None:
    """The last check that failed and never passed since, or the last command when nothing but looking follows."""
    acting = [deed for deed in deeds if deed.action.kind != ActionKind.LOOK]
    last = acting[-1] if acting else None
    for deed in reversed(acting):
        if not has_failed(deed) or is_absent(deed):
            continue
        passed_since = any(latest[subject][0] for subject in subjects_of(deed))
        if not passed_since and (deed is last or deed.action.kind == ActionKind.CHECK):
            return deed
    return None


def _last_words(reading: Reading, problem: Problem) -> tuple[Said | None, Said | None]:
    """The last confirmation or the last denial of a person, whichever came later; the problem itself is neither."""
    answers = 0
    begin = problem.said.number if problem.said else 0
    for said in reading.said[: -LAST_LINES - 1 : -1]:
        if said.note or said.number <= begin or _by_a_bystander(said, problem.said):
            continue
        if said.actor == Actor.SUPPORTER:
            answers += 1
        elif denies(said.text):
            return None, (said if answers < ANSWERING_LINES else None)
        elif confirms(said.text):
            return said, None
    return None, None


def _by_a_bystander(said: Said, asker: Said | None) -> bool:
    """Among people whose roles nobody knows, only the one who told the problem can say that it is solved."""
    return said.actor == Actor.UNKNOWN and (asker is None or asker.note or said.speaker != asker.speaker)


def _turn_sentence(turn: Turn, wording: Wording) -> Statement:
    before, after = words_of(turn.before), words_of(turn.after)
    numbers = tuple(dict.fromkeys((*numbers_of(turn.before), *_passing_numbers(turn.after))))
    command = wording.command(turn.after.command)
    if core_command(turn.before.command) != core_command(turn.after.command) and before and after:
        return Statement(
            wording.sentence(
                "turned_other", before=wording.quote(before, 110), command=command, after=wording.quote(after, 110)
            ),
            numbers,
        )
    command = wording.command(turn.before.command)
    if before and turn.after.sign and after:
        text = wording.sentence(
            "turned", command=command, before=wording.quote(before, 110), after=wording.quote(after, 110)
        )
    elif before:
        text = wording.sentence("turned_status", command=command, before=wording.quote(before, 140))
    else:
        text = wording.sentence("turned_plain", command=command)
    return Statement(text, numbers)


def _passing_numbers(deed: Deed) -> tuple[int, ...]:
    return deed.sign.numbers if deed.sign else deed.numbers


def _confirmed_sentence(said: Said, wording: Wording) -> Statement:
    return _spoken("confirmed" if said.actor == Actor.REMOTE_USER else "confirmed_someone", said, wording)


def _spoken(key: str, said: Said, wording: Wording) -> Statement:
    return Statement(wording.spoken(key, essence(said.text)), (said.number,))


def _failing_sentence(deed: Deed, wording: Wording) -> Statement:
    words, command = words_of(deed), wording.command(deed.command)
    key = "still_failing" if words else "still_failing_status"
    return Statement(wording.sentence(key, command=command, quote=wording.quote(words)), numbers_of(deed))


def _last_check(reading: Reading, turns: list[Turn], wording: Wording) -> list[Statement]:
    """The last check that passed, unless a turning point has told it already."""
    passed = [deed for deed in reading.typed_deeds if deed.sign and deed.sign.passed]
    if not passed or any(turn.after is passed[-1] for turn in turns):
        return []
    deed = passed[-1]
    words, command = words_of(deed), wording.command(deed.command)
    key = "last_check" if words else "last_check_status"
    return [Statement(wording.sentence(key, command=command, quote=wording.quote(words)), numbers_of(deed))]
