"""Reads the sums of a company for some days, exact at every moment.

A sum is what the rows hold, less what of the changed sessions is in them, plus what those are now. The rows and the
changes are read one after the other; a version that counts every change of the rows tells whether both belong together.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import Company
from summaries.domain.rollups.contributions import Amounts, Contribution, Key, contributions_of
from summaries.domain.rollups.days import Days, stretches_of
from summaries.models.rollups import Facet, Grain

#: With more changes than these waiting to be counted, the raw rows are asked.
MOST_CHANGES = 2_000
_TRIES = 3
_COLUMNS = ", ".join(Amounts._fields)
_SUMS = ", ".join(f"SUM({name})" for name in Amounts._fields)
_NOTHING = ", ".join("0" for _ in Amounts._fields)


@dataclass(frozen=True, slots=True)
class Wish:
    """Sums of some facets over *days*. None as a key: one sum for each. *name* tells wishes apart."""

    name: str
    facets: tuple[Facet, ...]
    days: Days
    key: int | None = None
    other_key: int | None = None
    #: One sum for each day.
    by_day: bool = False

    def holds(self, day: date, key: Key) -> bool:
        return (
            key.facet in self.facets
            and self.days.holds(day)
            and self.key in (None, key.key)
            and self.other_key in (None, key.other_key)
        )


class Place(NamedTuple):
    """Where an answer stands: of which wish, about what, on which day (None: all of them)."""

    wish: str
    key: Key
    day: date | None = None


Answers = dict[Place, Amounts]


def read_sums(*, company: Company, wishes: Sequence[Wish]) -> Answers | None:
    """What is wished for, without sums of no session. None where the raw rows must be asked: while the company is
    counted anew, or where too much has changed at once.
    """
    for _ in range(_TRIES):
        version, answers = _read_rows(company, wishes)
        if version is None:
            return None
        seen_version, counted = _read_changes(company)
        if len(counted) > MOST_CHANGES:
            return None
        if seen_version == version:
            return _corrected(company, answers, wishes, counted)
    return None


def _corrected(
    company: Company, answers: Answers, wishes: Sequence[Wish], counted: dict[int, Contribution | None]
) -> Answers:
    zone = ZoneInfo(company.time_zone)
    now = contributions_of(company_id=company.pk, session_ids=counted, zone=zone) if counted else {}
    for contributions, sign in ((counted.values(), -1), (now.values(), 1)):
        for contribution in filter(None, contributions):
            _correct(answers, wishes, contribution, sign)
    return {place: amounts for place, amounts in answers.items() if amounts.sessions}


def _correct(answers: Answers, wishes: Sequence[Wish], contribution: Contribution, sign: int) -> None:
    amounts = contribution.amounts()
    for key in contribution.spread():
        for wish in wishes:
            if wish.holds(contribution.day, key):
                place = Place(wish.name, key, contribution.day if wish.by_day else None)
                answers[place] = answers[place].plus(amounts, sign=sign)


def _read_rows(company: Company, wishes: Sequence[Wish]) -> tuple[int | None, Answers]:
    """(version of the sums, the sums as they stand in the rows) in one statement; no version: not to be read."""
    state = (
        f"SELECT -1 AS wish, version AS facet, 0 AS key, 0 AS other_key, CAST(NULL AS date) AS day, {_NOTHING} "  # noqa: S608
        "FROM summaries_rollupstate WHERE company_id = %s AND is_complete AND time_zone = %s"
    )
    parts = [state]
    values: list[Any] = [company.pk, company.time_zone]
    for number, wish in enumerate(wishes):
        for part, its_values in _parts(number, wish, company.pk):
            parts.append(part)
            values += its_values
    version: int | None = None
    answers: Answers = defaultdict(Amounts)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for number, facet, key, other_key, day, *amounts in cursor.fetchall():
            if number < 0:
                version = facet
                continue
            place = Place(wishes[number].name, Key(facet, key, other_key), _as_day(day))
            # A stretch of months and those of days beside it are a part each.
            answers[place] = answers[place].plus(map(int, amounts))
    return version, answers


def _parts(number: int, wish: Wish, company_id: int) -> Iterable[tuple[str, list[Any]]]:
    """A grouped SELECT for each stretch of the wish's days, with its values."""
    stretches = (
        [(Grain.DAY, wish.days)] if wish.by_day else [(each.grain, each.days) for each in stretches_of(wish.days)]
    )
    day = "day" if wish.by_day else "CAST(NULL AS date)"
    group = "facet, key, other_key" + (", day" if wish.by_day else "")
    for grain, days in stretches:
        conditions = [
            ("company_id = %s", company_id),
            (f"facet IN ({', '.join(str(int(facet)) for facet in wish.facets)})", None),
            ("grain = %s", int(grain)),
            ("day >= %s", days.first),
            ("day <= %s", days.last),
            ("key = %s", wish.key),
            ("other_key = %s", wish.other_key),
        ]
        used = [(text, value) for text, value in conditions if value is not None or "%s" not in text]
        where = " AND ".join(text for text, _ in used)
        yield (
            f"SELECT {number}, facet, key, other_key, {day}, {_SUMS} FROM summaries_sessionrollup "  # noqa: S608
            f"WHERE {where} GROUP BY {group}",
            [value for _, value in used if value is not None],
        )


def _read_changes(company: Company) -> tuple[int | None, dict[int, Contribution | None]]:
    """(version, {changed session: what of it is in the rows, None for nothing}) in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT state.version, changed.session_id, counted.day, counted.supporter_id, counted.has_summary,
                counted.microseconds, counted.is_to_review, counted.has_failed, counted.outcome, counted.issue_types,
                counted.applications
            FROM summaries_rollupstate state
            LEFT JOIN (SELECT DISTINCT session_id FROM summaries_sessionchange WHERE company_id = %s LIMIT %s) changed
                ON TRUE
            LEFT JOIN summaries_countedsession counted ON counted.session_id = changed.session_id
            WHERE state.company_id = %s
            """,
            [company.pk, MOST_CHANGES + 1, company.pk],
        )
        rows = cursor.fetchall()
    version = rows[0][0] if rows else None
    return version, {row[1]: _as_contribution(row[2:]) for row in rows if row[1] is not None}


def _as_contribution(row: Sequence[Any]) -> Contribution | None:
    day, supporter_id, has_summary, microseconds, is_to_review, has_failed, outcome, issue_types, applications = row
    if day is None:
        return None
    return Contribution(
        day=day,
        supporter_id=supporter_id,
        has_summary=bool(has_summary),
        microseconds=microseconds,
        is_to_review=bool(is_to_review),
        has_failed=bool(has_failed),
        outcome=outcome,
        issue_types=tuple(json.loads(issue_types)),
        applications=tuple(json.loads(applications)),
    )


def _as_day(day: Any) -> date | None:
    """A day as the database gives it: SQLite knows no dates in a union."""
    return date.fromisoformat(day) if isinstance(day, str) else day
