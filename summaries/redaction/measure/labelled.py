"""Reads labelled sentences: *.json, a list of {"full_text", "spans": [{"entity_type", "entity_value"}]}."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from summaries.redaction.measure.samples import Sample

#: {label of the data: rule that answers for it}
RULE_OF = {
    "CREDIT_CARD": "CARD",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP_ADDRESS",
}
#: Labels no rule answers for, but which are not harmless either: a line that holds one says nothing about damage.
_NEITHER = frozenset({"US_SSN", "US_DRIVER_LICENSE", "US_PASSPORT", "US_ITIN", "US_BANK_NUMBER"})


class UnableToReadLabels(Exception):
    """The folder holds no labelled text; the sentence says what to do."""


def labelled(folder: Path) -> Iterator[Sample]:
    """A sample for each value with a rule, and one for each sentence without. Raises UnableToReadLabels."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise UnableToReadLabels(f"{folder} holds no *.json file. Name a folder with labelled sentences.")
    for path in files:
        for sentence in _sentences(path):
            yield from _samples(sentence, path)


def _sentences(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnableToReadLabels(f"{path.name} can't be read as JSON: {error}.") from error
    if not isinstance(found, list):
        raise UnableToReadLabels(f"{path.name} is no list of sentences.")
    return found


def _samples(sentence: Any, path: Path) -> Iterator[Sample]:
    try:
        text = str(sentence["full_text"])
        spans = [(str(span["entity_type"]), str(span["entity_value"])) for span in sentence["spans"]]
    except (KeyError, TypeError) as error:
        raise UnableToReadLabels(f"A sentence in {path.name} lacks full_text or spans.") from error
    with_rule = [(label, value) for label, value in spans if label in RULE_OF]
    for label, value in with_rule:
        yield Sample(RULE_OF[label], label, text, (value,))
    if not with_rule and not any(label in _NEITHER for label, _ in spans):
        yield Sample("", "sentence", text)
