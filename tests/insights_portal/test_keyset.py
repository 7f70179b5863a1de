"""Pages by key, of rows that are equal in the first column of the order."""

from itertools import count

import pytest

from accounts.models import Company
from insights_portal.lib.keyset import beyond, page_of, turned_round


@pytest.fixture
def rows(db: None) -> list[int]:
    """Keys, by name and key; three share a name."""
    number = count()
    return [Company.objects.create(name=name, slug=f"c{next(number)}").pk for name in ("A", "B", "B", "B", "C")]


def keys_beyond(order: tuple[str, ...], row: int) -> list[int]:
    position = [Company.objects.values_list(column.removeprefix("-"), flat=True).get(pk=row) for column in order]
    found = beyond(Company.objects.order_by(*order), order=order, position=position)
    return list(found.values_list("pk", flat=True))


@pytest.mark.parametrize("order", [("name", "pk"), ("pk",)])
def test_what_follows_each_row_and_nothing_else(rows: list[int], order: tuple[str, ...]) -> None:
    assert [keys_beyond(order, row) for row in rows] == [rows[place + 1 :] for place in range(5)]
    assert [keys_beyond(turned_round(order), row) for row in rows] == [rows[:place][::-1] for place in range(5)]


def test_columns_may_go_different_ways(rows: list[int]) -> None:
    first, *same, last = rows

    assert keys_beyond(("-name", "pk"), same[1]) == [same[2], first]
    assert keys_beyond(("name", "-pk"), same[1]) == [same[0], last]


def test_a_page_begins_behind_its_position(rows: list[int]) -> None:
    pages = [page_of(Company.objects.all(), order=("pk",), position=position, count=2) for position in ((), [rows[1]])]

    assert [list(page.values_list("pk", flat=True)) for page in pages] == [rows[:2], rows[2:4]]
