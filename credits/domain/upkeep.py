"""What is done for every company each hour: expiry, the month's free credits, alerts, the day's forecast.

Each step is safe to run twice and makes good for hours or days without a job. One company's trouble stops no other.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.utils.translation import gettext as _

from accounts.models import Company
from credits.domain.alerts import check_alerts
from credits.domain.forecast import store_forecast
from credits.domain.grants import ensure_monthly, expire

log = structlog.get_logger(__name__)


class UpkeepFailed(Exception):
    """Steps failed for some companies; they are logged, and everything else was done."""


def keep_up(*, at: datetime) -> None:
    """Do every step for every company. Raises UpkeepFailed at the end, so that the queue shows it."""
    failed = [
        f"{step} of {company.slug}"
        for company in list(Company.objects.order_by("pk"))
        for step in keep_company_up(company=company, at=at)
    ]
    if failed:
        raise UpkeepFailed(
            _("Not done: %(failed)s. The log tells why; the next hour tries again.") % {"failed": ", ".join(failed)}
        )


def keep_company_up(*, company: Company, at: datetime) -> list[str]:
    """Do every step for one company; the names of those that failed."""
    # In this order: what has ended is gone and what begins is there before anybody looks at it.
    steps: tuple[Callable[..., object], ...] = (expire, ensure_monthly, check_alerts, store_forecast)
    return [step.__name__ for step in steps if not _is_done(step, company, at)]


def _is_done(step: Callable[..., object], company: Company, at: datetime) -> bool:
    try:
        step(company=company, at=at)
    except Exception:
        log.exception("ledger_step_failed", step=step.__name__, company_id=company.pk)
        return False
    return True
