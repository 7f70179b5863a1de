"""Writing down which sessions a job means: copied inside the database, in transactions short enough for SQLite."""

from collections.abc import Sequence
from typing import Any

from django.db import connections, transaction
from django.db.models import F, QuerySet

from insights_portal.lib.keyset import beyond
from summaries.enums import ItemState
from summaries.models import Job, JobItem, SupportSession

#: Items that one transaction writes: far below 100 ms on SQLite.
NOTED = 2_000

_NEWEST_FIRST = ("-started_at", "-id")
_COPY = """
INSERT INTO summaries_jobitem (company_id, job_id, place, session_id, number, revision_id, state, sentence)
SELECT %s, %s, %s + ROW_NUMBER() OVER (ORDER BY {order}), {session}, number, {revision}, %s, '' FROM ({rows}) AS listed
"""


def note_sessions(*, job: Job, sessions: QuerySet[SupportSession]) -> int:
    """Make *sessions*, newest first, the items of the job; returns how many."""
    found = sessions.annotate(text_id=F("summary__current")).order_by(*_NEWEST_FIRST)
    rows = found.values("id", "number", "started_at", "text_id")
    columns = {"session": "id", "revision": "text_id", "order": "started_at DESC, id DESC"}
    total = copied = _copy(rows[:NOTED], job=job, after=0, **columns)
    while copied == NOTED:
        # Each portion is found by the last row of the one before, however many there are.
        last = JobItem.objects.filter(job=job, place=total).values_list("session_id", flat=True).get()
        moment = SupportSession.objects.filter(pk=last).values_list("started_at", flat=True).get()
        older = beyond(rows, order=_NEWEST_FIRST, position=(moment, last))
        copied = _copy(older[:NOTED], job=job, after=total, **columns)
        total += copied
    return total


def note_again(*, job: Job, left: Sequence[QuerySet[JobItem]]) -> int:
    """Make what an earlier job left the items of this one, each of *left* in its order; returns how many.

    They mean the texts that the earlier job meant.
    """
    columns = {"session": "session_id", "revision": "revision_id", "order": "place"}
    total = 0
    for items in left:
        rows = items.order_by("place").values("place", "session_id", "number", "revision_id")
        copied, last = NOTED, 0
        while copied == NOTED:
            copied = _copy(rows.filter(place__gt=last)[:NOTED], job=job, after=total, **columns)
            total += copied
            if copied:
                newest = JobItem.objects.filter(job=job, place=total).values("session_id")
                last = items.values_list("place", flat=True).get(session_id__in=newest)
    return total


@transaction.atomic
def _copy(rows: QuerySet[Any, Any], *, job: Job, after: int, **columns: str) -> int:
    selected, parameters = rows.query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        # What is put into the statement are names of columns, and a query of Django's own with its parameters bound.
        statement = _COPY.format(rows=selected, **columns)
        cursor.execute(statement, [job.company_id, job.pk, after, ItemState.WAITING.value, *parameters])
        return int(cursor.rowcount)
