"""The page of a search: the newest that match, found by a short walk where words are common, or the best matches.

The index knows all sessions that hold a word, and in no order. A common word's sessions are too many to sort for each
page, and need not be: among the newest sessions of the list there are enough. So the newest 150 are looked at first.
Where these hold few, and the database knows a word of the query as rare, the index is asked for that word at once. Else
1,500 follow, which takes less than asking the index for two common words; where these show that a page will be full
soon, the walk goes on, else the index is asked.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, reduce
from math import sqrt
from operator import add
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from summaries.domain.reading.search import (
    LEAD_ENDS,
    Spaced,
    Word,
    holds,
    matching,
    place_of,
    rare_among,
    words_of,
)
from summaries.models import SupportSession

#: Sessions looked at first, then, and at most. Of the first, so many must match to tell how many more are needed.
WALKED, WALKED_MORE, WALKED_ON, OFTEN = 150, 1_500, 10_000, 4
#: For ranking, at most.
WALKED_TO_RANK = 3_000
#: So many matches are ranked and can be paged through.
MOST_RANKED = 500
#: The code of this order in an address, beside ORDERS.
BEST = "best"
#: By database: what makes a list in JSON of many rows.
_GATHERED = {"sqlite": "JSON_GROUP_ARRAY", "postgresql": "JSON_AGG"}
_IN_LEAD, _WHOLE_WORD = 4, 2


@dataclass(frozen=True)
class Search:
    """What is searched for in the sessions of one company."""

    query: str
    company_id: int

    @cached_property
    def words(self) -> list[Word]:
        return words_of(self.query)

    @cached_property
    def rare_words(self) -> list[Word]:
        """Those of the words that few sessions hold, of all companies; asked for once."""
        return rare_among(self.words)

    def find(self, sessions: QuerySet[SupportSession]) -> QuerySet[SupportSession]:
        """All of *sessions* that match."""
        return matching(sessions, self.query, company_id=self.company_id, rare=self.rare_words)


def first_found(sessions: QuerySet[SupportSession], *, search: Search, order: Sequence[str], limit: int) -> list[int]:
    """The ids of the first *limit* of *sessions* that match, in *order*: `-started_at`, `-pk` or another that an index
    holds."""
    if not search.words:
        return []
    found, is_all = _walk(sessions.order_by(*order), search, limit, most=WALKED_ON)
    if is_all:
        return found[:limit]
    return list(search.find(sessions).order_by(*_unindexed(order)).values_list("pk", flat=True)[:limit])


def best_found(sessions: QuerySet[SupportSession], *, search: Search) -> list[int]:
    """The ids of the best matches, the best first, MOST_RANKED at most; of equally good ones the newer first.

    Words that name the session (its number, title, device, people, labels) count more than those said in it, and whole
    words more than beginnings. Where so many match that the newest WALKED_TO_RANK hold a page, those are ranked.
    """
    words = search.words
    if not words:
        return []
    order = ("-started_at", "-pk")
    newest, _ = _walk(sessions.order_by(*order), search, MOST_RANKED, most=WALKED_TO_RANK)
    candidates = sessions.filter(pk__in=newest) if len(newest) >= OFTEN * WALKED // 10 else search.find(sessions)
    ranked = candidates.order_by(OrderBy(_rank_of(words), descending=True), *_unindexed(order))
    return list(ranked.values_list("pk", flat=True)[:MOST_RANKED])


def _walk(ordered: QuerySet[SupportSession], search: Search, limit: int, *, most: int) -> tuple[list[int], bool]:
    """(ids of those that match among the first sessions, whether these are all that is wanted, or all there are)."""
    looked_at = ordered.annotate(
        is_found=Case(When(Q(*holds(search.words)), then=Value(1)), default=Value(0), output_field=IntegerField())
    )
    found: list[int] = []
    seen, end = 0, WALKED
    while end > seen:
        more, looked_at_now = _look(looked_at[seen:end])
        found += more
        if len(found) >= limit or looked_at_now < end - seen:
            return found, True
        if end == WALKED and len(found) < OFTEN and search.rare_words:
            break  # pragma: no cover - of the other database
        seen, end = end, min(_next_end(end, found=len(found), limit=limit, most=most), most)
    return found, False


def _next_end(seen: int, *, found: int, limit: int, most: int) -> int:
    """How far to walk on where the first *seen* sessions held *found* matches; no farther where it is not worth it."""
    if found < OFTEN:
        return WALKED_MORE if seen == WALKED else seen
    if seen == WALKED:
        return min(WALKED_MORE, seen + _enough(seen, found=found, missing=limit - found))
    if found * most < limit * seen:
        return seen  # at this rate the page is not full by then
    return seen + _enough(seen, found=found, missing=limit - found)


def _enough(seen: int, *, found: int, missing: int) -> int:
    """How many more sessions most probably hold *missing* matches, where *seen* held *found*."""
    return max(WALKED, int(seen * missing / found * (1 + 2 / sqrt(found))))


def _look(sessions: QuerySet[Any]) -> tuple[list[int], int]:
    """(ids of those that match, in their order; how many were looked at): most don't, and stay in the database."""
    try:
        text, values = sessions.values_list("pk", "is_found").query.sql_with_params()
    except EmptyResultSet:
        return [], 0
    connection = connections[sessions.db]
    gathered = f"{_GATHERED[connection.vendor]}(pk) FILTER (WHERE is_found = 1)"
    with connection.cursor() as cursor:
        # Both databases gather the rows as they come, and they come in the order of the limited query.
        cursor.execute(f"SELECT COUNT(*), CAST({gathered} AS text) FROM ({text}) AS looked_at", values)  # noqa: S608
        seen, found = cursor.fetchone()
    return json.loads(found or "[]"), seen


def _unindexed(order: Sequence[str]) -> list[OrderBy]:
    """*order* in a form that no index holds: else the planner may walk an index to the end in search of a rare word."""
    column, key = (each.removeprefix("-") for each in order)
    is_descending = order[0].startswith("-")
    if column == "started_at":
        place = ExpressionWrapper(F(column) + Value(timedelta()), output_field=DateTimeField())
    else:
        place = ExpressionWrapper(F(column) + Value(0), output_field=IntegerField())
    return [OrderBy(place, descending=is_descending), OrderBy(F(key), descending=is_descending)]


def _rank_of(words: list[Word]) -> "ExpressionWrapper[Any]":
    """How well a session's text matches, as a number."""
    text = Spaced(F("search_text"))
    lead_ends = StrIndex(text, Value(LEAD_ENDS))
    parts: list[Combinable] = []
    for word in words:
        is_whole = GreaterThan(StrIndex(text, Value(f" {word.text} ")), 0)
        # A text of an earlier release does not tell where the lead ends; nothing in it counts more.
        is_in_lead = GreaterThan(lead_ends, place_of(word))
        parts += [_points(is_whole, _WHOLE_WORD), _points(is_in_lead, _IN_LEAD)]
    return ExpressionWrapper(reduce(add, parts), output_field=IntegerField())


def _points(condition: GreaterThan, points: int) -> Combinable:
    return Case(When(condition, then=Value(points)), default=Value(0), output_field=IntegerField())
