"""Reads labelled texts out of a CSV file: a text and its label per row. A large file is drawn from evenly."""

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from django.utils.translation import gettext, gettext_lazy

from summaries.enums import Kind
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

#: More texts than this make a model no better and training long; they are drawn evenly.
MAX_TEXTS = 20_000
MAX_LABEL = 80
_SNIFFED = 64 * 1024
_DELIMITERS = ",;\t|"
_MASKED_AT_ONCE = 200
TEXT_COLUMNS = ("text", "document", "description", "body", "message", "summary", "subject", "title", "question")
LABEL_COLUMNS = ("label", "issue_type", "issue type", "topic_group", "topic", "category", "class", "type", "intent")

_NO_TEXT = gettext_lazy("No column holds the text. Name it with --text; the columns are: %(columns)s.")
_NO_LABEL = gettext_lazy("No column holds the label. Name it with --label; the columns are: %(columns)s.")


class UnableToReadTexts(Exception):
    """The file holds no labelled texts; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """*found* counts the rows with text and label; *skipped* those that lack one of them."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    found: int
    skipped: int = 0


def read_labelled_texts(*, path: Path, text_column: str = "", label_column: str = "") -> LabelledTexts:
    """Texts masked like sessions, so that no address or number is learnt. Raises UnableToReadTexts."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            kept, found, skipped = _drawn(_pairs(csv.reader(stream, _dialect(stream)), text_column, label_column))
    except OSError as error:
        raise UnableToReadTexts(
            gettext("%(path)s can't be opened: %(strerror)s.") % {"path": path, "strerror": error.strerror}
        ) from error
    except UnicodeDecodeError as error:
        raise UnableToReadTexts(
            gettext("%(name)s is not UTF-8 text (byte %(start)s). Save it as UTF-8.")
            % {"name": path.name, "start": error.start}
        ) from error
    except csv.Error as error:
        raise UnableToReadTexts(
            gettext("%(name)s is not a CSV file: %(error)s.") % {"name": path.name, "error": error}
        ) from error
    if not kept:
        raise UnableToReadTexts(gettext("%(name)s has no row with a text and a label.") % {"name": path.name})
    texts = tuple(_masked([text for text, _ in kept]))
    return LabelledTexts(texts, tuple(label for _, label in kept), found, skipped)


def _dialect(stream: TextIO) -> type[csv.Dialect]:
    """The delimiter is what parts the heading most often; quotation marks are always the double ones."""
    head = stream.read(_SNIFFED).partition("\n")[0]
    stream.seek(0)
    found = max(_DELIMITERS, key=head.count)

    class Sniffed(csv.excel):
        delimiter = found

    return Sniffed


def _pairs(rows: Iterator[list[str]], text_column: str, label_column: str) -> Iterator[tuple[str, str]]:
    heading = [name.strip().casefold() for name in next(rows, [])]
    text_at = _place(heading, text_column, TEXT_COLUMNS, _NO_TEXT)
    label_at = _place(heading, label_column, LABEL_COLUMNS, _NO_LABEL)
    if text_at == label_at:
        raise UnableToReadTexts(gettext("Text and label are the same column. Name two with --text and --label."))
    for row in rows:
        if row:
            has_both = len(row) > max(text_at, label_at)
            yield (row[text_at].strip(), " ".join(row[label_at].split())[:MAX_LABEL]) if has_both else ("", "")


def _place(heading: list[str], wanted: str, usual: tuple[str, ...], missing: "StrPromise") -> int:
    for name in (wanted.strip().casefold(),) if wanted else usual:
        if name in heading:
            return heading.index(name)
    columns = ", ".join(name for name in heading if name) or gettext("none")
    raise UnableToReadTexts(missing % {"columns": columns})


def _drawn(pairs: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], int, int]:
    """(at most MAX_TEXTS pairs, drawn evenly and always the same; how many there were; how many lacked a part)."""
    drawn = random.Random(1)  # noqa: S311 - the same rows every time, nothing secret
    kept: list[tuple[str, str]] = []
    found = skipped = 0
    for text, label in pairs:
        if not (text and label):
            skipped += 1
            continue
        found += 1
        if len(kept) < MAX_TEXTS:
            kept.append((text, label))
        elif (place := drawn.randrange(found)) < MAX_TEXTS:
            kept[place] = (text, label)
    return kept, found, skipped


def _masked(texts: list[str]) -> Iterator[str]:
    for start in range(0, len(texts), _MASKED_AT_ONCE):
        batch = [CapturedInteraction(0, Kind.CHAT, text) for text in texts[start : start + _MASKED_AT_ONCE]]
        yield from (each.text for each in Redactor(session_key="labelled texts").mask(batch))
