from datetime import UTC, date, timedelta

import pytest

from summaries.domain.reading.filters import Window
from summaries.domain.reading.insights import (
    Bar,
    Totals,
    application_bars,
    issue_type_bars,
    median_length,
    totals,
    trend,
)
from summaries.models import SupportSession
from tests.summaries.session_rows import add_session, add_summary


def all_sessions():
    return SupportSession.objects.all()


def test_bars_count_sessions_longest_first(cast):
    for number, labels in enumerate([("Printer", "VPN"), ("Printer",), ("VPN",), ("Printer",), ()], start=1):
        add_summary(add_session(cast.northwind, cast.bob, number), issue_types=labels, applications=labels[:1])

    assert issue_type_bars(all_sessions()) == [Bar("Printer", 3, 100), Bar("VPN", 2, 67)]
    assert application_bars(all_sessions()) == [Bar("Printer", 3, 100), Bar("VPN", 1, 33)]


def test_bars_of_nothing_are_none(cast):
    assert issue_type_bars(all_sessions()) == []


def test_bar_agrees_with_the_list_it_filters(cast):
    for number in range(1, 4):
        add_summary(
            add_session(cast.northwind, cast.bob, number), issue_types=("Printer",), applications=("Word", "Edge")
        )
    narrowed = all_sessions().filter(summary__applications__name="Word")

    (bar,) = issue_type_bars(narrowed)

    assert bar.count == narrowed.filter(summary__issue_types__name="Printer").count() == 3


def test_totals_count_the_window_and_what_was_before(cast, at):
    add_summary(add_session(cast.northwind, cast.bob, 1, hours_ago=1))
    add_summary(add_session(cast.northwind, cast.bob, 2, hours_ago=2), state="FAILED")
    add_session(cast.northwind, cast.bob, 3, hours_ago=3, ended_at=None, status="OPEN")
    add_session(cast.northwind, cast.bob, 4, hours_ago=30)
    add_session(cast.northwind, cast.bob, 5, hours_ago=90)

    found = totals(all_sessions(), window=Window(at - timedelta(hours=24), at))

    assert found == Totals(
        sessions=3,
        ended=2,
        length=timedelta(minutes=20),
        to_review=1,
        failed=1,
        previous=1,
        first_at=at - timedelta(hours=3),
    )
    assert (found.hours, found.change_percent) == (0, 200)


def test_totals_of_all_time_have_nothing_before(cast, at):
    add_session(cast.northwind, cast.bob, 1)

    found = totals(all_sessions(), window=Window())

    assert (found.sessions, found.previous, found.change_percent) == (1, None, None)


def test_totals_of_nothing(cast):
    found = totals(all_sessions(), window=Window())

    assert (found.sessions, found.length, found.first_at) == (0, timedelta(), None)


@pytest.mark.parametrize(("minutes", "median"), [([], None), ([7], 7), ([1, 2, 30], 2), ([30, 1, 2, 3], 3)])
def test_median_length(cast, at, minutes, median):
    for number, length in enumerate(minutes, start=1):
        started_at = at - timedelta(hours=number)
        add_session(
            cast.northwind, cast.bob, number, started_at=started_at, ended_at=started_at + timedelta(minutes=length)
        )

    found = median_length(all_sessions(), ended=len(minutes))

    assert found == (None if median is None else timedelta(minutes=median))


def counts(points):
    return [(point.day, point.count) for point in points]


def test_trend_by_day_counts_empty_days_too(cast):
    add_session(cast.northwind, cast.bob, 1, hours_ago=1)
    add_session(cast.northwind, cast.bob, 2, hours_ago=50)

    found = trend(all_sessions(), first_day=date(2026, 11, 18), last_day=date(2026, 11, 20), zone=UTC)

    assert counts(found) == [(date(2026, 11, 18), 1), (date(2026, 11, 19), 0), (date(2026, 11, 20), 1)]


def test_trend_over_months_goes_by_weeks(cast):
    add_session(cast.northwind, cast.bob, 1, hours_ago=1)

    found = trend(all_sessions(), first_day=date(2026, 10, 1), last_day=date(2026, 11, 20), zone=UTC)

    assert counts(found)[0] == (date(2026, 9, 28), 0)
    assert counts(found)[-1] == (date(2026, 11, 16), 1)
    assert len(found) == 8


def test_trend_over_years_goes_by_months(cast):
    add_session(cast.northwind, cast.bob, 1, hours_ago=1)

    found = trend(all_sessions(), first_day=date(2025, 12, 31), last_day=date(2026, 11, 20), zone=UTC)

    assert counts(found)[0] == (date(2025, 12, 1), 0)
    assert counts(found)[-1] == (date(2026, 11, 1), 1)
    assert len(found) == 12
