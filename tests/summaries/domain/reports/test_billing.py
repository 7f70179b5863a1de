from datetime import timedelta

import pytest

from accounts.enums import BillingRounding
from accounts.models import Company
from summaries.domain.reports.billing import BillingRule, billable_minutes, billing_rule_of


def billed(minutes: float, *, step: int = 5, rounding: str = BillingRounding.UP, minimum: int = 0) -> int:
    return billable_minutes(timedelta(minutes=minutes), BillingRule(step, rounding, minimum))


@pytest.mark.parametrize(
    ("seconds", "step", "expected"),
    [
        (0, 5, 0),
        (1, 5, 5),
        (299, 5, 5),
        (300, 5, 5),
        (301, 5, 10),
        (14 * 60, 5, 15),
        (14 * 60, 1, 14),
        (14 * 60 + 1, 1, 15),
        (60 * 60, 15, 60),
        (61 * 60, 30, 90),
        (25 * 3600, 60, 1500),
    ],
)
def test_billable_minutes_rounds_up_to_full_steps(seconds: int, step: int, expected: int) -> None:
    assert billed(seconds / 60, step=step) == expected


def test_billable_minutes_counts_a_begun_microsecond() -> None:
    assert billable_minutes(timedelta(minutes=5, microseconds=1), BillingRule(5)) == 10


@pytest.mark.parametrize(
    ("minutes", "step", "expected"), [(0, 5, 0), (2.4, 5, 0), (2.5, 5, 5), (7.4, 5, 5), (7.5, 5, 10), (22, 15, 15)]
)
def test_billable_minutes_goes_to_the_nearest_step(minutes: float, step: int, expected: int) -> None:
    assert billed(minutes, step=step, rounding=BillingRounding.NEAREST) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(0, 0), (0.9, 0), (14, 14), (14.9, 14)])
def test_billable_minutes_without_rounding_are_the_full_minutes(minutes: float, expected: int) -> None:
    assert billed(minutes, step=15, rounding=BillingRounding.NONE) == expected


@pytest.mark.parametrize(
    ("minutes", "rounding", "expected"),
    [
        (0, BillingRounding.UP, 0),
        (1, BillingRounding.UP, 20),
        (1, BillingRounding.NEAREST, 20),
        (1, BillingRounding.NONE, 20),
        (16, BillingRounding.NEAREST, 20),
        (31, BillingRounding.UP, 45),
    ],
)
def test_billable_minutes_are_the_minimum_at_least_where_there_was_time(
    minutes: float, rounding: str, expected: int
) -> None:
    assert billed(minutes, step=15, rounding=rounding, minimum=20) == expected


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [((0,), "at least one minute"), ((-5,), "at least one minute"), ((5, BillingRounding.UP, -1), "no minimum below")],
)
def test_billing_rule_refuses_what_can_not_be_billed(rule: tuple[int, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        BillingRule(*rule)


def test_billable_minutes_refuses_an_end_before_the_start() -> None:
    with pytest.raises(ValueError, match="can't end before"):
        billed(-1)


def test_billing_rule_of_a_company_is_what_it_set() -> None:
    company = Company(billing_step_minutes=15, billing_rounding=BillingRounding.NEAREST, billing_minimum_minutes=10)

    assert billing_rule_of(company) == BillingRule(step=15, rounding=BillingRounding.NEAREST, minimum=10)
    assert billing_rule_of(Company()) == BillingRule(step=5)
