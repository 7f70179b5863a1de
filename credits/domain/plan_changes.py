"""A company's plan is the operator's to set; its free credits follow within the month."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.enums import Plan
from accounts.models import Company, User
from credits.domain.grants import ensure_monthly
from credits.domain.operators import require_operator


class UnableToChangePlan(Exception):
    """There is no such plan."""


@transaction.atomic
def change_plan(*, company: Company, plan: str, at: datetime, actor: User | None) -> int:
    """Set the plan; returns how many free credits the present month got by it.

    A bigger plan adds the difference once in a month; a smaller one takes nothing back before the month ends.
    *actor* None is a command of the operator's. Raises OperatorsOnly, UnableToChangePlan.
    """
    require_operator(actor)
    if plan not in Plan.values:
        raise UnableToChangePlan(
            _("There is no plan “%(plan)s”. The plans are %(plans)s.") % {"plan": plan, "plans": ", ".join(Plan.values)}
        )
    held = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    before = held.plan
    if plan == before:
        return 0
    # What the month began with is the company's, even if no job gave it yet.
    ensure_monthly(company=held, at=at)
    Company.objects.filter(pk=held.pk).update(plan=plan)
    company.plan = plan
    grant = ensure_monthly(company=held, at=at)
    added = grant.credits if grant is not None else 0
    details = {"plan": {"before": before, "after": plan}, "credits_added": added}
    audit.record(company=held, actor=actor, action="company.plan_changed", at=at, target=held, details=details)
    return added
