"""How a rule finds its places: literal anchors first (fast), one linear pattern at each of them.

Every pattern runs forwards from its anchor and never over text that it has read already, so that a scan takes time
proportional to the text, whatever the text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import re2

from summaries.redaction.spans import Span
from summaries.redaction.view import Scan

#: From so many words on, one pass of RE2 is quicker than one search for each.
_FEWEST_AT_ONCE = 4
Judge = Callable[["re.Match[str]"], bool]


class Detector(Protocol):
    def may_find(self, scan: Scan) -> bool:
        """A cheap first look. Where it says no, nothing is found, whatever else is masked first."""
        ...

    def find(self, scan: Scan) -> Iterator[Span]: ...


def _always(match: "re.Match[str]") -> bool:  # noqa: ARG001 - the shape of a judge
    return True


#: Characters of a value that a judge looks at.
LONGEST_JUDGED = 400


def value_group(match: "re.Match[str]") -> int:
    """The number of the group that holds the value: the last one named; 0 when the whole match is the value."""
    return match.lastindex or 0


@cache
def any_of(words: tuple[str, ...]) -> Any:
    """A pattern that finds one of *words*, however many they are, in one pass."""
    return re2.compile("|".join(map(re2.escape, words)))


@dataclass(frozen=True, slots=True)
class Anchored:
    """A pattern that begins at one of *anchors* (lower case). Its last group to match is the value.

    With *over_line* the pattern is searched in the rest of the line behind the anchor, as often as it stands there.
    *skips_rejected*: what the judge turns down is not looked into again. *rest* is what a value goes on with that its
    pattern read up to LONGEST_JUDGED characters only, so that no judge reads the same text again and again.
    """

    rule: str
    anchors: tuple[str, ...]
    pattern: "re.Pattern[str]"
    judge: Judge = _always
    over_line: bool = False
    skips_rejected: bool = False
    rest: "re.Pattern[str] | None" = None

    def may_find(self, scan: Scan) -> bool:
        if len(self.anchors) < _FEWEST_AT_ONCE:
            return any(map(scan.lower.__contains__, self.anchors))
        return any_of(self.anchors).search(scan.lower_encoded) is not None

    def find(self, scan: Scan) -> Iterator[Span]:
        for anchor in self.anchors:
            yield from self._find_at(scan, anchor)

    def _find_at(self, scan: Scan, anchor: str) -> Iterator[Span]:
        at = scan.lower.find(anchor)
        while at >= 0:
            end = at + len(anchor)
            if self.over_line:
                end = _line_end(scan.text, at)
                for found in self.pattern.finditer(scan.text, at, end):
                    yield from self._span(found)
            elif match := self.pattern.match(scan.text, at):
                span = next(self._span(match), None)
                if span:
                    yield span
                if span or self.skips_rejected:
                    end = max(end, match.end(), span.end if span else 0)
            at = scan.lower.find(anchor, end)

    def _span(self, match: "re.Match[str]") -> Iterator[Span]:
        group = value_group(match)
        if not match[group] or not self.judge(match):
            return
        start, end = match.span(group)
        if (
            self.rest
            and end - start > LONGEST_JUDGED
            and end == match.end()
            and (more := self.rest.match(match.string, end))
        ):
            end = more.end()
        yield Span(start, end, self.rule, match.string[start:end].rstrip())


@dataclass(frozen=True, slots=True)
class OneOf:
    """Many detectors of which a text seldom holds one: a single first look for all of them."""

    detectors: tuple[Anchored, ...]

    def may_find(self, scan: Scan) -> bool:
        return any_of(self._anchors()).search(scan.lower_encoded) is not None

    def find(self, scan: Scan) -> Iterator[Span]:
        for detector in self.detectors:
            yield from detector.find(scan)

    def _anchors(self) -> tuple[str, ...]:
        return tuple(anchor for detector in self.detectors for anchor in detector.anchors)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


_DOMAIN = re.compile(
    r"(?:@|%40)((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24}))(?![\w-])(?=(.?.?))",
    re.IGNORECASE,
)
#: Endings of unit names such as getty@tty1.service, and of pictures such as icon@2x.png.
_NO_DOMAIN = re.compile(
    r".*\.(?:service|socket|timer|target|mount|automount|slice|path|scope|device|swap)\Z|\d+x\.\w+\Z", re.IGNORECASE
)
_LONGEST_LOCAL = 64


@dataclass(frozen=True, slots=True)
class Emails:
    """E-mail addresses. Prompts and copies (user@host.example:/path) are no addresses, nor is git@."""

    rule: str = "EMAIL"

    def may_find(self, scan: Scan) -> bool:
        return "@" in scan.text or "%40" in scan.text

    def find(self, scan: Scan) -> Iterator[Span]:
        for anchor in ("@", "%40"):
            at = scan.text.find(anchor)
            while at >= 0:
                yield from self._at(scan.text, at)
                at = scan.text.find(anchor, at + 1)

    def _at(self, text: str, at: int) -> Iterator[Span]:
        domain = _DOMAIN.match(text, at)
        if not domain or _NO_DOMAIN.match(domain[1]) or domain[2] in {":/", ":~"}:
            return
        local = _local_part(text, at)
        if local and local != "git":
            address = f"{local}@{domain[1]}".lower()
            yield Span(at - len(local), domain.end(1), self.rule, address)


def _local_part(text: str, at: int) -> str:
    window = text[max(at - _LONGEST_LOCAL, 0) : at]
    for stop in ("//", "mailto:", "="):  # what an address begins after, though an address may hold it
        window = window.rpartition(stop)[2]
    start = len(window)
    while start and (window[start - 1].isalnum() or window[start - 1] in "._+'%-&~"):
        start -= 1
    return window[start:].lstrip(".'%-&~")


_USERINFO = re.compile(r"://([^\s/?#\"'<>`@:\x00]{0,256}:[^\s/?#\"'<>`\x00]+)@")
#: A password with "/", "?" or "#" in it, which should have been escaped; a port number is no password.
_LOOSE_USERINFO = re.compile(r"://([^\s/?#\"'<>`@:\x00]{1,64}:(?!\d{1,5}/)[^\s\"'<>`@\x00]{1,128})@")


@dataclass(frozen=True, slots=True)
class UrlCredentials:
    """name:password in https://name:password@host."""

    rule: str = "URL_CREDENTIALS"

    def may_find(self, scan: Scan) -> bool:
        return "://" in scan.text and "@" in scan.text

    def find(self, scan: Scan) -> Iterator[Span]:
        at = scan.text.find("://")
        while at >= 0:
            end = at + 3
            if match := _USERINFO.match(scan.text, at) or _LOOSE_USERINFO.match(scan.text, at):
                yield Span(*match.span(1), self.rule, match[1])
                end = match.end()
            at = scan.text.find("://", end)
