from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Company
from summaries.domain.reading.counted_figures import DAYS, LABELS, MEDIAN, SUPPORTERS, TOTALS, CountedFigures
from summaries.domain.reading.filters import Window, read_filters
from summaries.domain.reading.insights import Totals
from summaries.domain.reading.overview import Question
from summaries.domain.rollups.contributions import Amounts
from summaries.models import SupportSession
from tests.summaries.session_rows import add_session, add_summary

TEN_MINUTES = 600_000_000
CHARTS = (TOTALS, MEDIAN, DAYS, SUPPORTERS, *LABELS)


@pytest.fixture
def count(cast):
    """The figures of all sessions in the window that pass the filters of the query."""

    def count(query="", *, window=None, charts=CHARTS):
        asked = Question(
            company=Company.objects.get(pk=cast.northwind.pk),
            viewer=cast.alice,
            filters=read_filters(query),
            window=window or Window(),
            sessions=SupportSession.objects.filter(company=cast.northwind),
        )
        return CountedFigures(asked, charts)

    return count


def test_labels_count_sessions(cast, count):
    for number, labels in enumerate([("Printer", "VPN"), ("Printer",), ("VPN",), ("Printer",), ()], start=1):
        add_summary(add_session(cast.northwind, cast.bob, number), issue_types=labels, applications=labels[:1])

    assert count().labels("issue_type") == {"Printer": 3, "VPN": 2}
    assert count().labels("application") == {"Printer": 3, "VPN": 1}


def test_labels_of_nothing_are_none(count):
    assert count().labels("issue_type") == {}


def test_supporters_count_sessions(cast, count):
    for number, supporter in enumerate([cast.bob, cast.alice, cast.bob], start=1):
        add_session(cast.northwind, supporter, number)

    assert count().supporters() == {cast.bob.pk: 2, cast.alice.pk: 1}


def test_totals_count_the_window_and_what_was_before(cast, at, count):
    add_summary(add_session(cast.northwind, cast.bob, 1, hours_ago=1), outcome="RESOLVED")
    add_summary(add_session(cast.northwind, cast.bob, 2, hours_ago=2), state="FAILED")
    add_session(cast.northwind, cast.bob, 3, hours_ago=3, ended_at=None, status="OPEN")
    add_session(cast.northwind, cast.bob, 4, hours_ago=30)
    add_session(cast.northwind, cast.bob, 5, hours_ago=90)

    found = count(window=Window(at - timedelta(hours=24), at)).totals()

    assert found == Totals(
        now=Amounts(sessions=3, ended=2, microseconds=2 * TEN_MINUTES, to_review=1, failed=1, resolved=1),
        before=Amounts(sessions=1, ended=1, microseconds=TEN_MINUTES),
        first_day=date(2026, 11, 20),
    )
    assert (found.sessions, found.to_review, found.failed, found.previous) == (3, 1, 1, 1)
    assert (found.length, found.length_before) == (timedelta(minutes=20), timedelta(minutes=10))


def test_totals_of_all_time_have_nothing_before(cast, count):
    add_session(cast.northwind, cast.bob, 1)

    found = count().totals()

    assert (found.sessions, found.previous, found.length_before) == (1, None, None)


def test_totals_of_nothing(count):
    assert count().totals() == Totals(now=Amounts(), before=None, first_day=None)


@pytest.mark.parametrize(("minutes", "median"), [([], None), ([7], 7), ([1, 2, 30], 2), ([30, 1, 2, 3], 3)])
def test_median_length(cast, at, count, minutes, median):
    for number, length in enumerate(minutes, start=1):
        started_at = at - timedelta(hours=number)
        add_session(
            cast.northwind, cast.bob, number, started_at=started_at, ended_at=started_at + timedelta(minutes=length)
        )

    assert count().median() == (None if median is None else timedelta(minutes=median))


def test_days_are_counted(cast, count):
    add_session(cast.northwind, cast.bob, 1, hours_ago=1)
    add_session(cast.northwind, cast.bob, 2, hours_ago=2, ended_at=None)
    add_session(cast.northwind, cast.bob, 3, hours_ago=50)

    assert count().days() == {date(2026, 11, 18): (1, TEN_MINUTES), date(2026, 11, 20): (2, TEN_MINUTES)}


def test_each_chart_is_told_of_the_stretch_before_too(cast, at, count):
    for number, hours in enumerate([1, 2, 25, 30, 90], start=1):
        supporter = cast.alice if number == 4 else cast.bob
        add_summary(add_session(cast.northwind, supporter, number, hours_ago=hours), issue_types=("VPN",))
    found = count(window=Window(at - timedelta(hours=24), at))

    assert (found.labels("issue_type"), found.labels("issue_type", before=True)) == ({"VPN": 2}, {"VPN": 2})
    assert found.supporters() == {cast.bob.pk: 2}
    assert found.supporters(before=True) == {cast.bob.pk: 1, cast.alice.pk: 1}
    assert sum(sessions for sessions, _ in found.days(before=True).values()) == 2
    assert found.median() == timedelta(minutes=10)


def test_all_charts_of_the_same_sessions_are_one_statement(cast, count):
    """A chart whose own filter is set asks of more sessions: its other bars are shown beside the chosen one."""
    for number, label in enumerate(["VPN", "Printer", "VPN"], start=1):
        add_summary(add_session(cast.northwind, cast.bob, number), issue_types=(label,), applications=(label,))

    def statements(query):
        found = count(query)
        with CaptureQueriesContext(connection) as sent:
            figures = [found.totals().sessions, found.labels("issue_type"), found.labels("application")]
            figures += [len(found.days()), found.supporters(), found.median()]
        return figures[:3], sum("WITH found" in each["sql"] for each in sent)

    both = {"VPN": 2, "Printer": 1}
    assert statements("q=") == ([3, both, both], 1)
    assert statements("issue_type=VPN") == ([2, both, {"VPN": 2}], 2)
    assert statements(f"issue_type=VPN&supporter={cast.bob.pk}") == ([2, both, {"VPN": 2}], 3)


def test_what_nothing_can_match_asks_nothing(count):
    found = count("q=...")

    assert (found.totals(), found.median(), found.days()) == (Totals(Amounts(), None, None), None, {})
