"""Recognises issue types and applications of a company's taxonomy in a session, by words.

Accents and case do not matter; a keyword counts only as whole words. One stray word in an output classifies nothing:
what people say and what is typed weighs more than what programs print, and a label needs a minimum of weight.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from summaries.domain.evidence.quoting import folded
from summaries.engines.base import RecordedInteraction, TaxonomyLabel
from summaries.enums import Kind

#: How much one interaction that holds a keyword weighs.
_WEIGHTS = {
    Kind.CHAT: 3.0,
    Kind.VOICE: 3.0,
    Kind.NOTE: 4.0,
    Kind.MARKER: 3.0,
    Kind.APP_FOCUS: 4.0,
    Kind.CLICK: 2.0,
    Kind.COMMAND: 2.5,
    Kind.INPUT: 1.0,
    Kind.OUTPUT: 0.5,
    Kind.FILE_TRANSFER: 1.0,
}
MINIMUM_WEIGHT = 3.0
#: An application needs one command, or one window, or one word of a person.
MINIMUM_APPLICATION_WEIGHT = 2.5
#: A label needs this share of the strongest label's weight.
MINIMUM_SHARE = 0.35
MAX_LABELS = 3
#: How many deciding words are named for a label.
MAX_WORDS = 5
MAX_APPLICATIONS = 12
#: The same keyword over and over in one kind of interaction adds no more than this many times.
MAX_REPEATS = 4
READ_CHARS = 6000
#: Applications that are called like everyday words count only when written with a capital letter.
_EVERYDAY_CAPITALS = frozenset({"Word", "Edge", "Teams", "Exchange", "Slack", "Excel", "Safari", "Zoom", "Access"})
_EVERYDAY_NAMES = frozenset(name.lower() for name in _EVERYDAY_CAPITALS)
#: What redaction put in place of a value: [EMAIL-1] is no talk of e-mail.
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*-\d+\]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Recognised:
    """*words* are the keywords that were found, the weightiest first."""

    name: str
    weight: float
    words: tuple[str, ...] = ()


class _Words:
    """The keywords of all labels, by their first word: one look into a table per word of the text."""

    def __init__(self, labels: Sequence[TaxonomyLabel]) -> None:
        self.phrases: dict[str, list[tuple[str, str]]] = {}
        #: How a phrase is written in the taxonomy: “df -h”, where words are compared as “df h”.
        self.spelled = {_normal(keyword): keyword for label in labels for keyword in label.keywords}
        for label in labels:
            names = () if label.name.lower() in _EVERYDAY_NAMES else (label.name,)
            for phrase in {_normal(keyword) for keyword in (*names, *label.keywords)} - {""}:
                self.phrases.setdefault(phrase.split(" ", 1)[0], []).append((phrase, label.name))
            if not names:
                self.phrases.setdefault(label.name.lower(), []).append((label.name, label.name))

    def in_text(self, text: str) -> set[tuple[str, str]]:
        """(phrase, name of its label) for what stands in *text* as whole words."""
        words = _WORD.findall(folded(_PLACEHOLDER.sub(" ", text)))
        hits = self.phrases.keys() & set(words)
        if not hits:
            return set()
        joined = f" {' '.join(words)} "
        return {
            (phrase, name)
            for hit in hits
            for phrase, name in self.phrases[hit]
            if f" {phrase} " in joined or (phrase in _EVERYDAY_CAPITALS and re.search(rf"\b{phrase}\b", text))
        }


def _normal(phrase: str) -> str:
    return " ".join(_WORD.findall(folded(phrase)))


def recognise(
    *,
    interactions: Iterable[RecordedInteraction],
    labels: Sequence[TaxonomyLabel],
    extra: Mapping[int, float] | None = None,
) -> list[Recognised]:
    """Every label with any weight, strongest first. *extra*: {number: factor} for what matters more."""
    words, factors = _Words(labels), extra or {}
    weights: dict[str, float] = {}
    by_phrase: dict[str, dict[str, float]] = {}
    repeats: dict[tuple[str, Kind], int] = {}
    for interaction in interactions:
        weight = _WEIGHTS.get(interaction.kind, 0.0) * factors.get(interaction.number, 1.0)
        if not weight:
            continue
        text = f"{interaction.application}\n{interaction.title}\n{interaction.text[:READ_CHARS]}"
        if interaction.kind in (Kind.COMMAND, Kind.OUTPUT):
            # The title of a terminal names the host and the directory, which is no topic.
            text = interaction.text[:READ_CHARS]
        for phrase, name in words.in_text(text):
            seen = repeats[phrase, interaction.kind] = repeats.get((phrase, interaction.kind), 0) + 1
            if seen <= MAX_REPEATS:
                weights[name] = weights.get(name, 0.0) + weight
                phrases, spelled = by_phrase.setdefault(name, {}), words.spelled.get(phrase, phrase)
                phrases[spelled] = phrases.get(spelled, 0.0) + weight
    ranked = sorted(weights, key=lambda name: (-weights[name], name))
    return [Recognised(name, weights[name], _heaviest(by_phrase[name])) for name in ranked]


def _heaviest(phrases: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(phrases, key=lambda phrase: (-phrases[phrase], phrase))[:MAX_WORDS])


def recognise_issue_types(
    *,
    interactions: Iterable[RecordedInteraction],
    labels: Sequence[TaxonomyLabel],
    extra: Mapping[int, float] | None = None,
) -> tuple[str, ...]:
    """Names of the one to three issue types that the session is about; empty when nothing speaks clearly."""
    return tuple(each.name for each in clear_issue_types(interactions=interactions, labels=labels, extra=extra))


def clear_issue_types(
    *,
    interactions: Iterable[RecordedInteraction],
    labels: Sequence[TaxonomyLabel],
    extra: Mapping[int, float] | None = None,
) -> tuple[Recognised, ...]:
    """The same with the keywords that decided."""
    found = recognise(interactions=interactions, labels=labels, extra=extra)
    if not found or found[0].weight < MINIMUM_WEIGHT:
        return ()
    floor = max(MINIMUM_WEIGHT, found[0].weight * MINIMUM_SHARE)
    return tuple(each for each in found if each.weight >= floor)[:MAX_LABELS]


def with_guess(*, guessed: Recognised | None, found: Sequence[Recognised]) -> tuple[Recognised, ...]:
    """What a classifier is sure of comes first; what the keywords say stays beside it. At most MAX_LABELS."""
    if guessed is None:
        return tuple(found[:MAX_LABELS])
    same = next((each.words for each in found if each.name == guessed.name), ())
    words = tuple(dict.fromkeys((*guessed.words, *same)))[:MAX_WORDS]
    others = [each for each in found if each.name != guessed.name]
    return (Recognised(guessed.name, guessed.weight, words), *others)[:MAX_LABELS]


def recognise_applications(
    *, interactions: Iterable[RecordedInteraction], labels: Sequence[TaxonomyLabel]
) -> tuple[str, ...]:
    """Names of the applications that were worked with or spoken of, most used first."""
    found = recognise(interactions=interactions, labels=labels)
    return tuple(each.name for each in found if each.weight >= MINIMUM_APPLICATION_WEIGHT)[:MAX_APPLICATIONS]


def mentioned(*, interactions: Iterable[RecordedInteraction], labels: Sequence[TaxonomyLabel]) -> frozenset[str]:
    """Names of the labels that stand anywhere in the record, however faintly."""
    words = _Words(labels)
    names: set[str] = set()
    wanted = {label.name for label in labels}
    for interaction in interactions:
        if names == wanted:
            break
        text = f"{interaction.application}\n{interaction.title}\n{interaction.text}"
        names.update(name for _, name in words.in_text(text))
    return frozenset(names)
