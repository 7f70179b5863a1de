"""A company's credits at a glance: the same figures for the page, the API and the top right of the AI settings."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.domain.engine_settings import has_own_engine
from accounts.models import AISettings, Company
from credits.domain.balance import MonthlyBalance, monthly_balance
from credits.domain.forecast import forecast_for
from credits.domain.grants import open_grants
from credits.domain.wording import free_credits_of, grant_name, last_day
from credits.enums import GrantKind
from credits.models import CreditAlert, Forecast
from insights_portal.lib.periods import moment_of, month_start, next_month


@dataclass(frozen=True, slots=True)
class OpenGrant:
    """Credits that can be used, until the end of *last_day*. *grant_id* None: given with the first use."""

    grant_id: int | None
    kind: GrantKind
    name: str
    credits: int
    left: int
    ends_at: datetime
    last_day: date


@dataclass(frozen=True, slots=True)
class Account:
    """*grants*: what can be used, the one that ends first at the head; together they leave what is available.

    *forecast* is None when too little was used to tell. *own_engine*: meter-only mode may be chosen.
    """

    month: date
    balance: MonthlyBalance
    grants: list[OpenGrant]
    alerts: list[CreditAlert]
    forecast: Forecast | None
    meter_only: bool
    own_engine: bool


def account_of(*, company: Company, at: datetime) -> Account:
    """What stands at *at*."""
    month = month_start(at, zone=company.time_zone)
    balance = monthly_balance(company=company, at=at)
    settings = AISettings.objects.get(company=company)
    return Account(
        month=month,
        balance=balance,
        grants=_grants(company, balance=balance, at=at),
        alerts=list(CreditAlert.objects.filter(company=company, month_date=month)),
        forecast=forecast_for(company=company, at=at),
        meter_only=settings.meter_only,
        own_engine=has_own_engine(settings),
    )


def forecast_sentence(account: Account) -> str:
    """What the rest of the month will bring, in one sentence."""
    forecast, balance = account.forecast, account.balance
    if account.meter_only:
        return _("In meter-only mode nothing runs out: sessions are counted, and none waits for a credit.")
    if not balance.available:
        return _("All credits are used. Sessions wait until credits arrive.")
    if forecast is None:
        return _("Too little was used so far to tell how long the credits last.")
    if forecast.runs_out_on is not None:
        day = date_format(forecast.runs_out_on, "DATE_FORMAT")
        return _("At this pace the credits last until %(day)s.") % {"day": day}
    if not forecast.ends_unused:
        return _("At this pace the credits last beyond the end of the month.")
    return _(
        "At this pace the credits last beyond the end of the month. "
        "About %(count)s of them will end unused with the month."
    ) % {"count": forecast.ends_unused}


def _grants(company: Company, *, balance: MonthlyBalance, at: datetime) -> list[OpenGrant]:
    zone = company.time_zone
    found = [
        OpenGrant(
            grant_id=grant.pk,
            kind=GrantKind(grant.kind),
            name=grant_name(grant),
            credits=grant.credits,
            left=grant.remaining,
            ends_at=grant.ends_at,
            last_day=last_day(grant.ends_at, zone=zone),
        )
        for grant in open_grants(company=company, at=at).select_related("order")
    ]
    coming = balance.available - sum(grant.left for grant in found)
    if coming > 0:
        # Free credits that no job has given yet are there for whoever asks first.
        month = month_start(at, zone=zone)
        ends_at = moment_of(next_month(month), zone=zone)
        day, name = last_day(ends_at, zone=zone), free_credits_of(month)
        found.append(OpenGrant(None, GrantKind.MONTHLY_FREE, name, coming, coming, ends_at, day))
    return sorted(found, key=lambda grant: grant.ends_at)
