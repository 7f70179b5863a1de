"""How fast a list of sessions is: the whole page of one company under two filters, and its 5,000th page.

    .ci/with-postgresql python -m tests.bench.listing [--json] [--sessions 1000000] [--rounds 21]

`ours` is the whole HTML page through all middleware; `limit` is Django's admin as it comes, over the same table, under
the same filters, with the same columns and its counts. Of a long list ours asks for the count once the page stands:
`count` is what that takes. `database` compares the time of the rows with the same rows by hand, `deep` the statement of
page 5,000 with that of the first. Milliseconds, medians; all run by turns.
"""

import html
import re
import statistics
from typing import Any

from tests.bench.seeded import Seeded, milliseconds, run_bench  # first: it sets Django up

# isort: split
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import connection
from django.test import Client, RequestFactory

from summaries.domain.reading import queries
from summaries.domain.reading.filters import Window, narrow, read_filters
from summaries.domain.reading.listing import PAGE_ROWS, key_of, session_page
from summaries.models import SupportSession
from tests.bench.visibility import BY_HAND, Statement, statements_of
from tests.bench.visibility import milliseconds as run_statements

GOAL, GOAL_DATABASE, GOAL_DEEP = 30.0, 1.5, 1.2
FILTERS = "period=all&direction=OUTGOING&state=REVIEWED"
HAND_FILTERS = "s.direction IN ('OUTGOING', 'BOTH') AND m.state = 'READY' AND m.review = 'REVIEWED'"
DEEP_PAGE = 5_000


class StockAdmin(ModelAdmin):  # type: ignore[type-arg]
    # What ours shows: title and state of the summary too.
    list_display = (
        *("number", "summary__title", "direction", "device", "supporter", "started_at", "ended_at"),
        *("status", "verdict", "reason", "summary__state", "summary__review"),
    )
    list_filter = ("company", "direction", "summary__review", "summary__state")
    list_per_page = PAGE_ROWS
    # Its pages have no addresses here.
    list_display_links = None

    def has_add_permission(self, request: Any) -> bool:
        return False


def stock_page(seeded: Seeded) -> bytes:
    query = f"company__id__exact={seeded.company.pk}&direction__exact=OUTGOING&summary__review__exact=REVIEWED"
    request = RequestFactory().get(f"/?{query}")
    request.user = seeded.reader
    answer: Any = StockAdmin(SupportSession, AdminSite()).changelist_view(request)
    return bytes(answer.render().content)


def rows_of(seeded: Seeded, wish: str, before: str = "") -> Any:
    filters = read_filters(wish)
    sessions = queries.reports_of(company=seeded.company, viewer=seeded.reader, filters=filters)
    narrowed = narrow(
        sessions, filters=filters, company_id=seeded.company.pk, viewer_id=seeded.reader.pk, window=Window()
    )
    return session_page(narrowed, before=before)


def by_hand(seeded: Seeded) -> list[Statement]:
    return [(BY_HAND.format(reach="TRUE", filters=HAND_FILTERS), [seeded.company.pk])]


def key_of_page(seeded: Seeded, page: int) -> str:
    """Where *page* begins, or the last one of a smaller company."""
    all_of_it = SupportSession.objects.filter(company=seeded.company).order_by("-started_at", "-pk")
    place = min((page - 1) * PAGE_ROWS, all_of_it.count() - PAGE_ROWS - 1)
    return key_of(all_of_it.only("started_at")[place])


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    # Whoever is signed out meanwhile is led to another page, which is quick.
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def measure(seeded: Seeded, rounds: int) -> dict[str, Any]:
    seeded.reader.is_superuser = True  # in memory: the stock admin asks for it
    client = Client()
    client.force_login(seeded.reader)
    address = f"/reports/?{FILTERS}"
    stock_page(seeded)
    figures = re.search(r'data-hx-get="(/figures/[^"]+)"', page_of(client, address))
    count_address = html.unescape(figures[1]) if figures else address
    deep_key = key_of_page(seeded, DEEP_PAGE)
    rows_of(seeded, FILTERS)
    works = {
        "ours": lambda: page_of(client, address),
        "limit": lambda: stock_page(seeded),
        "count": lambda: page_of(client, count_address),
    }
    statements = {
        "rows": statements_of(lambda: rows_of(seeded, FILTERS))[-1:],
        "by_hand": by_hand(seeded),
        "first_page": statements_of(lambda: rows_of(seeded, "period=all"))[-1:],
        "deep_page": statements_of(lambda: rows_of(seeded, "period=all", deep_key))[-1:],
    }
    times: dict[str, list[float]] = {name: [] for name in (*works, *statements)}
    for turn in range(rounds):
        for name, work in works.items():
            if name == "ours" or turn < 5:  # the others take long
                times[name].append(milliseconds(work))
        for name, sent in statements.items():
            times[name].append(run_statements(sent))
    found = {name: statistics.median(values) for name, values in times.items()}
    with connection.cursor() as cursor:
        cursor.execute(*by_hand(seeded)[0])
        expected = [row[0] for row in cursor.fetchall()[:PAGE_ROWS]]
    assert [row.pk for row in rows_of(seeded, FILTERS).rows] == expected, "The queries show different pages."
    return {
        "name": "listing",
        **{name: round(value, 2) for name, value in found.items()},
        "ratio": round(found["limit"] / found["ours"], 1),
        "goal": GOAL,
        "database": round(found["rows"] / found["by_hand"], 2),
        "goal_database": GOAL_DATABASE,
        "deep": round(found["deep_page"] / found["first_page"], 2),
        "goal_deep": GOAL_DEEP,
    }


if __name__ == "__main__":
    run_bench(__doc__, measure, rounds=21)
