from datetime import date, datetime, time
from zoneinfo import ZoneInfo

_DECEMBER = 12


def month_start(at: datetime, *, zone: str) -> date:
    """The first day of the month in which *at* lies, by the calendar of *zone* (an IANA name)."""
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after that of *month*, which is a first day."""
    return (
        month.replace(year=month.year + 1, month=1)
        if month.month == _DECEMBER
        else month.replace(month=month.month + 1)
    )


def moment_of(day: date, *, zone: str) -> datetime:
    """The moment at which *day* begins in *zone*."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone))


def years_after(at: datetime, years: int) -> datetime:
    """The same moment *years* later; what began on 29 February ends on 1 March where there is no such day."""
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, month=3, day=1)
