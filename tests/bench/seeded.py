"""Seeded sessions for the benches of lists, search and API: a throwaway PostgreSQL, or one that `seed` has filled.

.ci/with-postgresql python -m tests.bench.<name> [--json] [--sessions 1000000]
DATABASE_URL=… python -m tests.bench.<name> --as-seeded
"""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
django.setup()

from django.conf import settings  # noqa: E402 - settings come first
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Company, User  # noqa: E402
from summaries.domain.demo.seeding import ensure_reader, seeded_companies  # noqa: E402
from summaries.models import SupportSession  # noqa: E402

PASSWORD = "measure-what-it-takes"


@dataclass(frozen=True)
class Seeded:
    """The biggest company, an administrator of it, and how many sessions all companies have."""

    company: Company
    reader: User
    sessions: int


def run_bench(doc: str | None, measure: Callable[[Seeded, int], dict[str, Any]], *, rounds: int) -> None:
    """Parse the command line, fill the database where it is not filled, measure, print."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--as-seeded", action="store_true", help="in the database as `seed` has filled it")
    wish = parser.parse_args()
    if connection.vendor != "postgresql":
        parser.error("name a PostgreSQL in DATABASE_URL: .ci/with-postgresql python -m tests.bench.…")
    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.CRITICAL)  # a terminal takes longer than a page
    with _database(wish.sessions, as_seeded=wish.as_seeded) as seeded:
        result = measure(seeded, wish.rounds) | {"sessions": seeded.sessions, "load": round(os.getloadavg()[0], 1)}
    print(json.dumps(result) if wish.json else "\n".join(f"{name}: {value}" for name, value in result.items()))


@contextmanager
def _database(sessions: int, *, as_seeded: bool) -> Iterator[Seeded]:
    if as_seeded:
        yield _seeded()
        return
    for each in (settings.DATABASES["default"], connection.settings_dict):
        each["OPTIONS"]["options"] = ""  # filling takes longer than a page may
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("seed", f"--sessions={sessions}", "--companies=20", stdout=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        yield _seeded()
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def _seeded() -> Seeded:
    company = seeded_companies()[0]
    reader = ensure_reader(company=company, password=PASSWORD, at=timezone.now())
    return Seeded(company, User.objects.get(pk=reader.pk), SupportSession.objects.count())


def milliseconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Statements:
    """Counts the time that the database takes inside `with`."""

    def __init__(self) -> None:
        self.count, self.milliseconds = 0, 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.milliseconds += (time.perf_counter() - begun) * 1000
