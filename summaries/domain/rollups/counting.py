"""Keeps the sums: what changed is taken out as it was put in, and put in as it is now.

Triggers note each change in the transaction that makes it (`summaries.models.rollup_triggers`). Here, in short
transactions after it, the noted sessions are counted again; until then readers add the difference themselves
(`summaries.domain.rollups.sums`), so that they are never behind.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Company
from summaries.domain.rollups.contributions import Amounts, Contribution, Key, contributions_of, counted_of
from summaries.models import CountedSession, RollupState, SessionChange, SessionRollup, SupportSession
from summaries.models.rollups import Facet, Grain

#: Sessions counted in one transaction: on SQLite it must not take longer than 100 ms.
BATCH = 200
#: PostgreSQL has writers who wait for nothing of it; more at once share more sums.
BATCH_OF_MANY = 2_000
#: Rows deleted in one.
DELETED_AT_ONCE = 5_000
_ROWS_A_STATEMENT = 1_000
_COLUMNS = Amounts._fields


def start_counting(*, company: Company) -> None:
    """A new company has no sessions: its sums are complete."""
    RollupState.objects.create(company=company, time_zone=company.time_zone, is_complete=True)


def begin_anew(*, company: Company) -> None:
    """Count *company* from the start, by the steps of `keep_up`; nothing reads its sums until that is done."""
    values = {"time_zone": company.time_zone, "is_complete": False, "counted_to": -1}
    RollupState.objects.update_or_create(company=company, defaults=values)


def keep_up(*, keep_going: Callable[[], bool]) -> None:
    """Count what changed in every company, then go on with those that are counted anew, while *keep_going*."""
    zones = dict(RollupState.objects.filter(is_complete=True).values_list("company_id", "time_zone"))
    counted_anew = []
    for company in Company.objects.order_by("pk"):
        if zones.get(company.pk) == company.time_zone:
            while keep_going() and count_changes(company_id=company.pk):
                pass
        else:
            counted_anew.append(company)
    for company in counted_anew:
        while keep_going() and count_on(company=company):
            pass


def count_changes(*, company_id: int) -> int:
    """Count again what changed, one batch. How many changes that were; 0 too while another process does it."""
    with transaction.atomic():
        state = _locked(company_id)
        if state is None or not state.is_complete:
            return 0
        changes = list(SessionChange.objects.filter(company=company_id).order_by("pk").values_list("pk", "session_id"))[
            :BATCH
        ]
        if changes:
            _count(state, {session_id for _, session_id in changes})
            SessionChange.objects.filter(pk__in=[pk for pk, _ in changes]).delete()
    return len(changes)


def count_on(*, company: Company) -> bool:
    """One step of counting *company* anew, in its time zone of today. False when there is no more to do."""
    with transaction.atomic():
        state = _locked(company.pk)
        if state is None and RollupState.objects.filter(company=company).exists():
            return False  # pragma: no cover - another process counts; SQLite has one writer
        if state is None or state.time_zone != company.time_zone:
            begin_anew(company=company)
            return True
        if state.is_complete:
            return False
        if state.counted_to < 0:
            return _clear(state)
        following = SupportSession.objects.filter(company=company, pk__gt=state.counted_to).order_by("pk")
        session_ids = list(following.values_list("pk", flat=True)[: batch()])
        if session_ids:
            _count(state, session_ids)
        RollupState.objects.filter(pk=state.pk).update(
            is_complete=not session_ids, counted_to=session_ids[-1] if session_ids else state.counted_to
        )
    return bool(session_ids)


def batch() -> int:
    """How many sessions one step counts anew."""
    return BATCH if connection.vendor == "sqlite" else BATCH_OF_MANY


def recount(*, company_id: int, session_ids: Collection[int]) -> int:
    """Count these sessions again. How many of them were counted otherwise; 0 while another process counts."""
    with transaction.atomic():
        state = _locked(company_id)
        return _count(state, session_ids) if state and state.is_complete else 0


def _locked(company_id: int) -> RollupState | None:
    """The company's state, unless another process has it: what that leaves, the next run does."""
    skips = connection.features.has_select_for_update_skip_locked
    return RollupState.objects.select_for_update(skip_locked=skips).filter(company=company_id).first()


def _clear(state: RollupState) -> bool:
    """Take the sums away, some at a time; then the counting begins at session 0."""
    for model in (SessionRollup, CountedSession):
        some = list(model.objects.filter(company=state.company_id).values_list("pk", flat=True)[:DELETED_AT_ONCE])
        if some:
            model.objects.filter(pk__in=some).delete()
            return True
    RollupState.objects.filter(pk=state.pk).update(counted_to=0)
    return True


def _count(state: RollupState, session_ids: Collection[int]) -> int:
    """Bring the sums from what is counted of *session_ids* to what stands now. How many of them differed."""
    company_id = state.company_id
    now = contributions_of(company_id=company_id, session_ids=session_ids, zone=ZoneInfo(state.time_zone))
    before = counted_of(CountedSession.objects.filter(company=company_id, pk__in=session_ids))
    differing = [pk for pk in sorted(set(session_ids)) if now.get(pk) != before.get(pk)]
    if not differing:
        return 0
    sums: dict[tuple[date, Key], Amounts] = defaultdict(Amounts)
    for pk in differing:
        for contribution, sign in ((before.get(pk), -1), (now.get(pk), 1)):
            if contribution:
                add_to(sums, contribution, sign=sign)
    _write(company_id, sums)
    _remember(company_id, {pk: now.get(pk) for pk in differing})
    RollupState.objects.filter(pk=state.pk).update(version=F("version") + 1)
    return len(differing)


def add_to(sums: dict[tuple[date, Key], Amounts], contribution: Contribution, *, sign: int = 1) -> None:
    """Add a session to the sums of its day, or with -1 take it out."""
    amounts = contribution.amounts()
    for key in contribution.spread():
        place = contribution.day, key
        sums[place] = sums[place].plus(amounts, sign=sign)


def by_month(sums: dict[tuple[date, Key], Amounts]) -> dict[tuple[date, Key], Amounts]:
    """Sums of days as sums of months."""
    found: dict[tuple[date, Key], Amounts] = defaultdict(Amounts)
    for (day, key), amounts in sums.items():
        place = day.replace(day=1), key
        found[place] = found[place].plus(amounts)
    return found


def _write(company_id: int, sums: dict[tuple[date, Key], Amounts]) -> None:
    """Add to the rows; those that nothing is left of go."""
    days = [(Grain.DAY, day, key, amounts) for (day, key), amounts in sums.items() if any(amounts)]
    months = [(Grain.MONTH, day, key, amounts) for (day, key), amounts in by_month(sums).items() if any(amounts)]
    # In one order, so that nobody waits for each other.
    rows = sorted((int(grain), day, key, amounts) for grain, day, key, amounts in (*days, *months))
    for first in range(0, len(rows), _ROWS_A_STATEMENT):
        some = rows[first : first + _ROWS_A_STATEMENT]
        _add(company_id, some)
    if any(amounts.sessions < 0 for *_, amounts in rows):
        touched = {day for _, day, _, _ in rows}
        # All columns of the index, or the database would walk through the company.
        emptied = SessionRollup.objects.filter(company=company_id, facet__in=Facet.values, grain__in=Grain.values)
        emptied.filter(day__in=touched, sessions=0).delete()


def _add(company_id: int, rows: Iterable[tuple[int, date, Key, Amounts]]) -> None:
    values: list[tuple[Any, ...]] = [(company_id, grain, day, *key, *amounts) for grain, day, key, amounts in rows]
    columns = ("company_id", "grain", "day", *Key._fields, *_COLUMNS)
    source, parameters = _source(values)
    added = ", ".join(f"{name} = summaries_sessionrollup.{name} + excluded.{name}" for name in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO summaries_sessionrollup ({', '.join(columns)}) {source} "
            f"ON CONFLICT (company_id, facet, grain, day, key, other_key) DO UPDATE SET {added}",
            parameters,
        )


def _source(values: list[tuple[Any, ...]]) -> tuple[str, list[Any]]:
    """The rows *values* as SQL, with its parameters."""
    if connection.vendor == "postgresql":  # pragma: no cover - a list for each column is bound sooner than each value
        types = ("bigint", "smallint", "date", "smallint", *(["bigint"] * (len(values[0]) - 4)))
        lists = ", ".join(f"%s::{each}[]" for each in types)
        return f"SELECT * FROM unnest({lists})", [list(column) for column in zip(*values, strict=True)]  # noqa: S608
    row = f"({', '.join(['%s'] * len(values[0]))})"
    return f"VALUES {', '.join([row] * len(values))}", [value for each in values for value in each]


def _remember(company_id: int, now: dict[int, Contribution | None]) -> None:
    CountedSession.objects.filter(pk__in=[pk for pk, contribution in now.items() if contribution is None]).delete()
    kept = [
        CountedSession(company_id=company_id, session_id=pk, **_as_row(contribution))
        for pk, contribution in now.items()
        if contribution
    ]
    fields = [field.name for field in CountedSession._meta.concrete_fields if not field.primary_key]
    CountedSession.objects.bulk_create(kept, update_conflicts=True, unique_fields=["session_id"], update_fields=fields)


def _as_row(contribution: Contribution) -> dict[str, object]:
    labels = {"issue_types": list(contribution.issue_types), "applications": list(contribution.applications)}
    return asdict(contribution) | labels
