"""Sums and sessions give the same overview, and whoever reaches less is answered from the sessions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Company
from summaries.domain.reading import overview, queries
from summaries.domain.reading.filters import read_filters, window_of
from summaries.domain.reading.insights import Share
from summaries.domain.reading.overview import Extent, Question, look_over, outcome_shares, users_of
from summaries.domain.rollups import counting
from summaries.models import RollupState, SessionRollup
from tests.summaries.session_rows import add_session, add_summary

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ZONES = ["UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Africa/Cairo"]


@pytest.fixture
def filled(cast):
    """Sessions about midnight in many zones, over weeks, with labels, outcomes and states of every kind."""
    for number in range(1, 61):
        started_at = AT - timedelta(hours=number * 31, minutes=number)
        is_running = number % 11 == 0
        session = add_session(
            cast.northwind,
            (cast.bob, cast.alice)[number % 2],
            number,
            started_at=started_at,
            ended_at=None if is_running else started_at + timedelta(seconds=number * 47),
            status="OPEN" if is_running else "DELETED" if number % 13 == 0 else "ENDED",
        )
        if number % 5:
            add_summary(
                session,
                issue_types=("Printer", "VPN", "Sign-in")[number % 3 :],
                applications=("Word", "Edge")[: number % 3],
                outcome=("RESOLVED", "UNRESOLVED", "UNKNOWN")[number % 3],
                state="FAILED" if number % 7 == 0 else "READY",
            )
    add_summary(add_session(cast.contoso, cast.charlie, 1), issue_types=("Foreign",))
    return cast


def question(company, viewer, query="", *, extent=Extent.ALL, is_summarised=True):
    filters = read_filters(query)
    if is_summarised:
        sessions = queries.summarised_of(company=company, viewer=viewer)
    else:
        sessions = queries.reports_of(company=company, viewer=viewer, filters=filters)
    window = window_of(filters, at=AT, zone=ZoneInfo(company.time_zone))
    return Question(
        company=company,
        viewer=viewer,
        filters=filters,
        window=window,
        sessions=sessions,
        extent=extent,
        is_summarised=is_summarised,
    )


def in_minutes(length):
    seconds = int(length.total_seconds())
    return seconds if seconds < 60 else round(seconds / 60) * 60


def from_sessions(asked, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(overview, "_figures", lambda question: None)
        return look_over(asked, at=AT)


QUERIES = [
    "",
    "period=7",
    "period=365",
    "period=all",
    "since=2026-10-01&until=2026-10-31",
    "since=2026-09-15",
    "until=2026-11-01",
    "issue_type=VPN",
    "application=Edge&period=90",
    "issue_type=Printer&application=Word&period=all",
    "since=2026-11-05&until=2026-11-01",
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("are_counted", [True, False])
def test_sums_and_sessions_agree(filled, monkeypatch, zone, are_counted):
    Company.objects.filter(pk=filled.northwind.pk).update(time_zone=zone)
    company = Company.objects.get(pk=filled.northwind.pk)
    RollupState.objects.filter(company=company).update(time_zone=zone)
    if are_counted:
        counting.keep_up(keep_going=lambda: True)

    for query in QUERIES:
        asked = question(company, filled.alice, query)
        found, expected = look_over(asked, at=AT), from_sessions(asked, monkeypatch)

        assert overview._figures(asked) is not None, query
        assert found.totals == expected.totals, query
        assert found.issue_types == expected.issue_types, query
        assert found.applications == expected.applications, query
        assert found.supporters == expected.supporters, query
        assert found.trend == expected.trend, query
        medians = [each and in_minutes(each) for each in (found.median, expected.median)]
        assert medians[0] == medians[1], query


def test_every_bar_counts_what_the_list_then_shows(filled):
    counting.keep_up(keep_going=lambda: True)
    found = look_over(question(filled.northwind, filled.alice, "period=90"), at=AT)

    shares = [("issue_type", each) for each in found.issue_types]
    shares += [("application", each) for each in found.applications]
    shares += [("supporter", each) for each in found.supporters]
    shares += [("outcome", each) for each in outcome_shares(found.totals)]
    assert len(shares) == 3 + 2 + 2 + 4
    for name, share in shares:
        asked = question(filled.northwind, filled.alice, f"period=90&{name}={share.key}")
        assert asked.narrowed().count() == share.count
        assert look_over(asked, at=AT).totals.sessions == share.count


def test_totals_of_reports_count_sessions_without_a_summary(filled):
    counting.keep_up(keep_going=lambda: True)
    asked = question(filled.northwind, filled.alice, "period=all", extent=Extent.LIST, is_summarised=False)

    found = look_over(asked, at=AT)

    assert found.totals.sessions == asked.narrowed().count() == 56
    assert (found.trend, found.issue_types, found.median) == ([], [], None)


@pytest.mark.parametrize(
    "query",
    ["issue_type=VPN&issue_type=Printer", "direction=OUTGOING", "issue_type=Unknown+type", "state=FAILED", "q=printer"],
)
def test_what_sums_do_not_know_is_counted(filled, query):
    counting.keep_up(keep_going=lambda: True)
    asked = question(filled.northwind, filled.alice, query)

    assert overview._figures(asked) is None
    assert look_over(asked, at=AT).totals.sessions == asked.narrowed().count()


def test_who_reaches_their_own_sessions_gets_no_others_from_the_sums(filled):
    counting.keep_up(keep_going=lambda: True)
    asked = question(filled.northwind, filled.bob, "period=all")

    found = look_over(asked, at=AT)

    assert overview._figures(asked) is None
    assert [share.key for share in found.supporters] == [str(filled.bob.pk)]
    assert found.totals.sessions == asked.narrowed().count()


def test_sums_in_another_zone_are_not_read(filled):
    counting.keep_up(keep_going=lambda: True)
    Company.objects.filter(pk=filled.northwind.pk).update(time_zone="Asia/Tokyo")
    company = Company.objects.get(pk=filled.northwind.pk)

    assert overview._figures(question(company, filled.alice)) is None


def test_shares_are_compared_with_the_time_before(cast):
    for number, hours in enumerate([1, 30, 26 * 8], start=1):
        add_summary(add_session(cast.northwind, cast.bob, number, hours_ago=hours), issue_types=("VPN",))

    found = look_over(question(cast.northwind, cast.alice, "period=7"), at=AT)

    assert found.issue_types == [Share("VPN", "VPN", 2, 1)]
    assert found.supporters == [Share(str(cast.bob.pk), str(cast.bob.pk), 2, 1)]
    assert users_of(found.supporters) == {str(cast.bob.pk): cast.bob}


def test_a_wrong_sum_shows(filled):
    """The tests above could not fail if sums were not read at all."""
    counting.keep_up(keep_going=lambda: True)
    SessionRollup.objects.all().update(sessions=1_000)

    assert look_over(question(filled.northwind, filled.alice, "period=all"), at=AT).totals.sessions >= 1_000
