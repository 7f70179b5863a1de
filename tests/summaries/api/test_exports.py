import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.enums import ApiScope
from accounts.models import AuditEntry
from summaries.views import exports
from tests.conftest import Cast, sign_in_freshly
from tests.summaries.api.conftest import SignIn
from tests.summaries.domain.exports.rows_world import put_session, put_summarised


@pytest.fixture(autouse=True)
def sessions(cast: Cast) -> None:
    put_summarised(cast.northwind, cast.bob, 1)
    put_session(cast.northwind, cast.bob, 2, direction="INCOMING")
    put_summarised(cast.northwind, cast.mona, 3)
    put_summarised(cast.contoso, cast.charlie, 4)


def address(kind: str = "jsonl") -> str:
    return reverse("api:session-export", args=[kind])


def told(client: APIClient, **query: str) -> list[dict[str, Any]]:
    answer = client.get(address(), query)
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in answer.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["S-3", "S-2", "S-1"]),
        ({"direction": "INCOMING"}, ["S-2"]),
        ({"summary": "NO_SUMMARY"}, ["S-2"]),
        ({"supporter": "bob@northwind.example"}, ["S-2", "S-1"]),
        ({"device": "acc-3"}, ["S-3"]),
        ({"started_before": "2026-11-01T00:00:00Z"}, []),
    ],
)
def test_export_has_the_sessions_that_the_list_has(
    cast: Cast, client_of: SignIn, query: dict[str, str], expected: list[str]
) -> None:
    client = client_of(cast.alice)

    assert [row["number"] for row in told(client, **query, columns="number")] == expected
    listed = client.get(reverse("api:session-list"), query).json()["results"]
    assert [f"S-{row['number']}" if isinstance(row["number"], int) else row["number"] for row in listed] == expected


def test_export_tells_a_supporter_of_their_own_sessions(api: APIClient) -> None:
    assert [(row["number"], bool(row["title"])) for row in told(api)] == [("S-2", False), ("S-1", True)]


@pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/json", "image/png"])
def test_export_answers_whatever_kind_a_client_says_it_likes(api: APIClient, accept: str) -> None:
    answer = api.get(address("csv"), {"columns": "number"}, HTTP_ACCEPT=accept)

    assert answer.getvalue() == b"Session\r\nS-2\r\nS-1\r\n"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_export_is_entered_in_the_audit_log_without_an_address(cast: Cast, api: APIClient) -> None:
    told(api, supporter="bob@northwind.example", direction="OUTGOING", columns="number")

    entry = AuditEntry.objects.get(action="sessions.exported")
    assert entry.actor == cast.bob
    assert entry.details == {
        "format": "jsonl",
        "rows": 1,
        "columns": ["number"],
        "list": "api",
        "filters": {"direction": "OUTGOING", "supporter": "…"},
    }


def test_export_refuses_an_unknown_column_and_kind(api: APIClient) -> None:
    answer = api.get(address(), {"columns": "number,secret"})

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:session-insights:problem:unknown_column")
    assert "There is no column “secret”" in answer.json()["detail"]
    assert api.get(address("pdf")).status_code == 404
    assert api.get(address(), {"direction": "SIDEWAYS"}).status_code == 400
    assert not AuditEntry.objects.filter(action="sessions.exported").exists()


@pytest.mark.parametrize(
    "query", [{"started_after": "0001-01-01T00:00:00+14:00"}, {"started_before": "9999-12-31T23:59:59-14:00"}]
)
def test_export_refuses_a_moment_beyond_the_calendar(api: APIClient, query: dict[str, str]) -> None:
    answer = api.get(address(), query)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(query)


def test_export_needs_the_scope_for_reports(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.alice, ApiScope.SESSIONS_READ, ApiScope.SUMMARIES_READ)

    assert client.get(address()).status_code == 403
    assert client_of(cast.alice, ApiScope.REPORTS_READ).get(address()).status_code == 200


def test_export_tells_of_summaries_by_the_scope_for_them(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.alice, ApiScope.REPORTS_READ)

    assert {"title", "outcome", "issue_types"} & set(told(client)[0]) == set()
    refused = client.get(address(), {"columns": "number,title"})
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "This token lacks the scope “summaries:read”, which columns of summaries need.",
    )


def test_export_asks_a_member_in_the_browser_who_they_are(cast: Cast) -> None:
    stale, fresh = Client(), Client()
    stale.force_login(cast.alice)
    sign_in_freshly(fresh, cast.alice)

    answer = stale.get(address())

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:session-insights:problem:confirmation_needed")
    assert fresh.get(address()).status_code == 200


def test_export_shares_its_rate_with_the_pages(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXPORTS_AN_HOUR", 1)

    answers = [api.get(address()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "3600"
