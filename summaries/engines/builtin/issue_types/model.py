"""A trained model: decides between labels, says how sure it is and which words decided."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from summaries.engines.builtin.issue_types.features import pieces_of, vector_of, words_of

#: The label of texts that belong to no issue type.
NONE = "-"
#: A label is named only when it is likelier right than wrong, and clearly likelier than the next.
MIN_PROBABILITY = 0.5
MIN_LEAD = 0.1
#: One word that the model knows decides nothing.
MIN_KNOWN_WORDS = 2
MAX_DECIDING_WORDS = 4
#: A word that decided has this share of the strongest word's say.
_DECIDING_SHARE = 0.4
_MIN_LETTERS = 3
#: Weights are kept as whole numbers up to this.
STEPS = 127


@dataclass(frozen=True, slots=True)
class Guess:
    """*label* is empty when the model does not know; *best* is what it would say if it had to."""

    label: str
    best: str
    probability: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """*weights* are whole numbers of −STEPS to STEPS, one per label, in parts of the model's *unit*."""

    rarity: float
    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IssueTypeModel:
    labels: tuple[str, ...]
    bias: tuple[float, ...]
    unit: float
    features: Mapping[str, Feature]
    #: Scores times this are the logarithms of probabilities.
    sharpness: float = 1.0
    #: How many texts it was trained on.
    texts: int = 0

    @classmethod
    def of_weights(
        cls,
        *,
        labels: Sequence[str],
        bias: Sequence[float],
        rarity: Mapping[str, float],
        weights: Mapping[str, Sequence[float]],
        at_most: int,
        texts: int,
    ) -> Self:
        """The model in the form in which it is stored: the *at_most* features that decide most, in whole numbers."""
        reach = {key: max(map(abs, each)) for key, each in weights.items()}
        kept = sorted(reach, key=lambda key: (-reach[key], key))[:at_most]
        unit = max((reach[key] for key in kept), default=0.0) / STEPS or 1.0
        features = {
            key: Feature(round(rarity[key], 2), tuple(round(value / unit) for value in weights[key]))
            for key in sorted(kept)
        }
        return cls(tuple(labels), tuple(round(each, 4) for each in bias), unit, features, texts=texts)

    def calibrated(self, sharpness: float) -> Self:
        return replace(self, sharpness=sharpness)

    def scores(self, words: list[str]) -> list[float]:
        """One score per label; the greatest is the likeliest."""
        totals = [0.0] * len(self.labels)
        for key, value in self._vector(words).items():
            for place, weight in enumerate(self.features[key].weights):
                totals[place] += value * weight
        return [total * self.unit + bias for total, bias in zip(totals, self.bias, strict=True)]

    def guess(self, text: str) -> Guess:
        words = words_of(text)
        likely = probabilities(self.scores(words), self.sharpness)
        order = sorted(range(len(likely)), key=lambda place: -likely[place])
        first, second = order[0], order[1]
        known = {word for word in words if word in self.features}
        best, probability = self.labels[first], likely[first]
        is_sure = probability >= MIN_PROBABILITY and probability - likely[second] >= MIN_LEAD
        if not is_sure or best == NONE or len(known) < MIN_KNOWN_WORDS:
            return Guess("", best, probability)
        return Guess(best, best, probability, self._deciding(words, known, first))

    def _vector(self, words: list[str]) -> dict[str, float]:
        return vector_of(words, {key: self.features[key].rarity for key in self._known(words)})

    def _known(self, words: list[str]) -> Iterable[str]:
        pairs = {f"{first} {second}" for first, second in pairwise(words)}
        pieces = {piece for word in set(words) for piece in pieces_of(word)}
        return self.features.keys() & (pairs | pieces | set(words))

    def _deciding(self, words: list[str], known: set[str], label: int) -> tuple[str, ...]:
        """The words that spoke most for *label* against the others, strongest first."""
        vector = self._vector(words)
        said: dict[str, float] = {}
        for word in dict.fromkeys(words):
            if word in known and len(word) >= _MIN_LETTERS and word.isalpha():
                said[word] = sum(vector[key] * self._lean(key, label) for key in (word, *_pieces_in(word, vector)))
        least = _DECIDING_SHARE * max(said.values(), default=0.0)
        strongest = sorted((word for word in said if said[word] > 0 and said[word] >= least), key=lambda w: -said[w])
        return tuple(strongest[:MAX_DECIDING_WORDS])

    def _lean(self, key: str, label: int) -> float:
        weights = self.features[key].weights
        return weights[label] - (sum(weights) - weights[label]) / (len(weights) - 1)


def _pieces_in(word: str, vector: Mapping[str, float]) -> list[str]:
    return [piece for piece in pieces_of(word) if piece in vector]


def probabilities(scores: Sequence[float], sharpness: float) -> list[float]:
    """Scores as probabilities that sum to 1."""
    top = max(scores)
    powers = [math.exp((score - top) * sharpness) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
