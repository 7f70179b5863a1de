"""Session text inside sentences: one line, bounded, and with nothing that a screen or a reader would obey."""

import re
import unicodedata
from collections.abc import Iterable

#: Characters that steer a terminal, hide text or turn its direction. ZWJ and ZWNJ stay: emoji and Persian need them.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]"
)
_BLANKS = re.compile(r"\s+")
#: A shell's continuation prompt at the beginning of a rendered line; not typed by anybody.
_CONTINUATION = re.compile(r"\n> ?")
#: How a shell writes an apostrophe inside a quoted text: '"'"' or '\\''.
_QUOTED_APOSTROPHE = re.compile(r"""'(?:"'"|\\')'""")
_QUOTATION_MARKS = re.compile('["`“”„«»「」‘’‚]')
_QUOTED = re.compile(r"``?([^`]+)``?|“([^”“]+)[”“]|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」|\"([^\"]+)\"")
ELLIPSIS = "…"
#: What is shorter, in characters, is a name or a sign that anybody would write so.
SHORTEST_COPY = 3


def neutralised(text: str) -> str:
    """Show steering characters as ⟨U+202E⟩ rather than obey them. Line ends and tabs stay."""
    return _STEERING.sub(_shown, text.replace("\r\n", "\n"))


def _shown(match: re.Match[str]) -> str:
    return "\n" if match[0] == "\r" else f"⟨U+{ord(match[0]):04X}⟩"


def one_line(text: str) -> str:
    return _BLANKS.sub(" ", neutralised(text)).strip()


def shortened(text: str, limit: int) -> str:
    """One line of at most *limit* characters, cut between words where that costs little, ending with “…”."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ")
    if line[limit - 1] != " " and space > limit // 2:
        cut = cut[:space]
    return cut.rstrip(" ,;:.(") + ELLIPSIS


def squeezed(text: str) -> str:
    """Text for comparing: no blanks, no case, no continuation prompts, one kind of quotation mark.

    A line that the screen wrapped equals its unwrapped form, and a quote equals what it quotes.
    """
    text = _QUOTED_APOSTROPHE.sub("'", text)
    return _QUOTATION_MARKS.sub("'", _BLANKS.sub("", _CONTINUATION.sub("\n", neutralised(text)))).casefold()


def quotes_of(text: str) -> list[str]:
    """What a sentence quotes, without its quotation marks."""
    return [next(group for group in match.groups() if group) for match in _QUOTED.finditer(text)]


def unquoted(text: str) -> str:
    return _QUOTED.sub(" ", text)


def is_copy(text: str, texts: Iterable[str]) -> bool:
    """Whether *text* stands in one of *texts* as it is, but for case and its full stop. A few letters are no copy."""
    wanted = one_line(text).rstrip(" .!?。").casefold()
    return len(wanted) >= SHORTEST_COPY and any(wanted in each.casefold() for each in texts)


def without_continuations(command: str) -> str:
    return _CONTINUATION.sub("\n", command)


def folded(text: str) -> str:
    """Lower case without accents, for recognising words: “Contraseña” equals “contrasena”."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
