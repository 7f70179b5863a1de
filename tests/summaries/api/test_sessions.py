from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.domain.members import add_member
from accounts.models import AuditEntry
from summaries.models import ConsentEntry, IdempotencyKey, SupportSession
from tests.conftest import Cast
from tests.summaries.api.conftest import SignIn
from tests.summaries.report_examples import store_session, store_summary

URL = "/api/v1/sessions/"


def test_list_shows_sessions_of_the_company_that_one_may_see(cast: Cast, api: APIClient, client_of: SignIn) -> None:
    own = store_session(cast.northwind, cast.bob, number=1)
    others = store_session(cast.northwind, cast.mona, number=2, started_at=own.started_at + timedelta(minutes=1))
    store_session(cast.contoso, cast.charlie, number=3)

    def ids(client: APIClient) -> list[str]:
        return [row["id"] for row in client.get(URL).json()["results"]]

    assert ids(api) == [str(own.public_id)]
    assert ids(client_of(cast.mona)) == [str(others.public_id), str(own.public_id)]


def test_retrieve_tells_everything_about_a_session(cast: Cast, api: APIClient) -> None:
    session = store_session(cast.northwind, cast.bob, redaction_counts={"EMAIL": 2})
    summary = store_summary(session)

    answer = api.get(f"{URL}{session.public_id}/")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(session.public_id),
        "number": "S-1042",
        "status": "ENDED",
        "direction": "OUTGOING",
        "supporter": {"name": "Bob", "email": "bob@northwind.example"},
        "device": {"name": "ACC-14", "operating_system": "Windows 11", "customer": "Acme"},
        "remote_user": "",
        "started_at": "2026-11-22T09:02:00Z",
        "ended_at": "2026-11-22T09:16:00Z",
        "duration_seconds": 840,
        "notes": "",
        "ticket": "INC0010042",
        "billing_state": "",
        "fee": None,
        "currency": "",
        "capture": {
            "verdict": "YES",
            "reason": "OUTGOING_CONSENTED",
            "explanation": "Outgoing, with consent",
        },
        "recording": {"format": "", "name": "", "quality": [], "bad_record_count": 0},
        "interaction_count": 0,
        "redaction": {"EMAIL": 2},
        "summary": {"id": str(summary.public_id), "state": "READY", "review": "AI_GENERATED"},
        "summary_state": {
            "code": "AI_GENERATED",
            "word": "AI-generated",
            "reason": "Written by an engine and not reviewed yet.",
        },
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_a_fixed_number_of_queries(
    cast: Cast, api: APIClient, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        store_summary(store_session(cast.northwind, cast.bob, number=number + 1))
    api.get(URL)  # the token's last use is written once a minute

    with django_assert_num_queries(9):
        answer = api.get(URL)

    assert len(answer.json()["results"]) == rows


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("supporter=BOB@northwind.example", ["S-1"]),
        ("supporter=charlie@contoso.example", []),
        ("device=acc-2", ["S-2"]),
        ("direction=INCOMING", ["S-2"]),
        ("status=OPEN", ["S-2"]),
        ("summary=READY", ["S-1"]),
        ("summary=NO_SUMMARY", ["S-2"]),
        ("started_after=2026-11-22T10:00:00Z", ["S-2"]),
        ("started_before=2026-11-22T10:00:00Z", ["S-1"]),
        ("ticket=INC0010042&status=ENDED", ["S-1"]),
    ],
)
def test_list_is_filtered(cast: Cast, client_of: SignIn, query: str, numbers: list[str]) -> None:
    first = store_session(cast.northwind, cast.bob, number=1)
    store_summary(first)
    later = first.started_at + timedelta(hours=1)
    store_session(
        cast.northwind, cast.mona, number=2, started_at=later, ended_at=None, status="OPEN", direction="INCOMING"
    )

    rows = client_of(cast.mona).get(f"{URL}?{query}").json()["results"]

    assert [row["number"] for row in rows] == numbers


@pytest.mark.parametrize(
    "query", ["direction=SIDEWAYS", "started_after=yesterday", "supporter=%00", "status=IMPORTING"]
)
def test_list_refuses_a_filter_it_does_not_know(api: APIClient, query: str) -> None:
    answer = api.get(f"{URL}?{query}")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.split("=", maxsplit=1)[0]]


def test_list_pages_by_cursor_without_gaps_or_repeats(cast: Cast, api: APIClient) -> None:
    for number in range(1, 6):
        store_session(cast.northwind, cast.bob, number=number)
    seen: list[str] = []
    address: str | None = f"{URL}?page_size=2"

    while address:
        page = api.get(address).json()
        seen += [row["number"] for row in page["results"]]
        address = page["next"]

    assert seen == ["S-5", "S-4", "S-3", "S-2", "S-1"]


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "bz0tMQ=="])
def test_list_refuses_a_cursor_it_never_gave_out(cast: Cast, api: APIClient, cursor: str) -> None:
    store_session(cast.northwind, cast.bob)

    answer = api.get(f"{URL}?cursor={cursor}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_create_opens_a_session_for_oneself_and_waits_for_consent(cast: Cast, api: APIClient) -> None:
    answer = api.post(URL, {"device": "ACC-14", "ticket": "INC7", "remote_user": "Pat"}, format="json")

    session = SupportSession.objects.get()
    assert answer.status_code == 201
    assert (session.company, session.supporter, session.status) == (cast.northwind, cast.bob, "OPEN")
    assert (session.device.name, session.ticket, session.remote_user) == ("ACC-14", "INC7", "Pat")
    assert answer.json()["id"] == str(session.public_id)
    assert answer.json()["capture"]["verdict"] == "WAIT"
    entry = AuditEntry.objects.get(action="session.opened")
    assert (entry.actor, entry.company) == (cast.bob, cast.northwind)


def test_create_writes_nothing_but_the_listed_fields(cast: Cast, api: APIClient) -> None:
    answer = api.post(
        URL,
        {
            "device": "ACC-14",
            "company": cast.contoso.pk,
            "company_id": cast.contoso.pk,
            "number": 7777,
            "verdict": "YES",
            "reason": "OUTGOING_CONSENTED",
            "status": "ENDED",
            "interaction_count": 5,
            "public_id": "00000000-0000-0000-0000-000000000000",
            "fee": "9.99",
            "billing_state": "PAID",
            "capture": {"verdict": "YES"},
        },
        format="json",
    )

    session = SupportSession.objects.get()
    assert answer.status_code == 201
    assert (session.company, session.number, session.status, session.verdict) == (cast.northwind, 1, "OPEN", "WAIT")
    assert (session.fee, session.billing_state, session.interaction_count) == (None, "", 0)
    assert str(session.public_id) != "00000000-0000-0000-0000-000000000000"


def test_create_for_another_member_needs_sight_of_everybody(cast: Cast, api: APIClient, client_of: SignIn) -> None:
    wish = {"supporter": "mona@northwind.example"}

    assert api.post(URL, wish, format="json").status_code == 403
    assert not SupportSession.objects.exists()
    assert client_of(cast.alice).post(URL, wish, format="json").status_code == 201
    assert SupportSession.objects.get().supporter == cast.mona


@pytest.mark.parametrize("email", ["charlie@contoso.example", "nobody@northwind.example"])
def test_create_for_somebody_of_another_company_is_refused_alike(cast: Cast, client_of: SignIn, email: str) -> None:
    answer = client_of(cast.alice).post(URL, {"supporter": email}, format="json")

    assert answer.status_code == 422
    assert answer.json() == {
        "type": "urn:session-insights:problem:unable_to_open",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "The supporter is not a member of this company. Name the e-mail address of a member.",
    }


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"direction": "SIDEWAYS"}, "direction"),
        ({"device": "x" * 121}, "device"),
        ({"device": "a\x00b"}, "device"),
        ({"device": ["a"]}, "device"),
        ({"supporter": "nobody"}, "supporter"),
        ({"started_at": "1850-01-01T00:00:00Z"}, "started_at"),
        ({"started_at": "9999-12-31T23:59:59-14:00"}, "started_at"),
        ({"started_at": "soon"}, "started_at"),
    ],
)
def test_create_names_the_field_that_is_wrong(cast: Cast, api: APIClient, wish: dict[str, Any], field: str) -> None:
    answer = api.post(URL, wish, format="json")

    assert answer.status_code == 400
    assert answer.json()["detail"] == "Some fields are not right; `errors` names them."
    assert list(answer.json()["errors"]) == [field]
    assert not SupportSession.objects.exists()


def test_consent_goes_into_the_ledger_and_allows_capture(cast: Cast, api: APIClient) -> None:
    session_id = api.post(URL, {}, format="json").json()["id"]

    answer = api.post(
        f"{URL}{session_id}/consent/", {"answer": "GIVEN", "statement": "Agreed by phone."}, format="json"
    )

    assert answer.status_code == 201
    assert answer.json()["capture"]["verdict"] == "YES"
    entry = ConsentEntry.objects.get()
    assert (entry.answer, entry.statement, entry.stated_by) == ("GIVEN", "Agreed by phone.", cast.bob)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"answer": "MAYBE", "statement": "x"}, "answer"),
        ({"answer": "GIVEN", "statement": " "}, "statement"),
        ({"answer": "GIVEN"}, "statement"),
    ],
)
def test_consent_needs_an_answer_and_a_statement(api: APIClient, said: dict[str, str], field: str) -> None:
    session_id = api.post(URL, {}, format="json").json()["id"]

    answer = api.post(f"{URL}{session_id}/consent/", said, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not ConsentEntry.objects.exists()


def test_end_ends_the_session_once(cast: Cast, api: APIClient) -> None:
    session_id = api.post(URL, {}, format="json").json()["id"]

    first, second = (api.post(f"{URL}{session_id}/end/") for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["status"] == "ENDED"
    assert first.json() == second.json()
    assert AuditEntry.objects.filter(action="session.ended").count() == 1


def test_end_of_an_eligible_session_asks_for_its_summary(api: APIClient) -> None:
    session_id = api.post(URL, {}, format="json").json()["id"]
    api.post(f"{URL}{session_id}/consent/", {"answer": "GIVEN", "statement": "By phone."}, format="json")

    answer = api.post(f"{URL}{session_id}/end/")

    assert answer.json()["summary"]["state"] == "QUEUED"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("get", "interactions/"),
        ("post", "interactions/"),
        ("post", "consent/"),
        ("post", "end/"),
        ("post", "summary/"),
        ("get", "report.pdf"),
    ],
)
def test_another_companys_session_is_not_found(cast: Cast, client_of: SignIn, method: str, path: str) -> None:
    session = store_session(cast.northwind, cast.bob, status="OPEN", ended_at=None, notes="a secret of Northwind")
    foreign, missing = (
        getattr(client_of(cast.charlie), method)(f"{URL}{one}/{path}", format="json")
        for one in (session.public_id, "00000000-0000-4000-8000-000000000000")
    )

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()
    session.refresh_from_db()
    assert session.status == "OPEN"


@pytest.mark.parametrize("path", ["", "interactions/", "report.pdf"])
def test_another_supporters_session_is_not_found_by_those_who_see_their_own(
    cast: Cast, api: APIClient, path: str
) -> None:
    session = store_session(cast.northwind, cast.mona)

    assert api.get(f"{URL}{session.public_id}/{path}").status_code == 404


def test_an_auditor_reads_and_changes_nothing(cast: Cast, client_of: SignIn, at: datetime) -> None:
    auditor = add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Auditor"], at=at
    )
    client = client_of(auditor.user)
    session = store_session(cast.northwind, cast.bob, status="OPEN", ended_at=None)

    assert client.get(f"{URL}{session.public_id}/").status_code == 200
    for path in (
        "",
        f"{session.public_id}/end/",
        f"{session.public_id}/consent/",
        f"{session.public_id}/interactions/",
    ):
        answer = client.post(f"{URL}{path}", {}, format="json")
        assert answer.status_code == 403
        assert "Generate summaries" in answer.json()["detail"]
    session.refresh_from_db()
    assert session.status == "OPEN"


def test_a_session_opened_now_starts_now(api: APIClient) -> None:
    before = timezone.now()
    api.post(URL, {}, format="json")

    assert before <= SupportSession.objects.get().started_at <= timezone.now()


def test_create_under_one_key_opens_one_session(api: APIClient) -> None:
    headers = {"Idempotency-Key": "open-1"}

    first, again = (api.post(URL, {"device": "A"}, format="json", headers=headers) for _ in range(2))
    other = api.post(URL, {"device": "B"}, format="json", headers=headers)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json() == again.json()
    assert other.json()["type"] == "urn:session-insights:problem:idempotency_key_misused"
    assert SupportSession.objects.count() == 1


def test_a_key_is_not_used_up_by_a_request_that_fails(cast: Cast, api: APIClient) -> None:
    headers = {"Idempotency-Key": "open-1"}

    refused = api.post(URL, {"supporter": "mona@northwind.example"}, format="json", headers=headers)
    opened = api.post(URL, {}, format="json", headers=headers)

    assert (refused.status_code, opened.status_code) == (403, 201)


def test_a_key_whose_first_request_still_runs_is_409(cast: Cast, api: APIClient) -> None:
    headers = {"Idempotency-Key": "open-1"}
    api.post(URL, {}, format="json", headers=headers)
    IdempotencyKey.objects.update(result="")

    answer = api.post(URL, {}, format="json", headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:session-insights:problem:idempotency_key_in_use")


def test_consent_under_one_key_is_one_entry(api: APIClient) -> None:
    session_id = api.post(URL, {}, format="json").json()["id"]
    said = {"answer": "GIVEN", "statement": "By phone."}

    answers = [
        api.post(f"{URL}{session_id}/consent/", said, format="json", headers={"Idempotency-Key": "c"}).status_code
        for _ in range(2)
    ]

    assert answers == [201, 200]
    assert ConsentEntry.objects.count() == 1
