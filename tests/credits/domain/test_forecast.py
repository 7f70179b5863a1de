from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AISettings, Company
from credits.domain.forecast import Facts, Lot, Outlook, forecast_for, foresee, store_forecast
from credits.domain.grants import ensure_monthly, grant_purchased
from credits.domain.reservations import release, reserve
from credits.models import Forecast
from tests.at_once import at_once, shared_database
from tests.conftest import build_cast

#: A Tuesday.
TODAY = date(2026, 11, 10)
END = date(2026, 11, 30)
DAY = timedelta(days=1)


def facts(use, **values):
    """*use*: sessions of the days before today, the latest last."""
    days = {TODAY - (len(use) - number) * DAY: count for number, count in enumerate(use)}
    wish = {
        "today": TODAY,
        "since": TODAY - len(use) * DAY,
        "use": days | {TODAY: values.pop("had", 0)},
        "used": sum(use[-9:]),
        "lots": [Lot(100, END)],
    }
    return Facts(**{**wish, **values})


@pytest.mark.parametrize("use", [[], [5], [5, 5], [0, 9, 0, 9, 0]])
def test_too_little_use_tells_nothing(use):
    assert foresee(facts(use)) is None


def test_a_few_days_give_a_plain_mean():
    outlook = foresee(facts([4, 2, 0, 2], used=8))

    # Two a day, today and twenty more days to come.
    assert outlook == Outlook(daily_use=Decimal("2.00"), month_use=50, runs_out_on=None, ends_unused=58)


def test_two_weeks_tell_the_days_of_the_week_apart():
    # From a Tuesday to a Monday: five on working days, none on Saturdays and Sundays.
    outlook = foresee(facts([5, 5, 5, 5, 0, 0, 5] * 2, used=30))

    # Today, three days of this week, then Monday to Friday twice and one Monday.
    assert outlook.month_use == 30 + 15 * 5
    assert outlook.daily_use == Decimal("3.57")


def test_days_beyond_four_weeks_and_before_the_first_use_say_nothing():
    assert foresee(facts([50] * 20 + [1] * 28)).daily_use == Decimal("1.00")
    assert foresee(facts([0] * 25 + [3, 3, 3], since=TODAY - 3 * DAY)).daily_use == Decimal("3.00")


def test_what_today_has_had_is_not_expected_again():
    assert foresee(facts([2, 2, 2], had=1, used=7)).month_use == 7 + 1 + 40
    assert foresee(facts([2, 2, 2], had=7, used=13)).month_use == 13 + 40


def test_the_day_of_the_last_credit_counts_the_grant_that_ends_first_first():
    later = Lot(10, date(2027, 5, 4))

    # Two a day: 4 end with the 11th and are used until then, 10 last until the 16th, and December brings nothing.
    assert foresee(facts([2, 2, 2], lots=[later, Lot(4, TODAY + DAY)])).runs_out_on == date(2026, 11, 16)


def test_credits_that_last_beyond_the_month_are_joined_by_those_of_the_next():
    lots = [Lot(42, END), Lot(10, date(2027, 5, 4))]

    outlook = foresee(facts([2, 2, 2], lots=lots, monthly_credits=60))

    # December needs 62 and brings 60; so does January, and from February on the months bring more than they need.
    assert (outlook.runs_out_on, outlook.ends_unused) == (None, 0)
    assert foresee(facts([2, 2, 2], lots=lots, monthly_credits=50)).runs_out_on == date(2026, 12, 30)


def test_credits_that_end_with_the_month_do_not_run_out_after_it():
    outlook = foresee(facts([1, 1, 1], lots=[Lot(30, END)], monthly_credits=5))

    assert (outlook.runs_out_on, outlook.ends_unused) == (None, 30 - 21)


def test_without_a_credit_they_run_out_today():
    assert foresee(facts([2, 2, 2], lots=[])).runs_out_on == TODAY
    assert foresee(facts([2, 2, 2], lots=[Lot(0, END)])).runs_out_on == TODAY


def test_metered_use_runs_out_of_nothing():
    outlook = foresee(facts([2, 2, 2], lots=None))

    assert (outlook.runs_out_on, outlook.ends_unused, outlook.month_use) == (None, 0, 6 + 42)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    use=st.lists(st.integers(0, 40), min_size=3, max_size=40),
    lots=st.lists(st.builds(Lot, st.integers(0, 500), st.dates(TODAY, date(2027, 11, 10))), max_size=6),
    monthly=st.integers(0, 50),
)
def test_a_forecast_is_never_absurd(use, lots, monthly):
    told = facts(use, lots=lots, monthly_credits=monthly)

    outlook = foresee(told)

    if outlook is None:
        assert sum(count > 0 for count in use[-28:]) < 3
        return
    assert outlook.month_use >= told.used
    assert 0 <= outlook.ends_unused <= sum(lot.credits for lot in lots if lot.last_day <= END)
    if outlook.runs_out_on is not None:
        assert TODAY <= outlook.runs_out_on <= max([lot.last_day for lot in lots], default=TODAY)


def use_on(company, *days, at):
    for ago in days:
        moment = at - ago * DAY
        ensure_monthly(company=company, at=moment)
        reserve(company=company, session_id=uuid4(), at=moment)


@pytest.fixture
def busy(cast, at):
    """Northwind in Tokyo: one session on each of four days, which are other days in UTC, and one that failed."""
    Company.objects.filter(pk=cast.northwind.pk).update(time_zone="Asia/Tokyo", plan="BUSINESS")
    cast.northwind.refresh_from_db()
    at = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    use_on(cast.northwind, 1, 2, 3, 4, at=at)
    failed = uuid4()
    reserve(company=cast.northwind, session_id=failed, at=at)
    release(company=cast.northwind, session_id=failed, at=at)
    use_on(cast.contoso, 1, 2, 3, at=at)
    return cast.northwind, at


def test_a_forecast_of_this_moment_counts_days_of_the_companys_zone(busy):
    company, at = busy

    forecast = forecast_for(company=company, at=at)

    assert forecast.pk is None
    # At 01:00 on 20 November in Tokyo: one a day, eleven days to go, one credit of five left.
    assert (forecast.day_date, forecast.used, forecast.available) == (date(2026, 11, 20), 4, 1)
    assert (forecast.daily_use, forecast.month_use) == (Decimal("1.00"), 15)
    assert (forecast.runs_out_on, forecast.ends_unused) == (date(2026, 11, 20), 0)


def test_todays_forecast_is_stored_once_and_read(busy, django_assert_num_queries):
    company, at = busy

    assert store_forecast(company=company, at=at)
    assert not store_forecast(company=company, at=at + timedelta(hours=1))

    grant_purchased(company=company, credits=50, at=at)
    with django_assert_num_queries(1):
        assert forecast_for(company=company, at=at + timedelta(hours=1)).available == 1
    assert forecast_for(company=company, at=at + timedelta(days=1)).available == 51
    assert Forecast.objects.get().daily_use == Decimal("1.00")


def test_a_forecast_costs_six_queries_at_most(busy, django_assert_num_queries):
    company, at = busy

    with django_assert_num_queries(6):
        forecast_for(company=company, at=at)


def test_too_little_use_stores_nothing(cast, at):
    use_on(cast.northwind, 1, 2, at=at)

    assert forecast_for(company=cast.northwind, at=at) is None
    assert not store_forecast(company=cast.northwind, at=at)
    assert Forecast.objects.count() == 0


def test_days_without_the_job_stay_without_a_forecast(busy):
    company, at = busy
    store_forecast(company=company, at=at)

    store_forecast(company=company, at=at + 3 * DAY)

    days = Forecast.objects.order_by("day_date").values_list("day_date", flat=True)
    assert list(days) == [date(2026, 11, 20), date(2026, 11, 23)]


def test_free_credits_that_no_job_has_given_are_reckoned_with(cast):
    at = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    use_on(cast.northwind, 3, 4, 5, 40, at=at)

    forecast = forecast_for(company=cast.northwind, at=at)

    # Use of October counts as history, not as use of the last four weeks: three sessions in 28 days.
    assert (forecast.used, forecast.available, forecast.daily_use) == (0, 50, Decimal("0.11"))
    assert (forecast.month_use, forecast.ends_unused) == (3, 47)


def test_meter_only_use_is_foreseen_without_a_budget(busy):
    company, at = busy
    AISettings.objects.filter(company=company).update(meter_only=True)

    forecast = forecast_for(company=company, at=at)

    assert (forecast.available, forecast.runs_out_on, forecast.month_use) == (0, None, 15)


@pytest.mark.django_db(transaction=True)
def test_two_jobs_store_one_forecast(transactional_db, at, tmp_path):
    cast = build_cast()
    use_on(cast.northwind, 1, 2, 3, at=at)
    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: store_forecast(company=cast.northwind, at=at)] * 2)

        assert sorted(outcomes) == [False, True]
