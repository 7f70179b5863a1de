"""How long a list of sessions takes under each of its filters: for a common value, a rare one and one that nothing has.

    .ci/with-postgresql python -m tests.bench.filters [--json] [--sessions 1000000] [--rounds 3]

Every page is a whole one of the biggest company, through all middleware, of both lists, in all time and in the last 30
days. `p50`, `p95` and `worst` are of the pages' medians, and `slowest` names the worst; `limit` is Django's admin as it
comes, under two filters, as in `listing`, and `ratio` how often the worst page goes into it. Milliseconds.
"""

import statistics
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from tests.bench.seeded import Seeded, milliseconds, percentile, run_bench  # first: it sets Django up

# isort: split
from django.db import connection
from django.test import Client

from summaries.domain.reading.filters import CHOICES, NAMELESS
from tests.bench.listing import page_of, stock_page

GOAL = 1.0
ABSENT = "Nothing is called so"
#: {filter: how often each of its names stands at a session of the company}
NAMES = {
    "application": """SELECT a.name, COUNT(l.id) FROM summaries_application a
        JOIN summaries_summary_applications l ON l.application_id = a.id WHERE a.company_id = %s GROUP BY 1""",
    "issue_type": """SELECT t.name, COUNT(l.id) FROM summaries_issuetype t
        JOIN summaries_summary_issue_types l ON l.issuetype_id = t.id WHERE t.company_id = %s GROUP BY 1""",
    "device": """SELECT d.name, COUNT(s.id) FROM policies_device d
        JOIN summaries_supportsession s ON s.device_id = d.id WHERE d.company_id = %s GROUP BY 1""",
    "customer": """SELECT d.customer, COUNT(s.id) FROM policies_device d
        JOIN summaries_supportsession s ON s.device_id = d.id
        WHERE d.company_id = %s AND d.customer <> '' GROUP BY 1""",
    "device_group": """SELECT g.name, COUNT(s.id) FROM policies_devicegroup g
        JOIN policies_device d ON d.group_id = g.id
        JOIN summaries_supportsession s ON s.device_id = d.id WHERE g.company_id = %s GROUP BY 1""",
    "user_group": """SELECT g.name, COUNT(m.id) FROM accounts_usergroup g
        JOIN accounts_usergroup_members m ON m.usergroup_id = g.id WHERE g.company_id = %s GROUP BY 1""",
    "supporter": "SELECT supporter_id, COUNT(*) FROM summaries_supportsession WHERE company_id = %s GROUP BY 1",
}


def values_of(seeded: Seeded) -> Iterator[tuple[str, str]]:
    """(filter, value) of every choice, and of names the commonest, the rarest and one that is not there."""
    for name, choices in CHOICES.items():
        yield from ((name, value) for value in choices)
    yield from NAMELESS
    for name, sql in NAMES.items():
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} ORDER BY 2 DESC", [seeded.company.pk])
            found = [str(value) for value, _ in cursor.fetchall()]
        absent = "999999999" if name == "supporter" else ABSENT
        yield from ((name, value) for value in dict.fromkeys([*found[:1], *found[-1:], absent]))


def addresses_of(seeded: Seeded) -> list[str]:
    wishes = [dict([pair]) for pair in values_of(seeded)]
    return [
        f"{path}?{urlencode(wish | {'period': period})}"
        for path in ("/", "/reports/")
        for period in ("all", "30")
        for wish in wishes
        # Of the list of summaries nothing is without one, and its form does not offer it.
        if (path, wish.get("state")) != ("/", "NO_SUMMARY")
    ]


def measure(seeded: Seeded, rounds: int) -> dict[str, Any]:
    seeded.reader.is_superuser = True  # in memory: the stock admin asks for it
    client = Client()
    client.force_login(seeded.reader)
    addresses = addresses_of(seeded)
    page_of(client, addresses[0])
    stock_page(seeded)
    limit = statistics.median(milliseconds(lambda: stock_page(seeded)) for _ in range(5))
    times = {
        address: statistics.median(milliseconds(lambda at=address: page_of(client, at)) for _ in range(rounds))
        for address in addresses
    }
    slowest = max(times, key=lambda address: times[address])
    return {
        "name": "filters",
        "pages": len(times),
        "p50": round(percentile(list(times.values()), 0.5), 1),
        "p95": round(percentile(list(times.values()), 0.95), 1),
        "worst": round(times[slowest], 1),
        "slowest": slowest,
        "limit": round(limit, 1),
        "ratio": round(limit / times[slowest], 2),
        "goal": GOAL,
    }


if __name__ == "__main__":
    run_bench(__doc__, measure, rounds=3)
