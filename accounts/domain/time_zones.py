"""The time zones that a company or a person can choose: real ones, which mean the same on every machine."""

from functools import cache
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

#: Names that the machine's own files may hold and that are no place.
_NO_PLACE = {"Factory", "localtime", "posixrules"}


class UnknownTimeZone(Exception):
    """There is no such time zone."""


@cache
def time_zones() -> tuple[str, ...]:
    """Their names (`Europe/Berlin`), sorted."""
    return tuple(sorted(available_timezones() - _NO_PLACE))


def check_time_zone(name: str) -> None:
    """Raise UnknownTimeZone for a name that is none."""
    if name not in time_zones():
        raise UnknownTimeZone(_("There is no time zone “%(name)s”. Choose one such as Europe/Berlin.") % {"name": name})
