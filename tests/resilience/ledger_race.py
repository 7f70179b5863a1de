"""A race of many clients on one company's credits, with some of them killed, and what must be true after it."""

import json
import multiprocessing
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.db import InterfaceError, OperationalError, connection, connections
from django.db.models import Sum

from accounts.domain.companies import create_company
from accounts.models import AISettings, Company
from credits.domain.grants import grant_purchased
from credits.domain.reservations import InsufficientCredits, reserve
from credits.domain.verification import discrepancies
from credits.models import Entry, Grant, Reservation
from tests.resilience.ledger_client import ATTEMPTS, Race, run_client

SESSIONS = 40
BEGIN = datetime(2026, 12, 1, tzinfo=UTC)
AT_THE_TURN, OTHERS = BEGIN.replace(year=2025), (BEGIN.replace(month=3), BEGIN.replace(month=11))
NAMESPACE = UUID(int=16)
#: The balance of a company three ways: the sum of its entries; what is left of grants and held of them; and all it was
#: given minus what was charged, has expired and was taken back.
BALANCES = """
SELECT
    (SELECT COALESCE(SUM(amount), 0) FROM credits_entry WHERE company_id = %(company)s),
    (SELECT COALESCE(SUM(remaining), 0) FROM credits_grant WHERE company_id = %(company)s)
    + (SELECT COALESCE(SUM(held), 0) FROM credits_entry WHERE company_id = %(company)s),
    (SELECT COALESCE(SUM(credits), 0) FROM credits_grant WHERE company_id = %(company)s)
    - (SELECT COUNT(*) FROM credits_reservation
        WHERE company_id = %(company)s AND state = 'CHARGED' AND grant_id IS NOT NULL)
    + (SELECT COALESCE(SUM(amount), 0) FROM credits_entry
        WHERE company_id = %(company)s AND (kind = 'EXPIRE' OR kind = 'ADJUST' AND amount < 0))
"""


@dataclass
class Outcome:
    """What a race was: calls that were answered, by name; and how many clients and connections were killed in it."""

    answered: Counter[str] = field(default_factory=Counter)
    killed: int = 0
    broken: int = 0
    crashed: int = 0
    wrong: list[str] = field(default_factory=list)


def run_race(*, seed: str, clients: int, calls: int, notes: Path, crash_server: bool = False) -> Outcome:
    """Let *clients* processes make *calls* each and kill some. All is right when `wrong` of the outcome is empty."""
    chance = random.Random(seed)
    company = create_company(name=f"Race {seed}", slug=f"race-{seed}", plan="BUSINESS", at=BEGIN)
    # One of them ends at the very turn of the month.
    for credits, began in zip(chance.sample(range(1, 30), 3), (AT_THE_TURN, *OTHERS), strict=True):
        grant_purchased(company=company, credits=credits, at=began)
    sessions = tuple(uuid5(NAMESPACE, f"{seed} {number}") for number in range(SESSIONS))
    race = Race(seed=seed, company_id=company.pk, sessions=sessions, begin=BEGIN, spread=90, calls=calls, notes=notes)
    outcome = Outcome()
    _run_and_disturb(race, clients, chance, outcome, crash_server=crash_server)
    _wait_until_alone()
    outcome.wrong += check(race, outcome)
    return outcome


def _run_and_disturb(race: Race, clients: int, chance: random.Random, outcome: Outcome, *, crash_server: bool) -> None:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    running: dict[int, tuple[Any, int, int]] = {}
    crash_at = chance.choice([2, 4, 6, 8]) if crash_server else 0

    def begin(number: int, start: int) -> None:
        client = context.Process(target=run_client, args=(race, number, start))
        client.start()
        running[client.sentinel] = (client, number, start)

    for number in range(clients):
        begin(number, 0)
    turns = 0
    while running:
        for sentinel in wait(list(running), timeout=chance.uniform(0.02, 0.2)):
            client, number, start = running.pop(sentinel)
            client.join()
            if client.exitcode == -signal.SIGKILL:
                outcome.killed += 1
                begin(number, start + 1)
            elif client.exitcode:
                outcome.wrong.append(f"client {number} ended with {client.exitcode}")
        turns += 1
        if running and turns % 2:
            victims = [each[0] for each in running.values() if each[2] < 2]
            if victims and chance.random() < 0.5:
                chance.choice(victims).kill()
        elif running and connection.vendor == "postgresql":
            outcome.crashed += turns == crash_at and _break("pid")
            outcome.broken += _break("pg_terminate_backend(pid)")


def _break(how: str) -> bool:
    """Break the connection of one client of this database; `pid` kills its process, and with it the whole server."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {how} FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend' ORDER BY state <> 'active', random() LIMIT 1"
            )
            found = cursor.fetchone()
    except (OperationalError, InterfaceError):
        connection.close()
        return False
    finally:
        connections.close_all()
    if found and how == "pid":
        os.kill(found[0], signal.SIGKILL)
    return found is not None


def _wait_until_alone() -> None:
    """What a killed client asked the server for is done or undone before anything is counted."""
    if connection.vendor != "postgresql":
        return
    for _ in range(ATTEMPTS):
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_sleep(0.02), count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
                )
                if cursor.fetchone()[1] == 0:
                    return
        except (OperationalError, InterfaceError):
            connection.close()
    raise AssertionError("clients of the race are still there")


def check(race: Race, outcome: Outcome) -> list[str]:
    """Everything that is wrong in the ledger after the race, in words."""
    company = Company.objects.get(pk=race.company_id)
    wrong = [str(each) for each in discrepancies()]
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, {"company": company.pk})
        balances = cursor.fetchone()
    if len(set(balances)) != 1 or balances[0] < 0:
        wrong.append(f"balances differ: {balances}")
    wrong += _check_answers(race, outcome)
    wrong += _check_months(company)
    wrong += _check_that_all_left_can_be_drawn(company)
    wrong += [str(each) for each in discrepancies()]
    return wrong


def _check_answers(race: Race, outcome: Outcome) -> list[str]:
    """What clients were told is so: each reservation is there once, each charge was made once."""
    rows = {str(row.session_id): row for row in Reservation.objects.filter(company=race.company_id)}
    lines = Counter(
        Entry.objects.filter(company=race.company_id, reservation__isnull=False)
        .order_by()
        .values_list("reservation__session_id", "kind")
    )
    settled: Counter[str] = Counter()
    released: Counter[str] = Counter()
    wrong = []
    for path in sorted(race.notes.iterdir()):
        for line in path.read_bytes().splitlines():
            note = json.loads(line)
            what, session, result = note["told"], note["session"], note["result"]
            outcome.answered[what if result != "REFUSED" else f"{what} refused"] += 1
            if what == "reserve" and result != "REFUSED" and (session not in rows or rows[session].pk != result):
                wrong.append(f"session {session} was told reservation {result}, which is not there")
            settled[session] += what == "settle" and result is True
            released[session] += what == "release" and result is True
            if what == "purchase" and not Grant.objects.filter(pk=result).exists():
                wrong.append(f"purchase {result} is not there")
    for session, row in rows.items():
        charges, releases = lines[row.session_id, "CHARGE"], lines[row.session_id, "RELEASE"]
        if charges > 1 or settled[session] > charges:
            wrong.append(f"session {session} was charged {charges} times, and told so {settled[session]} times")
        if released[session] > releases:
            wrong.append(f"session {session} was released {releases} times, and told so {released[session]} times")
    return wrong


def _check_months(company: Company) -> list[str]:
    """Free credits of a month never exceed the largest plan's, however often they were asked for."""
    months = Grant.objects.filter(company=company, kind="MONTHLY_FREE").order_by().values("month_date")
    return [
        f"{each['credits']} free credits in {each['month_date']}"
        for each in months.annotate(credits=Sum("credits"))
        if each["credits"] not in (5, 10, 15, 50)
    ]


def _check_that_all_left_can_be_drawn(company: Company) -> list[str]:
    """No credit is lost on the way: as many sessions as credits are left get one, and the next gets none."""
    AISettings.objects.filter(company=company).update(meter_only=False)
    Company.objects.filter(pk=company.pk).update(plan="BUSINESS")
    company.refresh_from_db()
    running = Grant.objects.filter(company=company, starts_at__lte=BEGIN, ends_at__gt=BEGIN)
    got, began = 0, running.aggregate(left=Sum("remaining"))["left"] or 0
    has_month = running.filter(kind="MONTHLY_FREE").exists()
    try:
        while got <= began + 5:
            reserve(company=company, session_id=uuid5(NAMESPACE, f"{company.pk} after {got}"), at=BEGIN)
            got += 1
    except InsufficientCredits:
        pass
    expected = began if has_month else began + 5
    return [] if got == expected else [f"{expected} credits were left, and {got} sessions got one"]
