"""Values that a line end or the end of an output chunk cuts in two, as narrow terminals and slow pipes do."""

import re
from collections.abc import Container, Iterator, Mapping
from itertools import pairwise

from summaries.redaction.detectors import Detector, Emails
from summaries.redaction.known import KnownPasswords
from summaries.redaction.numbers import Ibans, cards_in
from summaries.redaction.spans import Span
from summaries.redaction.tokens import SHAPED_TOKENS
from summaries.redaction.view import Scan

_REACH = 512
#: Characters on both sides of a cut of which a value could be made, neither a sentence nor a prompt.
_JOINS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@.+/=-")
_DIGIT_RUN = re.compile(r"\d[\d -]{11,}\d")
_SHAPED: tuple[Detector, ...] = (*SHAPED_TOKENS, Emails(), Ibans())
_SHORTEST_WORD = 18
_DIGITS = frozenset("0123456789-")
_LONGEST_ACCOUNT = 42
#: A line that may end within a bank account number.
_ACCOUNT_BEGUN = re.compile(r"[A-Za-z](?<![A-Za-z0-9].)[A-Za-z](?:[0-9]{0,2}|[0-9]{2}[A-Za-z0-9 .-]+)\Z")


class _Seams:
    """The text around each cut without the line end, one piece per line, and the way back."""

    def __init__(self, text: str, *, every: bool) -> None:
        self.pieces: list[tuple[int, int, int]] = []  # (where the left part begins, where the line ends, length)
        parts = []
        end = -1
        for left, right in pairwise(text.split("\n")):
            end += len(left) + 1
            if not (left and right and left[-1] in _JOINS and right[0] in _JOINS):
                continue
            if every or _may_cross(left[-_REACH:], right[:_REACH]):
                piece = left[-_REACH:] + right[:_REACH]
                self.pieces.append((max(end - _REACH, end - len(left)), end, len(piece)))
                parts.append(piece)
        self.scan = Scan.of_plain("\n".join(parts))

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


def _may_cross(left: str, right: str) -> bool:
    """A cheap first look: a word that is an address or as long as a key, or digits on both sides."""
    tail, head = left.rfind(" ") + 1, right.find(" ")
    head = len(right) if head < 0 else head
    if len(left) - tail + head >= _SHORTEST_WORD or left.find("@", tail) >= 0 or right.find("@", 0, head) >= 0:
        return True
    ends, begins = left[-1] in _DIGITS, right[0] in _DIGITS
    return (ends and begins) or ((ends or begins) and bool(_ACCOUNT_BEGUN.search(left[-_LONGEST_ACCOUNT:])))


def find_broken(
    scan: Scan, known: KnownPasswords, whole: Mapping[int, int], begins_at: Container[int]
) -> Iterator[Span]:
    """Yield both halves of what a line end cuts. *whole* leads from the end of each place that is masked as it
    stands to its beginning, *begins_at* holds these: a whole value on the next line is no second half."""
    seams = _Seams(scan.text, every=known.holds_any())
    if not seams.pieces:
        return
    for span, cut in seams.crossing(_finds(seams.scan, known)):
        if cut + 1 in begins_at or whole.get(span.end, -1) > cut:
            continue
        if cut in whole and not _goes_on(scan.text, span, cut):
            continue
        yield Span(span.start, cut, span.rule, span.key)
        yield Span(cut + 1, span.end, span.rule, span.key)


def _finds(scan: Scan, known: KnownPasswords) -> Iterator[Span]:
    for detector in _SHAPED:
        if detector.may_find(scan):
            yield from detector.find(scan)
    yield from known.find(scan)
    for run in _DIGIT_RUN.finditer(scan.text):
        yield from cards_in(run[0], run.start())


def _goes_on(text: str, span: Span, cut: int) -> bool:
    """Whether the next line goes on with a token that is masked already up to the line end: it is no word."""
    if span.rule != "TOKEN":
        return False
    rest = text[cut + 1 : span.end]
    return len(rest) >= 8 and any(map(str.isdigit, rest)) and any(map(str.isalpha, rest))  # noqa: PLR2004
