"""One client of a race on a company's credits: it does at random what the portal does, and notes what it was told.

A client is a process that may be killed at any moment. It writes each answer at once to a file of its own, as a line of
JSON. A client that takes a killed one's place does the same again from the start, as a queue does.
"""

import json
import os
import random
import select
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from accounts.models import AISettings, Company
from credits.domain.grants import UnableToGrantCredits, adjust, ensure_monthly, expire, grant_purchased
from credits.domain.reservations import InsufficientCredits, release, reserve, settle
from tests.resilience.worker import Statements

#: What clients do, and how often; each session is asked for again and again by all of them.
WEIGHTS = {
    "reserve": 40,
    "settle": 16,
    "release": 16,
    "purchase": 4,
    "add": 3,
    "take_back": 5,
    "expire": 5,
    "month": 5,
    "meter": 3,
    "plan": 3,
}
PLANS = ("BUSINESS", "PREMIUM", "CORPORATE", "TENSOR")
#: A call whose connection breaks is made again so often; a server that is killed needs a while to be back.
ATTEMPTS = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """What all clients of one race know. Clocks jump within *spread* minutes around *begin*, a turn of the month."""

    seed: str
    company_id: int
    sessions: tuple[UUID, ...]
    begin: datetime
    spread: int
    calls: int
    notes: Path


def run_client(race: Race, number: int, start: int) -> None:
    """Make the calls of client *number*. Its *start* 0 may kill itself before a statement; the later ones do not."""
    chance = random.Random(f"{race.seed} {number}")
    die_at = chance.choice([None, chance.randint(1, race.calls * 4)])
    path = race.notes / f"{number}-{start}.jsonl"
    statements = Statements(die_at=None if start else die_at)
    with path.open("ab", buffering=0) as notes, connection.execute_wrapper(statements):
        for _ in range(race.calls):
            what = chance.choices(list(WEIGHTS), WEIGHTS.values())[0]
            session = chance.choice(race.sessions)
            at = race.begin + timedelta(minutes=chance.uniform(-race.spread, race.spread))
            told = _call(what, race.company_id, session, at, chance.randint(1, 4))
            _note(notes, told=what, session=str(session), result=told)
    connection.close()


def _note(notes: Any, **line: Any) -> None:
    os.write(notes.fileno(), json.dumps(line).encode() + b"\n")


def _call(what: str, company_id: int, session: UUID, at: datetime, size: int) -> Any:
    """Make a call until there is an answer: a broken connection tells nothing of what became of it."""
    for attempt in range(ATTEMPTS):
        try:
            return _CALLS[what](Company.objects.get(pk=company_id), session, at, size)
        except (InsufficientCredits, UnableToGrantCredits):
            return "REFUSED"
        except (OperationalError, InterfaceError) as error:
            if "deadlock" in str(error) or attempt == ATTEMPTS - 1:
                raise
            connection.close()
            _wait_for_the_server()
    return None


def _wait_for_the_server() -> None:
    """Give a server that starts again a moment."""
    select.select([], [], [], 0.02)


def _set_plan(company: Company, size: int) -> None:
    Company.objects.filter(pk=company.pk).update(plan=PLANS[size - 1])


_CALLS: dict[str, Any] = {
    "reserve": lambda company, session, at, _: reserve(company=company, session_id=session, at=at),
    "settle": lambda company, session, at, _: settle(company=company, session_id=session, at=at),
    "release": lambda company, session, at, _: release(company=company, session_id=session, at=at),
    "purchase": lambda company, _, at, size: grant_purchased(company=company, credits=size, at=at).pk,
    "add": lambda company, _, at, size: adjust(company=company, amount=size, reason="Goodwill", at=at),
    "take_back": lambda company, _, at, size: adjust(company=company, amount=-size, reason="Twice", at=at),
    "expire": lambda _company, _session, at, _size: expire(at=at),
    "month": lambda company, _session, at, _size: ensure_monthly(company=company, at=at) is not None,
    "meter": lambda company, _session, _at, size: AISettings.objects.filter(company=company).update(
        meter_only=size == 1
    ),
    "plan": lambda company, _session, _at, size: _set_plan(company, size),
}
