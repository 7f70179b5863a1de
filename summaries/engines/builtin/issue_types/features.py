"""What a classifier sees of a text: its words, pairs of words, and pieces that endings and typing errors spare.

Keys: `printer` a word, `paper jam` a pair, `#prin` a piece of three to five characters (`<` and `>` mark where the
word begins and ends).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

from summaries.domain.evidence.quoting import folded

#: A longer text is read to here; the longest word that counts.
MAX_CHARS = 4000
MAX_WORD = 30
#: Words and pairs count fully, pieces of words less.
PIECES_WEIGHT = 0.7
_PIECE_SIZES = (3, 4, 5)
#: What redaction put in place of a value: [EMAIL-1] is no talk of e-mail.
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*-\d+\]")
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The words in order: lower case, without accents, at most MAX_WORD characters each."""
    return [word[:MAX_WORD] for word in _WORD.findall(folded(_PLACEHOLDER.sub(" ", text[:MAX_CHARS])))]


def pieces_of(word: str) -> list[str]:
    marked = f"<{word}>"
    return [f"#{marked[at : at + size]}" for size in _PIECE_SIZES for at in range(len(marked) - size + 1)]


def counts_of(words: list[str]) -> tuple[Counter[str], Counter[str]]:
    """(words and pairs, pieces) with how often each stands in the text."""
    whole = Counter(words)
    whole.update(f"{first} {second}" for first, second in pairwise(words))
    pieces: Counter[str] = Counter()
    for word, times in Counter(words).items():
        for piece in pieces_of(word):
            pieces[piece] += times
    return whole, pieces


def vector_of(words: list[str], rarity: Mapping[str, float]) -> dict[str, float]:
    """Weights of the features that *rarity* knows: rare ones more, repeated ones only a little more.

    Words and pieces are each brought to one length, so that a long text weighs no more than a short one.
    """
    vector: dict[str, float] = {}
    for counts, share in zip(counts_of(words), (1.0, PIECES_WEIGHT), strict=True):
        known = {key: (1 + math.log(times)) * rarity[key] for key, times in counts.items() if key in rarity}
        length = math.sqrt(sum(value * value for value in known.values()))
        vector.update((key, share * value / length) for key, value in known.items())
    return vector


def rarity_of(texts: Iterable[list[str]], *, at_least: int = 2) -> dict[str, float]:
    """{feature: inverse document frequency} of the features that stand in *at_least* texts."""
    found: Counter[str] = Counter()
    number = 0
    for words in texts:
        number += 1
        for counts in counts_of(words):
            found.update(counts.keys())
    return {key: math.log((1 + number) / (1 + times)) + 1 for key, times in found.items() if times >= at_least}
