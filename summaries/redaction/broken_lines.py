"""Values that a line end or the end of an interaction cuts in two, as output in chunks and narrow terminals do."""

import re
from collections.abc import Container, Iterator

from summaries.redaction.detectors import Detector, Emails
from summaries.redaction.known import KnownPasswords
from summaries.redaction.numbers import Ibans, cards_in
from summaries.redaction.spans import Span
from summaries.redaction.tokens import SHAPED_TOKENS
from summaries.redaction.view import Scan

_REACH = 512
#: A line end between two characters of which a value could be made, neither a sentence nor a prompt.
_CUT = re.compile(r"(?<=[A-Za-z0-9_@.+/=-])\n(?=[A-Za-z0-9_@.+/=-])")
_DIGIT_RUN = re.compile(r"\d[\d -]{11,}\d")


class _Seams:
    """The text around each cut without the line end, one piece per line, and the way back."""

    def __init__(self, text: str) -> None:
        self.pieces: list[tuple[int, int, int]] = []  # (where the left part begins, where the line ends, length)
        parts = []
        for cut in _CUT.finditer(text):
            end = cut.start()
            left = max(text.rfind("\n", max(end - _REACH, 0), end) + 1, end - _REACH, 0)
            right = text.find("\n", end + 1, end + _REACH)
            right = min(end + _REACH, len(text)) if right < 0 else right
            piece = text[left:end] + text[end + 1 : right]
            self.pieces.append((left, end, len(piece)))
            parts.append(piece)
        self.scan = Scan("\n".join(parts))

    def crossing(self, spans: Iterator[Span]) -> Iterator[tuple[Span, int]]:
        """The spans that lie over a cut, in offsets of the whole text, with the place of the cut."""
        position, at = 0, 0
        for span in sorted(spans, key=lambda span: span.start):
            while span.start > position + self.pieces[at][2]:
                position += self.pieces[at][2] + 1
                at += 1
            left, cut, _ = self.pieces[at]
            start, end = span.start - position + left, span.end - position + left
            if start < cut < end:
                yield Span(start, end + 1, span.rule, span.key), cut


def find_broken(
    scan: Scan, known: KnownPasswords, ends_at: Container[int], begins_at: Container[int]
) -> Iterator[Span]:
    """Yield both halves of what a line end cuts. *ends_at* and *begins_at* are where places
    end and begin that are masked as they stand: a whole value on the next line is no second half."""
    seams = _Seams(scan.text)
    if not seams.pieces or not re.search(r"[\d@]", seams.scan.text):
        return
    for span, cut in seams.crossing(_finds(seams.scan, known)):
        if cut + 1 in begins_at or (cut in ends_at and not _goes_on(scan.text, span, cut)):
            continue
        yield Span(span.start, cut, span.rule, span.key)
        yield Span(cut + 1, span.end, span.rule, span.key)


def _finds(scan: Scan, known: KnownPasswords) -> Iterator[Span]:
    detectors: tuple[Detector, ...] = (*SHAPED_TOKENS, Emails(), Ibans(), known)
    for detector in detectors:
        yield from detector.find(scan)
    for run in _DIGIT_RUN.finditer(scan.text):
        yield from cards_in(run[0], run.start())


def _goes_on(text: str, span: Span, cut: int) -> bool:
    """Whether the next line goes on with a token that is masked already up to the line end: it is no word."""
    if span.rule != "TOKEN":
        return False
    rest = text[cut + 1 : span.end]
    return len(rest) >= 8 and any(map(str.isdigit, rest)) and any(map(str.isalpha, rest))  # noqa: PLR2004
