"""How fast the API lists sessions, 50 a page, on its first page and deep inside.

    .ci/with-postgresql python -m tests.bench.api_listing [--json] [--sessions 1000000] [--rounds 41]

`ours` is the whole answer of `/api/v1/sessions/` to a token, through all middleware; `limit` is a view that does
nothing but ask by keyset for the same columns, joined, and write them with msgspec, called directly; `deep` is a page
far inside, as a share of the first, and `filtered` the first of those before a moment. Milliseconds, medians; all run
by turns.
"""

import statistics
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.bench.seeded import Seeded, Statements, milliseconds, run_bench  # first: it sets Django up

# isort: split
import msgspec
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.domain.tokens import issue_token
from accounts.enums import ApiScope
from accounts.models import Membership
from summaries.models import SupportSession

GOAL, GOAL_DEEP = 3.0, 1.2
PAGE, DEEP_PAGE = 50, 5_000
LEAN = """
SELECT s.public_id, s.number, s.status, s.direction, s.remote_user, s.started_at, s.ended_at, s.notes, s.ticket,
    s.billing_state, s.currency, s.verdict, s.reason, s.source_format, s.source_name, s.quality, s.bad_record_count,
    s.interaction_count, s.redaction_counts, u.name, u.email, d.name, d.operating_system, d.customer, m.public_id,
    m.state, m.review
FROM summaries_supportsession s JOIN accounts_user u ON u.id = s.supporter_id
LEFT JOIN policies_device d ON d.id = s.device_id LEFT JOIN summaries_summary m ON m.session_id = s.id
WHERE s.company_id = %s AND s.status NOT IN ('IMPORTING', 'TRASHED', 'DELETED') AND s.started_at < %s
ORDER BY s.started_at DESC, s.id DESC LIMIT 50
"""


def lean_view(seeded: Seeded, before: datetime) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(LEAN, [seeded.company.pk, before])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return HttpResponse(msgspec.json.encode(rows), content_type="application/json")


def client_of(seeded: Seeded) -> Client:
    at = timezone.now()
    membership = Membership.objects.get(company=seeded.company, user=seeded.reader)
    _, plain = issue_token(
        membership=membership,
        name=f"Bench {at}",
        scopes=[ApiScope.SESSIONS_READ.value],
        expires_at=at + timedelta(hours=1),
        actor=seeded.reader,
        at=at,
    )
    return Client(headers={"authorization": f"Bearer {plain}"})


def deep_moment(seeded: Seeded) -> datetime:
    """Where page 5,000 begins, or the last page of a smaller company."""
    all_of_it = SupportSession.objects.filter(company=seeded.company).order_by("-started_at", "-pk")
    place = min((DEEP_PAGE - 1) * PAGE, all_of_it.count() - PAGE - 1)
    moment: datetime = all_of_it.values_list("started_at", flat=True)[place]
    return moment


def measure(seeded: Seeded, rounds: int) -> dict[str, Any]:
    client = client_of(seeded)
    soon, deep = timezone.now() + timedelta(days=1), deep_moment(seeded)
    first = "/api/v1/sessions/?page_size=50"
    # The cursor as the API gives it out, a page's last moment, and as who pages through all sends it: with no filter.
    narrowed = f"{first}&started_before={deep.isoformat().replace('+00:00', 'Z')}"
    cursor = parse_qs(urlsplit(client.get(narrowed).json()["next"] or "").query).get("cursor", [""])[0]
    deep_address = f"{first}&{urlencode({'cursor': cursor})}" if cursor else first
    works = {
        "ours": lambda: client.get(first),
        "limit": lambda: lean_view(seeded, soon),
        "deep": lambda: client.get(deep_address),
        "filtered": lambda: client.get(narrowed),
    }
    assert client.get(deep_address).status_code == 200
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        cache.clear()  # no token makes so many requests in a minute
        for name, work in works.items():
            times[name].append(milliseconds(work))
    statements = Statements()
    with connection.execute_wrapper(statements):
        client.get(first)
    found = {name: statistics.median(values) for name, values in times.items()}
    return {
        "name": "api_listing",
        "ours": round(found["ours"], 2),
        "limit": round(found["limit"], 2),
        "ratio": round(found["ours"] / found["limit"], 2),
        "goal": GOAL,
        "deep": round(found["deep"] / found["ours"], 2),
        "goal_deep": GOAL_DEEP,
        "filtered": round(found["filtered"], 2),
        "statements": statements.count,
        "in_database": round(statements.milliseconds, 2),
    }


if __name__ == "__main__":
    run_bench(__doc__, measure, rounds=41)
