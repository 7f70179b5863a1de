"""The whole measure: generated samples, tuned and held out, and labelled sentences."""

import random
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from summaries.redaction.base import SessionRedactor
from summaries.redaction.measure import keys, people
from summaries.redaction.measure.harmless import harmless
from summaries.redaction.measure.labelled import labelled
from summaries.redaction.measure.samples import Sample
from summaries.redaction.measure.score import Score, score

#: Rules are tuned on what this seed makes; the held-out part has other lines and another seed.
TUNING_SEED = 1
HELD_OUT_SEED = 20261122


def generated(seed: int, *, held_out: bool) -> Iterator[Sample]:
    chance = random.Random(seed)  # noqa: S311 - the same samples every time; none of them opens anything
    return chain(
        keys.tokens(chance, held_out=held_out),
        keys.private_keys(chance),
        people.urls(chance, held_out=held_out),
        people.cards(chance, held_out=held_out),
        people.ibans(chance, held_out=held_out),
        people.emails(chance, held_out=held_out),
        people.addresses(chance, held_out=held_out),
        people.phones(chance, held_out=held_out),
        harmless(chance, held_out=held_out),
    )


def measure(folder: Path, *, seed: int, redactor: Callable[[], SessionRedactor]) -> dict[str, Score]:
    """{part: its score}. Raises UnableToReadLabels."""
    sentences = list(labelled(folder))
    return {
        "tuned": score(generated(TUNING_SEED, held_out=False), redactor=redactor),
        "held_out": score(generated(seed, held_out=True), redactor=redactor),
        "labelled": score(sentences, redactor=redactor),
    }
