from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import AuditEntry, Company
from accounts.tenancy import PermissionMissing
from credits.domain.balance import monthly_balance
from credits.domain.grants import (
    UnableToGrantCredits,
    adjust,
    ensure_monthly,
    expire,
    grant_months,
    grant_purchased,
)
from credits.domain.reservations import reserve
from credits.domain.verification import discrepancies
from credits.models import Entry, Grant
from tests.at_once import at_once, seen, shared_database

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def business(cast):
    Company.objects.filter(pk=cast.northwind.pk).update(plan="BUSINESS")
    cast.northwind.refresh_from_db()
    return cast.northwind


def credits_of(company):
    return list(Grant.objects.filter(company=company).order_by("pk").values_list("kind", "credits", "remaining"))


def test_grant_months_gives_every_company_its_plans_credits_once(cast, business, at):
    assert grant_months(at=at) == 2
    assert grant_months(at=at + timedelta(days=3)) == 0

    assert credits_of(business) == [("MONTHLY_FREE", 5, 5)]
    assert credits_of(cast.contoso) == [("MONTHLY_FREE", 50, 50)]


@pytest.mark.parametrize(
    ("zone", "at", "starts_at", "ends_at"),
    [
        ("UTC", datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2026, 12, 1), datetime(2027, 1, 1)),
        (
            "Pacific/Auckland",
            datetime(2026, 12, 31, 11, 0, tzinfo=UTC),
            datetime(2026, 12, 31, 11),
            datetime(2027, 1, 31, 11),
        ),
        (
            "America/New_York",
            datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
            datetime(2028, 2, 1, 5),
            datetime(2028, 3, 1, 5),
        ),
        (
            "Europe/Berlin",
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            datetime(2026, 2, 28, 23),
            datetime(2026, 3, 31, 22),
        ),
    ],
)
def test_free_credits_last_for_the_month_of_the_companys_zone(business, zone, at, starts_at, ends_at):
    Company.objects.filter(pk=business.pk).update(time_zone=zone)

    grant = ensure_monthly(company=business, at=at)

    assert (grant.starts_at, grant.ends_at) == (starts_at.replace(tzinfo=UTC), ends_at.replace(tzinfo=UTC))


def test_a_larger_plan_adds_the_difference_and_a_smaller_one_takes_nothing_back(business, at):
    ensure_monthly(company=business, at=at)
    for plan in ("CORPORATE", "BUSINESS", "TENSOR", "TENSOR"):
        Company.objects.filter(pk=business.pk).update(plan=plan)
        ensure_monthly(company=business, at=at)

    assert [credits for _, credits, _ in credits_of(business)] == [5, 10, 35]


def test_a_clock_that_jumps_to_and_fro_grants_each_month_once(business, at):
    for moment in (at, at + timedelta(days=40), at, at + timedelta(days=40), at - timedelta(days=30)):
        ensure_monthly(company=business, at=moment)

    assert len(credits_of(business)) == 3


def test_purchased_credits_last_twelve_months_to_the_second(business):
    grant_purchased(company=business, credits=3, at=datetime(2028, 2, 29, 10, 0, 1, tzinfo=UTC))
    end = datetime(2029, 3, 1, 10, 0, 1, tzinfo=UTC)

    assert expire(at=end - timedelta(seconds=1)) == 0
    assert expire(at=end) == 1
    assert expire(at=end) == 0
    assert list(Entry.objects.order_by("pk").values_list("kind", "amount")) == [("GRANT", 3), ("EXPIRE", -3)]


def test_expiry_leaves_what_is_reserved(business, at):
    reserve(company=business, session_id=uuid4(), at=at)

    expire(at=at + timedelta(days=40))

    assert list(Entry.objects.order_by("pk").values_list("kind", "amount")) == [
        ("GRANT", 5),
        ("RESERVE", 0),
        ("EXPIRE", -4),
    ]


@pytest.mark.parametrize("credits", [0, -5, 1_000_001])
def test_grants_of_impossible_size_are_refused(business, at, credits):
    with pytest.raises(UnableToGrantCredits, match="from 1 to 1,000,000"):
        grant_purchased(company=business, credits=credits, at=at)

    assert credits_of(business) == []


def test_adjust_adds_and_takes_back_what_ends_first(cast, business, at):
    ensure_monthly(company=business, at=at)

    adjust(company=business, amount=10, reason="Goodwill", actor=cast.alice, at=at)
    adjust(company=business, amount=-7, reason="Entered twice", actor=cast.alice, at=at)

    assert credits_of(business) == [("MONTHLY_FREE", 5, 0), ("ADJUSTMENT", 10, 8)]
    assert monthly_balance(company=business, at=at).available == 8
    assert [entry.details for entry in AuditEntry.objects.filter(action="credits.adjusted").order_by("pk")] == [
        {"amount": 10, "reason": "Goodwill"},
        {"amount": -7, "reason": "Entered twice"},
    ]


@pytest.mark.parametrize(
    ("amount", "reason", "message"),
    [(-6, "Too much", "Only 5 unused credits"), (0, "Nothing", "whole numbers"), (3, "  ", "Say why")],
)
def test_adjust_that_cannot_be_changes_nothing(business, at, amount, reason, message):
    ensure_monthly(company=business, at=at)

    with pytest.raises(UnableToGrantCredits, match=message):
        adjust(company=business, amount=amount, reason=reason, at=at)

    assert credits_of(business) == [("MONTHLY_FREE", 5, 5)]
    assert Entry.objects.count() == 1


def test_adjust_needs_the_permission_in_that_company(cast, business, at):
    for actor in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing):
            adjust(company=business, amount=5, reason="Mine", actor=actor, at=at)

    assert credits_of(business) == []


@pytest.mark.django_db(transaction=True)
def test_the_job_run_by_ten_at_once_grants_and_expires_once(business, at, tmp_path):
    ensure_monthly(company=business, at=at)
    later = at + timedelta(days=40)

    def run():
        expire(at=later)
        grant_months(at=later)

    mine = Entry.objects.filter(company=business).order_by("pk").values_list("kind", "amount")
    with shared_database(tmp_path):
        outcomes = at_once(*[run] * 10)
        found = seen(lambda: list(mine))
        wrong = seen(lambda: list(discrepancies()))

    assert outcomes == [None] * 10
    assert found == [("GRANT", 5), ("EXPIRE", -5), ("GRANT", 5)]
    assert wrong == []
