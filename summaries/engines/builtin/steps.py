"""Writes the steps: what was done, looks grouped, like with like, at most MAX_STEPS, most telling first to stay."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from summaries.content import Statement, Step
from summaries.domain.evidence.patterns import ADVICE
from summaries.domain.reading.actions import ActionKind
from summaries.engines.base import RecordedInteraction
from summaries.engines.builtin.problem import Problem, has_failed, numbers_of, words_of
from summaries.engines.builtin.reading import Deed, Reading, Said, short_name
from summaries.engines.builtin.speech import essence
from summaries.engines.builtin.wording import Wording
from summaries.enums import Actor, Kind

Item = TypeVar("Item")
MAX_STEPS = 12
MAX_COMMANDS = 8
MAX_SAID_STEPS = 4
MAX_SAID_STEPS_ALONE = 8
#: A longer conversation is read in samples.
MAX_SAID_READ = 4000
MAX_NAME_WORDS = 3
MAX_TITLES = 2
MAX_STEP_COMMAND = 2000
_MIN_SAID = 20
_WEIGHTS = {ActionKind.CHANGE: 4.0, ActionKind.CHECK: 3.0, ActionKind.RUN: 2.5, ActionKind.LOOK: 1.0}


@dataclass(slots=True)
class Draft:
    """A step before it is worded. Deeds of one draft have the same key; a draft without deeds is worded already."""

    number: int
    offset_ms: int
    weight: float
    deeds: list[Deed] = field(default_factory=list)
    worded: Statement | None = None
    application: str = ""
    order: int = 0

    @property
    def key(self) -> tuple[str, str, bool]:
        """Drafts with an equal key that stand side by side can become one."""
        first = self.deeds[0]
        return (first.inside, first.action.key, has_failed(first))


def write_steps(
    reading: Reading, problem: Problem, wording: Wording, application_of: Callable[[Deed], str]
) -> tuple[Step, ...]:
    drafts = _drafts_of_deeds(reading)
    drafts += _drafts_of_screen(reading.screen, wording)
    drafts += [_typed(each, wording) for each in _spread(reading.typed, MAX_SAID_STEPS_ALONE)]
    drafts += _drafts_of_words(reading, problem, wording)
    drafts.sort(key=lambda draft: draft.number)
    for order, draft in enumerate(drafts):
        draft.order = order
    if len(drafts) > MAX_STEPS:
        drafts = _merged(drafts)
    keep = sorted(drafts, key=lambda draft: (-draft.weight, draft.order))[:MAX_STEPS]
    request = reading.request[0] if reading.request else None
    return tuple(
        _step(draft, request, wording, application_of) for draft in sorted(keep, key=lambda draft: draft.order)
    )


def _drafts_of_deeds(reading: Reading) -> list[Draft]:
    """Looks side by side become one draft, equal commands side by side too; nothing is told of noise."""
    acting = [deed for deed in reading.deeds if deed.action.kind != ActionKind.NOISE]
    drafts: list[Draft] = []
    for (looks, _), group in groupby(acting, key=lambda d: (d.action.kind == ActionKind.LOOK, d.inside)):
        deeds = list(group)
        if looks:
            drafts.append(_draft(deeds))
            continue
        # The same command again, with the same result, is told once.
        unique: dict[tuple[str, bool, str], Deed] = {}
        for deed in deeds:
            unique.setdefault((deed.command, has_failed(deed), words_of(deed)), deed)
        drafts.extend(_draft([deed]) for deed in unique.values())
    return drafts


def _draft(deeds: list[Deed]) -> Draft:
    first = deeds[0]
    weight = _WEIGHTS[first.action.kind] + 0.5 * has_failed(first) - 0.4 * bool(first.inside)
    return Draft(first.number, first.offset_ms, weight, deeds)


def _merged(drafts: list[Draft]) -> list[Draft]:
    """Side by side drafts of the same kind of action become one."""
    merged: list[Draft] = []
    for draft in drafts:
        before = merged[-1] if merged else None
        if before and before.deeds and draft.deeds and before.key == draft.key and len(before.deeds) < MAX_COMMANDS:
            before.deeds.extend(draft.deeds)
        else:
            merged.append(draft)
    return merged


def _step(draft: Draft, request: Deed | None, wording: Wording, application_of: Callable[[Deed], str]) -> Step:
    if draft.worded:
        return Step(draft.worded, draft.application, (), draft.offset_ms)
    deeds = draft.deeds[:MAX_COMMANDS]
    commands = tuple(dict.fromkeys(deed.command[:MAX_STEP_COMMAND] for deed in deeds))
    numbers = tuple(dict.fromkeys(number for deed in deeds for number in _cited(deed)))
    text = _wording_of(deeds, commands, request, wording)
    return Step(Statement(text, numbers), application_of(deeds[0]), commands, draft.offset_ms)


def _cited(deed: Deed) -> tuple[int, ...]:
    return numbers_of(deed) if deed.sign or deed.error else deed.numbers[:2]


def _wording_of(deeds: list[Deed], commands: tuple[str, ...], request: Deed | None, wording: Wording) -> str:
    first = deeds[0]
    shown = wording.commands(commands)
    if first.action.kind == ActionKind.LOOK:
        topics = wording.topics([deed.action.key for deed in deeds])
        text = wording.sentence("looked", topics=topics, commands=shown)
        return text if not first.inside else wording.sentence("inside", program=first.inside, action=text)
    if first.action.key == "ran_program" and first is not request and not first.inside:
        return _ran(first, commands, shown, wording)
    action = _action(deeds, request, wording)
    words = words_of(first) if len(commands) == 1 else ""
    if has_failed(first) and words and first.action.kind != ActionKind.CHECK:
        return wording.sentence("did_failed", action=action, commands=shown, quote=wording.quote(words))
    if words and first.sign:
        return wording.sentence("checked", action=action, commands=shown, quote=wording.quote(words))
    key = "did_failed_status" if has_failed(first) else "did"
    return wording.sentence(key, action=action, commands=shown)


def _ran(first: Deed, commands: tuple[str, ...], shown: str, wording: Wording) -> str:
    """A program that the tables don't know: its command says it all."""
    words = words_of(first) if len(commands) == 1 else ""
    if not has_failed(first):
        return wording.sentence("ran", commands=shown)
    if words:
        return wording.sentence("ran_failed", commands=shown, quote=wording.quote(words))
    return wording.sentence("ran_failed_status", commands=shown)


def _action(deeds: list[Deed], request: Deed | None, wording: Wording) -> str:
    first = deeds[0]
    objects = list(dict.fromkeys(deed.action.obj for deed in deeds))
    # Several objects are told by the commands; the sentence then takes its form without one.
    obj = short_name(objects[0]) if len(objects) == 1 else ""
    key = "gave_request" if first is request else first.action.key
    text = wording.action(key, obj)
    return text if not first.inside else wording.sentence("inside", program=first.inside, action=text)


def _drafts_of_screen(screen: Iterable[RecordedInteraction], wording: Wording) -> list[Draft]:
    """One draft per stay in an application, with its windows and what was clicked there."""
    drafts: list[Draft] = []
    for name, group in groupby(screen, key=lambda each: each.application):
        events = list(group)
        files = [each for each in events if each.kind == Kind.FILE_TRANSFER and each.text.strip()]
        for each in files:
            text = wording.sentence("transferred_file", quote=wording.quote(each.text))
            drafts.append(Draft(each.number, each.offset_ms, 4.0, worded=Statement(text, (each.number,))))
        rest = [each for each in events if each.kind != Kind.FILE_TRANSFER]
        clicks = [each for each in rest if each.kind == Kind.CLICK and each.text.strip()]
        if clicks:
            drafts.append(_clicked(name, clicks, wording))
        elif rest and name:
            drafts.append(_worked_in(name, rest, wording))
    return drafts


def _named(name: str, wording: Wording) -> str:
    """An application's name; one that is as long as a sentence is quoted, for it may be one."""
    return wording.command(name).strip("`") if len(name.split()) <= MAX_NAME_WORDS else wording.quote(name, 60)


def _worked_in(name: str, events: list[RecordedInteraction], wording: Wording) -> Draft:
    titles = list(dict.fromkeys(each.title for each in events if each.title and each.title != name))[:MAX_TITLES]
    windows = wording.sentence("windows", quotes=wording.quotes(titles)) if titles else ""
    text = wording.sentence("worked_in", application=_named(name, wording), windows=windows)
    cited = {each.title: each.number for each in reversed(events) if each.title in titles or not titles}
    return Draft(events[0].number, events[0].offset_ms, 2.0, [], Statement(text, tuple(sorted(cited.values()))), name)


def _clicked(name: str, clicks: list[RecordedInteraction], wording: Wording) -> Draft:
    told = {each.text: each for each in clicks[: MAX_TITLES + 2]}
    quotes = wording.quotes(list(told))
    text = (
        wording.sentence("clicked", quotes=quotes, application=_named(name, wording))
        if name
        else wording.sentence("clicked_nowhere", quotes=quotes)
    )
    numbers = tuple(each.number for each in told.values())
    return Draft(clicks[0].number, clicks[0].offset_ms, 2.5, [], Statement(text, numbers), name)


def _drafts_of_words(reading: Reading, problem: Problem, wording: Wording) -> list[Draft]:
    """What supporters advised or did by their own words, and notes; the problem itself is told elsewhere."""
    told = _spread([said for said in reading.said if said not in (problem.said, problem.answer)], MAX_SAID_READ)
    notes = [said for said in told if said.note][:MAX_SAID_STEPS]
    has_roles = any(said.actor == Actor.SUPPORTER for said in told)
    spoken = [
        said
        for said in told
        if not said.note
        and len(said.text) >= _MIN_SAID
        and ADVICE.search(said.text)
        and (said.actor == Actor.SUPPORTER if has_roles else _by_another(said, problem.said))
    ]
    limit = MAX_SAID_STEPS if reading.deeds or reading.screen else MAX_SAID_STEPS_ALONE
    drafts = [_said(said, "supporter_noted", wording) for said in notes]
    key = "supporter_said" if has_roles else "someone_said"
    return drafts + [_said(said, key, wording) for said in _spread(spoken, limit)]


def _typed(each: RecordedInteraction, wording: Wording) -> Draft:
    text = wording.sentence("typed", quote=wording.quote(each.text))
    return Draft(each.number, each.offset_ms, 2.0, [], Statement(text, (each.number,)))


def _by_another(said: Said, asker: Said | None) -> bool:
    return asker is None or not said.speaker or said.speaker != asker.speaker


def _spread(said: list[Item], limit: int) -> list[Item]:
    """At most *limit*, evenly from beginning to end: a conversation's end matters as much as its beginning."""
    if len(said) <= limit:
        return said
    return [said[position * (len(said) - 1) // (limit - 1)] for position in range(limit)]


def _said(said: Said, key: str, wording: Wording) -> Draft:
    text = wording.spoken(key, essence(said.text))
    return Draft(said.number, said.offset_ms, 3.0, [], Statement(text, (said.number,)))
