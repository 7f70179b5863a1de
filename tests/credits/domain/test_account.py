from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AISettings
from credits.domain.account import account_of, forecast_sentence
from credits.domain.balance import MonthlyBalance, figure_of, monthly_balance
from credits.domain.grants import adjust, ensure_monthly, grant_purchased
from credits.domain.wording import share_of
from credits.models import CreditAlert, Forecast
from tests.credits.ledger_rows import count_only, use_credit


@pytest.fixture
def berlin(cast):
    cast.northwind.time_zone = "Europe/Berlin"
    cast.northwind.save(update_fields=["time_zone"])
    return cast.northwind


def told(account):
    return [(grant.name, grant.credits, grant.left, grant.last_day) for grant in account.grants]


def test_what_ends_first_stands_first_and_leaves_what_is_available(cast, berlin, at):
    adjust(company=berlin, amount=4, reason="Goodwill", at=at, actor=cast.alice)
    grant_purchased(company=berlin, credits=20, at=at - timedelta(days=30))
    use_credit(berlin, at=at)
    grant_purchased(company=cast.contoso, credits=99, at=at)

    account = account_of(company=berlin, at=at)

    assert told(account) == [
        ("Free credits, November 2026", 50, 49, date(2026, 11, 30)),
        ("Purchased", 20, 20, date(2027, 10, 21)),
        ("Adjustment, Goodwill", 4, 4, date(2027, 11, 20)),
    ]
    assert sum(grant.left for grant in account.grants) == account.balance.available == 73
    assert (account.month, account.meter_only, account.own_engine) == (date(2026, 11, 1), False, False)


def test_free_credits_that_no_job_has_given_stand_with_what_is_available(berlin, at):
    before = account_of(company=berlin, at=at)
    ensure_monthly(company=berlin, at=at)
    after = account_of(company=berlin, at=at)

    assert told(before) == told(after) == [("Free credits, November 2026", 50, 50, date(2026, 11, 30))]
    assert ([grant.grant_id for grant in before.grants], after.grants[0].grant_id is None) == ([None], False)


def test_alerts_and_forecast_are_the_companys_own_of_this_month(cast, berlin, at):
    for company, month, threshold in (
        (berlin, date(2026, 11, 1), 50),
        (berlin, date(2026, 10, 1), 100),
        (cast.contoso, date(2026, 11, 1), 75),
    ):
        CreditAlert.objects.create(
            company=company, month_date=month, threshold=threshold, used=25, granted=50, raised_at=at
        )
    forecast = {"used": 1, "available": 49, "daily_use": 1, "month_use": 2, "ends_unused": 0}
    Forecast.objects.create(company=berlin, day_date=date(2026, 11, 20), **forecast)

    account = account_of(company=berlin, at=at)

    assert [alert.threshold for alert in account.alerts] == [50]
    assert account.forecast == Forecast.objects.get()
    assert account_of(company=cast.contoso, at=at).forecast is None


@pytest.mark.parametrize(
    ("runs_out_on", "ends_unused", "sentence"),
    [
        (date(2026, 11, 27), 0, "At this pace the credits last until 27 Nov 2026."),
        (None, 0, "At this pace the credits last beyond the end of the month."),
        (
            None,
            12,
            "At this pace the credits last beyond the end of the month. About 12 of them will end unused with the "
            "month.",
        ),
    ],
)
def test_the_forecast_is_one_sentence(berlin, at, runs_out_on, ends_unused, sentence):
    forecast = Forecast(runs_out_on=runs_out_on, ends_unused=ends_unused)
    account = replace(account_of(company=berlin, at=at), forecast=forecast)

    assert forecast_sentence(account) == sentence


def test_without_enough_use_without_credits_and_in_meter_only_mode_it_says_so(berlin, at):
    account = account_of(company=berlin, at=at)
    used_up = replace(account, balance=MonthlyBalance(granted=5, used=5, available=0))

    assert forecast_sentence(account).startswith("Too little was used")
    assert forecast_sentence(used_up).startswith("All credits are used.")
    assert forecast_sentence(replace(used_up, meter_only=True)).startswith("In meter-only mode nothing runs out")


def test_the_figure_is_the_months_balance_and_the_mode(berlin, at):
    use_credit(berlin, at=at)
    budget = figure_of(company=berlin, at=at)
    count_only(berlin)
    use_credit(berlin, at=at)

    metered = figure_of(company=berlin, at=at)

    assert budget == (MonthlyBalance(granted=50, used=1, available=49), False)
    assert metered == (MonthlyBalance(granted=50, used=2, available=49, metered=1), True)
    assert (metered[0].taken, metered[0].share) == (1, 2)
    assert account_of(company=berlin, at=at).balance == monthly_balance(company=berlin, at=at) == metered[0]


def test_own_engine_is_a_key_or_a_server_of_its_own(berlin, at):
    AISettings.objects.filter(company=berlin).update(engine="CLAUDE", engine_key_encrypted="sealed")

    assert account_of(company=berlin, at=at).own_engine is True


def test_a_grant_ends_on_the_last_day_by_the_companys_calendar(berlin):
    # Given at half past midnight in Berlin, the evening before by UTC.
    grant_purchased(company=berlin, credits=1, at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))

    account = account_of(company=berlin, at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))

    assert told(account)[1] == ("Purchased", 1, 1, date(2027, 11, 20))


def test_the_share_of_nothing_is_none():
    assert (share_of(1, 4), share_of(0, 0)) == (0.25, 0.0)
