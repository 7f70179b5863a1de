from datetime import UTC, date, timedelta

import pytest

from summaries.domain.reading.filters import Window
from summaries.domain.reading.insights import (
    Totals,
    day_counts,
    label_counts,
    median_length,
    supporter_counts,
    totals,
)
from summaries.domain.rollups.contributions import Amounts
from summaries.models import SupportSession
from tests.summaries.session_rows import add_session, add_summary

TEN_MINUTES = 600_000_000


def all_sessions():
    return SupportSession.objects.all()


def test_labels_count_sessions(cast):
    for number, labels in enumerate([("Printer", "VPN"), ("Printer",), ("VPN",), ("Printer",), ()], start=1):
        add_summary(add_session(cast.northwind, cast.bob, number), issue_types=labels, applications=labels[:1])

    assert label_counts(all_sessions(), "issue_type") == {"Printer": 3, "VPN": 2}
    assert label_counts(all_sessions(), "application") == {"Printer": 3, "VPN": 1}


def test_labels_of_nothing_are_none(cast):
    assert label_counts(all_sessions(), "issue_type") == {}


def test_supporters_count_sessions(cast):
    for number, supporter in enumerate([cast.bob, cast.alice, cast.bob], start=1):
        add_session(cast.northwind, supporter, number)

    assert supporter_counts(all_sessions()) == {cast.bob.pk: 2, cast.alice.pk: 1}


def test_totals_count_the_window_and_what_was_before(cast, at):
    add_summary(add_session(cast.northwind, cast.bob, 1, hours_ago=1), outcome="RESOLVED")
    add_summary(add_session(cast.northwind, cast.bob, 2, hours_ago=2), state="FAILED")
    add_session(cast.northwind, cast.bob, 3, hours_ago=3, ended_at=None, status="OPEN")
    add_session(cast.northwind, cast.bob, 4, hours_ago=30)
    add_session(cast.northwind, cast.bob, 5, hours_ago=90)

    found = totals(all_sessions(), window=Window(at - timedelta(hours=24), at), zone=UTC)

    assert found == Totals(
        now=Amounts(sessions=3, ended=2, microseconds=2 * TEN_MINUTES, to_review=1, failed=1, resolved=1),
        before=Amounts(sessions=1, ended=1, microseconds=TEN_MINUTES),
        first_day=date(2026, 11, 20),
    )
    assert (found.sessions, found.to_review, found.failed, found.previous) == (3, 1, 1, 1)
    assert (found.length, found.length_before) == (timedelta(minutes=20), timedelta(minutes=10))


def test_totals_of_all_time_have_nothing_before(cast):
    add_session(cast.northwind, cast.bob, 1)

    found = totals(all_sessions(), window=Window(), zone=UTC)

    assert (found.sessions, found.previous, found.length_before) == (1, None, None)


def test_totals_of_nothing(cast):
    assert totals(all_sessions(), window=Window(), zone=UTC) == Totals(now=Amounts(), before=None, first_day=None)


@pytest.mark.parametrize(("minutes", "median"), [([], None), ([7], 7), ([1, 2, 30], 2), ([30, 1, 2, 3], 3)])
def test_median_length(cast, at, minutes, median):
    for number, length in enumerate(minutes, start=1):
        started_at = at - timedelta(hours=number)
        add_session(
            cast.northwind, cast.bob, number, started_at=started_at, ended_at=started_at + timedelta(minutes=length)
        )

    found = median_length(all_sessions(), ended=len(minutes))

    assert found == (None if median is None else timedelta(minutes=median))


def test_days_are_counted(cast):
    add_session(cast.northwind, cast.bob, 1, hours_ago=1)
    add_session(cast.northwind, cast.bob, 2, hours_ago=2, ended_at=None)
    add_session(cast.northwind, cast.bob, 3, hours_ago=50)

    found = day_counts(all_sessions(), zone=UTC)

    assert found == {date(2026, 11, 18): (1, TEN_MINUTES), date(2026, 11, 20): (2, TEN_MINUTES)}
