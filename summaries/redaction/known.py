"""Passwords learned in this session, masked wherever else they stand. Raw values live here only, in memory."""

import json
import re
from collections.abc import Iterator
from html import escape
from urllib.parse import quote, quote_plus

from summaries.redaction.numbering import Numbering
from summaries.redaction.spans import Span
from summaries.redaction.view import BLANK, Scan
from summaries.redaction.words import is_learnable

SHORTEST_TYPED = 4
SHORTEST_FOUND = 6
#: A password of this length is masked inside of longer words too.
_SURE_LENGTH = 8
#: More passwords than this are recognised by their hashes, as whole words.
_MOST_KEPT = 500
_WORD = re.compile(r"[^\s\"'`<>\x00]{4,512}")
_ENDS = ".,;:!?()[]{}"


class KnownPasswords:
    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._kept: dict[str, str] = {}  # the password in one of its spellings: the password
        self._compares_hashes = bool(numbering.memory().get("PASSWORD"))
        self._harmless: set[str] = set()

    def learn(self, password: str, *, shortest: int) -> None:
        if password in self._kept or not is_learnable(password, shortest=shortest):
            return
        self._numbering.learn(password)
        self._keep(password)

    def _keep(self, password: str) -> None:
        self._harmless.clear()
        if len(self._kept) >= _MOST_KEPT:
            self._compares_hashes = True
            return
        for spelling in {
            password,
            quote(password, safe=""),
            quote_plus(password),
            json.dumps(password)[1:-1],
            escape(password),
        }:
            self._kept[spelling] = password

    def holds_any(self) -> bool:
        return bool(self._kept) or self._compares_hashes

    def find(self, scan: Scan) -> Iterator[Span]:
        if self._compares_hashes:
            self._recognise(scan.text)
        for spelling, password in self._kept.items():
            at = scan.text.find(spelling)
            while at >= 0:
                end = at + len(spelling)
                if len(password) >= _SURE_LENGTH or _stands_alone(scan.text, at, end):
                    yield Span(at, end, "PASSWORD", password)
                at = scan.text.find(spelling, end)

    def _recognise(self, text: str) -> None:
        """Find words whose hash an earlier redactor of this session kept."""
        for word in set(_WORD.findall(text.replace(BLANK, " "))) - self._harmless:
            if found := next(filter(self._numbering.has_learned, _readings(word)), None):
                self._keep(found)
            else:
                self._harmless.add(word)
        if len(self._harmless) > 50_000:  # noqa: PLR2004 - bounds what a session holds in memory
            self._harmless.clear()


def _readings(word: str) -> Iterator[str]:
    """The word, without signs at its ends, and what follows "=" or ":" in it."""
    candidates = [word, word.strip(_ENDS), word.lstrip(_ENDS), word.rstrip(_ENDS)]
    candidates += [word.partition(sign)[2] for sign in "=:" if sign in word]
    yield from (candidate for candidate in dict.fromkeys(candidates) if len(candidate) >= SHORTEST_TYPED)


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum()
