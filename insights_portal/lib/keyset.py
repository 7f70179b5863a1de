"""Pages of a list by the key of the row beside them: a page deep in a list costs what its first one costs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet


def page_of(rows: QuerySet[Any], *, order: Sequence[str], position: Sequence[Any] = (), count: int) -> QuerySet[Any]:
    """The first *count* of *rows* in *order* behind *position*; without one, of all of them. See `beyond`."""
    found = rows.order_by(*order)
    return (beyond(found, order=order, position=position) if position else found)[:count]


def beyond(rows: QuerySet[Any], *, order: Sequence[str], position: Sequence[Any]) -> QuerySet[Any]:
    """Those of *rows* that follow *position* in *order*: one or two columns, with `-` in front of one that falls, the
    last of them unique. *position* holds a value of each.
    """
    (column, way), (last, last_way) = _comparison(order[0]), _comparison(order[-1])
    if len(order) == 1:
        return rows.filter(**{f"{column}__{way}": position[0]})
    # The first condition is the place in the index where the page begins; the second leaves out what is equal.
    rows = rows.filter(**{f"{column}__{way}e": position[0]})
    return rows.filter(Q(**{f"{column}__{way}": position[0]}) | Q(**{f"{last}__{last_way}": position[-1]}))


def turned_round(order: Sequence[str]) -> tuple[str, ...]:
    return tuple(column[1:] if column.startswith("-") else f"-{column}" for column in order)


def _comparison(column: str) -> tuple[str, str]:
    return (column[1:], "lt") if column.startswith("-") else (column, "gt")
