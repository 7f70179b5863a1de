"""A session as lines of text for a model, and its division into parts that fit the model's window."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from insights_portal.lib.text import show_controls
from summaries.engines.base import RecordedInteraction
from summaries.enums import Kind

#: Longest text of one line, in characters; a session that is too long for all its parts is tried with the next.
LINE_LIMITS = (4_000, 1_200, 400, 160)
#: What a session has most of and misses least.
_BULK = frozenset({Kind.OUTPUT, Kind.CLICK, Kind.KEY})
#: How a mark around data begins. Its ending can't be guessed; nothing recorded looks like one all the same.
_MARK = re.compile(r"<(\s*/?\s*data-)", re.IGNORECASE)
#: How full the parts may be planned: lines do not fill them to the last token.
_FILL = 0.9


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive interactions as lines. *index* counts from 1."""

    index: int
    lines: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes, as UTF-8."""
        return sum(len(line.encode(errors="replace")) + 1 for line in self.lines)


@dataclass(frozen=True, slots=True)
class Division:
    """A session in parts, and what did not fit: *thinned* interactions of the bulk, and all from the first to the
    last number of *left_out*."""

    parts: tuple[Part, ...]
    thinned: int = 0
    left_out: tuple[int, int] | None = None


def visible(text: str) -> str:
    """*text* on one line, with every character that steers instead of showing written out, and no mark of data."""
    return _MARK.sub(r"‹\1", show_controls(text)).replace("\n", "⏎")


def estimated_tokens(text: str) -> int:
    """An upper guess without a tokenizer: a token per three bytes of UTF-8, which suits Latin and Chinese alike."""
    return len(text.encode(errors="replace")) // 3 + 1


def line_of(interaction: RecordedInteraction, limit: int) -> str:
    """`12 [02:13] SUPPORTER COMMAND (Terminal; ~): df -h`"""
    minutes, seconds = divmod(interaction.offset_ms // 1000, 60)
    place = "; ".join(visible(name) for name in (interaction.application, interaction.title) if name)
    head = f"{interaction.number} [{minutes:02}:{seconds:02}] {interaction.actor} {interaction.kind}"
    return f"{head}{f' ({place})' if place else ''}: {visible(_shortened(interaction.text, limit))}"


def divide(interactions: Sequence[RecordedInteraction], *, part_tokens: int, max_parts: int) -> Division:
    """Divide a session into at most *max_parts* parts of about *part_tokens* estimated tokens.

    Too long for that: texts are shortened more. Still too long: output, clicks and keys are thinned evenly, save
    those that follow an interaction of another kind. Still too long: the middle is left out, because the
    beginning tells the problem and the end tells the outcome.
    """
    for limit in LINE_LIMITS:
        packed = _packed(interactions, limit, part_tokens)
        if len(packed) <= max_parts:
            return Division(_parts(packed))
    kept = _thinned(interactions, room=round(part_tokens * max_parts * _FILL))
    thinned = len(interactions) - len(kept)
    packed = _packed(kept, LINE_LIMITS[-1], part_tokens)
    if len(packed) <= max_parts:
        return Division(_parts(packed), thinned)
    last = max_parts // 2
    first, rest = max_parts - last, len(packed) - last
    middle = packed[first:rest]
    return Division(_parts(packed[:first] + packed[rest:]), thinned, (middle[0][0][0], middle[-1][-1][0]))


def _thinned(interactions: Sequence[RecordedInteraction], *, room: int) -> list[RecordedInteraction]:
    """All that tells, and as much of the rest, evenly over the session, as *room* tokens hold."""
    before = (None, *interactions)
    telling = {
        one.number
        for previous, one in zip(before, interactions, strict=False)
        if one.kind not in _BULK or (previous is not None and previous.kind not in _BULK)
    }
    rest = [one.number for one in interactions if one.number not in telling]
    tokens = {one.number: estimated_tokens(line_of(one, LINE_LIMITS[-1])) for one in interactions}
    room -= sum(tokens[number] for number in telling)
    every = -(-sum(tokens[number] for number in rest) // room) if room > 0 else len(rest) + 1
    kept = telling.union(rest[every - 1 :: every])
    return [one for one in interactions if one.number in kept]


def _parts(packed: list[list[tuple[int, str]]]) -> tuple[Part, ...]:
    return tuple(Part(index, tuple(line for _, line in rows)) for index, rows in enumerate(packed, start=1))


def _packed(interactions: Iterable[RecordedInteraction], limit: int, part_tokens: int) -> list[list[tuple[int, str]]]:
    """Numbers and lines in parts; at least one part, though it be empty."""
    packed: list[list[tuple[int, str]]] = [[]]
    room = part_tokens
    for interaction in interactions:
        line = line_of(interaction, limit)
        tokens = estimated_tokens(line)
        if tokens > room and packed[-1]:
            packed.append([])
            room = part_tokens
        packed[-1].append((interaction.number, line))
        room -= tokens
    return packed


def _shortened(text: str, limit: int) -> str:
    """The beginning and the end: an error stands in the last lines of an output more often than in the middle."""
    if len(text) <= limit:
        return text
    head, tail = limit * 2 // 3, limit // 3
    return f"{text[:head]} … {len(text) - head - tail} characters left out … {text[-tail:]}"
