"""The billing rule as the database counts it, for sums of many: the same as `billing.billable_minutes`."""

from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Expression, F, Value, When
from django.db.models.functions import Greatest

from accounts.enums import BillingRounding
from summaries.domain.reading.insights import LENGTH, MICROSECOND, Microseconds
from summaries.domain.reports.billing import MINUTE, BillingRule


def billable_sum_of(rule: BillingRule) -> Expression:
    """The billable minutes of one ended session, as a column."""
    length = Microseconds(LENGTH)
    return Case(
        When(ended_at=F("started_at"), then=Value(0)),
        default=Greatest(_rounded(length, rule), Value(rule.minimum), output_field=BigIntegerField()),
        output_field=BigIntegerField(),
    )


def _rounded(length: Microseconds, rule: BillingRule) -> Any:
    step = _whole(rule.step * MINUTE)
    if rule.rounding == BillingRounding.NONE:
        return length / _big(_whole(MINUTE))
    if rule.rounding == BillingRounding.NEAREST:
        return (length * _big(2) + _big(step)) / _big(2 * step) * _big(rule.step)
    return (length + _big(step - 1)) / _big(step) * _big(rule.step)


def _whole(length: timedelta) -> int:
    return length // MICROSECOND


def _big(number: int) -> Value:
    return Value(number, output_field=BigIntegerField())
