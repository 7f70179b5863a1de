"""A session as lines of text for a model, and its division into parts that fit the model's window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from insights_portal.lib.text import show_controls
from summaries.engines.base import RecordedInteraction

#: Longest text of one line, in characters; a session that is too long for all its parts is tried with the next.
LINE_LIMITS = (4_000, 1_200, 400)


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive interactions as lines. *index* counts from 1."""

    index: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Division:
    """A session in parts; *left_out* are the first and last number of what did not fit, if anything."""

    parts: tuple[Part, ...]
    left_out: tuple[int, int] | None = None


def visible(text: str) -> str:
    """*text* on one line, with every character that steers instead of showing written out."""
    return show_controls(text).replace("\n", "⏎")


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

    Too long for that: texts are shortened more; still too long: the middle is left out, because the beginning
    tells the problem and the end tells the outcome.
    """
    packed: list[list[tuple[int, str]]] = []
    for limit in LINE_LIMITS:
        packed = _packed(((one.number, line_of(one, limit)) for one in interactions), part_tokens)
        if len(packed) <= max_parts:
            return Division(_parts(packed))
    last = max_parts // 2
    first = max_parts - last
    middle = packed[first : len(packed) - last]
    kept = packed[:first] + packed[len(packed) - last :]
    return Division(_parts(kept), (middle[0][0][0], middle[-1][-1][0]))


def _parts(packed: list[list[tuple[int, str]]]) -> tuple[Part, ...]:
    return tuple(Part(index, tuple(line for _, line in rows)) for index, rows in enumerate(packed, start=1))


def _packed(rows: Iterable[tuple[int, str]], part_tokens: int) -> list[list[tuple[int, str]]]:
    packed: list[list[tuple[int, str]]] = [[]]
    room = part_tokens
    for number, line in rows:
        tokens = estimated_tokens(line)
        if tokens > room and packed[-1]:
            packed.append([])
            room = part_tokens
        packed[-1].append((number, line))
        room -= tokens
    return packed


def _shortened(text: str, limit: int) -> str:
    """The beginning and the end: an error stands in the last lines of an output more often than in the middle."""
    if len(text) <= limit:
        return text
    head, tail = limit * 2 // 3, limit // 3
    return f"{text[:head]} … {len(text) - head - tail} characters left out … {text[-tail:]}"
