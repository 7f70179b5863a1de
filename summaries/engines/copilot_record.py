"""The record of a session as a question needs it: whole where it fits, else what bears on the question, with the
beginning, which tells the problem, and the end, which tells the outcome. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from summaries.engines.builtin.finding import ranked, topic_of
from summaries.engines.claude_parts import LINE_LIMITS, estimated_tokens, line_of
from summaries.engines.copilot_base import CopilotRequest

#: Interactions before and after a passage that are shown with it.
_AROUND = 3
#: Shares of the room for the beginning and the end; the rest is for passages.
_BEGINNING, _END = 0.15, 0.25


def record_for(request: CopilotRequest, *, room_tokens: int) -> tuple[list[str], int]:
    """Lines of at most about *room_tokens* estimated tokens, and how many interactions are not among them."""
    interactions = request.interactions
    for limit in LINE_LIMITS:
        lines = [line_of(each, limit) for each in interactions]
        if sum(map(estimated_tokens, lines)) <= room_tokens:
            return lines, 0
    tokens = {each.number: estimated_tokens(line) for each, line in zip(interactions, lines, strict=True)}
    kept = _chosen(request, tokens, room_tokens)
    shown = [line for each, line in zip(interactions, lines, strict=True) if each.number in kept]
    return shown, len(lines) - len(shown)


def _chosen(request: CopilotRequest, tokens: dict[int, int], room: int) -> set[int]:
    numbers = [each.number for each in request.interactions]
    kept: set[int] = set()
    left = room - _take(numbers, tokens, int(room * _BEGINNING), kept)
    left -= _take(reversed(numbers), tokens, int(room * _END), kept)
    about = request.topic or topic_of(request.question)
    places = {number: place for place, number in enumerate(numbers)}
    found = (places[number] for number in ranked(request.question, about, request.interactions))
    near = chain.from_iterable(_around(numbers, place) for place in found)
    _take(near, tokens, left, kept)
    return kept


def _around(numbers: Sequence[int], place: int) -> Iterator[int]:
    """The passage first, then its neighbours, the nearest before the farther ones."""
    yield numbers[place]
    for distance in range(1, _AROUND + 1):
        yield from numbers[max(0, place - distance) : max(0, place - distance + 1)]
        yield from numbers[place + distance : place + distance + 1]


def _take(numbers: Iterable[int], tokens: dict[int, int], room: int, kept: set[int]) -> int:
    """Put numbers into *kept* until the room is used up. Returns the tokens that they take."""
    used = 0
    for number in numbers:
        if number in kept:
            continue
        if used + tokens[number] > room:
            break
        kept.add(number)
        used += tokens[number]
    return used
