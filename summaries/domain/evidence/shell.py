"""Reads a command line as it stood on the screen: which programs were called, with which words.

Tolerant on purpose: a line may be cut, wrapped or not be shell at all. It never fails, it only finds less.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from summaries.domain.evidence.quoting import without_continuations

#: How much of a line is read, in characters; a task text of many lines fits.
MAX_LINE = 6000
MAX_CALLS = 12
_PIECE = re.compile(
    r"""'(?:[^']*)'|"(?:\\.|[^"\\])*"|&&|\|\||\d?>>?&?\d?|[;|&\n]|\\.|[^\s'";|&>()\\]+|['"\\]""", re.DOTALL
)
_SEPARATORS = frozenset({"&&", "||", ";", "|", "&", "\n"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_WRAPPERS = frozenset({"sudo", "doas", "time", "nohup", "env", "exec", "command", "builtin", "stdbuf", "timeout"})
_KEYWORDS = frozenset({"do", "then", "else", "elif", "while", "until", "if", "{", "}", "done", "fi", "!"})
#: Options of wrappers that take the next word with them.
_WRAPPER_VALUES = frozenset({"-u", "-g", "--user", "-k", "-n"})
_HEREDOC = re.compile(r"<<-?\s*['\"]?\w+['\"]?([^\n]*)(?:\n.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """One program of a command line. *writes_to* is the file its output is redirected to."""

    program: str
    words: tuple[str, ...] = ()
    writes_to: str = ""

    @property
    def plain(self) -> tuple[str, ...]:
        """The words that are not options."""
        return tuple(word for word in self.words if not word.startswith("-"))

    def has(self, *options: str) -> bool:
        return any(word in options for word in self.words)


def comment_of(line: str) -> str:
    """What a line that is nothing but a comment says: a note that somebody typed. Empty for any other line."""
    text = line.strip()
    return text.lstrip("# ") if text.startswith("#") and not text.startswith("#!") and "\n" not in text else ""


@lru_cache(maxsize=8192)
def read_calls(line: str) -> tuple[Call, ...]:
    """The calls of a command line in order, at most MAX_CALLS."""
    text = without_continuations(line[:MAX_LINE])
    text = _HEREDOC.sub(r"\1", text) if "<<" in text else text
    calls: list[Call] = []
    for words in _split(text):
        call = _call(words)
        if call:
            calls.append(call)
        if len(calls) == MAX_CALLS:
            break
    return tuple(calls)


def _split(text: str) -> list[list[str]]:
    """Words per simple command; quotes are taken off, adjacent pieces are joined."""
    commands: list[list[str]] = [[]]
    end_of_last = comment_ends = -1
    for match in _PIECE.finditer(text):
        piece = match[0]
        if match.start() < comment_ends:
            continue
        if piece.startswith("#") and match.start() != end_of_last:
            comment_ends = (text.find("\n", match.start()) + 1 or len(text) + 1) - 1
            continue
        if piece in _SEPARATORS:
            commands.append([])
            end_of_last = -1
            continue
        value = _unquoted(piece)
        if match.start() == end_of_last and commands[-1] and not piece.startswith(">"):
            commands[-1][-1] += value
        else:
            commands[-1].append(value)
        end_of_last = -1 if ">" in piece and piece[0] in "0123456789>" else match.end()
    return commands


def _unquoted(piece: str) -> str:
    if len(piece) > 1 and piece[0] == piece[-1] and piece[0] in "'\"":
        return piece[1:-1]
    # A backslash before a letter is more likely a Windows path than an escape.
    return piece[1:] if piece[0] == "\\" and len(piece) > 1 and not piece[1].isalnum() else piece


def _call(words: list[str]) -> Call | None:
    rest = _unwrapped(words)
    if not rest:
        return None
    arguments: list[str] = []
    writes_to = ""
    following = iter(rest[1:])
    for word in following:
        if word in (">", ">>", "1>", "1>>"):
            writes_to = next(following, "")
        elif not re.fullmatch(r"\d?>>?&?\d?", word):
            arguments.append(word)
        elif not word.endswith(("1", "2")) or "&" not in word:
            next(following, "")
    program = re.split(r"[/\\]", rest[0])[-1].removesuffix(".exe")
    return Call(program or rest[0], tuple(arguments), writes_to)


def _unwrapped(words: list[str]) -> list[str]:
    """Without variable assignments and sudo, env, time and their options."""
    rest = list(words)
    wrapped = False
    while rest:
        if _ASSIGNMENT.match(rest[0]) or rest[0] in _KEYWORDS:
            rest.pop(0)
        elif rest[0] in _WRAPPERS:
            wrapped = True
            rest.pop(0)
        elif wrapped and rest[0].startswith("-"):
            option = rest.pop(0)
            if option in _WRAPPER_VALUES and rest:
                rest.pop(0)
        elif wrapped and re.fullmatch(r"\d+[smhd]?", rest[0]):
            rest.pop(0)
        else:
            break
    return rest
