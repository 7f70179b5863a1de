"""Places to mask, and which of two overlapping ones counts."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

#: What must not survive in part: where another place cuts one of these, the rest is masked on its own.
SECRET_RULES = frozenset({"PASSWORD", "TOKEN", "PRIVATE_KEY", "URL_CREDENTIALS"})
_FIRST = {"PRIVATE_KEY": 0, "URL_CREDENTIALS": 1}


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] falls under *rule*. *key* is the value in its normal form, by which it keeps its number."""

    start: int
    end: int
    rule: str
    key: str


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, none overlapping: keys and URL credentials first, then the longer."""
    ordered = sorted(spans, key=attrgetter("start"))
    if all(span.end <= following.start for span, following in pairwise(ordered)):
        return ordered
    kept: list[Span] = []
    starts: list[int] = []
    for span in sorted(
        ordered,
        key=lambda s: (
            _FIRST.get(s.rule, 2),
            s.start - s.end,
            s.start,
            s.rule not in SECRET_RULES,
            s.rule,
            -len(s.key),
            s.key,
        ),
    ):
        for piece in _uncovered(span, kept, starts):
            at = bisect_left(starts, piece.start)
            kept.insert(at, piece)
            starts.insert(at, piece.start)
    return kept


def _uncovered(span: Span, kept: list[Span], starts: list[int]) -> list[Span]:
    """The span itself, or what others leave of it."""
    at = max(bisect_left(starts, span.start) - 1, 0)
    pieces, start, is_cut = [], span.start, False
    while at < len(kept) and kept[at].start < span.end:
        other = kept[at]
        at += 1
        if other.end <= start:
            continue
        is_cut = True
        if other.start > start:
            pieces.append(replace(span, start=start, end=other.start))
        start = other.end
    if start < span.end:
        pieces.append(replace(span, start=start))
    return pieces if not is_cut or span.rule in SECRET_RULES else []
