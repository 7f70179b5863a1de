"""How fast the first page of a search is: 300 queries that nobody asked before, of rare, common and absent words.

    .ci/with-postgresql python -m tests.bench.search [--json] [--sessions 1000000] [--rounds 300]

`ours` is the page as the list asks for it, from the query's text to its rows, by Django; `limit` is the same page by a
tsvector query written by hand. `best` is ours with the best match first, `palette` what the command palette asks with
each letter typed: the query's first two letters and more. Milliseconds; all run by turns.
"""

import random
import statistics
from functools import partial
from typing import Any

from tests.bench.seeded import Seeded, milliseconds, percentile, run_bench  # first: it sets Django up

# isort: split
from django.db import connection
from django.utils import timezone

from summaries.domain.reading import queries
from summaries.domain.reading.filters import Narrowing, SessionFilters, Window
from summaries.domain.reading.finding import sessions_like
from summaries.domain.reading.listing import session_page
from summaries.domain.reading.search import DOCUMENT, words_of
from summaries.domain.reading.search_pages import BEST, Search
from summaries.models import SupportSession

GOAL_P95, GOAL_WORST = 35.0, 150.0
COMMON = ("printer", "the", "restart", "installed", "vpn", "outlook", "nginx", "rückruf", "renee", "update", "annex")
BY_HAND = f"""
SELECT s.id, s.number, s.started_at, m.title, u.name, d.name FROM summaries_supportsession s
JOIN accounts_user u ON u.id = s.supporter_id LEFT JOIN policies_device d ON d.id = s.device_id
LEFT JOIN summaries_summary m ON m.session_id = s.id
WHERE s.company_id = %s AND s.status NOT IN ('IMPORTING', 'TRASHED', 'DELETED')
    AND ({DOCUMENT.replace("search_text", "s.search_text").replace("company_id", "s.company_id")})
        @@ (%s::tsquery && to_tsquery('simple', %s))
ORDER BY s.started_at DESC, s.id DESC LIMIT 51
"""


def fresh_queries(seeded: Seeded, count: int) -> list[tuple[str, str]]:
    """(kind, query): rare words that some session holds, common ones alone and together, and words of none."""
    hand = random.Random(7)
    newest = SupportSession.objects.filter(company=seeded.company).latest("number").number
    numbers = hand.sample(range(1, newest), count)
    texts = dict(
        SupportSession.objects.filter(company=seeded.company, number__in=numbers).values_list("number", "search_text")
    )
    found = []
    for place, number in enumerate(numbers):
        words = [word for word in texts[number].split() if len(word) > 2]
        rare = max(words, key=lambda word: sum(sign.isdigit() for sign in word))
        kinds = {
            "label": f"S-{number}",
            "rare": rare,
            "common": f"{hand.choice(COMMON)} {hand.choice(words)[:5]}",
            "frequent": hand.choice(COMMON)[: hand.randint(3, 9)],
            "absent": f"{hand.choice(COMMON)} zz{number}",
        }
        kind = list(kinds)[place % len(kinds)]
        found.append((kind, kinds[kind]))
    return found


def first_page(seeded: Seeded, query: str, sort: str = "") -> list[Any]:
    filters = SessionFilters(q=query, period="all")
    sessions = queries.reports_of(company=seeded.company, viewer=seeded.reader, filters=filters)
    narrowing = Narrowing(filters, company_id=seeded.company.pk, viewer_id=seeded.reader.pk)
    narrowed = narrowing.of(sessions, window=Window(), without="q")
    return session_page(narrowed, sort=sort, search=Search(query, seeded.company.pk)).rows


def by_hand(seeded: Seeded, query: str) -> list[Any]:
    words = " & ".join(f"{word.text}:*" if word.is_beginning else word.text for word in words_of(query))
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [seeded.company.pk, f"'={seeded.company.pk}'", words])
        return list(cursor.fetchall()[:50])


def measure(seeded: Seeded, rounds: int) -> dict[str, Any]:
    first_page(seeded, "warm")
    palette = {"company": seeded.company, "viewer": seeded.reader}
    asked = fresh_queries(seeded, rounds)
    times: dict[str, list[float]] = {"ours": [], "limit": [], "best": [], "palette": []}
    kinds: dict[str, list[float]] = {}
    for kind, query in asked:
        ours = milliseconds(partial(first_page, seeded, query))
        times["ours"].append(ours)
        kinds.setdefault(kind, []).append(ours)
        times["limit"].append(milliseconds(partial(by_hand, seeded, query)))
        times["best"].append(milliseconds(partial(first_page, seeded, query, BEST)))
        typed = query[: 2 + len(times["palette"]) % max(len(query) - 1, 1)]
        times["palette"].append(milliseconds(partial(sessions_like, **palette, part=typed)))
        assert [row.pk for row in first_page(seeded, query)] == [row[0] for row in by_hand(seeded, query)], query
    p95, limit = percentile(times["ours"], 0.95), percentile(times["limit"], 0.95)
    return {
        "name": "search",
        "ours": round(p95, 2),
        "limit": round(limit, 2),
        "ratio": round(p95 / limit, 2),
        "goal": GOAL_P95,
        "worst": round(max(times["ours"]), 1),
        "goal_worst": GOAL_WORST,
        "median": round(statistics.median(times["ours"]), 2),
        "limit_worst": round(max(times["limit"]), 1),
        "best_p95": round(percentile(times["best"], 0.95), 2),
        "palette_p95": round(percentile(times["palette"], 0.95), 2),
        "palette_worst": round(max(times["palette"]), 1),
        "kinds_p95": {kind: round(percentile(values, 0.95), 2) for kind, values in kinds.items()},
        "at": timezone.now().isoformat(timespec="minutes"),
    }


if __name__ == "__main__":
    run_bench(__doc__, measure, rounds=300)
