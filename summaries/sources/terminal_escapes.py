"""How a terminal's output falls into tokens: runs of text, control characters, escape sequences (ECMA-48, xterm)."""

import re

#: An unfinished sequence longer than this is no sequence.
MAX_SEQUENCE_CHARS = 64 * 1024
#: A number in a sequence is clamped: no screen is larger.
MAX_NUMBER = 9999

TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<csi>\x1b\[[0-?]*[ -/]*[@-~])"
    r"|(?P<osc>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))"
    r"|(?P<string>\x1b[PX^_][^\x1b]*\x1b\\)"
    r"|(?P<esc>\x1b(?:[ -/]+[0-~]|[0-OQ-WYZ\\`-~]))"
    r"|(?P<char>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
    r"|(?P<broken>\x1b)"
)
#: What counts while the drawings of a full-screen program are skipped: its end, titles, a reset.
ALTERNATE_OFF = re.compile(
    r"(?P<csi>\x1b\[\?(?:\d+;)*(?:1049|1047|47)(?:;\d+)*l)"
    r"|(?P<osc>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))"
    r"|(?P<esc>\x1bc)"
)
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)?")
_ANY = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1bO.|\x1b(?:[ -/]*[0-~])?"
)


def without_colours(text: str) -> str:
    return _COLOUR.sub("", text) if "\x1b" in text else text


def without_sequences(text: str) -> str:
    """Return *text* without any escape sequence; other control characters stay."""
    return _ANY.sub("", text) if "\x1b" in text else text


def split_incomplete(text: str) -> tuple[str, str]:
    """Return (what is complete, the unfinished sequence at the end)."""
    start = text.rfind("\x1b")
    if start == len(text) - 1 and start > 0:
        # A lone ESC may be the first half of the end of a string: then the string isn't finished either.
        earlier = text.rfind("\x1b", 0, start)
        start = earlier if earlier >= 0 and _UNFINISHED.fullmatch(text, earlier) else start
    if start < 0 or len(text) - start > MAX_SEQUENCE_CHARS or not _UNFINISHED.fullmatch(text, start):
        return text, ""
    return text[:start], text[start:]


def numbers(body: str) -> list[int]:
    """Return the numbers of a sequence; what is empty or no number is 0. There is always one."""
    return [min(int(part), MAX_NUMBER) if part.isdecimal() and len(part) < 10 else 0 for part in body.split(";")]  # noqa: PLR2004


def storable(text: str) -> str:
    """Replace lone surrogates, which JSON may hold and no database takes."""
    return text if text.isascii() else text.encode(errors="replace").decode()
