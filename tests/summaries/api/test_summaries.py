import io
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from rest_framework.test import APIClient

from accounts.domain.members import add_member
from accounts.domain.roles import create_role
from accounts.enums import ApiScope
from accounts.models import AuditEntry
from accounts.permissions import Permission
from policies.enums import Reason, Verdict
from summaries.enums import Outcome, SessionStatus
from summaries.models import Application, IssueType, Summary, SummaryRevision
from tests.conftest import Cast
from tests.summaries.api.conftest import SignIn
from tests.summaries.report_examples import FACTS, PRINTER, store_session, store_summary

URL = "/api/v1/summaries/"
SESSIONS = "/api/v1/sessions/"


def test_retrieve_gives_text_evidence_facts_engine_and_redaction(cast: Cast, api: APIClient) -> None:
    summary = store_summary(store_session(cast.northwind, cast.bob))

    told = api.get(f"{URL}{summary.public_id}/").json()

    revision = told.pop("revision")
    assert told == {
        "id": str(summary.public_id),
        "session": str(summary.session.public_id),
        "session_number": "S-1042",
        "ai_label": "AI-generated",
        "state": "READY",
        "failure": "",
        "revision_number": 1,
        "review": "AI_GENERATED",
        "reviewed_by": None,
        "reviewed_at": None,
        "title": PRINTER.title,
        "outcome": "RESOLVED",
        "language": "en",
        "engine": "BUILT_IN",
        "issue_types": [],
        "applications": [],
        "requested_at": "2026-11-22T09:02:00Z",
        "held_back": False,
    }
    assert revision["content"]["problem"] == [
        {"text": PRINTER.problem[0].text, "evidence": [1], "supported": True, "by_person": False},
    ]
    assert revision["content"]["steps"][1]["commands"] == ["net stop spooler", "net start spooler"]
    assert revision["content"]["steps"][1]["action"]["evidence"] == [3, 4]
    assert set(revision["content"]) == set(asdict(PRINTER))
    assert revision["facts"]["applications"][0] == asdict(FACTS.applications[0])
    assert (revision["engine"], revision["redaction"]) == ("BUILT_IN", {"PASSWORD": 1, "EMAIL": 2})


def test_retrieve_of_a_summary_in_the_making_has_no_text(cast: Cast, api: APIClient) -> None:
    session = store_session(cast.northwind, cast.bob)
    summary_id = api.post(f"{SESSIONS}{session.public_id}/summary/", {}, format="json").json()["id"]

    told = api.get(f"{URL}{summary_id}/").json()

    assert (told["state"], told["revision"]) == ("QUEUED", None)


def test_retrieve_survives_a_revision_without_facts(cast: Cast, api: APIClient) -> None:
    summary = store_summary(store_session(cast.northwind, cast.bob))
    SummaryRevision.objects.update(facts={})

    assert api.get(f"{URL}{summary.public_id}/").json()["revision"]["facts"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_a_fixed_number_of_queries(
    cast: Cast, api: APIClient, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(1, rows + 1):
        summary = store_summary(store_session(cast.northwind, cast.bob, number=number))
        summary.issue_types.add(IssueType.objects.create(company=cast.northwind, name=f"Type {number}"))
    api.get(URL)  # the token's last use is written once a minute

    with django_assert_num_queries(12):
        answer = api.get(URL)

    assert [row["session_number"] for row in answer.json()["results"]] == [f"S-{n}" for n in range(rows, 0, -1)]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("outcome=RESOLVED", ["S-1"]),
        ("issue_type=type of two", ["S-2"]),
        ("application=app of two", ["S-2"]),
        ("supporter=bob@northwind.example", ["S-1"]),
        ("device=ACC-2", ["S-2"]),
        ("state=READY", ["S-2", "S-1"]),
        ("review=APPROVED", []),
        ("language=en&engine=BUILT_IN", ["S-2", "S-1"]),
        ("started_after=2026-11-22T10:00:00Z", ["S-2"]),
        ("started_before=2026-11-22T10:00:00Z", ["S-1"]),
    ],
)
def test_list_is_filtered(cast: Cast, client_of: SignIn, query: str, numbers: list[str]) -> None:
    first = store_session(cast.northwind, cast.bob, number=1)
    store_summary(first)
    at = first.started_at + timedelta(hours=1)
    second = store_summary(
        store_session(cast.northwind, cast.mona, number=2, started_at=at, ended_at=at),
        replace(PRINTER, outcome=Outcome.UNKNOWN),
    )
    second.issue_types.add(IssueType.objects.create(company=cast.northwind, name="Type of two"))
    second.applications.add(Application.objects.create(company=cast.northwind, name="App of two"))

    rows = client_of(cast.mona).get(f"{URL}?{query}").json()["results"]

    assert [row["session_number"] for row in rows] == numbers


def test_list_holds_what_one_may_see_and_no_more(cast: Cast, api: APIClient, client_of: SignIn) -> None:
    store_summary(store_session(cast.northwind, cast.bob, number=1))
    store_summary(store_session(cast.northwind, cast.mona, number=2))
    store_summary(store_session(cast.contoso, cast.charlie, number=3))

    def numbers(client: APIClient) -> list[str]:
        return [row["session_number"] for row in client.get(URL).json()["results"]]

    assert numbers(api) == ["S-1"]
    assert numbers(client_of(cast.mona)) == ["S-2", "S-1"]
    assert numbers(client_of(cast.charlie)) == ["S-3"]


def test_another_companys_summary_is_not_found(cast: Cast, client_of: SignIn) -> None:
    summary = store_summary(store_session(cast.northwind, cast.bob))

    assert client_of(cast.charlie).get(f"{URL}{summary.public_id}/").status_code == 404


def test_summaries_cannot_be_written_through_their_address(cast: Cast, api: APIClient) -> None:
    summary = store_summary(store_session(cast.northwind, cast.bob))

    for method in ("put", "patch", "delete", "post"):
        assert getattr(api, method)(f"{URL}{summary.public_id}/", {"title": "x"}, format="json").status_code == 405
    summary.refresh_from_db()
    assert summary.title == PRINTER.title


def test_generate_asks_for_a_summary_in_engine_and_language(cast: Cast, api: APIClient) -> None:
    session = store_session(cast.northwind, cast.bob)

    answer = api.post(
        f"{SESSIONS}{session.public_id}/summary/", {"language": "es", "engine": "BUILT_IN"}, format="json"
    )

    summary = Summary.objects.get()
    assert (answer.status_code, answer.json()["id"]) == (202, str(summary.public_id))
    assert (summary.requested_language, summary.requested_engine) == ("es", "BUILT_IN")
    assert summary.requested_by == cast.bob


def test_generate_under_one_key_asks_once(cast: Cast, api: APIClient) -> None:
    session = store_session(cast.northwind, cast.bob)
    address = f"{SESSIONS}{session.public_id}/summary/"
    headers = {"Idempotency-Key": "generate-1"}
    api.post(address, {}, format="json", headers=headers)
    Summary.objects.update(state="FAILED")

    again = api.post(address, {}, format="json", headers=headers)

    assert (again.status_code, again.json()["state"]) == (202, "FAILED")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": SessionStatus.OPEN, "ended_at": None}, "still running"),
        ({"verdict": Verdict.NO, "reason": Reason.CONSENT_REFUSED}, "Consent refused"),
    ],
)
def test_generate_of_a_session_that_is_not_eligible_says_why(
    cast: Cast, api: APIClient, fields: dict[str, Any], sentence: str
) -> None:
    session = store_session(cast.northwind, cast.bob, **fields)

    answer = api.post(f"{SESSIONS}{session.public_id}/summary/", {}, format="json")

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:session-insights:problem:not_eligible")
    assert sentence in answer.json()["detail"]
    assert not Summary.objects.exists()


def test_generate_refuses_a_language_it_does_not_know(cast: Cast, api: APIClient) -> None:
    session = store_session(cast.northwind, cast.bob)

    answer = api.post(f"{SESSIONS}{session.public_id}/summary/", {"language": "tlh"}, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["language"])


def test_report_is_the_pdf_with_an_audit_entry(cast: Cast, api: APIClient) -> None:
    session = store_session(cast.northwind, cast.bob)
    store_summary(session)

    answer = api.get(f"{SESSIONS}{session.public_id}/report.pdf?paper=letter", headers={"Accept": "application/pdf"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="service-report-S-1042.pdf"'
    page = PdfReader(io.BytesIO(answer.content)).pages[0]
    assert (round(page.mediabox.width), "Service report S-1042" in page.extract_text()) == (612, True)
    assert AuditEntry.objects.get(action="report.exported").actor == cast.bob


@pytest.mark.parametrize("wish", [{"Accept": "application/json"}, {"Accept": "text/html"}, {}])
def test_report_is_a_pdf_whatever_the_client_likes(cast: Cast, api: APIClient, wish: dict[str, str]) -> None:
    session = store_session(cast.northwind, cast.bob)

    answer = api.get(f"{SESSIONS}{session.public_id}/report.pdf?format=json", headers=wish)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")


def test_report_errors_are_problems_for_clients_of_pdfs_too(cast: Cast, api: APIClient) -> None:
    answer = api.get(
        f"{SESSIONS}00000000-0000-4000-8000-000000000000/report.pdf", headers={"Accept": "application/pdf"}
    )

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


@pytest.mark.parametrize("missing", [Permission.EXPORT_SUMMARIES, Permission.VIEW_SUMMARIES])
def test_report_needs_the_permissions_to_read_and_to_export(
    cast: Cast, client_of: SignIn, at: Any, missing: Permission
) -> None:
    needed = {Permission.VIEW_ALL_REPORTS, Permission.VIEW_SUMMARIES, Permission.EXPORT_SUMMARIES}
    create_role(company=cast.northwind, name="Clerk", permissions=needed - {missing}, at=at)
    dora = add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Clerk"], at=at
    ).user
    session = store_session(cast.northwind, cast.bob)

    answer = client_of(dora).get(f"{SESSIONS}{session.public_id}/report.pdf")

    assert answer.status_code == 403
    assert str(missing.label) in answer.json()["detail"]
    assert not AuditEntry.objects.filter(action="report.exported").exists()


@pytest.mark.parametrize(
    ("scope", "call", "allowed"),
    [
        (ApiScope.SESSIONS_READ, "get sessions/", True),
        (ApiScope.SESSIONS_READ, "get summaries/", False),
        (ApiScope.SESSIONS_READ, "get sessions/{}/report.pdf", False),
        (ApiScope.SESSIONS_READ, "post sessions/{}/end/", False),
        (ApiScope.SESSIONS_WRITE, "get sessions/", False),
        (ApiScope.SESSIONS_WRITE, "post sessions/{}/end/", True),
        (ApiScope.SESSIONS_WRITE, "post sessions/{}/summary/", False),
        (ApiScope.SUMMARIES_READ, "get summaries/", True),
        (ApiScope.SUMMARIES_READ, "get sessions/{}/interactions/", False),
        (ApiScope.SUMMARIES_READ, "post sessions/{}/summary/", False),
        (ApiScope.SUMMARIES_WRITE, "post sessions/{}/summary/", True),
        (ApiScope.REPORTS_READ, "get sessions/{}/report.pdf", True),
        (ApiScope.REPORTS_READ, "get sessions/{}/", False),
    ],
)
def test_a_token_reaches_what_its_scopes_name(
    cast: Cast, client_of: SignIn, scope: ApiScope, call: str, allowed: bool
) -> None:
    session = store_session(cast.northwind, cast.bob)
    method, path = call.format(session.public_id).split(" ")

    answer = getattr(client_of(cast.bob, scope), method)(f"/api/v1/{path}", format="json")

    assert (answer.status_code == 403) is not allowed
    assert (answer.status_code < 300) is allowed
