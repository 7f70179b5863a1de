"""Sixteen processes on one company's credits, some of them killed: a short run of `tests.bench.ledger_races`."""

import json
import subprocess
import sys

from django.db import connection

from tests.resilience.processes import ROOT, environment


def test_a_race_with_kills_leaves_every_credit_where_it_belongs(database_url):
    # SQLite's writers take turns, so that fewer calls meet as often.
    calls = "24" if connection.vendor == "postgresql" else "8"

    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.ledger_races", "--rounds", "1", "--seed", "3", "--calls", calls, "--json"],
        cwd=ROOT,
        env=environment(database_url),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.stderr, run.returncode) == ("", 0), run.stdout
    result = json.loads(run.stdout)
    assert result["wrong"] == []
    # Clients were killed, and answers of every kind that matters were given: the race was one.
    assert result["killed"] > 0
    assert {"reserve", "settle", "release"} <= set(result["answered"])
