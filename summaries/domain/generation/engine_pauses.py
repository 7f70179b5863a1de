"""Holding back one key at one address: because the provider asks for it, or because nothing works there.

All processes see the same pauses. Only calls that began after a pause can lengthen it: of five hundred that were under
way when the engine broke, each would otherwise double the wait.
"""

from datetime import datetime, timedelta
from random import random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Company
from summaries.engines.base import EngineError
from summaries.models import EnginePause

#: Failed calls in a row after which an engine that says nothing of a pause is held back.
FAILURES_BEFORE_PAUSE = 5
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)
#: The longest that a provider's `retry-after` is heeded for.
LONGEST_ASKED = timedelta(hours=1)


def busy_for_too_long() -> EngineError:
    """For a session that is not even sent to an engine that is held back."""
    error = EngineError(_("The engine was busy for too long."), permanent=False)
    error.is_busy = True
    return error


@transaction.atomic
def note_trouble(*, place: str, error: EngineError, begun_at: datetime, at: datetime) -> datetime | None:
    """Take a failed call into account. Returns until when the place is held back; None: it is not, yet."""
    EnginePause.objects.get_or_create(place=place)
    pause = EnginePause.objects.select_for_update().get(place=place)
    if pause.began_at is not None and begun_at <= pause.began_at:
        return pause.opens_at
    pause.failures += 1
    fields = ["failures"]
    if error.is_busy or pause.failures >= FAILURES_BEFORE_PAUSE:
        pause.began_at = at
        pause.opens_at = at + _length(error, pause.failures)
        pause.reason = str(error)[:300]
        fields += ["began_at", "opens_at", "reason"]
    pause.save(update_fields=fields)
    return pause.opens_at if "opens_at" in fields else None


def note_answer(*, place: str) -> None:
    """The engine answered: what was wrong is over. The pause that stands is kept to its end."""
    EnginePause.objects.filter(place=place, failures__gt=0).update(failures=0)


def last_pause_of(*, place: str) -> EnginePause | None:
    """What is known of *place*; it is held back as long as `opens_at` is to come."""
    return EnginePause.objects.filter(place=place).first()


def words_for(*, pause_until: datetime, company: Company, reason: str = "") -> str:
    """`The engine is busy; next try at 14:05.` by the company's clock."""
    there = pause_until.astimezone(ZoneInfo(company.time_zone))
    known = {"reason": reason or _("The engine is busy"), "time": f"{there:%H:%M}"}
    return _("%(reason)s; next try at %(time)s.") % known


def _length(error: EngineError, failures: int) -> timedelta:
    """What the engine asks for; else 15 s, 30 s, 1 min … to 10 min. Up to a quarter is added, so that calls spread."""
    own = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    asked = min(timedelta(seconds=error.wait_seconds), LONGEST_ASKED)
    spread: float = 1 + 0.25 * random()  # noqa: S311 - spreads load, protects nothing
    return (asked or own) * spread
