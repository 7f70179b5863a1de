"""What webhooks and mails have in common on their way out: who has one, when it is tried again, when that ends.

A worker takes a row by one conditional UPDATE that also counts the attempt, and has it until its lease ends. A worker
that was killed is followed by another then: what was on its way is sent again, under the same id.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from accounts.enums import DeliveryState
from insights_portal.lib.text import show_controls

#: Beyond the time that one exchange may take.
LEASE = timedelta(minutes=2)
#: Longest problem that is kept, in characters.
LONGEST_PROBLEM = 300
#: Problems are kept in English, and said in the reader's language where they are shown.
GIVEN_UP = gettext_noop("The worker stopped again and again while it sent this.")


def free_at(*, at: datetime) -> Q:
    """What nobody has at *at*."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=at)


def due(rows: QuerySet[Any], *, at: datetime) -> QuerySet[Any]:
    """Those of *rows* (deliveries or mails) that are to be sent at *at* and that nobody has."""
    return rows.filter(free_at(at=at), state=DeliveryState.WAITING, next_attempt_at__lte=at)


def take(rows: QuerySet[Any], *, at: datetime) -> datetime | None:
    """Take the one row of *rows* if it is due: until when it is held, or None. The attempt counts from now on."""
    until = at + LEASE
    taken = due(rows, at=at).update(leased_until=until, attempt_count=F("attempt_count") + 1)
    return until if taken else None


def settle_delivered(rows: QuerySet[Any], *, held_until: datetime, at: datetime, **more: Any) -> bool:
    """Close the row as delivered; False when its lease has ended meanwhile and another worker took it."""
    return _settle(rows, held_until, state=DeliveryState.DELIVERED, settled_at=at, last_problem="", **more)


def settle_failed(rows: QuerySet[Any], *, held_until: datetime, problem: str, at: datetime, **more: Any) -> bool:
    """Close the row for good, undelivered; False as above."""
    return _settle(rows, held_until, state=DeliveryState.FAILED, settled_at=at, last_problem=shorten(problem), **more)


def put_back(rows: QuerySet[Any], *, held_until: datetime, problem: str, next_attempt_at: datetime) -> bool:
    """Let the row wait for its next attempt; False as above."""
    return _settle(rows, held_until, next_attempt_at=next_attempt_at, last_problem=shorten(problem))


def pause_after(*, attempts: int, pauses: Sequence[timedelta]) -> timedelta | None:
    """How long to wait after so many failed attempts; None when that was the last."""
    return pauses[attempts - 1] if attempts <= len(pauses) else None


def shorten(problem: str) -> str:
    """*problem* as it is kept: on one line, without what a reader can't see."""
    return show_controls(" ".join(problem.split()))[:LONGEST_PROBLEM]


def _settle(rows: QuerySet[Any], held_until: datetime, **values: Any) -> bool:
    mine = rows.filter(state=DeliveryState.WAITING, leased_until=held_until)
    return bool(mine.update(leased_until=None, **values))
