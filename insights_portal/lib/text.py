"""Text of unknown origin, made fit to be looked at."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import pgettext

#: Code points that a reader can't see, or that reorder what they see: control characters other than tab and
#: line feed, soft hyphen, direction marks and overrides, zero-width characters, separators, tags, lone surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
#: Joiners between two letters or signs beyond ASCII belong to the writing (Persian, Hindi, emoji families).
_JOINERS = "\u200c\u200d"
_ASCII_END = 0x80


def show_controls(text: str) -> str:
    """Return *text* with control, direction and zero-width characters written out: `‹U+202E›`.

    A carriage return before a line feed is dropped.
    """
    text = text.replace("\r\n", "\n")

    def written_out(match: re.Match[str]) -> str:
        character = match.group()
        if character in _JOINERS and _joins(text, match.start()):
            return character
        return f"‹U+{ord(character):04X}›"

    return _UNSEEN.sub(written_out, text)


def listed(texts: Iterable[object]) -> str:
    """What people read of a list: its texts with the reader's language's comma between them."""
    return pgettext("list separator", ", ").join(str(each) for each in texts)


def set_apart(text: str, *, direction: str) -> str:
    """*text* as one piece that keeps its own direction inside a line written *direction*, `rtl` or `ltr`.

    A name in Latin letters would take figures beside it along: `Word 3 min` would become `min Word 3`.
    """
    return f"\u2068{text}\u2069" if text and direction == "rtl" else text


def _joins(text: str, position: int) -> bool:
    neighbours = (text[position - 1 : position], text[position + 1 : position + 2])
    return all(side and ord(side) >= _ASCII_END and not _UNSEEN.match(side) for side in neighbours)


def direction_of(text: str) -> str:
    """`rtl` when the first letter of *text* is of a script written from right to left, else `ltr`."""
    classes = map(unicodedata.bidirectional, text)
    first_strong = next((each for each in classes if each in ("L", "R", "AL")), "L")
    return "ltr" if first_strong == "L" else "rtl"
