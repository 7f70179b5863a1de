"""Reads the sums of a company for some days, exact at every moment.

A sum is what the rows hold, less what of the changed sessions is in them, plus what those are now. The rows and the
changes are read one after the other; a version that counts every change of the rows tells whether both belong together.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import Company
from summaries.domain.rollups.contributions import Amounts, Contribution, Key, contributions_of
from summaries.domain.rollups.days import Days, Stretch, stretches_of
from summaries.models.rollups import Facet, Grain

#: With more changes than these waiting to be counted, the raw rows are asked.
MOST_CHANGES = 2_000
_TRIES = 3
_COLUMNS = ", ".join(Amounts._fields)
_SUMS = ", ".join(f"SUM({name})" for name in Amounts._fields)
_SESSIONS = ", ".join("SUM(sessions)" if name == "sessions" else "0" for name in Amounts._fields)
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
    #: The other amounts are not asked for, and mean nothing.
    only_sessions: bool = False

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
        version, has_changes, answers = _read_rows(company, wishes)
        if version is None:
            return None
        if not has_changes:
            return answers
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


def _read_rows(company: Company, wishes: Sequence[Wish]) -> tuple[int | None, bool, Answers]:
    """(version of the sums, has anything changed since, the sums as they stand in the rows) in one statement.

    No version: they are not to be read.
    """
    changed = "CASE WHEN EXISTS (SELECT 1 FROM summaries_sessionchange WHERE company_id = %s) THEN 1 ELSE 0 END"
    state = (
        f"SELECT -1 AS wish, version AS facet, {changed} AS key, 0 AS other_key, CAST(NULL AS date) AS day, {_NOTHING} "  # noqa: S608
        "FROM summaries_rollupstate WHERE company_id = %s AND is_complete AND time_zone = %s"
    )
    parts = [state]
    values: list[Any] = [company.pk, company.pk, company.time_zone]
    for number, wish in enumerate(wishes):
        part, its_values = _part(number, wish, company.pk)
        parts.append(part)
        values += its_values
    version: int | None = None
    has_changes = False
    answers: Answers = defaultdict(Amounts)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for number, facet, key, other_key, day, *amounts in cursor.fetchall():
            if number < 0:
                version, has_changes = facet, bool(key)
                continue
            place = Place(wishes[number].name, Key(facet, key, other_key), _as_day(day))
            answers[place] = Amounts(*map(int, amounts))
    return version, has_changes, answers


def _part(number: int, wish: Wish, company_id: int) -> tuple[str, list[Any]]:
    """A SELECT with its values: months with the days beside them. Of a day there is one row already."""
    values: list[Any] = [company_id]
    stretches = [Stretch(Grain.DAY, wish.days)] if wish.by_day else stretches_of(wish.days)
    either = " OR ".join(_condition(stretch, values) for stretch in stretches)
    where = f"company_id = %s AND facet IN ({', '.join(str(int(facet)) for facet in wish.facets)}) AND ({either})"
    for column, key in (("key", wish.key), ("other_key", wish.other_key)):
        if key is not None:
            where += f" AND {column} = %s"
            values.append(key)
    day = "day" if wish.by_day else "CAST(NULL AS date)"
    sums = _COLUMNS if wish.by_day else _SESSIONS if wish.only_sessions else _SUMS
    group = "" if wish.by_day else "GROUP BY facet, key, other_key"
    columns = f"{number}, facet, key, other_key, {day}, {sums}"
    return f"SELECT {columns} FROM summaries_sessionrollup WHERE {where} {group}", values  # noqa: S608 - our own names


def _condition(stretch: Stretch, values: list[Any]) -> str:
    """The days of *stretch*; its values are added to *values*."""
    condition = "grain = %s"
    values.append(int(stretch.grain))
    for sign, day in ((">=", stretch.days.first), ("<=", stretch.days.last)):
        if day:
            condition += f" AND day {sign} %s"
            values.append(day)
    return f"({condition})"


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
