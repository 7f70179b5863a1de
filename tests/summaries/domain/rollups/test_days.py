from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summaries.domain.rollups.days import Days, next_month, stretches_of
from summaries.models.rollups import Grain

D, M = Grain.DAY, Grain.MONTH


def days(first, last):
    return Days(first and date.fromisoformat(first), last and date.fromisoformat(last))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, [(M, None, None)]),
        ("2026-01-01", "2026-12-31", [(M, "2026-01-01", "2026-12-31")]),
        ("2026-11-20", "2026-11-20", [(D, "2026-11-20", "2026-11-20")]),
        ("2026-10-20", "2026-11-20", [(D, "2026-10-20", "2026-11-20")]),
        (
            "2026-09-20",
            "2026-11-20",
            [(D, "2026-09-20", "2026-09-30"), (M, "2026-10-01", "2026-10-31"), (D, "2026-11-01", "2026-11-20")],
        ),
        ("2026-11-02", None, [(D, "2026-11-02", "2026-11-30"), (M, "2026-12-01", None)]),
        (None, "2026-11-02", [(M, None, "2026-10-31"), (D, "2026-11-01", "2026-11-02")]),
        ("2026-11-05", "2026-11-01", [(D, "2026-11-05", "2026-11-01")]),
    ],
)
def test_whole_months_are_read_as_months(first, last, expected):
    found = [(stretch.grain, stretch.days) for stretch in stretches_of(days(first, last))]

    assert found == [(grain, days(*ends)) for grain, *ends in expected]


@given(st.dates(date(2019, 12, 1), date(2026, 3, 1)), st.integers(0, 900))
def test_every_day_is_read_once(first, count):
    last = first + timedelta(days=count)

    read = []
    for stretch in stretches_of(Days(first, last)):
        day = stretch.days.first
        while day <= stretch.days.last:
            read.append(day)
            day += timedelta(days=1)
        if stretch.grain == Grain.MONTH:
            assert (stretch.days.first.day, (stretch.days.last + timedelta(days=1)).day) == (1, 1)

    assert read == [first + timedelta(days=number) for number in range(count + 1)]


@pytest.mark.parametrize(("day", "following"), [("2026-12-31", "2027-01-01"), ("2024-02-29", "2024-03-01")])
def test_next_month(day, following):
    assert next_month(date.fromisoformat(day)) == date.fromisoformat(following)
