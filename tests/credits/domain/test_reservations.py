from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from credits.domain.balance import MonthlyBalance, monthly_balance
from credits.domain.drawing import Wish, count_only
from credits.domain.grants import ensure_monthly, expire, grant_purchased
from credits.domain.reservations import InsufficientCredits, release, release_all, reserve, settle
from credits.domain.verification import discrepancies
from credits.enums import EntryKind, ReservationState
from credits.models import Entry, Grant, Reservation
from insights_portal.lib.periods import years_after
from tests.at_once import at_once, seen, shared_database

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def business(cast):
    cast.northwind.plan = "BUSINESS"
    cast.northwind.save(update_fields=["plan"])
    return cast.northwind


def kinds():
    return list(Entry.objects.order_by("pk").values_list("kind", "amount", "held"))


def reserved(**wish):
    return Reservation.objects.get(pk=reserve(**wish))


def spend_all(company, at):
    return [reserve(company=company, session_id=uuid4(), at=at) for _ in range(5)]


def test_reserve_takes_one_credit_of_the_company_alone(cast, business, at):
    reserve(company=business, session_id=uuid4(), at=at)

    assert monthly_balance(company=business, at=at) == MonthlyBalance(granted=5, used=1, available=4)
    assert monthly_balance(company=cast.contoso, at=at) == MonthlyBalance(granted=50, used=0, available=50)


def test_reserve_twice_for_one_session_is_one_credit(business, at):
    session_id = uuid4()

    first = reserve(company=business, session_id=session_id, at=at)
    second = reserve(company=business, session_id=session_id, at=at)

    assert first == second
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

    assert monthly_balance(company=business, at=at) == MonthlyBalance(granted=5, used=6, available=5, metered=6)


def test_settle_charges_once_and_a_charged_credit_is_not_released(business, at):
    session_id = uuid4()
    reserve(company=business, session_id=session_id, at=at)

    assert settle(company=business, session_id=session_id, at=at) is True
    assert settle(company=business, session_id=session_id, at=at) is False
    assert release(company=business, session_id=session_id, at=at) is False
    assert Reservation.objects.get().state == ReservationState.CHARGED
    assert reserved(company=business, session_id=session_id, at=at).state == ReservationState.CHARGED


def test_release_gives_the_credit_back_and_it_can_be_reserved_again(business, at):
    session_id = uuid4()
    reserve(company=business, session_id=session_id, at=at)

    assert release(company=business, session_id=session_id, at=at) is True
    assert monthly_balance(company=business, at=at).used == 0
    assert reserved(company=business, session_id=session_id, at=at).state == ReservationState.RESERVED
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
def test_reserve_by_many_at_once_never_goes_below_zero(business, at, tmp_path):
    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: reserved(company=business, session_id=uuid4(), at=at).state] * 8)
        used = seen(lambda: monthly_balance(company=business, at=at).used)
        wrong = seen(lambda: list(discrepancies()))

    assert (outcomes.count(InsufficientCredits), outcomes.count("RESERVED")) == (3, 5)
    assert (used, wrong) == (5, [])


def test_each_step_is_a_line_of_the_ledger_that_names_the_grant(business, at):
    first, second = uuid4(), uuid4()
    reserve(company=business, session_id=first, at=at)
    reserve(company=business, session_id=second, at=at)
    settle(company=business, session_id=first, at=at)
    release(company=business, session_id=second, at=at)

    assert kinds() == [("GRANT", 5, 0), ("RESERVE", 0, 1), ("RESERVE", 0, 1), ("CHARGE", -1, -1), ("RELEASE", 0, -1)]
    assert set(Entry.objects.values_list("grant", flat=True)) == {Grant.objects.get().pk}


def test_the_grant_that_ends_first_is_used_first(business, at):
    purchased = grant_purchased(company=business, credits=2, at=at - timedelta(days=1))
    spent = [reserved(company=business, session_id=uuid4(), at=at).grant.kind for _ in range(7)]

    assert spent == ["MONTHLY_FREE"] * 5 + ["PURCHASED"] * 2
    purchased.refresh_from_db()
    assert purchased.remaining == 0


def test_a_grant_that_has_not_begun_or_has_ended_is_not_drawn_from(business, at):
    spend_all(business, at)
    begins, ended = at + timedelta(seconds=1), years_after(at, 1)
    purchased = grant_purchased(company=business, credits=1, at=begins)

    with pytest.raises(InsufficientCredits):
        reserve(company=business, session_id=uuid4(), at=at)
    assert reserved(company=business, session_id=uuid4(), at=begins).grant == purchased
    release(company=business, session_id=Reservation.objects.latest("pk").session_id, at=begins)
    assert reserved(company=business, session_id=uuid4(), at=ended + timedelta(seconds=1)).grant != purchased


def test_meter_only_takes_from_no_grant(business, at):
    business.ai_settings.meter_only = True
    business.ai_settings.save(update_fields=["meter_only"])
    charged, released = uuid4(), uuid4()
    for session_id in (charged, charged, released):
        reserve(company=business, session_id=session_id, at=at)
    settle(company=business, session_id=charged, at=at)
    release(company=business, session_id=released, at=at)
    reserve(company=business, session_id=released, at=at)

    assert kinds() == [
        ("RESERVE", 0, 0),
        ("RESERVE", 0, 0),
        ("CHARGE", 0, 0),
        ("RELEASE", 0, 0),
        ("RESERVE", 0, 0),
    ]
    assert monthly_balance(company=business, at=at) == MonthlyBalance(granted=5, used=2, available=5, metered=2)


def test_a_credit_released_after_its_grant_has_ended_expires_as_it_returns(business, at):
    session_id = uuid4()
    reserve(company=business, session_id=session_id, at=at)
    later = at + timedelta(days=40)
    expire(at=later)

    assert release(company=business, session_id=session_id, at=later) is True

    assert kinds()[2:] == [("EXPIRE", -4, 0), ("RELEASE", 0, -1), ("EXPIRE", -1, 0)]
    assert Grant.objects.get().remaining == 0


def test_reserve_keeps_what_the_credit_is_used_for(cast, business, at):
    held = reserved(
        company=business,
        session_id=uuid4(),
        at=at,
        session_label="S-7",
        member_id=cast.bob.pk,
        policy="Tills",
        device_group="Shops",
    )

    assert (held.session_label, held.member, held.policy, held.device_group) == ("S-7", cast.bob, "Tills", "Shops")


@pytest.mark.django_db(transaction=True)
def test_one_session_asked_for_by_many_at_once_is_one_credit(business, at, tmp_path):
    session_id = uuid4()
    with shared_database(tmp_path):
        found = at_once(*[lambda: reserved(company=business, session_id=session_id, at=at).pk] * 8)
        entered = seen(kinds)

    assert len(set(found)) == 1
    assert entered == [("GRANT", 5, 0), ("RESERVE", 0, 1)]


@pytest.mark.parametrize("kind", [EntryKind.GRANT, EntryKind.RESERVE])
def test_the_database_refuses_to_change_or_delete_a_line(business, at, kind):
    reserve(company=business, session_id=uuid4(), at=at)
    line = Entry.objects.filter(kind=kind)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        line.update(note="changed")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        line.delete()


def test_a_session_counted_by_two_at_once_in_meter_only_mode_counts_once(business, at):
    wish = Wish(company_id=business.pk, session_id=uuid4(), at=at, month=at.date().replace(day=1))

    assert count_only(wish) == count_only(wish)
    assert kinds() == [("RESERVE", 0, 0)]


def test_several_are_given_back_in_the_order_in_which_grants_are_locked(cast, business, at):
    spend_all(business, at)
    purchased = grant_purchased(company=business, credits=1, at=at)
    late, early, counted, charged, foreign = (uuid4() for _ in range(5))
    reserve(company=business, session_id=late, at=at)
    # A plan that grows gives credits that end before the ones that were purchased earlier.
    business.plan = "PREMIUM"
    business.save(update_fields=["plan"])
    month = ensure_monthly(company=business, at=at)
    reserve(company=business, session_id=early, at=at)
    reserve(company=business, session_id=charged, at=at)
    settle(company=business, session_id=charged, at=at)
    count_only(Wish(company_id=business.pk, session_id=counted, month=month.month_date, at=at))
    reserve(company=cast.contoso, session_id=foreign, at=at)

    wanted = [late, early, counted, charged, foreign, uuid4()]
    moved = [release_all(company=business, session_ids=wanted, at=at) for _ in range(2)]

    released = Entry.objects.filter(kind=EntryKind.RELEASE).order_by("pk").values_list("grant", flat=True)
    assert moved == [3, 0]
    assert [each for each in released if each is not None] == [month.pk, purchased.pk]
    assert Reservation.objects.get(session_id=foreign).state == ReservationState.RESERVED
