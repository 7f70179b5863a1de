"""Private keys in their text form, over several lines and over several interactions."""

import re
from collections.abc import Generator, Iterator

from summaries.redaction.spans import Span
from summaries.redaction.view import Scan

_BEGIN = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|Private-Lines: \d{1,4}(?= ?(?:\n|\Z))", re.IGNORECASE
)
_END = re.compile(r"-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: ?[0-9a-f]{20,128}", re.IGNORECASE)
_KEY_LINE = re.compile(
    r"[ \t>|+:#*-]{0,12}(?:\d{1,4}[ \t:|]+)?"
    r"(?:[A-Za-z0-9+/_-]{8,}+={0,2}|[A-Za-z0-9+/]{1,7}={1,2}|=[A-Za-z0-9+/]{4})[\"',]?[ \t]*\Z"
    r"|(?:Proc-Type|DEK-Info|Comment|Version|Hash):"
)
#: Lines without key text after which a key counts as broken off; a page of other output is not swallowed.
_PATIENCE = 3
_RULE = "PRIVATE_KEY"


class PrivateKeys:
    """Remembers between two batches that it stands inside a key."""

    def __init__(self) -> None:
        self._open = False
        self._misses = 0
        self._begun = 0

    def find(self, scan: Scan) -> Iterator[Span]:
        at = 0
        if self._open:
            at = yield from self._lines(scan.text, 0, 0)
        if "-----begin" not in scan.lower and "private-lines:" not in scan.lower:
            return
        while begin := _BEGIN.search(scan.text, at):
            self._open, self._misses = True, 0
            self._begun += 1
            at = yield from self._lines(scan.text, begin.start(), begin.end())

    def _lines(self, text: str, start: int, body: int) -> Generator[Span, None, int]:
        """Yield the lines of the key that begins at *start*; return where it ends."""
        first, last, pieces = start, body, []
        position = body
        while self._open and position <= len(text):
            line_end = text.find("\n", position)
            line_end = len(text) if line_end < 0 else line_end
            line = text[position:line_end]
            if end := _END.search(line):
                pieces.append(line[: end.start()].strip())
                last, self._open = position + end.end(), False
            elif (position == body and body > start) or _KEY_LINE.match(line):
                pieces.append(line.strip())
                last, self._misses = line_end, 0
            elif line.strip():
                self._misses += 1
                self._open = self._misses < _PATIENCE
            position = line_end + 1
        if last > first:
            yield Span(first, last, _RULE, self._key(pieces, whole=body > start and not self._open))
        return max(last, body)

    def _key(self, pieces: list[str], *, whole: bool) -> str:
        return "".join(pieces) if whole else f"part {self._begun}"
