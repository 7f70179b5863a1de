"""Masks one session before it is stored: nothing raw reaches disk, log, queue or engine."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from operator import attrgetter

from summaries.redaction.base import RedactionMemory, RedactionReport
from summaries.redaction.broken_lines import find_broken
from summaries.redaction.detectors import Detector
from summaries.redaction.known import SHORTEST_FOUND, SHORTEST_TYPED, KnownPasswords
from summaries.redaction.numbering import Numbering, placeholders_of
from summaries.redaction.own_rules import OURS_ALONE, RuleSet, detectors_of
from summaries.redaction.private_keys import PrivateKeys
from summaries.redaction.rules import DETECTORS
from summaries.redaction.spans import Span, without_overlaps
from summaries.redaction.units import Place, Units
from summaries.redaction.view import BLANK, Scan, plain
from summaries.sources.base import CapturedInteraction

#: Masking one value can bring out another beside it; each round looks again at the lines that changed.
_MOST_ROUNDS = 5


class Redactor:
    """A `SessionRedactor`. One batch is scanned as one text; see `detectors` for how a rule stays fast.

    *memory* is what an earlier redactor of the same session returned. What is typed without echo is masked whatever
    *rules* say. Raw passwords stay in this object only.
    """

    def __init__(self, session_key: str, memory: RedactionMemory | None = None, rules: RuleSet = OURS_ALONE) -> None:
        self._off = rules.off
        self._detectors: tuple[Detector, ...] = (*DETECTORS, *detectors_of(rules))
        self._typed_placeholders = placeholders_of(rules.codes())
        self._numbering = Numbering(session_key, memory)
        self._known = KnownPasswords(self._numbering)
        self._private_keys = PrivateKeys()
        self._counts: Counter[str] = Counter()

    def mask(self, batch: Sequence[CapturedInteraction]) -> list[CapturedInteraction]:
        """See `SessionRedactor.mask`."""
        for interaction in batch:
            self._learn_typed(interaction)
        units = Units(batch)
        scan = Scan(units.joined)
        spans = self._spans(scan)
        units.place((scan.raw_span(span.start, span.end), span) for span in spans)
        labels = units.labels_to_mask()
        numbers = count()
        return [self._masked(row, labels, [] if row.is_secret else units.text(next(numbers))) for row in batch]

    def report(self) -> RedactionReport:
        return RedactionReport(dict(self._counts))

    def memory(self) -> RedactionMemory:
        return self._numbering.memory()

    def _learn_typed(self, interaction: CapturedInteraction) -> None:
        if interaction.is_secret and not self._typed_placeholders.fullmatch(interaction.text.strip()):
            for line in plain(interaction.text).splitlines():
                self._known.learn(line.strip(), shortest=SHORTEST_TYPED)

    def _spans(self, scan: Scan) -> list[Span]:
        """All places to mask, in order, apart from each other."""
        scan.blank([match.span() for match in self._typed_placeholders.finditer(scan.text)])
        detectors = [detector for detector in self._detectors if detector.may_find(scan)]
        found = without_overlaps([*self._private_keys.find(scan), *self._search(scan, detectors)])
        found = without_overlaps([*found, *self._known.find(scan), *self._broken(scan, found)])
        every, last = list(found), found
        for _ in range(_MOST_ROUNDS):
            if not last:
                break
            scan.blank([(span.start, span.end) for span in last])
            offsets, lines = _changed_lines(scan.text, last)
            again = without_overlaps([*self._search(lines, detectors), *self._known.find(lines)])
            last = list(_moved(again, offsets))
            every += last
        return sorted(every, key=attrgetter("start"))

    def _broken(self, scan: Scan, found: list[Span]) -> Iterable[Span]:
        whole = {span.end: span.start for span in found}
        broken = find_broken(scan, self._known, whole, frozenset(whole.values()))
        return (span for span in broken if span.rule not in self._off)

    def _search(self, scan: Scan, detectors: list[Detector]) -> list[Span]:
        spans = [span for detector in detectors for span in detector.find(scan) if span.rule not in self._off]
        for span in spans:
            if span.rule == "PASSWORD":
                self._known.learn(span.key, shortest=SHORTEST_FOUND)
            elif span.rule == "URL_CREDENTIALS":
                self._known.learn(span.key.partition(":")[2], shortest=SHORTEST_FOUND)
        return spans

    def _masked(
        self, row: CapturedInteraction, labels: dict[str, list[Place]], places: list[Place]
    ) -> CapturedInteraction:
        text, title, application = row.text, row.title, row.application
        if row.is_secret:
            text = self._typed(text)
        elif places or "[" in text:
            text = self._field(text, places)
        if title in labels:
            title = self._field(title, labels[title])
        if application in labels:
            application = self._field(application, labels[application])
        if (text, title, application) == (row.text, row.title, row.application):
            return row
        return replace(row, text=text, title=title, application=application)

    def _typed(self, text: str) -> str:
        """Nothing of a password typed without echo stays, not even its length."""
        value = plain(text).strip()
        return text if not text or self._typed_placeholders.fullmatch(value) else self._placeholder("PASSWORD", value)

    def _field(self, text: str, places: list[Place]) -> str:
        pieces, end = [], 0
        for start, stop, span in places:
            pieces.append(self._as_typed(text[end:start]))
            pieces.append(self._placeholder(span.rule, span.key))
            end = stop
        return "".join((*pieces, self._as_typed(text[end:])))

    def _as_typed(self, text: str) -> str:
        """Text that stays; a placeholder that somebody typed keeps its number to itself."""
        for typed in self._typed_placeholders.finditer(text) if "[" in text else ():
            self._numbering.reserve(typed[1], int(typed[2]))
        return text

    def _placeholder(self, rule: str, key: str) -> str:
        self._counts[rule] += 1
        return self._numbering.placeholder(rule, key)


#: Keeps lines apart that don't follow each other.
_GAP = f"\n{BLANK}\n"


def _changed_lines(text: str, spans: list[Span]) -> tuple[list[tuple[int, int]], Scan]:
    """The lines that hold one of *spans*: [(offset among them, offset in *text*)], and the lines as one text."""
    lines: list[str] = []
    offsets: list[tuple[int, int]] = []
    length, end = 0, -1
    for span in sorted(spans, key=lambda span: span.start):
        if span.end <= end:
            continue
        start = max(text.rfind("\n", 0, span.start) + 1, end + 1)
        end = text.find("\n", span.end)
        end = len(text) if end < 0 else end
        lines.append(text[start:end])
        offsets.append((length, start))
        length += end - start + len(_GAP)
    return offsets, Scan.of_plain(_GAP.join(lines))


def _moved(spans: list[Span], offsets: list[tuple[int, int]]) -> Iterator[Span]:
    """The spans in offsets of the whole text again."""
    at = 0
    for span in spans:
        while at + 1 < len(offsets) and offsets[at + 1][0] <= span.start:
            at += 1
        shift = offsets[at][1] - offsets[at][0]
        yield replace(span, start=span.start + shift, end=span.end + shift)
