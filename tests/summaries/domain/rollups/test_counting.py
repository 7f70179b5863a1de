from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from accounts.domain.companies import create_company
from accounts.models import Company
from summaries.domain.rollups import counting
from summaries.domain.rollups.contributions import Amounts, Contribution, Key, contributions_of, shown_seconds
from summaries.domain.rollups.counting import begin_anew, count_changes, count_on, keep_up, recount
from summaries.models import CountedSession, RollupState, SessionChange, SessionRollup, Summary, SupportSession
from summaries.models.rollups import Facet, Grain
from tests.summaries.session_rows import add_session, add_summary


def always():
    return True


def state_of(company):
    return RollupState.objects.get(company=company)


def sums(company, facet, grain=Grain.DAY):
    rows = SessionRollup.objects.filter(company=company, facet=facet, grain=grain).order_by("day", "key")
    return [(row.day, row.sessions) for row in rows]


def test_a_new_company_is_counted_from_the_start(cast, at):
    company = create_company(name="New", slug="new", plan="TENSOR", at=at, time_zone="Asia/Tokyo")

    state = state_of(company)
    assert (state.time_zone, state.is_complete) == ("Asia/Tokyo", True)


def test_contribution_is_spread_over_what_it_is_part_of():
    contribution = Contribution(
        day=date(2026, 11, 20),
        supporter_id=7,
        has_summary=True,
        microseconds=90_000_000,
        is_to_review=True,
        outcome="RESOLVED",
        issue_types=(1, 2),
        applications=(3,),
    )

    assert contribution.amounts() == Amounts(1, 1, 90_000_000, 1, 0, 1, 0, 0, 0)
    assert list(contribution.spread()) == [
        Key(Facet.REPORTS),
        Key(Facet.SUMMARIES),
        Key(Facet.SUPPORTER, 7),
        Key(Facet.LENGTH, 120),
        Key(Facet.ISSUE_TYPE, 1),
        Key(Facet.ISSUE_TYPE, 2),
        Key(Facet.APPLICATION, 3),
        Key(Facet.PAIR, 1, 3),
        Key(Facet.PAIR, 2, 3),
    ]


@pytest.mark.parametrize(("seconds", "shown"), [(0, 0), (59.9, 59), (60, 60), (89, 60), (91, 120), (3_599, 3_600)])
def test_lengths_are_rounded_as_they_are_shown(seconds, shown):
    assert shown_seconds(timedelta(seconds=seconds)) == shown


def test_a_session_without_a_summary_is_part_of_the_reports_only(cast):
    session = add_session(cast.northwind, cast.bob, 1)
    keep_up(keep_going=always)

    day = session.started_at.date()
    rows = SessionRollup.objects.values_list("facet", "grain", "day", "sessions").order_by("grain")
    assert list(rows) == [
        (Facet.REPORTS, Grain.DAY, day, 1),
        (Facet.REPORTS, Grain.MONTH, day.replace(day=1), 1),
    ]


def test_what_is_taken_out_leaves_no_sum(cast):
    session = add_session(cast.northwind, cast.bob, 1)
    add_summary(session, issue_types=("Printer",), applications=("Word",))
    keep_up(keep_going=always)
    assert SessionRollup.objects.filter(facet=Facet.PAIR).count() == 2

    SupportSession.objects.filter(pk=session.pk).update(status="DELETED")
    keep_up(keep_going=always)

    assert SessionRollup.objects.count() == CountedSession.objects.count() == SessionChange.objects.count() == 0


def test_every_kind_of_change_is_noted_and_none_that_counts_nothing(cast):
    session = add_session(cast.northwind, cast.bob, 1)
    summary = add_summary(session, issue_types=("Printer",))
    keep_up(keep_going=always)
    sessions, summaries = SupportSession.objects.filter(pk=session.pk), Summary.objects.filter(pk=summary.pk)

    sessions.update(notes="Words", ticket="T-1", interaction_count=5, search_text="words")
    summaries.update(title="Words", attempts=3, failure="x", engine="CLAUDE")
    assert SessionChange.objects.count() == 0

    for change in (
        lambda: sessions.update(status="OPEN"),
        lambda: sessions.update(started_at=session.started_at - timedelta(hours=1)),
        lambda: sessions.update(ended_at=None),
        lambda: sessions.update(supporter=cast.alice),
        lambda: summaries.update(review="APPROVED"),
        lambda: summaries.update(outcome="UNRESOLVED"),
        lambda: summaries.update(state="FAILED", current=None),
        summary.issue_types.clear,
        lambda: summary.applications.create(company=cast.northwind, name="Frobnicator"),
    ):
        SessionChange.objects.all().delete()
        change()
        assert set(SessionChange.objects.values_list("company_id", "session_id")) == {(cast.northwind.pk, session.pk)}


def test_a_change_that_is_taken_back_is_not_noted(cast):
    keep_up(keep_going=always)

    with transaction.atomic():
        add_session(cast.northwind, cast.bob, 1)
        assert SessionChange.objects.exists()
        transaction.set_rollback(True)

    assert not SessionChange.objects.exists()


def test_changes_are_counted_a_batch_at_a_time(cast, monkeypatch):
    monkeypatch.setattr(counting, "BATCH", 2)
    for number in range(1, 6):
        add_session(cast.northwind, cast.bob, number)

    assert [count_changes(company_id=cast.northwind.pk) for _ in range(4)] == [2, 2, 1, 0]
    assert SessionRollup.objects.get(facet=Facet.REPORTS, grain=Grain.MONTH).sessions == 5


def test_counting_stops_when_its_time_is_over(cast):
    add_session(cast.northwind, cast.bob, 1)

    keep_up(keep_going=lambda: False)

    assert SessionChange.objects.count() == 1


def test_a_company_without_sums_is_counted_from_its_sessions(cast):
    for number in range(1, 4):
        add_session(cast.northwind, cast.bob, number)
    SessionChange.objects.all().delete()
    RollupState.objects.all().delete()

    keep_up(keep_going=always)

    assert state_of(cast.northwind).is_complete
    assert SessionRollup.objects.get(facet=Facet.REPORTS, grain=Grain.MONTH).sessions == 3


def test_another_time_zone_moves_sessions_to_other_days(cast, at):
    add_session(cast.northwind, cast.bob, 1, started_at=at.replace(hour=23), ended_at=None)
    keep_up(keep_going=always)
    assert sums(cast.northwind, Facet.REPORTS) == [(at.date(), 1)]

    Company.objects.filter(pk=cast.northwind.pk).update(time_zone="Europe/Berlin")
    keep_up(keep_going=always)

    assert sums(cast.northwind, Facet.REPORTS) == [(at.date() + timedelta(days=1), 1)]
    state = state_of(cast.northwind)
    assert (state.time_zone, state.is_complete) == ("Europe/Berlin", True)


def test_counting_anew_takes_steps_and_counts_no_changes_meanwhile(cast, monkeypatch):
    monkeypatch.setattr(counting, "batch", lambda: 2)
    for number in range(1, 4):
        add_session(cast.northwind, cast.bob, number)
    keep_up(keep_going=always)
    begin_anew(company=cast.northwind)

    steps = 0
    while count_on(company=cast.northwind):
        steps += 1
        assert count_changes(company_id=cast.northwind.pk) == 0
        assert recount(company_id=cast.northwind.pk, session_ids=[1, 2, 3]) == 0

    # Sums away, what was counted away, nothing left to take away, two sessions, one session; then it is complete.
    assert steps == 5
    assert count_on(company=cast.northwind) is False
    assert SessionRollup.objects.get(facet=Facet.REPORTS, grain=Grain.MONTH).sessions == 3


@pytest.mark.django_db(transaction=True)
def test_what_another_process_counts_is_left_to_it(cast, tmp_path):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    from tests.at_once import at_once  # threads on PostgreSQL only

    add_session(cast.northwind, cast.bob, 1)
    with transaction.atomic():
        RollupState.objects.select_for_update().get(company=cast.northwind)
        left = at_once(lambda: count_changes(company_id=cast.northwind.pk), lambda: count_on(company=cast.northwind))

    assert left == [0, False]
    assert count_changes(company_id=cast.northwind.pk) == 1


def test_sessions_of_another_company_are_not_counted(cast):
    foreign = add_session(cast.contoso, cast.charlie, 1)

    assert contributions_of(company_id=cast.northwind.pk, session_ids=[foreign.pk], zone=None) == {}
    assert recount(company_id=cast.northwind.pk, session_ids=[foreign.pk]) == 0
    assert SessionRollup.objects.count() == 0
