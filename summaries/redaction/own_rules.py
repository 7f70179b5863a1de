"""Rules of a company's own, and which of ours it does without.

Own patterns run on RE2 only: its time grows with the text alone, whatever the pattern. It refuses what can't be run so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights_portal.lib.numbers import grouped
from summaries.redaction.rules import RULE_CODES
from summaries.redaction.spans import Span
from summaries.redaction.view import BLANK, Scan, encodable

MAX_CHARS, MAX_WORDS = 2_000, 200
#: A match of one or two characters would cover half a text with placeholders.
SHORTEST_MATCH = 3
#: Steps of a compiled pattern; each may cost time at each character.
MAX_STEPS = 1_500
_MEMORY = 4 << 20
_LONGEST_LINE = 2_000


class PatternKind(models.TextChoices):
    WORDS = "WORDS", gettext_lazy("Words, one to a line")
    WILDCARD = "WILDCARD", gettext_lazy("Wildcards, one to a line")
    EXPRESSION = "EXPRESSION", gettext_lazy("Regular expression")


class UnableToUsePattern(Exception):
    """The pattern can't be used; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class OwnRule:
    """*label* is what the placeholder says: BADGE for [BADGE-1]."""

    label: str
    kind: PatternKind
    pattern: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What one redactor goes by. *off*: codes of ours that the company does without. *version* counts its changes."""

    off: frozenset[str] = frozenset()
    own: tuple[OwnRule, ...] = ()
    version: int = 0

    def codes(self) -> tuple[str, ...]:
        return (*RULE_CODES, *(rule.label for rule in self.own))


OURS_ALONE = RuleSet()


@dataclass(frozen=True, slots=True)
class OwnPattern:
    """A detector. Finds within one line; what is masked already is no part of a match."""

    rule: str
    compiled: Any
    whole_words: bool

    def may_find(self, scan: Scan) -> bool:
        return self.compiled.search(scan.encoded) is not None

    def find(self, scan: Scan) -> Iterator[Span]:
        for at, piece in _pieces(scan.text):
            for match in self.compiled.finditer(encodable(piece)):
                yield from self._span(scan, at + match.start(), at + match.end())

    def _span(self, scan: Scan, start: int, end: int) -> Iterator[Span]:
        value = scan.text[start:end].rstrip()
        end = start + len(value)
        if end - start < SHORTEST_MATCH or BLANK in value:
            return
        around = scan.text[start - 1 : start], scan.text[end : end + 1]
        if not self.whole_words or not any(map(str.isalnum, around)):
            yield Span(start, end, self.rule, value.casefold() if self.whole_words else value)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """(where it stands, text): in one piece as a rule. RE2 may read up to the end of the line for each of many
    matches, so that a line without end is read in pieces, each of which begins in the one before."""
    if max(map(len, text.split("\n"))) <= _LONGEST_LINE:
        yield 0, text
        return
    for at in range(0, len(text), _LONGEST_LINE // 2):
        yield at, text[at : at + _LONGEST_LINE]


def detectors_of(rules: RuleSet) -> list[OwnPattern]:
    return [OwnPattern(rule.label, compiled(rule.kind, rule.pattern), _is_of_words(rule.kind)) for rule in rules.own]


def _is_of_words(kind: str) -> bool:
    return kind != PatternKind.EXPRESSION


@lru_cache(maxsize=512)
def compiled(kind: str, pattern: str) -> Any:
    """The pattern, ready to search with. Raises UnableToUsePattern."""
    if len(pattern) > MAX_CHARS:
        raise UnableToUsePattern(
            _("A rule holds at most %(max_chars)s characters; this one holds %(pattern)s.")
            % {"max_chars": grouped(MAX_CHARS), "pattern": grouped(len(pattern))}
        )
    options = re2.Options()
    options.log_errors, options.never_nl, options.max_mem = False, True, _MEMORY
    options.case_sensitive = not _is_of_words(kind)
    source = _of_lines(kind, pattern) if _is_of_words(kind) else f"(?m:{pattern})"
    try:
        ready = re2.compile(encodable(source), options)
    except re2.error as error:
        raise UnableToUsePattern(_reason(error)) from error
    if ready.programsize > MAX_STEPS:
        raise UnableToUsePattern(
            _("The pattern is too large to run on every line. Repeat fewer times, or make two rules.")
        )
    if ready.search("") is not None or any(ready.fullmatch(text) for text in _TOO_SHORT):
        raise UnableToUsePattern(
            _("The pattern matches an empty or very short text. A match needs %(shortest_match)s characters or more.")
            % {"shortest_match": SHORTEST_MATCH}
        )
    return ready


_TOO_SHORT = ("a", "A", "0", " ", ".", "ab", "00")


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "perl operator" in told or "escape sequence: \\" in told:
        return _(
            "The pattern looks around or back at what it matched, which can't be run in time that grows "
            "with the text alone (%(told)s). Write it without (?=…), (?<=…), (?!…) and \\1."
        ) % {"told": told}
    if "repetition size" in told or "too large" in told:
        return _("The pattern repeats too often to be run safely (%(told)s). Repeat fewer times.") % {"told": told}
    is_told = _("The pattern is no regular expression: %(told)s.") % {"told": told}
    return is_told if told else _("The pattern is no regular expression: it cannot be read.")


def _of_lines(kind: str, pattern: str) -> str:
    lines = sorted({line.strip() for line in pattern.splitlines() if line.strip()}, key=lambda line: (-len(line), line))
    if not lines:
        raise UnableToUsePattern(_("Enter at least one word."))
    if len(lines) > MAX_WORDS:
        raise UnableToUsePattern(
            _("A rule holds at most %(max_words)s lines; this one holds %(lines)s. Make two rules.")
            % {"max_words": MAX_WORDS, "lines": len(lines)}
        )
    for line in lines:
        if len(line.replace("*", "")) < SHORTEST_MATCH:
            raise UnableToUsePattern(
                _("“%(line)s” is too short. Each line needs %(shortest_match)s characters besides *.")
                % {"line": line, "shortest_match": SHORTEST_MATCH}
            )
    if kind == PatternKind.WORDS:
        return "|".join(map(re2.escape, lines))
    return "|".join(map(_of_wildcard, lines))


def _of_wildcard(line: str) -> str:
    signs = {"*": r"[^\s]*", "?": r"[^\s]"}
    return "".join(signs.get(sign) or re2.escape(sign) for sign in line)
