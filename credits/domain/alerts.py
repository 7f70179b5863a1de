"""Tells a company once each that 50, 75 and 100 % of what a month had are used, by mail and webhook.

An alert is a row: a constraint lets one stand, whoever comes first tells, and the mail and the message are written in
the transaction of the row. New credits clear the alerts that they answer, so that a second exhaustion is told again.
"""

from datetime import date, datetime

import structlog
from django.db import transaction
from django.db.models import IntegerField, Max, OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.domain import audit
from accounts.domain.mailing import queue_mail
from accounts.domain.webhooks import announce
from accounts.models import Company
from credits.domain.balance import FIGURES, MonthlyBalance, balance_of, with_figures
from credits.domain.order_notices import managers_of_credits
from credits.enums import AlertThreshold
from credits.models import CreditAlert
from insights_portal.lib.periods import month_start

log = structlog.get_logger(__name__)
#: Read in the language of whoever gets the mail.
_month_words = lazy(date_format, str)


def check_alerts(*, company: Company, at: datetime) -> list[CreditAlert]:
    """Raise the alerts that are due and tell the highest; returns those raised. One query while nothing changes.

    Meter-only mode has no budget, and therefore no alerts.
    """
    month = month_start(at, zone=company.time_zone)
    standing = CreditAlert.objects.filter(company=OuterRef("pk"), month_date=month, cleared_at__isnull=True)
    highest = standing.order_by().values("company").annotate(highest=Max("threshold")).values("highest")
    row = with_figures(company=company, at=at).annotate(told=Subquery(highest, output_field=IntegerField()))
    *figures, is_metered, told = row.values_list(*FIGURES, "ai_settings__meter_only", "told").get()
    balance = balance_of(tuple(figures))
    if is_metered or not balance.granted:
        return []
    reached = [threshold for threshold in AlertThreshold if threshold <= balance.share]
    if told == max(reached, default=None):
        return []
    return _settle(company=company, month=month, balance=balance, reached=reached, at=at)


def check_quietly(*, company: Company, at: datetime) -> None:
    """Check in a savepoint of its own: whatever goes wrong is logged and left to the hourly job.

    For callers to whom the credit matters more than the word about it.
    """
    try:
        with transaction.atomic():
            check_alerts(company=company, at=at)
    except Exception:
        log.exception("credit_alerts_not_checked", company_id=company.pk)


@transaction.atomic
def _settle(
    *, company: Company, month: date, balance: MonthlyBalance, reached: list[AlertThreshold], at: datetime
) -> list[CreditAlert]:
    standing = CreditAlert.objects.filter(company=company, month_date=month, cleared_at__isnull=True)
    # A share that fell because a session failed is not news; one that fell because credits came is.
    answered = Q(threshold__gt=balance.share, granted__lt=balance.granted)
    standing.filter(answered).update(cleared_at=at)
    told = set(standing.values_list("threshold", flat=True))
    # From the top, one by one: of two processes, the one that comes second to the highest finds all of them raised.
    made = [
        CreditAlert.objects.get_or_create(
            company=company,
            month_date=month,
            threshold=threshold,
            cleared_at=None,
            defaults={"used": balance.taken, "granted": balance.granted, "raised_at": at},
        )
        for threshold in sorted(set(reached) - told, reverse=True)
    ]
    raised = [alert for alert, is_new in made if is_new]
    if raised and raised[0].threshold > max(told, default=0):
        _tell(company=company, alert=raised[0], balance=balance, at=at)
    return raised


def _tell(*, company: Company, alert: CreditAlert, balance: MonthlyBalance, at: datetime) -> None:
    key = f"credit-alert-{alert.pk}"
    figures = {"used": balance.taken, "granted": balance.granted, "available": balance.available}
    month, named = f"{alert.month_date:%B %Y}", _month_words(alert.month_date, "YEAR_MONTH_FORMAT")
    queue_mail(
        company=company,
        recipients=managers_of_credits(company=company),
        key=key,
        subject=format_lazy(
            gettext_lazy("{threshold} percent of the AI credits of {month} are used ({company})"),
            threshold=alert.threshold,
            month=named,
            company=company,
        ),
        template="credits/alert",
        context={**figures, "threshold": alert.threshold, "month": named},
        at=at,
    )
    announce(
        company=company,
        event_type="credits.threshold_reached",
        key=key,
        data={"threshold": alert.threshold, "month": f"{alert.month_date:%Y-%m}", **figures},
        at=at,
    )
    audit.record(
        company=company,
        action="credits.threshold_reached",
        at=at,
        target=alert,
        details={"threshold": alert.threshold, "month": month, "used": balance.taken, "granted": balance.granted},
    )
