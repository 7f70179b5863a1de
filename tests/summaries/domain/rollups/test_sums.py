from datetime import date

import pytest
from django.db import connection

from accounts.models import Company
from summaries.domain.rollups import counting, sums
from summaries.domain.rollups.contributions import Key
from summaries.domain.rollups.days import Days
from summaries.domain.rollups.sums import Place, Wish, read_sums
from summaries.models import RollupState
from summaries.models.rollups import Facet
from tests.summaries.session_rows import add_session, add_summary

ALL_DAYS = Wish("all", (Facet.REPORTS,), Days())


@pytest.fixture
def counted(cast):
    for number in range(1, 4):
        add_summary(add_session(cast.northwind, cast.bob, number, hours_ago=24 * number), issue_types=("VPN",))
    counting.keep_up(keep_going=lambda: True)
    return cast


def sessions(answers):
    return {place: amounts.sessions for place, amounts in answers.items()}


def test_sums_by_day_and_as_a_whole_in_one_statement(counted, django_assert_num_queries):
    add_session(counted.contoso, counted.charlie, 1)
    by_day = Wish("days", (Facet.REPORTS,), Days(date(2026, 11, 18)), by_day=True)

    with django_assert_num_queries(1):
        found = read_sums(company=counted.northwind, wishes=[ALL_DAYS, by_day])

    assert sessions(found) == {
        Place("all", Key(Facet.REPORTS)): 3,
        Place("days", Key(Facet.REPORTS), date(2026, 11, 18)): 1,
        Place("days", Key(Facet.REPORTS), date(2026, 11, 19)): 1,
    }


def test_what_has_changed_is_right_at_once_and_a_sum_of_nothing_is_left_out(counted):
    session = counted.northwind and add_session(counted.northwind, counted.bob, 9)
    assert sessions(read_sums(company=counted.northwind, wishes=[ALL_DAYS])) == {Place("all", Key(Facet.REPORTS)): 4}
    type(session).objects.filter(company=counted.northwind).update(status="DELETED")

    assert read_sums(company=counted.northwind, wishes=[ALL_DAYS]) == {}


def test_too_many_changes_are_not_read(counted, monkeypatch):
    monkeypatch.setattr(sums, "MOST_CHANGES", 1)
    add_session(counted.northwind, counted.bob, 8)
    assert read_sums(company=counted.northwind, wishes=[ALL_DAYS]) is not None

    add_session(counted.northwind, counted.bob, 9)

    assert read_sums(company=counted.northwind, wishes=[ALL_DAYS]) is None


def test_sums_that_are_not_complete_or_of_another_zone_are_not_read(counted):
    counting.begin_anew(company=counted.northwind)
    assert read_sums(company=counted.northwind, wishes=[ALL_DAYS]) is None

    counting.keep_up(keep_going=lambda: True)
    assert read_sums(company=counted.northwind, wishes=[ALL_DAYS]) is not None

    Company.objects.filter(pk=counted.northwind.pk).update(time_zone="Asia/Tokyo")
    assert read_sums(company=Company.objects.get(pk=counted.northwind.pk), wishes=[ALL_DAYS]) is None

    RollupState.objects.all().delete()
    assert read_sums(company=counted.northwind, wishes=[ALL_DAYS]) is None


def counting_between(company, times):
    """Runs the counting after each of the first *times* reads of the rows, as another process could."""
    left = [times]

    def execute(run, sql, params, many, context):
        result = run(sql, params, many, context)
        if left[0] and "summaries_sessionrollup" in sql and sql.startswith("SELECT -1"):
            left[0] -= 1
            add_session(company, company.first_supporter, 100 + left[0])
            while counting.count_changes(company_id=company.pk):
                pass
            add_session(company, company.first_supporter, 200 + left[0])
        return result

    return connection.execute_wrapper(execute)


@pytest.mark.parametrize(("times", "is_answered"), [(1, True), (2, True), (3, False)])
def test_rows_and_changes_of_different_moments_are_read_again(counted, times, is_answered):
    counted.northwind.first_supporter = counted.bob
    add_session(counted.northwind, counted.bob, 50)
    with counting_between(counted.northwind, times):
        found = read_sums(company=counted.northwind, wishes=[ALL_DAYS])

    if is_answered:
        assert sessions(found) == {Place("all", Key(Facet.REPORTS)): 4 + 2 * times}
    else:
        assert found is None
