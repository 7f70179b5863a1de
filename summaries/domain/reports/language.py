from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import dateformat, translation

from summaries.domain.reports.words import DATE_FORMATS, LANGUAGES, MASKED, WORDS, index_of

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReportLanguage:
    """How a report in *language* says things: labels, dates in *zone*, durations, counts."""

    language: str
    zone: ZoneInfo

    @property
    def label_language(self) -> str:
        return LANGUAGES[index_of(self.language)]

    def __getitem__(self, name: str) -> str:
        """The label of that name. Raises KeyError for a name without words."""
        return WORDS[name][index_of(self.language)]

    def short_date(self, at: datetime) -> str:
        return self._written(at, DATE_FORMATS[index_of(self.language)][0])

    def long_date(self, at: datetime) -> str:
        return self._written(at, DATE_FORMATS[index_of(self.language)][1])

    def clock(self, at: datetime) -> str:
        return self._written(at, "H:i")

    def moment(self, at: datetime) -> str:
        """Day, clock and zone: 22 Nov 2026, 10:02 CET."""
        zone = at.astimezone(self.zone).tzname() or ""
        # Zones without an abbreviation of their own are named by their offset alone: "+03".
        named = f"UTC{zone}" if zone[:1] in "+-" else zone
        return f"{self.short_date(at)}, {self.clock(at)} {named}"

    def duration(self, duration: timedelta) -> str:
        """14 min; 1 h 5 min; under a minute 40 s. Begun minutes don't count."""
        if timedelta(0) < duration < MINUTE:
            return f"{duration.seconds} s"
        hours, rest = divmod(duration, HOUR)
        minutes = rest // MINUTE
        if not hours:
            return f"{minutes} min"
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"

    def masked(self, code: str, count: int) -> str:
        """`2 e-mail addresses` for a rule's code; rules without words of their own are other values."""
        one, many = MASKED.get(code, MASKED["OTHER"])[index_of(self.language)]
        return f"{count} {one if count == 1 else many}"

    def _written(self, at: datetime, pattern: str) -> str:
        with translation.override(self.label_language):
            return dateformat.format(at.astimezone(self.zone), pattern)
