from datetime import date, timedelta

import pytest

from summaries.domain.reading.trend import TrendPoint, trend_of

FIRST = date(2026, 1, 31)


def days_from(first, count):
    return {first + timedelta(days=number): (1, 1_000_000) for number in range(count)}


def test_days_without_sessions_count_too():
    found = trend_of({FIRST: (2, 5_000_000)}, first=FIRST, last=FIRST + timedelta(days=1))

    assert found == [
        TrendPoint(FIRST, FIRST, 2, timedelta(seconds=5)),
        TrendPoint(FIRST + timedelta(days=1), FIRST + timedelta(days=1), 0, timedelta()),
    ]


@pytest.mark.parametrize(
    ("days", "parts"),
    [
        (1, [1]),
        (32, [1] * 32),
        (33, [7, 7, 7, 7, 5]),
        (191, [*([7] * 27), 2]),
        # From 31 January: months end where the next one has no 31st.
        (192, [28, 31, 30, 31, 30, 31, 11]),
    ],
)
def test_a_long_stretch_goes_by_weeks_or_months_that_begin_with_it(days, parts):
    found = trend_of(days_from(FIRST, days), first=FIRST, last=FIRST + timedelta(days=days - 1))

    assert [point.count for point in found] == parts
    assert [(point.last - point.day).days + 1 for point in found] == parts
    assert found[-1].last == FIRST + timedelta(days=days - 1)


def test_the_stretch_before_stands_beside_it():
    first = date(2026, 11, 3)
    before = {date(2026, 11, 1): (4, 0), date(2026, 11, 2): (5, 0), first: (9, 0), date(2026, 10, 31): (9, 0)}

    found = trend_of(
        {first: (7, 0)}, first=first, last=date(2026, 11, 4), before=before, before_first=date(2026, 11, 1)
    )

    assert [(point.count, point.previous) for point in found] == [(7, 4), (0, 5)]


def test_months_before_that_are_fewer_count_nothing():
    first, last = date(2026, 2, 1), date(2026, 9, 30)
    before_first = first - ((last - first) + timedelta(days=1))

    found = trend_of(
        days_from(first, 242), first=first, last=last, before=days_from(before_first, 242), before_first=before_first
    )

    assert [point.count for point in found] == [28, 31, 30, 31, 30, 31, 31, 30]
    assert sum(point.previous for point in found) == 242
