"""Races on one company's credits: clients that reserve, settle, release, buy and adjust, and are killed meanwhile.

    .ci/with-postgresql python -m tests.bench.ledger_races [--rounds 100] [--seed 1] [--crash-server] [--json]

Each round has a company of its own, 16 processes, sessions that all of them ask for, clocks that jump over the turn
of a month, processes killed before a statement and from outside, and connections broken by the server. With
`--crash-server` one of the server's own processes is killed, too, in each round, so that it starts again: only on a
throwaway server of this machine. After each round the ledger must add up, and what any client was told must be so.
Exits with 1 when something is wrong. A round of the same seed makes the same calls.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
django.setup()
# What is broken on purpose is no news.
logging.disable(logging.CRITICAL)

from django.core.management import call_command  # noqa: E402 - settings come first
from django.db import connection  # noqa: E402

from tests.resilience.ledger_race import Outcome, run_race  # noqa: E402


def run(arguments: argparse.Namespace) -> dict[str, object]:
    """All rounds; returns their sums, and what was wrong with the round's number."""
    call_command("migrate", verbosity=0)
    if arguments.crash_server:
        _keep_what_was_committed()
    total, wrong = Outcome(), []
    for number in range(1, arguments.rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            one = run_race(
                seed=f"{arguments.seed}-{number}",
                clients=arguments.clients,
                calls=arguments.calls,
                notes=Path(folder),
                crash_server=arguments.crash_server,
            )
        total.answered += one.answered
        total.killed, total.broken = total.killed + one.killed, total.broken + one.broken
        total.crashed += one.crashed
        wrong += [f"round {number}: {each}" for each in one.wrong]
        if not arguments.json:
            print(f"round {number}: {one.answered.total()} answers, {one.killed} killed, {len(one.wrong)} wrong")
    counts: Counter[str] = total.answered
    return {
        **asdict(total),
        "answered": dict(sorted(counts.items())),
        "name": "ledger_races",
        "rounds": arguments.rounds,
        "wrong": wrong,
    }


def _keep_what_was_committed() -> None:
    """A throwaway server may lose its last commits in a crash; this one must not."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" SET synchronous_commit = on')
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--calls", type=int, default=40, help="calls of each client")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--crash-server", action="store_true", help="kill a process of the throwaway server each round")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    result = run(arguments)
    print(
        json.dumps(result) if arguments.json else "\n".join(["", *map(str, result["wrong"] or ["Nothing is wrong."])])
    )
    sys.exit(bool(result["wrong"]))


if __name__ == "__main__":
    main()
