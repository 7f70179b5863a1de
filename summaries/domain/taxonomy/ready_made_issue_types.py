"""The labelled texts that come with the portal, and the model that is trained on them."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from summaries.domain.taxonomy.defaults import ISSUE_TYPES
from summaries.engines.builtin import issue_types
from summaries.engines.builtin.issue_types.model import IssueTypeModel
from summaries.engines.builtin.issue_types.storage import pack
from summaries.engines.builtin.issue_types.training import train

#: {language: how many texts a line of its file is written out in}
LANGUAGES = {"en": 30, "de": 12, "es": 12}
#: Small enough to be read in a blink when the first summary is written.
MAX_FEATURES = 12_000
_KEYWORDS_AT_ONCE = 3
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
#: What stands around a problem and says nothing of its kind; empty more often than not.
_AROUND = {
    "en": (
        ("", "", "", "Hi, ", "Hello, ", "Good morning, ", "Hello team, ", "Please help: "),
        ("", "", "", " It worked yesterday.", " Can you help?", " It is urgent.", " Thanks!", " Nobody here can work."),
    ),
    "de": (
        ("", "", "", "Hallo, ", "Guten Tag, ", "Liebes Team, "),
        ("", "", "", " Gestern ging es noch.", " Können Sie helfen?", " Es ist dringend.", " Danke!"),
    ),
    "es": (
        ("", "", "", "Hola, ", "Buenos días, ", "Por favor, "),
        ("", "", "", " Ayer funcionaba.", " ¿Pueden ayudarme?", " Es urgente.", " Gracias."),
    ),
}


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """One line of a file, and the texts that it is written out in."""

    label: str
    language: str
    texts: tuple[str, ...]


def labelled_lines() -> list[LabelledLine]:
    """All lines of all languages; the same every time. The label - stands for texts of no issue type."""
    written = [line for language, times in LANGUAGES.items() for line in _lines(language, times)]
    return written + list(_keyword_lines())


def _keyword_lines() -> Iterator[LabelledLine]:
    """The keywords of the ready-made issue types, some at a time: words that no sentence brings up."""
    for label in ISSUE_TYPES:
        for start in range(0, len(label.keywords), _KEYWORDS_AT_ONCE):
            words = label.keywords[start : start + _KEYWORDS_AT_ONCE]
            yield LabelledLine(label.name, "", (" ".join(words), " ".join((*reversed(words), label.name))))


def _lines(language: str, times: int) -> Iterator[LabelledLine]:
    drawn = random.Random(1)  # noqa: S311 - the same texts every time, nothing secret
    label = ""
    stored = files(issue_types).joinpath("labelled", f"{language}.txt").read_text(encoding="utf-8")
    for line in stored.splitlines():
        if line.startswith("## "):
            label = line[3:]
        elif line and not line.startswith("# "):
            yield LabelledLine(label, language, tuple(_written_out(line, language, times, drawn)))


def _written_out(line: str, language: str, times: int, drawn: random.Random) -> dict[str, None]:
    before, after = _AROUND[language]
    texts: dict[str, None] = {}
    for _ in range(times):
        text = _CHOICE.sub(lambda match: drawn.choice(match[1].split("|")), line)
        texts[f"{drawn.choice(before)}{text}{drawn.choice(after)}".strip()] = None
    return texts


def _model_of(*, lines: list[LabelledLine]) -> IssueTypeModel:
    """Train on *lines*. Raises UnableToTrain."""
    rows = [(text, line.label, number) for number, line in enumerate(lines) for text in line.texts]
    texts, labels, groups = zip(*rows, strict=True)
    return train(texts=texts, labels=labels, groups=groups, max_features=MAX_FEATURES)


def train_ready_made(*, path: Path) -> int:
    """Write the model that comes with the portal to *path*; how many bytes it has."""
    return path.write_bytes(pack(_model_of(lines=labelled_lines())))
