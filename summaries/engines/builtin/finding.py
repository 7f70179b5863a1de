"""Finds the passages of a session that bear on a question, by its words, by what it is about, by application. Pure.

Nothing is understood here: a passage is found because it holds rare words of the question, or because it is of the
kind that the question names. Whoever shows it says so.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

from summaries.domain.evidence.patterns import ERROR_LINE, HARMLESS_LINE
from summaries.domain.evidence.quoting import folded
from summaries.engines.base import RecordedInteraction
from summaries.engines.builtin.finding_words import STOP_WORDS, TOPIC_WORDS
from summaries.enums import Actor, Kind, QuestionTopic

#: How much of a text is looked at, in characters.
LOOKED_AT = 20_000
#: So many signs of a word are enough to know its other forms: printer, printers, Drucker, Druckern.
_STEM = 5
_SHORTEST = 2
#: Share of a question's weight that a passage must hold.
_SHARE = 0.3
_WORD = re.compile(r"[^\W_](?:[\w.:/\\@-]*[^\W_])?")
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]{1,30}-\d{1,6}\]")
#: Writings without blanks between words: pairs of signs stand for words.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDING_ROWS = 4
_TELLING = frozenset({Kind.CHAT, Kind.VOICE, Kind.NOTE, Kind.COMMAND, Kind.OUTPUT, Kind.EXIT, Kind.MARKER})


def ranked(question: str, about: str, interactions: Sequence[RecordedInteraction]) -> list[int]:
    """Numbers of the interactions that bear on the question, the best first. *about*: code of a topic, or empty."""
    scores = _by_words(question, interactions)
    chosen = _of_topic(about, interactions) if about else []
    if chosen:
        # What is of the kind is meant; words of the question decide between them, and the first among equals.
        scores = {each.number: scores.get(each.number, 0.0) for each in chosen}
    return sorted(scores, key=lambda number: (-scores[number], number))


def _of_topic(about: str, interactions: Sequence[RecordedInteraction]) -> list[RecordedInteraction]:
    said = [each for each in interactions if each.text.strip()]
    if about == QuestionTopic.ENDING:
        return [each for each in said if each.kind in _TELLING][-_ENDING_ROWS:]
    return [each for each in said if _IS_ABOUT[about](each)]


def topic_of(question: str) -> str:
    """What the question is about by its words; empty when no word tells, or several disagree."""
    words = {folded(word) for word in _WORD.findall(question)}
    found = [topic for topic, telling in TOPIC_WORDS.items() if words & telling]
    return found[0] if len(found) == 1 else ""


def stems_of(question: str) -> tuple[str, ...]:
    """The question's words that tell something, folded and cut to what their other forms share."""
    spoken = folded(_PLACEHOLDER.sub(" ", question))
    stems = [match[0].lower() for match in _PLACEHOLDER.finditer(question)]
    for word in _WORD.findall(spoken):
        if _UNSPACED.search(word):
            stems += [word[place : place + 2] for place in range(max(1, len(word) - 1))]
        elif word not in STOP_WORDS and (len(word) >= _SHORTEST or word.isdigit()):
            stems.append(word if len(word) <= _STEM or not word.isalpha() else word[: max(_STEM, len(word) - 2)])
    return tuple(dict.fromkeys(stems))


def _by_words(question: str, interactions: Sequence[RecordedInteraction]) -> dict[int, float]:
    """{number: how much of the question's weight it holds}; a rare word weighs more than one that is everywhere."""
    stems = stems_of(question)
    if not stems:
        return {}
    looked_for = re.compile("|".join(_pattern(stem) for stem in sorted(stems, key=len, reverse=True)))
    held = {each.number: {match[0] for match in looked_for.finditer(_words_of(each))} for each in interactions}
    spread = Counter(stem for found in held.values() for stem in found)
    weights = {stem: math.log(1 + len(interactions) / (1 + spread[stem])) + 0.1 for stem in stems}
    whole = sum(weights.values())
    shares = {number: sum(weights[stem] for stem in found) / whole for number, found in held.items() if found}
    return {number: share for number, share in shares.items() if share >= _SHARE}


def _pattern(stem: str) -> str:
    border = "" if _UNSPACED.search(stem) or not stem[0].isalnum() else r"(?<![^\W_])"
    return border + re.escape(stem)


def _words_of(each: RecordedInteraction) -> str:
    return folded(f"{each.application}\n{each.title}\n{each.text[:LOOKED_AT]}")


def shows_error(each: RecordedInteraction) -> bool:
    if each.kind == Kind.EXIT:
        return each.text.strip() not in ("", "0")
    return each.kind in (Kind.OUTPUT, Kind.NOTE, Kind.MARKER, Kind.APP_FOCUS) and bool(error_lines(each.text))


def error_lines(text: str) -> list[str]:
    lines = (line.strip() for line in text[:LOOKED_AT].splitlines())
    return [line for line in lines if ERROR_LINE.search(line) and not HARMLESS_LINE.search(line)]


_IS_ABOUT: dict[str, Callable[[RecordedInteraction], bool]] = {
    QuestionTopic.COMMANDS: lambda each: each.kind == Kind.COMMAND,
    QuestionTopic.ERRORS: shows_error,
    QuestionTopic.FILES: lambda each: each.kind == Kind.FILE_TRANSFER,
    QuestionTopic.SAID: lambda each: each.kind in (Kind.CHAT, Kind.VOICE) and each.actor != Actor.SUPPORTER,
}
