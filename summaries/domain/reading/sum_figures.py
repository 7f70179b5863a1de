"""The overview's figures of a whole company from its sums (`summaries.domain.rollups`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import Company
from summaries.domain.reading.insights import Totals
from summaries.domain.reading.trend import DayCounts
from summaries.domain.rollups.contributions import Amounts
from summaries.domain.rollups.days import Days
from summaries.domain.rollups.sums import Answers, Wish, read_sums
from summaries.models import Application, IssueType
from summaries.models.rollups import Facet

_MODELS: dict[str, Any] = {"issue_type": IssueType, "application": Application}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is filtered by: ids of an issue type and an application; None: not filtered."""

    issue_type: int | None = None
    application: int | None = None

    @property
    def is_open(self) -> bool:
        return self.issue_type is None and self.application is None

    def totals(self, *, is_summarised: bool) -> dict[str, Any]:
        """As arguments of a Wish: the sessions as a whole."""
        if self.is_open:
            return {"facets": (Facet.SUMMARIES if is_summarised else Facet.REPORTS,)}
        if self.issue_type is None:
            return {"facets": (Facet.APPLICATION,), "key": self.application}
        if self.application is None:
            return {"facets": (Facet.ISSUE_TYPE,), "key": self.issue_type}
        return {"facets": (Facet.PAIR,), "key": self.issue_type, "other_key": self.application}

    def labels(self, label: str) -> dict[str, Any]:
        """As arguments of a Wish: by *label*, whose own filter is left out."""
        if label == "issue_type":
            if self.application is None:
                return {"facets": (Facet.ISSUE_TYPE,)}
            return {"facets": (Facet.PAIR,), "other_key": self.application}
        return {"facets": (Facet.APPLICATION,)} if self.issue_type is None else self._pairs()

    def _pairs(self) -> dict[str, Any]:
        return {"facets": (Facet.PAIR,), "key": self.issue_type}


@dataclass(frozen=True, slots=True, kw_only=True)
class SumFigures:
    """See `summaries.domain.reading.overview.Figures`. *fallback* finds a median that the sums don't know."""

    company: Company
    scope: Scope
    answers: Answers
    has_before: bool
    fallback: Callable[..., timedelta | None]

    def totals(self) -> Totals:
        days = self.days()
        first = min(days, default=None)
        return Totals(self._whole("totals"), self._whole("totals before") if self.has_before else None, first)

    def labels(self, label: str, *, before: bool = False) -> dict[str, int]:
        place = "other_key" if label == "application" and self.scope.issue_type is not None else "key"
        counts = {
            getattr(answer.key, place): amounts.sessions
            for answer, amounts in self.answers.items()
            if answer.wish == _named(label, before)
        }
        names = _MODELS[label].objects.filter(company=self.company, pk__in=counts).values_list("pk", "name")
        return {name: counts[pk] for pk, name in names}

    def supporters(self, *, before: bool = False) -> dict[int, int] | None:
        if not self.scope.is_open:
            return None
        wish = _named("supporter", before)
        return {answer.key.key: amounts.sessions for answer, amounts in self.answers.items() if answer.wish == wish}

    def days(self, *, before: bool = False) -> DayCounts:
        wish = _named("days", before)
        return {
            answer.day: (amounts.sessions, amounts.microseconds)
            for answer, amounts in self.answers.items()
            if answer.wish == wish and answer.day
        }

    def median(self) -> timedelta | None:
        """As lengths are shown: to the minute."""
        if not self.scope.is_open:
            return self.fallback()
        lengths = sorted(
            (answer.key.key, sums.sessions) for answer, sums in self.answers.items() if answer.wish == "length"
        )
        ended, seen = sum(sessions for _, sessions in lengths), 0
        for seconds, sessions in lengths:
            seen += sessions
            if seen > ended // 2:
                return timedelta(seconds=seconds)
        return None

    def _whole(self, wish: str) -> Amounts:
        return next((amounts for answer, amounts in self.answers.items() if answer.wish == wish), Amounts())


def read_figures(
    *,
    company: Company,
    labels: Mapping[str, str],
    now: Days,
    before: Days | None,
    is_summarised: bool,
    only_totals: bool,
    compares: bool,
    fallback: Callable[..., timedelta | None],
) -> SumFigures | None:
    """The figures of *company* under a filter by the *labels* ({filter: name}); None where sums don't answer.

    *compares*: labels and supporters of the stretch *before* too.
    """
    ids = {label: _MODELS[label].objects.filter(company=company, name=name).first() for label, name in labels.items()}
    if not all(ids.values()):
        return None
    scope = Scope(**{label: entry.pk for label, entry in ids.items()})
    whole = scope.totals(is_summarised=is_summarised)
    wishes = [Wish("totals", days=now, **whole)]
    if before:
        wishes.append(Wish("totals before", days=before, **whole))
    if not only_totals:
        wishes += _card_wishes(scope, whole, now, before)
    if compares:
        wishes += _other_wishes(scope, now, before)
    answers = read_sums(company=company, wishes=wishes)
    if answers is None:
        return None
    return SumFigures(company=company, scope=scope, answers=answers, has_before=before is not None, fallback=fallback)


def _card_wishes(scope: Scope, whole: dict[str, Any], now: Days, before: Days | None) -> list[Wish]:
    found = [
        Wish("issue_type", days=now, only_sessions=True, **scope.labels("issue_type")),
        Wish("application", days=now, only_sessions=True, **scope.labels("application")),
        Wish("days", days=now, by_day=True, **whole),
    ]
    if before:
        found.append(Wish("days before", days=before, by_day=True, **whole))
    if scope.is_open:
        found.append(Wish("length", facets=(Facet.LENGTH,), days=now, only_sessions=True))
    return found


def _other_wishes(scope: Scope, now: Days, before: Days | None) -> list[Wish]:
    found = [Wish("supporter", facets=(Facet.SUPPORTER,), days=now, only_sessions=True)] if scope.is_open else []
    if before:
        found += [Wish(f"{label} before", days=before, only_sessions=True, **scope.labels(label)) for label in _MODELS]
        if scope.is_open:
            found.append(Wish("supporter before", facets=(Facet.SUPPORTER,), days=before, only_sessions=True))
    return found


def _named(wish: str, before: bool) -> str:
    return f"{wish} before" if before else wish
