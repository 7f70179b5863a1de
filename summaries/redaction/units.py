"""A batch as one text: each text, then each different title and application, and where its places to mask stand."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from summaries.redaction.spans import Span
from summaries.sources.base import CapturedInteraction

#: A place in a field: (start, end, span)
Place = tuple[int, int, Span]


class Units:
    def __init__(self, batch: Sequence[CapturedInteraction]) -> None:
        texts = [interaction.text for interaction in batch if not interaction.is_secret]
        labels = dict.fromkeys(label for interaction in batch for label in (interaction.title, interaction.application))
        self._units = [*texts, *labels]
        self._text_number = 0
        self._label_numbers = {label: len(texts) + number for number, label in enumerate(labels)}
        self._starts = [0]
        for unit in self._units:
            self._starts.append(self._starts[-1] + len(unit) + 1)
        self.joined = "\n".join(self._units)
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

    def next_text(self) -> list[Place]:
        """The places of the next text in the order of the batch; typed secrets are not counted."""
        self._text_number += 1
        return self._places.get(self._text_number - 1, [])

    def label(self, label: str) -> list[Place]:
        """The places of a title or application."""
        return self._places.get(self._label_numbers[label], [])
