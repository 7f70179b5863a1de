import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection

from credits.domain.balance import MonthlyBalance, monthly_balance
from credits.domain.reservations import InsufficientCredits, release, reserve, settle
from credits.enums import ReservationState
from credits.models import Reservation


@pytest.fixture
def business(cast):
    cast.northwind.plan = "BUSINESS"
    cast.northwind.save(update_fields=["plan"])
    return cast.northwind


def spend_all(company, at):
    return [reserve(company=company, session_id=uuid4(), at=at) for _ in range(5)]


def test_reserve_takes_one_credit_of_the_company_alone(cast, business, at):
    reserve(company=business, session_id=uuid4(), at=at)

    assert monthly_balance(company=business, at=at) == MonthlyBalance(granted=5, used=1)
    assert monthly_balance(company=cast.contoso, at=at) == MonthlyBalance(granted=50, used=0)


def test_reserve_twice_for_one_session_is_one_credit(business, at):
    session_id = uuid4()

    first = reserve(company=business, session_id=session_id, at=at)
    second = reserve(company=business, session_id=session_id, at=at)

    assert first.pk == second.pk
    assert monthly_balance(company=business, at=at).used == 1


def test_reserve_without_credits_is_refused_and_changes_nothing(business, at):
    spend_all(business, at)

    with pytest.raises(InsufficientCredits, match="All AI credits"):
        reserve(company=business, session_id=uuid4(), at=at)

    assert monthly_balance(company=business, at=at).available == 0
    assert Reservation.objects.count() == 5


def test_meter_only_counts_and_never_blocks(business, at):
    business.ai_settings.meter_only = True
    business.ai_settings.save(update_fields=["meter_only"])
    spend_all(business, at)

    reserve(company=business, session_id=uuid4(), at=at)

    assert monthly_balance(company=business, at=at) == MonthlyBalance(granted=5, used=6)
    assert monthly_balance(company=business, at=at).available == 0


def test_settle_charges_once_and_a_charged_credit_is_not_released(business, at):
    session_id = uuid4()
    reserve(company=business, session_id=session_id, at=at)

    assert settle(company=business, session_id=session_id, at=at) is True
    assert settle(company=business, session_id=session_id, at=at) is False
    assert release(company=business, session_id=session_id, at=at) is False
    assert Reservation.objects.get().state == ReservationState.CHARGED
    assert reserve(company=business, session_id=session_id, at=at).state == ReservationState.CHARGED


def test_release_gives_the_credit_back_and_it_can_be_reserved_again(business, at):
    session_id = uuid4()
    reserve(company=business, session_id=session_id, at=at)

    assert release(company=business, session_id=session_id, at=at) is True
    assert monthly_balance(company=business, at=at).used == 0
    assert reserve(company=business, session_id=session_id, at=at).state == ReservationState.RESERVED
    assert Reservation.objects.count() == 1


def test_a_session_id_of_another_company_settles_nothing(cast, business, at):
    session_id = uuid4()
    reserve(company=business, session_id=session_id, at=at)

    assert settle(company=cast.contoso, session_id=session_id, at=at) is False
    assert Reservation.objects.get().state == ReservationState.RESERVED


def test_the_month_turns_in_the_companys_own_time_zone(business):
    business.time_zone = "America/New_York"
    business.save(update_fields=["time_zone"])
    reserve(company=business, session_id=uuid4(), at=datetime(2026, 12, 1, 3, 0, tzinfo=UTC))

    november = monthly_balance(company=business, at=datetime(2026, 11, 15, tzinfo=UTC))
    december = monthly_balance(company=business, at=datetime(2026, 12, 1, 6, 0, tzinfo=UTC))

    assert (november.used, december.used) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_reserve_by_many_at_once_never_goes_below_zero(cast, business, at):
    outcomes = []

    def take():
        try:
            outcomes.append(reserve(company=business, session_id=uuid4(), at=at).state)
        except InsufficientCredits:
            outcomes.append("REFUSED")
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    if connection.vendor == "sqlite":
        # An in-memory database is one connection; its writers take turns by themselves.
        for thread in threads:
            thread.run()
    else:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(outcomes) == ["REFUSED"] * 3 + ["RESERVED"] * 5
    assert monthly_balance(company=business, at=at).used == 5
