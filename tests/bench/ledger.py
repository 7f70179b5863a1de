"""Credits reserved per second by 16 clients, beside one conditional update with its entry in a single statement.

    .ci/with-postgresql python -m tests.bench.ledger [--json] [--seconds 5] [--rounds 5]

`ours` is `reserve` as the portal calls it: its transaction, the reservation, the entry, the grant. `limit` is one
statement that takes from the same grant and writes an entry, by a bare cursor. Both run by turns on one hot company.
The ratio is that of one round's two rates, so that what else the machine does weighs on both; the median of all rounds
counts. The rates are those of the best round. Beside them stand the rates of plain single-row UPDATE transactions, and
of `reserve` on 100 companies. After the rounds the ledger must add up, or the command fails.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - settings come first
from django.db import connection, connections  # noqa: E402

from accounts.domain.companies import create_company  # noqa: E402
from accounts.models import Company  # noqa: E402
from credits.domain.grants import grant_purchased  # noqa: E402
from credits.domain.reservations import reserve  # noqa: E402
from credits.domain.verification import discrepancies  # noqa: E402

CLIENTS, COMPANIES, GOAL = 16, 100, 0.5
PLENTY = 1_000_000
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SINGLE_STATEMENT = """
WITH taken AS (
    UPDATE bench_grant SET remaining = remaining - 1 WHERE id = 1 AND remaining > 0 RETURNING id
) INSERT INTO bench_entry (grant_id, session_id, amount, at) SELECT id, %s, -1, %s FROM taken
"""
PLAIN_UPDATE = "UPDATE bench_grant SET remaining = remaining - 1 WHERE id = 1"

Work = Callable[[int], None]


def prepare() -> list[Company]:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_grant (id bigint PRIMARY KEY, remaining integer)")
        cursor.execute(
            "CREATE TABLE bench_entry "
            "(id bigserial PRIMARY KEY, grant_id bigint, session_id uuid, amount int, at timestamptz)"
        )
        cursor.execute("INSERT INTO bench_grant VALUES (1, 100000000)")
    companies = [create_company(name=f"Company {n}", slug=f"company-{n}", at=AT) for n in range(COMPANIES)]
    for company in companies:
        grant_purchased(company=company, credits=PLENTY, at=AT)
    return companies


def rate(work: Work, seconds: float) -> float:
    """Calls per second of all clients together."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    done = context.Queue()
    begin = context.Barrier(CLIENTS)
    clients = [context.Process(target=_client, args=(work, seconds, begin, done, n)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    counts = [done.get(timeout=seconds + 60) for _ in clients]
    for client in clients:
        client.join()
    return sum(counts) / seconds


def _client(work: Work, seconds: float, begin, done, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    begin.wait()
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        work(number + count * CLIENTS)
        count += 1
    done.put(count)


def measure(seconds: float, rounds: int) -> dict[str, object]:
    companies = prepare()

    def run(statement: str, *params: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)

    works: dict[str, Work] = {
        "ours": lambda _: reserve(company=companies[0], session_id=uuid4(), at=AT),
        "limit": lambda _: run(SINGLE_STATEMENT, uuid4(), AT),
        "plain_update": lambda _: run(PLAIN_UPDATE),
        "ours_100_companies": lambda n: reserve(company=companies[n % COMPANIES], session_id=uuid4(), at=AT),
    }
    each = [{name: rate(work, seconds) for name, work in works.items()} for _ in range(rounds)]
    wrong = list(discrepancies())
    if wrong:
        sys.exit(f"The ledger does not add up: {wrong[:5]}")
    ratios = [one["ours"] / one["limit"] for one in each]
    return {
        "name": "ledger",
        **{name: round(max(one[name] for one in each)) for name in works},
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
        "goal": GOAL,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="how often all are measured by turns")
    arguments = parser.parse_args()
    if connection.vendor != "postgresql":
        sys.exit("Run it on a throwaway PostgreSQL: .ci/with-postgresql python -m tests.bench.ledger")
    figures = measure(arguments.seconds, arguments.rounds)
    if arguments.json:
        print(json.dumps(figures))
        return
    print(
        "{name}: {ours:,}/s on one company, limit {limit:,}/s, ratio {ratio}, goal {goal}; {ours_100_companies:,}/s on "
        "100 companies; a plain update {plain_update:,}/s".format(**figures)
    )


if __name__ == "__main__":
    main()
