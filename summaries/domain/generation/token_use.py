"""Tokens of a company and day, and the ceiling that the operator sets (ENGINE_TOKENS_PER_COMPANY_DAY)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F

from accounts.models import Company
from insights_portal.lib.periods import moment_of
from summaries.models import TokenUse


def day_of(*, company: Company, at: datetime) -> date:
    return at.astimezone(ZoneInfo(company.time_zone)).date()


def record_tokens(*, company: Company, tokens: int, at: datetime) -> None:
    """Add *tokens* to the company's day; of answers of no use, too."""
    if not tokens:
        return
    day = day_of(company=company, at=at)
    today = TokenUse.objects.filter(company=company, day=day)
    if not today.update(tokens=F("tokens") + tokens):
        TokenUse.objects.get_or_create(company=company, day=day)
        today.update(tokens=F("tokens") + tokens)


def tokens_left(*, company: Company, at: datetime) -> int | None:
    """How many the company may still use today; None without a ceiling."""
    ceiling: int = settings.ENGINE_TOKENS_PER_COMPANY_DAY
    if not ceiling:
        return None
    used = TokenUse.objects.filter(company=company, day=day_of(company=company, at=at)).values_list("tokens", flat=True)
    left: int = max(0, ceiling - sum(used))
    return left


def next_day(*, company: Company, at: datetime) -> datetime:
    """When the company's next day begins."""
    return moment_of(day_of(company=company, at=at) + timedelta(days=1), zone=company.time_zone)
