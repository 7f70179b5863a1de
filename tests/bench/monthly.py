"""The figures of a monthly report, beside one query by hand that sums the same sessions by nothing.

    .ci/with-postgresql python -m tests.bench.monthly [--json] [--sessions 1000000] [--rounds 15]

Sessions of twenty companies of unequal size in a throwaway PostgreSQL; asked is the biggest one, for its fullest month
and the one before it, by customer, device and supporter. `ours` is what `build_monthly_report` takes, its rows in
Python included; `limit` reads and sums the two months' sessions in one statement. Milliseconds, medians by turns.
`index` is what PostgreSQL finds the sessions by.
"""

import statistics
from collections.abc import Callable
from typing import Any

from tests.bench.seeded import Seeded, milliseconds, run_bench

# After the settings, which the line above sets up.
from django.db import connection  # isort: skip
from django.db.models import Count  # isort: skip
from django.db.models.functions import TruncMonth  # isort: skip

from accounts.domain.pseudonyms import SupporterNames  # isort: skip
from insights_portal.lib.periods import moment_of, next_month  # isort: skip
from summaries.domain.reading.filters import SessionFilters  # isort: skip
from summaries.domain.reports.monthly import build_monthly_report, month_before  # isort: skip
from summaries.models import SupportSession  # isort: skip

BY_HAND = """
SELECT COUNT(*), SUM(ended_at - started_at) FROM summaries_supportsession
WHERE company_id = %s AND started_at >= %s AND started_at < %s AND status NOT IN ('IMPORTING', 'TRASHED', 'DELETED')
"""


def measure(seeded: Seeded, rounds: int) -> dict[str, Any]:
    company = seeded.company
    months = SupportSession.objects.filter(company=company).annotate(month=TruncMonth("started_at")).order_by()
    fullest = months.values("month").annotate(count=Count("pk")).order_by("-count").first()["month"].date()
    start, end = (moment_of(day, zone=company.time_zone) for day in (month_before(fullest), next_month(fullest)))

    def by_hand() -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, [company.pk, start, end])
            row: tuple[Any, ...] = cursor.fetchone()
            return row

    def report() -> Any:
        return build_monthly_report(
            company=company, viewer=seeded.reader, names=SupporterNames(), filters=SessionFilters(), month=fullest
        )

    found = report()
    counted = found.totals.now.sessions + found.totals.before.sessions
    if counted != by_hand()[0]:
        raise SystemExit(f"The report counts {counted} sessions, by hand there are {by_hand()[0]}.")
    ours, limit = _medians([report, by_hand], rounds)
    return {
        "name": "monthly",
        "ours": round(ours, 1),
        "limit": round(limit, 1),
        "ratio": round(ours / limit, 2),
        "of_two_months": counted,
        "rows": len(found.devices) + len(found.customers) + len(found.supporters or ()),
        "index": _index(company.pk, start, end),
    }


def _medians(works: list[Callable[[], Any]], rounds: int) -> list[float]:
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for place, work in enumerate(works):
            times[place].append(milliseconds(work))
    return [statistics.median(each) for each in times]


def _index(*values: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {BY_HAND}", list(values))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    return next((word for word in plan.split() if word.startswith("session_")), "none")


if __name__ == "__main__":
    run_bench(__doc__, measure, rounds=15)
