"""Session text, moments and durations as HTML: for the filters of templates, and for what prints without a template."""

import re
from datetime import date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from html import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from insights_portal.lib.text import show_controls

#: HTML as it stands: letters and figures of any writing, and signs that nothing is marked by. Most names are so.
_PLAIN = re.compile(r"[\w .,:;/()@+-]*")
_MARKS = re.compile(r"(\[[A-Z][A-Z_]{1,30}-\d{1,6}\]|‹U\+[0-9A-F]{4,6}›)")


def recorded_as_html(text: str) -> str:
    """Session text: escaped, what is masked marked as such, what can't be seen written out."""
    if _PLAIN.fullmatch(text):
        return text
    shown = show_controls(text)
    pieces = _MARKS.split(shown)
    if len(pieces) == 1:
        return escape(shown)
    return format_html_join("", "{}", ((_marked(piece, index),) for index, piece in enumerate(pieces)))


def _marked(piece: str, index: int) -> str | SafeString:
    if index % 2 == 0:
        return piece
    if piece.startswith("["):
        return format_html('<span class="masked" title="{}">{}</span>', _("Masked before storage"), piece)
    return format_html('<span class="control" title="{}">{}</span>', _("A character that can’t be seen"), piece)


class Moments:
    """Prints moments as `moment` does; a list asks for zone, year and language once."""

    def __init__(self) -> None:
        self._zone = timezone.get_current_timezone()
        self._year = timezone.localtime().year
        self._language = get_language()
        name = timezone.get_current_timezone_name()
        #: "CET (Europe/Berlin)" of "CET", as HTML.
        self._zone_of = cache(lambda short: escape(f"{short} ({name})"))

    def print(self, value: datetime) -> str:
        """*value* as HTML."""
        local = value.astimezone(self._zone)
        day, whole = _day(local.date(), local.year == self._year, self._language)
        clock = local.time().isoformat("seconds")
        title = f"{whole}, {clock} {self._zone_of(local.tzname())}"
        return f'<time datetime="{value.isoformat()}" title="{title}">{day} {clock[:5]}</time>'


@lru_cache(maxsize=4_000)
def _day(day: date, is_of_this_year: bool, _language: str | None) -> tuple[str, str]:
    """How a day is shown, and whole, as HTML, in the active language: lists show the same ones over and over."""
    short = date_format(day, "MONTH_DAY_FORMAT" if is_of_this_year else "DATE_FORMAT")
    return escape(short), escape(date_format(day, "DATE_FORMAT"))


class Durations:
    """Prints durations as `minutes` does; a list asks for each of the words once."""

    @cached_property
    def _seconds(self) -> str:
        return _("%(seconds)s s")

    @cached_property
    def _minutes(self) -> str:
        return _("%(minutes)s min")

    @cached_property
    def _hours(self) -> str:
        return _("%(hours)s h %(minutes)s min")

    def print(self, value: timedelta | None) -> str:
        if value is None:
            return "–"
        seconds = int(value.total_seconds())
        if seconds < 60:  # noqa: PLR2004 - a minute
            return self._seconds % {"seconds": seconds}
        whole = round(seconds / 60)
        if whole < 60:  # noqa: PLR2004 - an hour
            return self._minutes % {"minutes": whole}
        return self._hours % {"hours": whole // 60, "minutes": f"{whole % 60:02d}"}
