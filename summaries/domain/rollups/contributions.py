"""What one session adds to the sums: read from its rows, and spread over the facets. Spreading is pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any, NamedTuple

from summaries.enums import Outcome, ReviewState, SummaryState
from summaries.models import CountedSession, Summary, SupportSession
from summaries.models.rollups import Facet
from summaries.models.sessions import HIDDEN

MINUTE = timedelta(minutes=1)


class Key(NamedTuple):
    """What a sum is about, but for its day."""

    facet: int
    key: int = 0
    other_key: int = 0


class Amounts(NamedTuple):
    """The columns of a sum, in the order of `SessionRollup`. *microseconds*: of the ended ones together."""

    sessions: int = 0
    ended: int = 0
    microseconds: int = 0
    to_review: int = 0
    failed: int = 0
    resolved: int = 0
    partly_resolved: int = 0
    unresolved: int = 0
    unknown: int = 0

    def plus(self, other: Iterable[int], *, sign: int = 1) -> "Amounts":
        return Amounts(*(mine + sign * more for mine, more in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What of a session counts, on its *day* in the company's time zone. *microseconds*: None while it runs.

    *outcome* is empty without a text. Labels are ids, sorted.
    """

    day: date
    supporter_id: int
    has_summary: bool = False
    microseconds: int | None = None
    is_to_review: bool = False
    has_failed: bool = False
    outcome: str = ""
    issue_types: tuple[int, ...] = ()
    applications: tuple[int, ...] = ()

    def amounts(self) -> Amounts:
        outcomes = [int(self.outcome == outcome) for outcome in Outcome]
        ended = int(self.microseconds is not None)
        return Amounts(1, ended, self.microseconds or 0, int(self.is_to_review), int(self.has_failed), *outcomes)

    def spread(self) -> Iterator[Key]:
        """Every sum that the session is part of."""
        yield Key(Facet.REPORTS)
        if not self.has_summary:
            return
        yield Key(Facet.SUMMARIES)
        yield Key(Facet.SUPPORTER, self.supporter_id)
        if self.microseconds is not None:
            yield Key(Facet.LENGTH, shown_seconds(timedelta(microseconds=self.microseconds)))
        yield from (Key(Facet.ISSUE_TYPE, pk) for pk in self.issue_types)
        yield from (Key(Facet.APPLICATION, pk) for pk in self.applications)
        yield from (Key(Facet.PAIR, first, other) for first in self.issue_types for other in self.applications)


def shown_seconds(length: timedelta) -> int:
    """*length* as lists show it: seconds below a minute, whole minutes above. Keeps the order of lengths."""
    seconds = int(length.total_seconds())
    return seconds if seconds < MINUTE.seconds else round(seconds / MINUTE.seconds) * MINUTE.seconds


def contributions_of(*, company_id: int, session_ids: Collection[int], zone: tzinfo) -> dict[int, Contribution]:
    """{session id: what it adds}, as the rows stand now, in three queries. What is hidden or gone is left out."""
    rows = (
        SupportSession.objects.filter(company=company_id, pk__in=session_ids)
        .exclude(status__in=HIDDEN)
        .order_by()
        .values_list(
            "pk",
            "started_at",
            "ended_at",
            "supporter_id",
            "summary__pk",
            "summary__state",
            "summary__review",
            "summary__current_id",
            "summary__outcome",
        )
    )
    found = list(rows)
    summary_ids = [row[4] for row in found if row[4] is not None]
    issue_types = _labels(Summary.issue_types.through, "issuetype_id", summary_ids)
    applications = _labels(Summary.applications.through, "application_id", summary_ids)
    return {
        pk: Contribution(
            day=started_at.astimezone(zone).date(),
            supporter_id=supporter_id,
            has_summary=summary_id is not None,
            microseconds=(ended_at - started_at) // timedelta(microseconds=1) if ended_at else None,
            is_to_review=(state, review) == (SummaryState.READY, ReviewState.AI_GENERATED),
            has_failed=state == SummaryState.FAILED,
            outcome=outcome if current_id else "",
            issue_types=issue_types.get(summary_id, ()),
            applications=applications.get(summary_id, ()),
        )
        for pk, started_at, ended_at, supporter_id, summary_id, state, review, current_id, outcome in found
    }


def counted_of(rows: Iterable[CountedSession]) -> dict[int, Contribution]:
    """{session id: what of it is in the sums}."""
    return {
        row.session_id: Contribution(
            day=row.day,
            supporter_id=row.supporter_id,
            has_summary=row.has_summary,
            microseconds=row.microseconds,
            is_to_review=row.is_to_review,
            has_failed=row.has_failed,
            outcome=row.outcome,
            issue_types=tuple(row.issue_types),
            applications=tuple(row.applications),
        )
        for row in rows
    }


def _labels(through: Any, column: str, summary_ids: list[int]) -> dict[int, tuple[int, ...]]:
    """{summary id: ids of its labels, sorted}."""
    found: dict[int, list[int]] = {}
    rows = through.objects.filter(summary_id__in=summary_ids).values_list("summary_id", column)
    for summary_id, label_id in rows:
        found.setdefault(summary_id, []).append(label_id)
    return {summary_id: tuple(sorted(label_ids)) for summary_id, label_ids in found.items()}
