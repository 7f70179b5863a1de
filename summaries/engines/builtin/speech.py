"""What of a message is worth quoting: without greetings, handles and signatures, and whole sentences where they fit."""

import re
from collections.abc import Sequence

from summaries.domain.evidence.quoting import one_line
from summaries.engines.builtin.reading import Said
from summaries.enums import Actor

#: A message of fewer words says little by itself: “Thanks!”, “OK, got it”.
SUBSTANTIAL_WORDS = 6
#: How much of a message's beginning and end is looked at for greetings and signatures.
_EDGE = 300
#: No quote is longer; what a message says beyond is not read.
_READ = 2000
#: How far back from the end of a conversation an answer is looked for.
_LAST_LINES = 400
_OPENING = re.compile(
    r"(?:\.?@\w{1,30}[\s,:]+|(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening|day)|thanks?|thank you|hola"
    r"|buen[oa]s (?:d[ií]as|tardes)|gracias|hallo|guten (?:tag|morgen)|danke|bonjour|merci)\b[ \w']{0,24}[,!.:;-]+\s*)",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"\s*(?:https?://\S{1,200}|\^ ?\w{1,20}|[#@]\w{1,30}|[*/]\w{1,10}|- ?[A-Z]\w{0,15})$")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|(?<=[。！？])")


def essence(text: str) -> str:
    """A stretch of *text* as it stands, in one line; all of it when nothing else would be left."""
    line = one_line(text[:_READ])
    start = 0
    while start < min(len(line), _EDGE) and (opening := _OPENING.match(line, start)):
        start = opening.end()
    core = line[start:]
    while closing := _CLOSING.search(core, max(len(core) - _EDGE, 0)):
        core = core[: closing.start()]
    return core.strip() or line


def is_substantial(said: Said) -> bool:
    core = essence(said.text)
    # Scripts without blanks between words are measured by their letters.
    return len(core.split()) >= SUBSTANTIAL_WORDS or (not core.isascii() and len(core) >= 4 * SUBSTANTIAL_WORDS)


def last_answer(said: Sequence[Said], after: Said) -> Said | None:
    """The last message of the supporter after *after* that says something; None without one."""
    for each in said[: -_LAST_LINES - 1 : -1]:
        if each.number <= after.number:
            return None
        if each.actor == Actor.SUPPORTER and not each.note and is_substantial(each):
            return each
    return None
