"""A batch as one text: each text, then each different title and application, and where its places to mask stand."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from operator import add

from summaries.enums import Kind
from summaries.redaction.spans import Span
from summaries.sources.base import CapturedInteraction

#: A place in a field: (start, end, span)
Place = tuple[int, int, Span]
_NOWHERE: list[Place] = []
#: Stands between two chunks of output, which may cut a value in two.
_END = "\n"
#: Stands between texts that never continue each other: `broken_lines` joins nothing over a blank.
_FIRM_END = " \n"


class Units:
    def __init__(self, batch: Sequence[CapturedInteraction]) -> None:
        labels = sorted({row.title for row in batch} | {row.application for row in batch})
        texts = [row.text for row in batch if not row.is_secret]
        self._label_numbers = {label: len(texts) + number for number, label in enumerate(labels)}
        self._units = [*texts, *labels]
        ends = [*_ends(batch), *(_FIRM_END for _ in labels)]
        self._starts = [0, *accumulate(map(len, map(add, self._units, ends)))]
        self.joined = "".join(chain.from_iterable(zip(self._units, ends, strict=True)))
        self._places: dict[int, list[Place]] = {}

    def place(self, located: Iterable[tuple[tuple[int, int], Span]]) -> None:
        """Take over the places, given in offsets of `joined` and in order."""
        for (start, end), span in located:
            number = bisect_right(self._starts, start) - 1
            while number < len(self._units) and self._starts[number] < end:
                base = self._starts[number]
                first, last = max(start - base, 0), min(end - base, len(self._units[number]))
                if first < last:
                    self._places.setdefault(number, []).append((first, last, span))
                number += 1

    def text(self, number: int) -> list[Place]:
        """The places of a text, counted from 0 in the order of the batch without the typed secrets."""
        return self._places.get(number, _NOWHERE)

    def labels_to_mask(self) -> dict[str, list[Place]]:
        """The places of each title and application that holds one, or a placeholder that somebody typed."""
        places = {label: self._places.get(number, _NOWHERE) for label, number in self._label_numbers.items()}
        return {label: found for label, found in places.items() if found or "[" in label}


def _ends(batch: Sequence[CapturedInteraction]) -> Iterator[str]:
    """What stands between each text that is no typed secret and the next one."""
    for row, following in pairwise((*batch, None)):
        if row and not row.is_secret:
            yield _END if following and _continues(row, following) else _FIRM_END


def _continues(row: CapturedInteraction, following: CapturedInteraction) -> bool:
    is_output = row.kind == following.kind == Kind.OUTPUT
    return is_output and row.actor == following.actor and not following.is_secret
