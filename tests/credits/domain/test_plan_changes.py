from datetime import UTC, datetime

import pytest

from accounts.models import AuditEntry, Company
from credits.domain.balance import monthly_balance
from credits.domain.grants import grant_months
from credits.domain.operators import OperatorsOnly
from credits.domain.plan_changes import UnableToChangePlan, change_plan
from credits.models import Grant
from tests.credits.ordering import make_operator

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def business(cast):
    Company.objects.filter(pk=cast.northwind.pk).update(plan="BUSINESS")
    cast.northwind.refresh_from_db()
    return cast.northwind


def available(company, at):
    return monthly_balance(company=company, at=at).available


def test_a_bigger_plan_adds_the_difference_once(business, at):
    grant_months(at=at)

    assert change_plan(company=business, plan="TENSOR", at=at, actor=make_operator()) == 45
    assert change_plan(company=business, plan="TENSOR", at=at, actor=None) == 0
    assert available(business, at) == 50
    told = AuditEntry.objects.get(company=business, action="company.plan_changed")
    assert told.details == {"plan": {"before": "BUSINESS", "after": "TENSOR"}, "credits_added": 45}


def test_up_and_down_and_up_adds_nothing_twice(business, at):
    added = [
        change_plan(company=business, plan=plan, at=at, actor=None)
        for plan in ("PREMIUM", "BUSINESS", "PREMIUM", "CORPORATE", "BUSINESS", "CORPORATE")
    ]

    assert added == [5, 0, 0, 5, 0, 0]
    assert available(business, at) == 15


def test_a_smaller_plan_takes_nothing_back_before_the_month_ends(cast, at):
    # No job has given the month's credits yet: they are the company's all the same.
    assert change_plan(company=cast.northwind, plan="BUSINESS", at=at, actor=None) == 0

    assert available(cast.northwind, at) == 50
    next_month = datetime(2026, 12, 1, tzinfo=UTC)
    grant_months(at=next_month)
    assert available(cast.northwind, next_month) == 5


def test_an_unknown_plan_is_refused(business, at):
    with pytest.raises(UnableToChangePlan) as refusal:
        change_plan(company=business, plan="GOLD", at=at, actor=None)

    assert str(refusal.value) == "There is no plan “GOLD”. The plans are BUSINESS, PREMIUM, CORPORATE, TENSOR."
    assert Grant.objects.count() == 0


def test_a_plan_is_the_operators_to_set(business, cast, at):
    with pytest.raises(OperatorsOnly):
        change_plan(company=business, plan="TENSOR", at=at, actor=cast.alice)

    business.refresh_from_db()
    assert business.plan == "BUSINESS"
