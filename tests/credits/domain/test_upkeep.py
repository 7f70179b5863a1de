"""The hourly job: after downtime, twice at once, and with a company whose rows make trouble."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import Company, Mail
from credits.domain.grants import ensure_monthly, grant_purchased
from credits.domain.reservations import reserve
from credits.domain.upkeep import UpkeepFailed, keep_up
from credits.domain.verification import discrepancies
from credits.models import CreditAlert, Entry, Forecast, Grant
from tests.at_once import at_once, shared_database
from tests.conftest import build_cast

NOVEMBER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def entries(company):
    return list(Entry.objects.filter(company=company).order_by("pk").values_list("kind", "amount", "at"))


def test_an_hour_does_everything_once(cast, at):
    for ago in (3, 2, 1):
        ensure_monthly(company=cast.northwind, at=at)
        for _ in range(9):
            reserve(company=cast.northwind, session_id=uuid4(), at=at - timedelta(days=ago))

    keep_up(at=at)
    keep_up(at=at + timedelta(minutes=5))

    assert [alert.threshold for alert in CreditAlert.objects.all()] == [50]
    assert list(Forecast.objects.values_list("company__slug", "day_date")) == [("northwind", date(2026, 11, 20))]
    assert Mail.objects.count() == 1
    assert Grant.objects.count() == 2


def test_months_that_have_ended_are_not_given_any_more(cast):
    keep_up(at=datetime(2026, 8, 31, 23, 0, tzinfo=UTC))

    keep_up(at=NOVEMBER)

    months = Grant.objects.filter(company=cast.northwind).order_by("pk").values_list("month_date", flat=True)
    assert list(months) == [date(2026, 8, 1), date(2026, 11, 1)]
    august = datetime(2026, 8, 31, 23, 0, tzinfo=UTC)
    assert entries(cast.northwind) == [("GRANT", 50, august), ("EXPIRE", -50, NOVEMBER), ("GRANT", 50, NOVEMBER)]


def test_a_month_begins_at_the_companys_midnight(cast):
    Company.objects.filter(pk=cast.northwind.pk).update(time_zone="Pacific/Auckland")

    keep_up(at=datetime(2026, 11, 30, 11, 0, tzinfo=UTC))

    months = Grant.objects.order_by("company__slug").values_list("company__slug", "month_date")
    assert list(months) == [("contoso", date(2026, 11, 1)), ("northwind", date(2026, 12, 1))]


def test_a_clock_that_is_set_back_gives_and_expires_nothing_twice(cast):
    keep_up(at=NOVEMBER)
    keep_up(at=datetime(2026, 12, 1, 0, 7, tzinfo=UTC))

    keep_up(at=NOVEMBER)
    keep_up(at=datetime(2026, 12, 1, 0, 7, tzinfo=UTC))

    amounts = [(kind, amount) for kind, amount, _ in entries(cast.northwind)]
    assert amounts == [("GRANT", 50), ("EXPIRE", -50), ("GRANT", 50)]


def test_one_companys_trouble_stops_no_other_and_is_told_at_the_end(cast, at, caplog):
    # A zone that this machine's calendar does not know (any more).
    Company.objects.filter(pk=cast.northwind.pk).update(time_zone="Mars/Olympus_Mons")
    grant_purchased(company=cast.northwind, credits=7, at=at - timedelta(days=800))

    with pytest.raises(UpkeepFailed) as failure:
        keep_up(at=at)

    assert str(failure.value) == (
        "Not done: ensure_monthly of northwind, check_alerts of northwind, store_forecast of northwind. "
        "The log tells why; the next hour tries again."
    )
    assert caplog.text.count("ledger_step_failed") == 3
    # What could be done for the one was done, and everything for the other.
    assert [kind for kind, *_ in entries(cast.northwind)] == ["GRANT", "EXPIRE"]
    assert [kind for kind, *_ in entries(cast.contoso)] == ["GRANT"]


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_do_everything_once(transactional_db, at, tmp_path):
    cast = build_cast()
    before = at - timedelta(days=30)
    ensure_monthly(company=cast.northwind, at=before)
    for ago in (1, 2, 3):
        ensure_monthly(company=cast.northwind, at=at)
        for _ in range(10):
            reserve(company=cast.northwind, session_id=uuid4(), at=at - timedelta(days=ago))
    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: keep_up(at=at)] * 4)

        assert outcomes == [None] * 4
        [found] = at_once(
            lambda: {
                "expired": Entry.objects.filter(kind="EXPIRE").count(),
                "grants": Grant.objects.count(),
                "alerts": CreditAlert.objects.count(),
                "mails": Mail.objects.count(),
                "forecasts": Forecast.objects.count(),
                "wrong": list(discrepancies()),
            }
        )
        assert found == {"expired": 1, "grants": 3, "alerts": 1, "mails": 1, "forecasts": 1, "wrong": []}


@pytest.mark.parametrize("count", [1, 3])
def test_a_quiet_hour_asks_as_much_however_much_a_company_has_used(cast, at, count, django_assert_num_queries):
    for _ in range(count * 5):
        grant_purchased(company=cast.northwind, credits=1, at=at)
        reserve(company=cast.northwind, session_id=uuid4(), at=at - timedelta(days=count))
    keep_up(at=at)

    # The companies; then for each: expiry, its month, its alerts, and a forecast that has too little to tell from.
    with django_assert_num_queries(1 + 2 * 12):
        keep_up(at=at)
