from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import dateformat, translation

from insights_portal.lib.text import set_apart
from summaries.domain.reports.words import WORDS, ReportWords

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
RIGHT_TO_LEFT = frozenset({"ar"})
_COMMAS = {"ar": "، ", "ja": "、", "zh": "，"}
_STOPS = {"ja": "。", "zh": "。"}


@dataclass(frozen=True, slots=True)
class ReportLanguage:
    """How a report in *language* (a SummaryLanguage value) says things: labels, dates in *zone*, durations, counts."""

    language: str
    zone: ZoneInfo

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def __getitem__(self, name: str) -> str:
        """The label of that name. Raises KeyError for a name without words."""
        return self._words.labels[name]

    def listed(self, texts: Iterable[str]) -> str:
        """The texts with the language's comma between them."""
        return _COMMAS.get(self.language, ", ").join(texts)

    def sentences(self, *texts: str) -> str:
        """*texts*, of which all but the last want a full stop."""
        return _STOPS.get(self.language, ". ").join(texts)

    def apart(self, text: str) -> str:
        """A name or number that keeps its own direction, whatever stands beside it."""
        return set_apart(text, direction=self.direction)

    def short_date(self, at: datetime) -> str:
        return self._written(at, self._words.short_date)

    def long_date(self, at: datetime) -> str:
        return self._written(at, self._words.long_date)

    def clock(self, at: datetime) -> str:
        return self._written(at, "H:i")

    def moment(self, at: datetime) -> str:
        """Day, clock and zone: 22 Nov 2026, 10:02 CET."""
        zone = at.astimezone(self.zone).tzname() or ""
        # Zones without an abbreviation of their own are named by their offset alone: "+03".
        named = f"UTC{zone}" if zone[:1] in "+-" else zone
        return self.listed((self.short_date(at), self.apart(f"{self.clock(at)} {named}")))

    def duration(self, duration: timedelta) -> str:
        """14 min; 1 h 5 min; under a minute 40 s. Begun minutes don't count."""
        words = self._words
        if timedelta(0) < duration < MINUTE:
            return words.seconds.format(duration.seconds)
        hours, rest = divmod(duration, HOUR)
        parts = [words.hours.format(hours)] if hours else []
        if rest >= MINUTE or not hours:
            parts.append(words.minutes.format(rest // MINUTE))
        return " ".join(parts)

    def masked(self, code: str, count: int) -> str:
        """`e-mail addresses (2)` for a rule's code. A rule of the company has its own name in every language."""
        return f"{self._words.masked.get(code, code)} ({count})"

    @property
    def _words(self) -> ReportWords:
        return WORDS[self.language]

    def _written(self, at: datetime, pattern: str) -> str:
        with translation.override(self.language):
            return dateformat.format(at.astimezone(self.zone), pattern)
