"""What is different between two texts of a summary: by field, and by word within a statement. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from django.utils.translation import gettext as _

from summaries.content import Statement, Step, SummaryContent

#: A longer text is compared as a whole: the words of two of them would take too long.
MOST_WORDS = 600
#: Share of words in common from which two statements are one that was changed.
_ALIKE = 0.4
#: Fewer signs in common between two changes are no help to a reader: “a”, “of the”.
_SHORTEST_ISLAND = 7
_TOKEN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|\\w+|\\s+|[^\\w\\s]")


class Mark(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is SAME, ADDED or REMOVED."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """What belongs to a step beside its sentence: application, commands, time, evidence."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One statement, before and after."""

    mark: Mark
    pieces: tuple[Piece, ...]
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChanges:
    label: str
    rows: tuple[Row, ...]


#: A statement as it is compared: its sentence, and what belongs to it by name.
_Line = tuple[str, tuple[tuple[str, str], ...]]


def compare(
    *, before: SummaryContent, after: SummaryContent, outcome_of: Callable[[SummaryContent], str]
) -> tuple[FieldChanges, ...]:
    """The fields in which *after* differs from *before*, none where it does not. *outcome_of* gives its word."""
    fields = (
        (_("Title"), [_plain(before.title)], [_plain(after.title)]),
        (_("Problem"), *_statements(before.problem, after.problem)),
        (_("Cause"), *_statements(before.cause, after.cause)),
        (_("Steps"), [_of_step(each) for each in before.steps], [_of_step(each) for each in after.steps]),
        (_("Outcome"), [_plain(str(outcome_of(before)))], [_plain(str(outcome_of(after)))]),
        (_("Outcome in words"), *_statements(before.outcome_statements, after.outcome_statements)),
        (_("Open points"), *_statements(before.open_points, after.open_points)),
        (_("Issue types"), [_plain(each) for each in before.issue_types], [_plain(each) for each in after.issue_types]),
        (
            _("Applications"),
            [_plain(each) for each in before.applications],
            [_plain(each) for each in after.applications],
        ),
        (
            _("Missing data"),
            [_plain(each) for each in before.missing_data],
            [_plain(each) for each in after.missing_data],
        ),
    )
    return tuple(FieldChanges(label, tuple(_rows(old, new))) for label, old, new in fields if old != new)


def _plain(text: str) -> _Line:
    return text, ()


def _statements(before: Iterable[Statement], after: Iterable[Statement]) -> tuple[list[_Line], list[_Line]]:
    return [_of_statement(each) for each in before], [_of_statement(each) for each in after]


def _of_statement(statement: Statement) -> _Line:
    return statement.text, ((_("Evidence"), ", ".join(map(str, statement.evidence))),)


def _of_step(step: Step) -> _Line:
    text, details = _of_statement(step.action)
    seconds = None if step.offset_ms is None else step.offset_ms // 1000
    time = "" if seconds is None else f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    more = ((_("Time"), time), (_("Application"), step.application), (_("Commands"), " ⏎ ".join(step.commands)))
    return text, (*more, *details)


def _rows(before: Sequence[_Line], after: Sequence[_Line]) -> Iterator[Row]:
    """The lines of both in the order of reading: what was taken out stands before what took its place."""
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            for line in before[old_from:old_to]:
                yield Row(Mark.SAME, _whole(Mark.SAME, line[0]))
        else:
            yield from _replaced(before[old_from:old_to], list(after[new_from:new_to]))


def _replaced(before: Sequence[_Line], after: list[_Line]) -> Iterator[Row]:
    """Pair each line with the next one that is much like it; what lies between was added, what has none removed."""
    for old in before:
        place = next((place for place, new in enumerate(after) if _are_alike(old[0], new[0])), None)
        if place is None:
            yield Row(Mark.REMOVED, _whole(Mark.REMOVED, old[0]))
            continue
        for new in after[:place]:
            yield Row(Mark.ADDED, _whole(Mark.ADDED, new[0]), _details((), new[1]))
        yield _changed(old, after[place])
        after = after[place + 1 :]
    for new in after:
        yield Row(Mark.ADDED, _whole(Mark.ADDED, new[0]), _details((), new[1]))


def _changed(old: _Line, new: _Line) -> Row:
    return Row(Mark.CHANGED, words_compared(old[0], new[0]), _details(old[1], new[1]))


def _details(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> tuple[Detail, ...]:
    """What differs of that which belongs to a statement."""
    before = dict(old)
    pairs = ((label, before.get(label, ""), text) for label, text in new)
    return tuple(Detail(label, words_compared(was, is_now)) for label, was, is_now in pairs if was != is_now)


def _are_alike(old: str, new: str) -> bool:
    words, others = (set(_TOKEN.findall(text.casefold())) - {" "} for text in (old, new))
    return len(words & others) >= _ALIKE * max(len(words), len(others), 1)


def words_compared(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one row of pieces: what is SAME, REMOVED from *before* and ADDED in *after*."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) > MOST_WORDS or len(new) > MOST_WORDS:
        return (*_whole(Mark.REMOVED, before), *_whole(Mark.ADDED, after))
    pieces: list[Piece] = []
    removed = added = ""
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (kind, old_from, old_to, new_from, new_to) in enumerate(found):
        was, is_now = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        is_between = 0 < place < len(found) - 1
        if kind != "equal" or (is_between and len(was.strip()) < _SHORTEST_ISLAND):
            removed, added = removed + was, added + is_now
            continue
        pieces += [*_whole(Mark.REMOVED, removed), *_whole(Mark.ADDED, added), Piece(Mark.SAME, was)]
        removed = added = ""
    return (*pieces, *_whole(Mark.REMOVED, removed), *_whole(Mark.ADDED, added))


def _whole(mark: Mark, text: str) -> tuple[Piece, ...]:
    return (Piece(mark, text),) if text else ()
