"""Rows of a copy of personal data, and those that tell of mails."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from accounts.models import Membership
from summaries.domain.keeping.data_subjects import summaries_of
from summaries.models import ScheduleRecipient, SummaryMail, SupportSession, ViewSchedule

#: Rows in memory at a time.
ROWS = 500

Row = dict[str, Any]


def values_of(rows: QuerySet[Any], *fields: str) -> Iterator[Row]:
    return rows.values(*fields).iterator(chunk_size=ROWS)


def of_summaries(rows: QuerySet[Any], *fields: str) -> Iterator[Row]:
    """Rows that belong to a summary, with the number of its session, in the trash or not."""
    homes = ("summary__session__number", "summary__trashed__session__number")
    for row in values_of(rows.order_by("pk"), *homes, *fields):
        number, trashed = (row.pop(home) for home in homes)
        yield {"summary__session__number": number or trashed, "is_in_trash": number is None, **row}


def sent_of(*, sessions: QuerySet[SupportSession]) -> Iterator[Row]:
    """To whom summaries of *sessions* went by mail."""
    return _deliveries(SummaryMail.objects.filter(summaries_of(sessions=sessions, of="summary__")), "address")


def mailed_by(*, membership: Membership) -> dict[str, Iterable[Row]]:
    """{file: rows} of what a member sends by mail, and gets regularly."""
    company, user = membership.company, membership.user
    return {
        # To whom is another person's.
        "deliveries.jsonl": _deliveries(SummaryMail.objects.filter(company=company, sender=user), "note"),
        "schedules.jsonl": values_of(
            ViewSchedule.objects.filter(company=company, owner=user),
            *("view__name", "form", "rhythm", "hour", "time_zone", "is_paused", "created_at"),
        ),
        "scheduled_mails.jsonl": values_of(
            ScheduleRecipient.objects.filter(company=company, user=user),
            *("schedule__view__name", "unsubscribed_at"),
        ),
    }


def _deliveries(rows: QuerySet[SummaryMail], more: str) -> Iterator[Row]:
    return of_summaries(rows, "ticket", more, "asked_at", "state", "settled_at")
