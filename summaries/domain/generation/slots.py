"""Room for the queue tasks that wait for remote engines: so many that workers are left for everything else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q

from summaries.models import EngineRun

#: How long a run holds its slot and its summaries without a sign of life, in seconds; renewed three times as often.
LEASE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Slot:
    """*number*: from 0 to GENERATION_RUNS - 1. *token*: names the run that holds it."""

    number: int
    token: UUID


def hold_slot(*, at: datetime) -> Slot | None:
    """Take a free slot. None: as many runs are alive as there may be."""
    for number in range(settings.GENERATION_RUNS):
        EngineRun.objects.get_or_create(number=number)
        slot = Slot(number, uuid4())
        free = EngineRun.objects.filter(Q(held_until=None) | Q(held_until__lt=at), number=number)
        if free.update(token=slot.token, held_until=_lease(at), in_flight=0):
            return slot
    return None


def renew_slot(slot: Slot, *, at: datetime, in_flight: int) -> bool:
    """Give a sign of life. False when the slot was taken over: the run was silent for too long."""
    mine = EngineRun.objects.filter(number=slot.number, token=slot.token)
    return bool(mine.update(held_until=_lease(at), in_flight=in_flight))


def free_slot(slot: Slot) -> None:
    EngineRun.objects.filter(number=slot.number, token=slot.token).update(token=None, held_until=None, in_flight=0)


def is_a_run_alive(*, at: datetime) -> bool:
    return EngineRun.objects.filter(held_until__gte=at).exists()


def _lease(at: datetime) -> datetime:
    return at + timedelta(seconds=LEASE_SECONDS)
