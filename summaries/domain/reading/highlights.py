"""Where a text holds what was searched for, and which text of a session to show an excerpt of.

Words are compared as the search itself compares them, in what is shown, after it was decided that it may be shown.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from django.utils.translation import gettext_lazy as _

from insights_portal.lib.plain_rows import rows_of
from insights_portal.lib.text import listed
from policies.enums import Verdict
from summaries.content import SummaryContent, content_from_json
from summaries.domain.reading.listing import ListedSession
from summaries.domain.reading.search import UNSPACED, Word, normalise
from summaries.models import Summary

EXCERPT_CHARS = 140
_BEFORE_CHARS = 40
#: A word as it is written, its accents in one sign with the letters or in signs of their own.
_WRITTEN = re.compile(f"{UNSPACED.pattern}|" + r"(?:(?!" + UNSPACED.pattern + r")[^\W_][\u0300-\u036f\u20d0-\u20f0]*)+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; *is_found*: a word that was searched for."""

    text: str
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of one text of a session that holds what was searched for. *label* says which text it is."""

    label: object
    pieces: tuple[Piece, ...]


def pieces_of(text: str, words: Sequence[Word]) -> tuple[Piece, ...]:
    """*text* cut where its found words begin and end; together the pieces are the text."""
    found, end = [], 0
    for match in _WRITTEN.finditer(text):
        if words_in(match.group(), words):
            found += [Piece(text[end : match.start()]), Piece(match.group(), is_found=True)]
            end = match.end()
    return tuple(piece for piece in (*found, Piece(text[end:])) if piece.text)


def words_in(text: str, words: Iterable[Word]) -> set[Word]:
    """Those of *words* that *text* holds."""
    folded = normalise(text).split()
    return {word for word in words if any(map(word.matches, folded))}


def excerpts_of(
    rows: Iterable[ListedSession], *, readable: Collection[int], words: Sequence[Word]
) -> Mapping[int, Excerpt]:
    """{session: what to show beside its title} of *rows*. *readable*: whose summaries may be read.

    One query for all whose row does not show every word anyway.
    """
    asked = [(row, missing) for row in rows if row.pk in readable and (missing := _out_of_sight(row, words))]
    # Where consent ended a legal hold may keep the text, which nobody reads.
    ids = [row.summary__pk for row, _missing in asked if row.summary__pk and row.verdict != Verdict.NO]
    written = Summary.objects.filter(pk__in=ids, current__isnull=False)
    stored = rows_of(written.values_list("pk", "current__content"))
    contents = {pk: content_from_json(content) for pk, content in stored}
    found = {}
    for row, missing in asked:
        texts = _texts_of(row, contents.get(row.summary__pk or 0))
        if excerpt := _excerpt_of(texts, missing, words):
            found[row.pk] = excerpt
    return found


def _out_of_sight(row: ListedSession, words: Sequence[Word]) -> list[Word]:
    """Those of *words* that the row does not show as it is."""
    in_sight = words_in(f"{row.label} {row.summary__title or ''} {row.device__name or ''}", words)
    return [word for word in words if word not in in_sight]


def _excerpt_of(texts: Iterable[tuple[object, str]], missing: Sequence[Word], words: Sequence[Word]) -> Excerpt | None:
    """Of the text that holds the most of *missing*, with all of *words* marked."""
    best: tuple[int, object, str] = (0, "", "")
    for label, text in texts:
        count = len(words_in(text, missing))
        if count > best[0]:
            best = count, label, text
    count, label, text = best
    return Excerpt(label, pieces_of(_cut(text, missing), words)) if count else None


def _texts_of(row: ListedSession, content: SummaryContent | None) -> Iterable[tuple[object, str]]:
    yield from ((_("Ticket"), row.ticket), (_("Remote user"), row.remote_user), (_("Notes"), row.notes))
    if content is None:
        return
    yield _("Labels"), listed((*content.issue_types, *content.applications))
    said = (
        (_("Problem"), content.problem),
        (_("Cause"), content.cause),
        (_("Outcome"), content.outcome_statements),
        (_("Open points"), content.open_points),
    )
    yield from ((label, each.text) for label, statements in said for each in statements)
    for step in content.steps:
        yield _("Step"), " ".join((step.action.text, *step.commands))


def _cut(text: str, words: Sequence[Word]) -> str:
    """The part of *text* around the first of *words*."""
    unfound = takewhile(lambda piece: not piece.is_found, pieces_of(text, words))
    before = sum(len(piece.text) for piece in unfound)
    start = max(before - _BEFORE_CHARS, 0)
    start = text.find(" ", start, before) + 1 if start else 0
    part = text[start : start + EXCERPT_CHARS]
    return f"{'…' if start else ''}{part}{'…' if start + EXCERPT_CHARS < len(text) else ''}"
