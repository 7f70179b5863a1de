"""Billable time by a company's rule: pure, the same on paper, in tables and in the API."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.enums import BillingRounding
from accounts.models import Company

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class BillingRule:
    """*step* and *minimum* in minutes. Raises ValueError for a step under one minute or a negative minimum."""

    step: int
    rounding: str = BillingRounding.UP
    minimum: int = 0

    def __post_init__(self) -> None:
        if self.step < 1:
            raise ValueError(_("A billing step is at least one minute."))
        if self.minimum < 0:
            raise ValueError(_("Billable time has no minimum below nothing."))


def billing_rule_of(company: Company) -> BillingRule:
    return BillingRule(
        step=company.billing_step_minutes,
        rounding=company.billing_rounding,
        minimum=company.billing_minimum_minutes,
    )


def billable_minutes(duration: timedelta, rule: BillingRule) -> int:
    """Return what of *duration* is billed, in minutes; nothing for no time.

    The minimum is not rounded: whoever bills 20 minutes at least bills 20. Raises ValueError for a negative duration.
    """
    if duration < timedelta(0):
        raise ValueError(_("A session can't end before it starts."))
    if not duration:
        return 0
    return max(_rounded(duration, rule), rule.minimum)


def _rounded(duration: timedelta, rule: BillingRule) -> int:
    if rule.rounding == BillingRounding.NONE:
        return duration // MINUTE
    full_steps, rest = divmod(duration, rule.step * MINUTE)
    if rule.rounding == BillingRounding.NEAREST:
        # Half a step counts as a whole one.
        return (full_steps + (2 * rest >= rule.step * MINUTE)) * rule.step
    return (full_steps + bool(rest)) * rule.step
