from datetime import UTC, date, datetime, timedelta

import pytest

from credits.domain.balance import monthly_balance
from credits.domain.history import DayUse, month_named, month_use, read_month
from tests.credits.ledger_rows import count_only, use_credit

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


@pytest.fixture
def berlin(cast):
    cast.northwind.time_zone = "Europe/Berlin"
    cast.northwind.save(update_fields=["time_zone"])
    return cast.northwind


def used_days(use):
    return [(each.day, each.used) for each in use.days if each.used]


def test_days_are_those_of_the_companys_zone_and_add_up_to_the_balance(cast, berlin, at):
    # 23:30 UTC is the next day in Berlin.
    for moment in (datetime(2026, 11, 2, 22, 30, tzinfo=UTC), datetime(2026, 11, 2, 23, 30, tzinfo=UTC), at):
        use_credit(berlin, at=moment)
    use_credit(berlin, at=at, ending="RESERVED")
    use_credit(berlin, at=at, ending="RELEASED")
    use_credit(cast.contoso, at=at)

    use = month_use(company=berlin, month=NOVEMBER, at=at)

    assert used_days(use) == [(date(2026, 11, 2), 1), (date(2026, 11, 3), 1), (date(2026, 11, 20), 2)]
    assert (len(use.days), use.days[-1]) == (20, DayUse(date(2026, 11, 20), 2, 100))
    assert use.days[1].height == 50
    assert (use.used, use.metered, use.busiest) == (4, 0, use.days[-1])
    assert use.used == monthly_balance(company=berlin, at=at).used


def test_months_are_leafed_to_as_far_as_there_was_use(berlin, at):
    use_credit(berlin, at=at - timedelta(days=31))
    use_credit(berlin, at=at)

    october = month_use(company=berlin, month=OCTOBER, at=at)
    november = month_use(company=berlin, month=NOVEMBER, at=at)

    assert (october.previous, october.next, len(october.days), october.used) == (None, NOVEMBER, 31, 1)
    assert (november.previous, november.next) == (OCTOBER, None)


def test_a_month_without_use_has_days_and_no_busiest_one(berlin, at):
    use = month_use(company=berlin, month=OCTOBER, at=at)

    assert (use.used, use.busiest, {each.height for each in use.days}) == (0, None, {0})


def test_metered_sessions_are_counted_and_told_apart(berlin, at):
    use_credit(berlin, at=at)
    count_only(berlin)
    use_credit(berlin, at=at)

    use = month_use(company=berlin, month=NOVEMBER, at=at)

    assert (use.used, use.metered) == (2, 1)


def test_a_company_that_moved_to_another_zone_keeps_its_months(berlin):
    # By Berlin's calendar already December; by New York's the last evening of November.
    use_credit(berlin, at=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    berlin.time_zone = "America/New_York"
    berlin.save(update_fields=["time_zone"])

    use = month_use(company=berlin, month=date(2026, 12, 1), at=datetime(2026, 12, 5, 12, 0, tzinfo=UTC))

    assert used_days(use) == [(date(2026, 12, 1), 1)]


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "1999-12", "11-2026", "2026-1", "２０２６-01", "x"])
def test_what_names_no_month_counts_as_none(cast, at, text):
    assert month_named(text) is None
    assert read_month(text, company=cast.northwind, at=at) == NOVEMBER


def test_a_month_to_come_is_the_present_one(cast, at):
    read = [read_month(text, company=cast.northwind, at=at) for text in ("2026-10", "2026-11", "2026-12", "9999-12")]

    assert read == [OCTOBER, NOVEMBER, NOVEMBER, NOVEMBER]
