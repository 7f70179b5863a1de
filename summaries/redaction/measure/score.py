"""Scores a redactor: what it finds of each kind, and how much harmless text it damages."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from summaries.enums import Kind
from summaries.redaction.base import SessionRedactor
from summaries.redaction.measure.samples import Sample
from summaries.sources.base import CapturedInteraction

#: Which share of the values of a kind must be found.
GOALS = {
    "TOKEN": 0.97, "PRIVATE_KEY": 0.97, "URL_CREDENTIALS": 0.97, "CARD": 0.97, "IBAN": 0.97, "EMAIL": 0.97,
    "IP_ADDRESS": 0.97, "PHONE": 0.90,
}  # fmt: skip
#: Which share of harmless lines may be changed at most.
MOST_DAMAGE = 0.02
_SHORTEST_PIECE = 4


@dataclass
class Score:
    """*missed* and *damaged* hold the samples themselves; they are made up, or the caller's own labelled data."""

    found: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    missed: list[Sample] = field(default_factory=list)
    damaged: list[tuple[Sample, str]] = field(default_factory=list)

    def recall(self, kind: str) -> float:
        return self.found[kind] / self.asked[kind]

    def damage(self) -> float:
        return len(self.damaged) / self.lines if self.lines else 0.0

    def below_goal(self) -> list[str]:
        below = [kind for kind in sorted(self.asked) if kind in GOALS and self.recall(kind) < GOALS[kind]]
        return [*below, *(["damage"] if self.damage() > MOST_DAMAGE else [])]

    def figures(self) -> dict[str, object]:
        return {
            "recall": {
                kind: {"asked": self.asked[kind], "recall": round(self.recall(kind), 4), "goal": GOALS.get(kind)}
                for kind in sorted(self.asked)
            },
            "harmless_lines": self.lines,
            "damaged": len(self.damaged),
            "damage": round(self.damage(), 4),
            "most_damage": MOST_DAMAGE,
            "below_goal": self.below_goal(),
        }


def score(samples: Iterable[Sample], *, redactor: Callable[[], SessionRedactor]) -> Score:
    """Each sample goes through a redactor of its own: nothing is learnt from one for the next."""
    result = Score()
    for sample in samples:
        (row,) = redactor().mask([CapturedInteraction(0, Kind.OUTPUT, sample.text)])
        if not sample.values:
            result.lines += 1
            if row.text != sample.text:
                result.damaged.append((sample, row.text))
            continue
        result.asked[sample.kind] += 1
        if stays(sample, row.text):
            result.missed.append(sample)
        else:
            result.found[sample.kind] += 1
    return result


def stays(sample: Sample, masked: str) -> bool:
    """Whether a third of a value, four characters at least, can still be read in one piece."""
    around = sample.text
    for value in sample.values:
        around = around.replace(value, "\n")
    for value in sample.values:
        length = min(max(_SHORTEST_PIECE, len(value) // 3), len(value))
        pieces = {value[at : at + length] for at in range(len(value) - length + 1)}
        if any(piece in masked and piece not in around for piece in pieces):
            return True
    return False
