"""ROUGE-1, ROUGE-2 and ROUGE-L as F-scores: how many words, pairs and sequences two texts share (Lin, 2004)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Rouge:
    one: float
    two: float
    longest: float


def rouge(*, text: str, references: Sequence[str]) -> Rouge:
    """Each figure against the reference that it fits best, from 0 to 1. Words are compared without regard to case."""
    words = _WORD.findall(text.casefold())
    wanted = [_WORD.findall(reference.casefold()) for reference in references]
    return Rouge(
        one=max((shared_runs(words, other, 1) for other in wanted), default=0.0),
        two=max((shared_runs(words, other, 2) for other in wanted), default=0.0),
        longest=max((longest_common(words, other) for other in wanted), default=0.0),
    )


def shared_runs(words: Sequence[str], other: Sequence[str], size: int) -> float:
    """F-score of the runs of *size* words that both have."""
    mine, theirs = (Counter(zip(*(each[at:] for at in range(size)), strict=False)) for each in (words, other))
    return _f_score((mine & theirs).total(), mine.total(), theirs.total())


def longest_common(words: Sequence[str], other: Sequence[str]) -> float:
    """F-score of the longest sequence of words that both have in this order, gaps allowed."""
    above = [0] * (len(other) + 1)
    for word in words:
        row = [0]
        for place, one in enumerate(other):
            row.append(above[place] + 1 if word == one else max(above[place + 1], row[place]))
        above = row
    return _f_score(above[-1], len(words), len(other))


def _f_score(shared: int, mine: int, theirs: int) -> float:
    return 2 * shared / (mine + theirs) if shared else 0.0
