from datetime import date, datetime
from zoneinfo import ZoneInfo


def month_start(at: datetime, *, zone: str) -> date:
    """The first day of the month in which *at* lies, by the calendar of *zone* (an IANA name)."""
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)
