"""The text as a detector reads it: one string per batch, without the tricks that hide a value from a pattern.

Colour sequences, control and invisible characters are left out; full-width letters, other scripts' digits and
typographic dashes become their plain ASCII twins. `Scan.raw_span` leads back to the text as captured.
"""

import re
import unicodedata
from bisect import bisect_right
from functools import cached_property

#: Stands over what is masked already, so that no rule reads it again. Never comes from a text: it is left out there.
BLANK = "\x00"

_LEFT_OUT = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]"  # colours and cursor movements
    r"|\x1b\][^\x07\x1b\n]{0,512}(?:\x07|\x1b\\)"  # window titles, links
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u0300-\u036f\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_MAY_HIDE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\U0010ffff]")


def _plain_twin(character: str) -> str:
    """The one ASCII character that *character* stands for, or "" when there is none."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    twin = unicodedata.normalize("NFKC", character)
    return twin if len(twin) == 1 and twin.isascii() else ""


#: Where Unicode keeps such twins: neither among the ideographs nor in private use.
_WITH_TWINS = (*range(0x80, 0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x20000))


def _twins() -> dict[int, str]:
    table = {point: _plain_twin(chr(point)) for point in _WITH_TWINS if _may_have_twin(point)}
    table |= dict.fromkeys(range(0x2010, 0x2016), "-") | {0x2212: "-", 0x0130: "I", 0x3002: ".", 0x0D: "\n", 0x85: "\n"}
    return {point: twin for point, twin in table.items() if twin}


def _may_have_twin(point: int) -> bool:
    return unicodedata.category(chr(point)) in {"Nd", "No", "Zs"} or bool(unicodedata.decomposition(chr(point)))


_TWINS = _twins()
_MAY_HAVE_TWIN = re.compile(r"[\r\x80-\U0010ffff]+")


def _in_plain(match: "re.Match[str]") -> str:
    return match[0].translate(_TWINS)


class Scan:
    """A text ready for the detectors. `text` and `lower` have the same length; offsets are those of `text`."""

    def __init__(self, raw: str) -> None:
        self._kept_at: list[int] = []
        self._shift: list[int] = []
        self.text = self._without_tricks(raw) if _MAY_HIDE.search(raw) else raw

    @classmethod
    def of_plain(cls, text: str) -> "Scan":
        """A scan of a text that was made plain before, BLANKs included."""
        scan = cls("")
        scan.text = text
        return scan

    @cached_property
    def lower(self) -> str:
        return self.text.lower()

    @cached_property
    def encoded(self) -> bytes:
        """For RE2, which reads UTF-8. Tells whether something stands there; its offsets are others."""
        return self.text.encode("utf-8", "replace")

    @cached_property
    def lower_encoded(self) -> bytes:
        return self.lower.encode("utf-8", "replace")

    def _without_tricks(self, raw: str) -> str:
        pieces: list[str] = []
        end = length = 0
        for hidden in _LEFT_OUT.finditer(raw):
            self._keep(length, end)
            pieces.append(raw[end : hidden.start()])
            length += hidden.start() - end
            end = hidden.end()
        if pieces:
            self._keep(length, end)
        pieces.append(raw[end:])
        text = "".join(pieces)
        return _MAY_HAVE_TWIN.sub(_in_plain, text)

    def _keep(self, at: int, raw_at: int) -> None:
        self._kept_at.append(at)
        self._shift.append(raw_at - at)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the raw text; start < end."""
        if not self._kept_at:
            return start, end
        return start + self._shift_of(start), end + self._shift_of(end - 1)

    def _shift_of(self, at: int) -> int:
        return self._shift[bisect_right(self._kept_at, at) - 1]

    def blank(self, spans: list[tuple[int, int]]) -> None:
        """Cover the spans, which are sorted and apart from each other, with BLANK."""
        if not spans:
            return
        pieces: list[str] = []
        end = 0
        for start, stop in spans:
            pieces += (self.text[end:start], BLANK * (stop - start))
            end = stop
        self.text = "".join((*pieces, self.text[end:]))
        for derived in ("lower", "encoded", "lower_encoded"):
            self.__dict__.pop(derived, None)


def plain(value: str) -> str:
    """A single value as the detectors would read it."""
    return Scan(value).text


def encodable(text: str) -> str:
    """The same text, as long as before, for RE2: "?" stands for each half of a broken pair."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
