"""Labelled texts that are told apart by a few words, and a model of them, trained once."""

from functools import cache

from summaries.engines.builtin.issue_types.model import NONE, IssueTypeModel
from summaries.engines.builtin.issue_types.training import train

WORDS = {
    "Printer": ("printer", "toner", "paper", "tray"),
    "Network": ("router", "cable", "wifi", "switch"),
    NONE: ("lunch", "holiday", "coffee", "weekend"),
}
PLACES = ("here", "there", "upstairs", "downstairs", "in the hall")


def labelled_texts() -> tuple[list[str], list[str]]:
    """(texts, labels), 20 of each label."""
    rows = [
        (f"my {word} beside the {other} {place}", label)
        for label, words in WORDS.items()
        for word, other in zip(words, words[1:] + words[:1], strict=True)
        for place in PLACES
    ]
    return [text for text, _ in rows], [label for _, label in rows]


@cache
def small_model() -> IssueTypeModel:
    texts, labels = labelled_texts()
    return train(texts=texts, labels=labels)
