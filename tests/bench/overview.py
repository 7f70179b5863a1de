"""The overview's figures over 36 months, from sums, beside a query of sums by hand and beside the sessions themselves.

    .ci/with-postgresql python -m tests.bench.overview [--json] [--sessions 1000000] [--rounds 21]

A million sessions of twenty companies of unequal size over three years in a throwaway PostgreSQL, seven in ten with a
summary, one or two issue types and up to three applications; the sums are counted by the portal itself. Asked is the
biggest company. `ours` is what the portal asks of the database for issue types and applications, as a page does: sums
and what has changed since. `limit` is one statement by hand over the same sums that knows of no changes. `raw` counts
the sessions. All run by turns over the same cursor, statement and fetch; milliseconds, medians. Every answer is
compared with the raw count, with changes waiting to be counted too.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from secrets import token_urlsafe
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
django.setup()

from django.conf import settings  # noqa: E402 - settings come first
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Company  # noqa: E402
from summaries.domain.demo.seeding import ensure_reader, seeded_companies  # noqa: E402
from summaries.domain.reading import counted_figures, overview, queries  # noqa: E402
from summaries.domain.reading.filters import read_filters, window_of  # noqa: E402
from summaries.domain.reading.overview import Extent, Question, look_over  # noqa: E402
from summaries.domain.rollups import counting  # noqa: E402
from summaries.domain.rollups.days import Days  # noqa: E402
from summaries.domain.rollups.navigation import to_do  # noqa: E402
from summaries.domain.rollups.sums import Wish, read_sums  # noqa: E402
from summaries.models import SessionChange, SupportSession  # noqa: E402
from summaries.models.rollups import Facet  # noqa: E402
from tests.bench.visibility import Statement, milliseconds, statements_of  # noqa: E402
from tests.bench.visibility_data import Members, fill, run  # noqa: E402

GOAL = 1.5
BY_HAND = """
SELECT facet, key, SUM(sessions) FROM summaries_sessionrollup
WHERE company_id = %s AND facet IN (2, 3) AND grain = 1 AND day >= %s AND day <= %s GROUP BY facet, key
"""
#: The stretch does not begin with a month, so that days stand beside months.
BY_HAND_WITH_DAYS = """
SELECT facet, key, SUM(sessions) FROM summaries_sessionrollup
WHERE company_id = %s AND facet IN (2, 3) AND (grain = 1 AND day >= %s AND day <= %s
    OR grain = 0 AND (day >= %s AND day < %s OR day > %s AND day <= %s)) GROUP BY facet, key
"""
LABELS = """
INSERT INTO summaries_summary_{table} (summary_id, {column})
SELECT s.id, l.ids[1 + ((s.id * {prime} + n * {step}) %% cardinality(l.ids))]
FROM summaries_summary s
JOIN (SELECT company_id, array_agg(id ORDER BY id) AS ids FROM summaries_{model} GROUP BY company_id) l
    ON l.company_id = s.company_id
CROSS JOIN generate_series(0, 2) AS n WHERE n <= s.id %% {most}
ON CONFLICT DO NOTHING
"""


def fill_with_labels(sessions: int) -> tuple[Members, float]:
    """The rows of the other benches with labels and states of every kind, and the seconds that counting them took."""
    with connection.cursor() as cursor:
        for table in ("supportsession", "summary", "summary_issue_types", "summary_applications"):
            cursor.execute(f"ALTER TABLE summaries_{table} DISABLE TRIGGER USER")
    members = fill(sessions)
    run(LABELS.format(table="issue_types", column="issuetype_id", model="issuetype", prime=7, step=3, most=2), [])
    run(LABELS.format(table="applications", column="application_id", model="application", prime=11, step=5, most=3), [])
    run("UPDATE summaries_supportsession SET ended_at = started_at + (id %% 5400) * interval '1 second'", [])
    with connection.cursor() as cursor:
        for table in ("supportsession", "summary", "summary_issue_types", "summary_applications"):
            cursor.execute(f"ALTER TABLE summaries_{table} ENABLE TRIGGER USER")
    begun = time.perf_counter()
    for company in Company.objects.all():
        counting.begin_anew(company=company)
    counting.keep_up(keep_going=lambda: True)
    took = time.perf_counter() - begun
    for table in ("sessionrollup", "countedsession", "sessionchange", "summary_issue_types", "summary_applications"):
        run(f"VACUUM ANALYZE summaries_{table}")
    return members, took


def label_sums(company: Company, days: Days) -> dict[tuple[int, int], int]:
    """{(facet, label): sessions}, as the portal reads them."""
    found = read_sums(
        company=company, wishes=[Wish("labels", (Facet.ISSUE_TYPE, Facet.APPLICATION), days, only_sessions=True)]
    )
    assert found is not None
    return {(place.key.facet, place.key.key): amounts.sessions for place, amounts in found.items()}


def counted_by_hand(statement: Statement) -> dict[tuple[int, int], int]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return {(facet, key): int(count) for facet, key, count in cursor.fetchall()}


def questions(members: Members) -> dict[str, tuple[Days, Statement]]:
    today = timezone.now().date()
    month = date(today.year - 3 + (today.month == 12), today.month % 12 + 1, 1)
    pk = members.company.pk
    start = month.replace(day=17)
    following = date(start.year + (start.month == 12), start.month % 12 + 1, 1)
    last_month = today.replace(day=1)
    with_days = [pk, following, last_month.replace(day=1), start, following, last_month, today]
    with_days[2] = date.fromordinal(last_month.toordinal() - 1)
    with_days[5] = date.fromordinal(last_month.toordinal() - 1)
    return {
        "36 months": (Days(month, None), (BY_HAND, [pk, month, today.replace(month=12, day=31)])),
        "from the middle of a month": (Days(start, today), (BY_HAND_WITH_DAYS, with_days)),
    }


def raw_statements(members: Members, days: Days) -> list[Statement]:
    asked = question(members, f"since={days.first}" + (f"&until={days.last}" if days.last else ""))
    counted = counted_figures.CountedFigures(asked, tuple(counted_figures.LABELS))
    return statements_of(lambda: counted.labels("application"), with_labels=True)


def question(members: Members, query: str) -> Question:
    filters = read_filters(query)
    company = Company.objects.get(pk=members.company.pk)
    viewer = type(members.all).objects.get(pk=members.all.pk)
    return Question(
        company=company,
        viewer=viewer,
        filters=filters,
        window=window_of(filters, at=timezone.now(), zone=timezone.get_default_timezone()),
        sessions=queries.summarised_of(company=company, viewer=viewer),
        extent=Extent.CARDS,
    )


def compare_with_raw(members: Members, query: str) -> None:
    """Everything that a page shows, from sums and from sessions."""
    asked = question(members, query)
    found = look_over(asked, at=timezone.now())
    assert overview._figures(asked) is not None, "The sums did not answer."
    raw = overview.counted(asked)
    expected = raw.totals()
    assert found.totals == expected, (found.totals, expected)
    for label, shares in (("issue_type", found.issue_types), ("application", found.applications)):
        assert {share.name: share.count for share in shares} == raw.labels(label)
    assert sum(point.count for point in found.trend) == expected.sessions


def measure_one(name: str, members: Members, *, rounds: int) -> dict[str, Any]:
    days, by_hand = questions(members)[name]
    company = Company.objects.get(pk=members.company.pk)
    assert label_sums(company, days) == counted_by_hand(by_hand), name
    asked = {
        "ours": statements_of(lambda: label_sums(company, days)),
        "limit": [by_hand],
        "raw": raw_statements(members, days),
    }
    turns = [
        {kind: milliseconds(statements) for kind, statements in asked.items() if kind != "raw" or turn < 3}
        for turn in range(rounds)
    ]
    found = {kind: statistics.median(turn[kind] for turn in turns if kind in turn) for kind in asked}
    whole = timed(lambda: label_sums(company, days), rounds)
    return {
        "name": name,
        "statements": len(asked["ours"]),
        **{kind: round(value, 2) for kind, value in found.items()},
        "ratio": round(found["ours"] / found["limit"], 2),
        "with_python": whole,
    }


def timed(work: Callable[[], Any], rounds: int) -> float:
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        took.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(took), 2)


def cost_of_a_change(rounds: int) -> dict[str, float]:
    """Milliseconds of an UPDATE that counts, with and without the trigger that notes it."""
    session = SupportSession.objects.order_by("pk").first()
    assert session is not None
    found = {}
    for kind, word in (("noted", "ENABLE"), ("unnoted", "DISABLE")):
        with transaction.atomic():
            run(f"ALTER TABLE summaries_supportsession {word} TRIGGER USER")
            found[kind] = timed(lambda: _change(session), rounds * 10)
            transaction.set_rollback(True)
    return found


def _change(session: SupportSession) -> None:
    session.status = "OPEN" if session.status == "ENDED" else "ENDED"
    SupportSession.objects.filter(pk=session.pk).update(status=session.status)


def measure_changed(members: Members, queries_compared: list[str], *, rounds: int) -> dict[str, float]:
    """With 500 changes that wait to be counted."""
    changed = list(SupportSession.objects.filter(company=members.company).values_list("pk", flat=True)[:500])
    SupportSession.objects.filter(pk__in=changed).update(status="DELETED")
    for query in queries_compared:
        compare_with_raw(members, query)
    company = Company.objects.get(pk=members.company.pk)
    days = questions(members)["36 months"][0]
    return {
        "waiting": SessionChange.objects.filter(company=company).count(),
        "ours": timed(lambda: label_sums(company, days), rounds),
        "navigation": timed(lambda: to_do(company=company), rounds),
    }


def as_seeded() -> tuple[Members, float]:
    """The biggest company that `seed` has made, with a reader of all of it; nothing is counted anew."""
    company = seeded_companies()[0]
    reader = ensure_reader(company=company, password=token_urlsafe(), at=timezone.now())
    return Members(company=company, many=reader, few=reader, all=reader), 0.0


def measure(members: Members, took: float, *, sessions: int, rounds: int) -> dict[str, Any]:
    queries_compared = ["period=all", "period=30", "issue_type=Printer&period=365", "since=2025-01-17&until=2026-02-11"]
    for query in queries_compared:
        compare_with_raw(members, query)
    found = [measure_one(name, members, rounds=rounds) for name in questions(members)]
    page = timed(lambda: look_over(question(members, "period=all"), at=timezone.now()), rounds)
    navigation = timed(lambda: to_do(company=members.company), rounds)
    with transaction.atomic():
        changes = measure_changed(members, queries_compared, rounds=rounds)
        transaction.set_rollback(True)
    whole = found[0]
    return {
        "name": "overview",
        "ours": whole["ours"],
        "limit": whole["limit"],
        "raw": whole["raw"],
        "ratio": max(each["ratio"] for each in found),
        "goal": GOAL,
        "sessions": sessions,
        "load": round(os.getloadavg()[0], 1),
        "questions": found,
        "cards_of_all_time": page,
        "navigation": navigation,
        "with_changes_waiting": changes,
        "change": cost_of_a_change(rounds),
        "counted_anew_seconds": round(took, 1),
    }


def measure_seeded(rounds: int) -> dict[str, Any]:
    return measure(*as_seeded(), sessions=SupportSession.objects.count(), rounds=rounds)


def measure_filled(sessions: int, rounds: int) -> dict[str, Any]:
    settings.DATABASES["default"]["OPTIONS"]["options"] = ""  # filling takes longer than a page may
    connection.settings_dict["OPTIONS"]["options"] = ""
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return measure(*fill_with_labels(sessions), sessions=sessions, rounds=rounds)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--as-seeded", action="store_true", help="in the database as `seed` has filled it")
    wish = parser.parse_args()
    if connection.vendor != "postgresql":
        parser.error("name a PostgreSQL in DATABASE_URL: .ci/with-postgresql python -m tests.bench.overview")
    result = measure_seeded(wish.rounds) if wish.as_seeded else measure_filled(wish.sessions, wish.rounds)
    if wish.json:
        print(json.dumps(result))
        return
    for each in result["questions"]:
        print(
            "{name}: {ours} ms in {statements} statements; by hand {limit} ms, ratio {ratio}; from the sessions "
            "{raw} ms; with Django {with_python} ms".format(**each)
        )
    print(
        "all cards of all time {cards_of_all_time} ms, navigation {navigation} ms; with "
        "{with_changes_waiting[waiting]} changes waiting {with_changes_waiting[ours]} ms and "
        "{with_changes_waiting[navigation]} ms; a change {change[noted]} ms, without its note {change[unnoted]} ms; "
        "all counted anew in {counted_anew_seconds} s".format(**result)
    )
    print("overview: ratio {ratio} (goal {goal} or less), equal to the raw counts".format(**result))


if __name__ == "__main__":
    sys.exit(main())
