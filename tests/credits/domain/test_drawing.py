"""Which grant a credit is drawn from when others draw at the same moment, and months in zones of all kinds."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import AISettings, Company
from credits.domain.balance import monthly_balance
from credits.domain.grants import UnableToGrantCredits, adjust, ensure_monthly, expire, grant_purchased
from credits.domain.reservations import InsufficientCredits, release, reserve, settle
from credits.domain.verification import discrepancies
from credits.models import Entry, Grant, Reservation
from tests.at_once import at_once, shared_database

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def business(cast):
    return changed(cast.northwind, plan="BUSINESS")


def changed(company, **fields):
    Company.objects.filter(pk=company.pk).update(**fields)
    company.refresh_from_db()
    return company


def count_only(company, meter_only):
    AISettings.objects.filter(company=company).update(meter_only=meter_only)


def draw(company, at, session_id=None):
    return Reservation.objects.get(pk=reserve(company=company, session_id=session_id or uuid4(), at=at))


def what_is_kept():
    """States of reservations, credits left, lines that reserve, and what does not add up."""
    return (
        list(Reservation.objects.values_list("state", flat=True)),
        sum(Grant.objects.values_list("remaining", flat=True)),
        Entry.objects.filter(kind="RESERVE").count(),
        list(discrepancies()),
    )


def months(company):
    return list(
        Grant.objects.filter(company=company, kind="MONTHLY_FREE")
        .order_by("pk")
        .values_list("month_date", "credits", "starts_at", "ends_at")
    )


@pytest.mark.django_db(transaction=True)
def test_grants_emptied_by_others_meanwhile_are_passed_over_and_none_is_overdrawn(business, at, tmp_path):
    for credits in (2, 1):
        grant_purchased(company=business, credits=credits, at=at - timedelta(days=credits))
    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: draw(business, at).state] * 12)
        kept = at_once(what_is_kept)[0]

    assert (outcomes.count("RESERVED"), outcomes.count(InsufficientCredits)) == (8, 4)
    assert kept == (["RESERVED"] * 8, 0, 8, [])


@pytest.mark.django_db(transaction=True)
def test_a_released_session_asked_for_by_many_at_once_is_one_credit_again(business, at, tmp_path):
    session_id = uuid4()
    reserve(company=business, session_id=session_id, at=at)
    release(company=business, session_id=session_id, at=at)

    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: reserve(company=business, session_id=session_id, at=at)] * 8)
        kept = at_once(what_is_kept)[0]

    assert len(set(outcomes)) == 1
    assert kept == (["RESERVED"], 4, 2, [])


def test_a_released_session_without_a_credit_left_stays_as_it_was(business, at):
    session_id = uuid4()
    reserve(company=business, session_id=session_id, at=at, session_label="S-1")
    release(company=business, session_id=session_id, at=at)
    adjust(company=business, amount=-5, reason="Test", at=at)
    before = Reservation.objects.values().get()

    with pytest.raises(InsufficientCredits):
        reserve(company=business, session_id=session_id, at=at + timedelta(hours=1), session_label="S-2")

    assert Reservation.objects.values().get() == before


def test_what_is_reserved_anew_counts_in_the_month_and_grant_of_then(business, at):
    session_id, later = uuid4(), at + timedelta(days=20)
    first = draw(business, at, session_id)
    release(company=business, session_id=session_id, at=at)

    second = draw(business, later, session_id)

    assert (first.pk, str(first.month_date)) == (second.pk, "2026-11-01")
    assert (str(second.month_date), second.grant.month_date, second.settled_at) == (
        "2026-12-01",
        second.month_date,
        None,
    )
    assert [monthly_balance(company=business, at=moment).used for moment in (at, later)] == [0, 1]


def test_a_session_id_of_another_company_is_a_session_of_ones_own(cast, business, at):
    session_id = uuid4()
    theirs = draw(business, at, session_id)

    mine = draw(cast.contoso, at, session_id)
    release(company=cast.contoso, session_id=session_id, at=at)

    theirs.refresh_from_db()
    assert (mine.pk != theirs.pk, theirs.state, theirs.company) == (True, "RESERVED", business)
    assert monthly_balance(company=business, at=at).used == 1


@pytest.mark.parametrize("close", [settle, release])
def test_switching_meter_only_moves_no_credit_of_a_session_under_way(business, at, close):
    drawn, counted = uuid4(), uuid4()
    reserve(company=business, session_id=drawn, at=at)
    count_only(business, True)
    reserve(company=business, session_id=counted, at=at)
    count_only(business, False)

    assert [close(company=business, session_id=each, at=at) for each in (counted, drawn)] == [True, True]

    kind, amount = ("CHARGE", -1) if close is settle else ("RELEASE", 0)
    assert list(Entry.objects.filter(kind=kind).order_by("pk").values_list("amount", "held")) == [(0, 0), (amount, -1)]
    assert Grant.objects.get().remaining == (4 if close is settle else 5)


def test_a_session_counted_and_released_draws_when_it_is_asked_for_again(business, at):
    session_id = uuid4()
    count_only(business, True)
    reserve(company=business, session_id=session_id, at=at)
    release(company=business, session_id=session_id, at=at)
    count_only(business, False)

    assert draw(business, at, session_id).grant == Grant.objects.get()
    assert Grant.objects.get().remaining == 4


def test_a_plan_that_grew_serves_the_next_session_before_any_job_has_run(business, at):
    for _ in range(5):
        draw(business, at)
    changed(business, plan="PREMIUM")

    draw(business, at)

    assert monthly_balance(company=business, at=at).available == 4


def test_a_clock_that_jumps_back_neither_gives_nor_loses_a_credit(business, at):
    session_id, later = uuid4(), at + timedelta(days=40)
    draw(business, later, session_id)

    assert settle(company=business, session_id=session_id, at=at) is True
    assert draw(business, later, session_id).state == "CHARGED"
    draw(business, at)
    expire(at=later)

    assert [credits for _, credits, _, _ in months(business)] == [5, 5]
    assert list(Grant.objects.order_by("pk").values_list("remaining", flat=True)) == [4, 0]


def test_a_credit_that_returns_by_a_clock_put_back_can_be_used_until_its_end_only(business, at):
    session_id, later = uuid4(), at + timedelta(days=40)
    draw(business, at, session_id)
    expire(at=later)

    release(company=business, session_id=session_id, at=at)
    assert monthly_balance(company=business, at=at).available == 1
    expire(at=later)

    assert Grant.objects.get().remaining == 0


def test_moving_between_time_zones_gives_each_month_once(business):
    for zone, at in [
        ("UTC", datetime(2026, 11, 30, 12, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 11, 30, 12, tzinfo=UTC)),
        ("Pacific/Niue", datetime(2026, 12, 1, 10, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 12, 1, 10, tzinfo=UTC)),
        ("UTC", datetime(2026, 12, 1, 10, tzinfo=UTC)),
    ]:
        changed(business, time_zone=zone)
        draw(business, at)
        ensure_monthly(company=business, at=at)

    assert [(str(month), credits) for month, credits, _, _ in months(business)] == [
        ("2026-11-01", 5),
        ("2026-12-01", 5),
    ]


@pytest.mark.parametrize(
    ("zone", "at", "first"),
    [
        # Fourteen hours ahead: December began while it was ten in the morning of the last of November in London.
        ("Pacific/Kiritimati", datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC)),
        # The day has no midnight: the clock went from 00:00 to 01:00.
        ("America/Asuncion", datetime(2023, 10, 1, 4, tzinfo=UTC), datetime(2023, 10, 1, 4, tzinfo=UTC)),
        # Midnight comes twice: at 01:00 the clock went back to 00:00.
        ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_month_begins_with_its_first_moment_by_the_companys_clock(business, zone, at, first):
    changed(business, time_zone=zone)

    before, after = (draw(business, moment).grant for moment in (first - timedelta(seconds=1), at))

    assert (before.ends_at, after.starts_at) == (first, first)
    assert before.month_date < after.month_date


def test_a_reason_longer_than_the_ledger_holds_is_refused(business, at):
    ensure_monthly(company=business, at=at)

    for amount in (3, -3):
        with pytest.raises(UnableToGrantCredits, match="200 characters"):
            adjust(company=business, amount=amount, reason="x" * 201, at=at)

    assert Entry.objects.count() == 1
