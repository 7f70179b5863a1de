"""How pages, files and the API call what stands in the ledger."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credits.enums import GrantKind
from credits.models import Grant
from insights_portal.lib.text import listed


def grant_name(grant: Grant) -> str:
    """A grant in a few words, with its order or its reason; expects `order` to be selected with it."""
    if grant.kind == GrantKind.MONTHLY_FREE and grant.month_date:
        return free_credits_of(grant.month_date)
    order = getattr(grant, "order", None)
    more = order.number if order else grant.reason
    kind = grant.get_kind_display()
    return listed((kind, more)) if more else str(kind)


def free_credits_of(month: date) -> str:
    return _("Free credits, %(month)s") % {"month": month_name(month)}


def month_name(month: date) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT")


def last_day(ends_at: datetime, *, zone: str) -> date:
    """The last day on which something that ends at *ends_at* can be used, by the calendar of *zone*."""
    return (ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()


def share_of(part: int, whole: int) -> float:
    """*part* of *whole*, from 0 to 1."""
    return part / whole if whole else 0.0
