"""Learns from labelled texts: one linear support vector machine per label, each against all others.

Dual coordinate descent with squared hinge loss (Hsieh et al., 2008), in pure Python: 2,000 texts in 8 labels take
some seconds. The same texts in the same order give the same model.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter, mul

from summaries.engines.builtin.issue_types.features import rarity_of, vector_of, words_of
from summaries.engines.builtin.issue_types.model import IssueTypeModel, probabilities

MIN_LABELS = 2
MIN_TEXTS_PER_LABEL = 5
MAX_LABELS = 100
#: What a stored model holds at most; the features that decide most stay.
MAX_FEATURES = 30_000
#: How strictly the texts are followed; found on tickets and kept.
_STRICTNESS = 0.2
_MAX_ROUNDS = 20
_GOOD_ENOUGH = 0.05
#: One text in so many is put aside to learn how sure the model may be.
_HELD_OUT = 5
_SHARPNESS = tuple(round(1.15**step, 4) for step in range(-2, 22))


class UnableToTrain(Exception):
    """The labelled texts teach nothing; the sentence says what is missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text as numbers. *of* takes the values at its features out of a list; the last feature is the bias."""

    ids: tuple[int, ...]
    values: tuple[float, ...]
    of: Callable[[Sequence[float]], tuple[float, ...]]
    square: float


def train(
    *,
    texts: Sequence[str],
    labels: Sequence[str],
    groups: Sequence[int] = (),
    max_features: int = MAX_FEATURES,
    seed: int = 1,
) -> IssueTypeModel:
    """A model of *labels*. How sure it is is measured on texts that it had not seen. Raises UnableToTrain.

    *groups*: texts of one group are variants of each other, and are seen or unseen together.
    """
    names = _names(labels)
    read = [words_of(text) for text in texts]
    aside = _unseen(labels, groups, seed) if groups else held_out(labels, _HELD_OUT, seed)[0]
    rest = [at for at in range(len(read)) if at not in aside]
    first = _learn([read[at] for at in rest], [labels[at] for at in rest], names, max_features, seed)
    scored = [(first.scores(read[at]), names.index(labels[at])) for at in sorted(aside)]
    return _learn(read, labels, names, max_features, seed).calibrated(_sharpness(scored))


def _names(labels: Sequence[str]) -> list[str]:
    times = Counter(labels)
    if len(times) < MIN_LABELS:
        raise UnableToTrain(f"Training needs texts of at least {MIN_LABELS} labels.")
    if len(times) > MAX_LABELS:
        raise UnableToTrain(f"There are {len(times)} labels; at most {MAX_LABELS} can be told apart.")
    few = sorted(name for name, number in times.items() if number < MIN_TEXTS_PER_LABEL)
    if few:
        raise UnableToTrain(f"Each label needs at least {MIN_TEXTS_PER_LABEL} texts; too few for: {', '.join(few)}.")
    return sorted(times)


def held_out(labels: Sequence[str], folds: int, seed: int) -> list[set[int]]:
    """The positions in *folds* parts, each with its share of every label."""
    drawn = random.Random(seed)  # noqa: S311 - the same parts every time, nothing secret
    by_label: dict[str, list[int]] = defaultdict(list)
    for at, label in enumerate(labels):
        by_label[label].append(at)
    parts: list[set[int]] = [set() for _ in range(folds)]
    for _, members in sorted(by_label.items()):
        drawn.shuffle(members)
        for place, at in enumerate(members):
            parts[place % folds].add(at)
    return parts


def _unseen(labels: Sequence[str], groups: Sequence[int], seed: int) -> set[int]:
    label_of = dict(zip(groups, labels, strict=True))
    order = list(label_of)
    chosen = {order[place] for place in held_out([label_of[group] for group in order], _HELD_OUT, seed)[0]}
    return {at for at, group in enumerate(groups) if group in chosen}


def _learn(
    texts: Sequence[list[str]], labels: Sequence[str], names: Sequence[str], max_features: int, seed: int
) -> IssueTypeModel:
    rarity = rarity_of(texts)
    place = {key: number for number, key in enumerate(rarity)}
    bias = len(place)
    rows = [_row(vector_of(words, rarity), place, bias) for words in texts]
    times = Counter(labels)
    learnt = []
    for name in names:
        signs = [1.0 if label == name else -1.0 for label in labels]
        # A rare label's texts count more, or it would never be chosen.
        strictness = _STRICTNESS * len(labels) / (len(names) * times[name])
        learnt.append(_separate(rows, signs, strictness, bias + 1, seed))
    return IssueTypeModel.of_weights(
        labels=names,
        bias=[weights[bias] for weights in learnt],
        rarity=rarity,
        weights={key: [weights[number] for weights in learnt] for key, number in place.items()},
        at_most=max_features,
        texts=len(texts),
    )


def _row(vector: dict[str, float], place: dict[str, int], bias: int) -> Row:
    # The bias stands twice, with half its value each: taking a single one would give no tuple.
    ids = (*(place[key] for key in vector), bias, bias)
    values = (*vector.values(), 0.5, 0.5)
    return Row(ids, values, itemgetter(*ids), sum(value * value for value in values))


def _separate(rows: Sequence[Row], signs: list[float], positive: float, size: int, seed: int) -> list[float]:
    """Weights that part the rows of sign 1 from the rest."""
    weights = [0.0] * size
    alphas = [0.0] * len(rows)
    soft = {1.0: 0.5 / positive, -1.0: 0.5 / _STRICTNESS}
    active = list(range(len(rows)))
    drawn = random.Random(seed)  # noqa: S311 - an order, nothing secret
    # Rows far on the right side are left alone until the rest has settled.
    limit = math.inf
    for _ in range(_MAX_ROUNDS):
        drawn.shuffle(active)
        worst, kept = 0.0, []
        for at in active:
            row, sign, alpha = rows[at], signs[at], alphas[at]
            gradient = sign * sum(map(mul, row.of(weights), row.values)) - 1 + alpha * soft[sign]
            if not alpha and gradient > limit:
                continue
            kept.append(at)
            if not alpha and gradient >= 0:
                continue
            worst = max(worst, abs(gradient))
            alphas[at] = max(alpha - gradient / (row.square + soft[sign]), 0.0)
            step = (alphas[at] - alpha) * sign
            for number, value in zip(row.ids, row.values, strict=True):
                weights[number] += step * value
        active, limit = kept, worst
        if worst < _GOOD_ENOUGH:
            break
    return weights


def _sharpness(scored: list[tuple[list[float], int]]) -> float:
    """The factor by which scores become the likeliest probabilities of what was held out."""

    def surprise(factor: float) -> float:
        return -sum(math.log(max(probabilities(scores, factor)[right], 1e-9)) for scores, right in scored)

    return min(_SHARPNESS, key=surprise)
