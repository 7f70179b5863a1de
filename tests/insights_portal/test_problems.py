"""Every error of the API is a problem document that says what to do."""

import io
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.test import Client
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from accounts.domain.tokens import issue_token, revoke_token
from accounts.enums import ApiScope
from insights_portal.api.problems import NoSuchAddress, Problem, problem_response
from insights_portal.api.throttling import TokenOrMemberThrottle
from tests.conftest import Cast

SESSIONS = "/api/v1/sessions/"


def problem(error: Exception) -> tuple[int, dict[str, Any]]:
    response = problem_response(error, {"view": APIView(), "request": Request(APIRequestFactory().get("/"))})
    assert response.content_type == "application/problem+json"
    return response.status_code, response.data


def token_client(cast: Cast, **fields: Any) -> tuple[APIClient, Any]:
    at = fields.pop("at", timezone.now())
    token, plain = issue_token(
        membership=cast.membership(cast.bob),
        name="t",
        scopes=ApiScope.values,
        expires_at=at + timedelta(hours=1),
        actor=cast.alice,
        at=at,
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {plain}")
    return client, token


def test_a_problem_has_type_title_status_and_detail() -> None:
    status, body = problem(Problem("Wait a moment.", status=409, code="busy", retry_in=5))

    assert (status, body) == (
        409,
        {
            "type": "urn:session-insights:problem:busy",
            "title": "Conflict",
            "status": 409,
            "detail": "Wait a moment.",
            "retry_in": 5,
        },
    )


def test_wrong_fields_stand_by_name() -> None:
    status, body = problem(ValidationError({"device": ["Too long."]}))

    assert (status, body["errors"]) == (400, {"device": ["Too long."]})
    assert problem(ValidationError("No."))[1]["errors"] == {"non_field_errors": ["No."]}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RequestDataTooBig("x"), 413, "too_large"),
        (SuspiciousOperation("x"), 400, "parse_error"),
        (Throttled(wait=3), 429, "throttled"),
    ],
)
def test_errors_of_the_framework_are_problems(error: Exception, status: int, code: str) -> None:
    told, body = problem(error)

    assert (told, body["type"]) == (status, f"urn:session-insights:problem:{code}")


def test_an_error_nobody_expected_is_logged_and_told_without_a_word_of_it(caplog: Any) -> None:
    status, body = problem(RuntimeError("password hunter2 in table x"))

    assert (status, body) == (
        500,
        {
            "type": "urn:session-insights:problem:internal_server_error",
            "title": "Internal Server Error",
            "status": 500,
            "detail": "Something went wrong on our side and was logged. Try again; if it stays, tell the operator.",
        },
    )
    logged = [record for record in caplog.records if record.name == "insights_portal.api.problems"]
    assert [(record.message, record.exc_info[1].args) for record in logged] == [
        ("Unhandled error in the API", ("password hunter2 in table x",))
    ]


@pytest.mark.parametrize("path", ["", "nope/", "sessions", "sessions/not-a-uuid/", "sessions/1/", "%00/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_nothing_answers_is_a_problem(path: str, method: str) -> None:
    answer = getattr(Client(), method)(f"/api/v1/{path}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"] == (
        "There is no such record here. Check the id and the address; every address ends with a slash."
    )


def test_no_such_address_answers_every_method() -> None:
    view = NoSuchAddress.as_view()

    assert [view(getattr(APIRequestFactory(), name)("/")).status_code for name in ("put", "options")] == [404] * 2


def test_a_request_without_a_token_is_asked_for_one(db: None) -> None:
    answer = APIClient().get(SESSIONS)

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["detail"] == (
        "Send a token as `Authorization: Bearer <token>`; issue one under *API tokens* in the portal."
    )
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Session Insights API"'


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer", "Bearer a b", "Bearer \u00e9", "Basic eDp5", "Token x"]
)
def test_a_token_that_opens_nothing_is_401(cast: Cast, header: str) -> None:
    answer = APIClient().get(SESSIONS, headers={"Authorization": header.encode().decode("latin-1")})

    assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")


def test_an_expired_or_revoked_token_is_401(cast: Cast) -> None:
    expired, _ = token_client(cast, at=timezone.now() - timedelta(hours=2))
    revoked, token = token_client(cast)
    revoke_token(token=token, actor=cast.alice, at=timezone.now())

    assert [client.get(SESSIONS).status_code for client in (expired, revoked)] == [401, 401]


def test_a_member_signed_in_to_the_portal_reads_and_needs_the_csrf_token_to_write(cast: Cast) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.bob)

    assert client.get(SESSIONS).status_code == 200
    answer = client.post(SESSIONS, {}, format="json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "The body is not JSON at line 1."),
        (b"[1]", "The body must be a JSON object: {…}."),
        (b'{"a": NaN}', "The body is not JSON."),
        (b"\xff", "The body is not JSON."),
        (b"[" * 200_000, "The body is not JSON."),
        (b'{"a": ' + b"9" * 5_000 + b"}", "The body is not JSON."),
    ],
)
def test_a_body_that_is_not_json_says_so(cast: Cast, body: bytes, sentence: str) -> None:
    client, _ = token_client(cast)

    answer = client.generic("POST", SESSIONS, body, "application/json")

    assert (answer.status_code, answer.json()["detail"]) == (400, sentence)


def test_a_body_over_the_limit_is_413(cast: Cast) -> None:
    client, _ = token_client(cast)

    answer = client.generic("POST", SESSIONS, b" " * (8 * 1024 * 1024 + 1), "application/json")

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:session-insights:problem:too_large")


@pytest.mark.parametrize(
    ("method", "content_type", "status"), [("DELETE", "application/json", 405), ("POST", "text/xml", 415)]
)
def test_a_method_or_type_that_is_not_taken_is_a_problem(
    cast: Cast, method: str, content_type: str, status: int
) -> None:
    client, _ = token_client(cast)

    answer = client.generic(method, SESSIONS, b"x", content_type)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_requests_are_limited_for_each_token(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TokenOrMemberThrottle, "THROTTLE_RATES", {"api": "2/min"})
    first, _ = token_client(cast)
    second, _ = token_client(cast)

    assert [first.get(SESSIONS).status_code for _ in range(3)] == [200, 200, 429]
    limited = first.get(SESSIONS)
    assert limited.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(limited.headers["Retry-After"]) <= 60
    assert second.get(SESSIONS).status_code == 200


def test_schema_is_valid_and_generated_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    GENERATOR_STATS.reset()

    schema = SchemaGenerator().get_schema(request=None, public=True)

    validate_schema(schema)
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    assert sorted(path.removeprefix("/api/v1") for path in schema["paths"]) == [
        "/credits/",
        "/credits/entries/",
        "/device-groups/",
        "/device-groups/{id}/",
        "/devices/",
        "/devices/bulk/",
        "/devices/locally/",
        "/devices/{id}/",
        "/policies/",
        "/policies/unassign/",
        "/policies/{id}/",
        "/policies/{id}/assign/",
        "/recordings/",
        "/sessions/",
        "/sessions/export.{kind}",
        "/sessions/{id}/",
        "/sessions/{id}/consent-requests/",
        "/sessions/{id}/consent/",
        "/sessions/{id}/end/",
        "/sessions/{id}/interactions/",
        "/sessions/{id}/log/",
        "/sessions/{id}/log/restore/",
        "/sessions/{id}/questions/",
        "/sessions/{id}/questions/{question_id}/",
        "/sessions/{id}/questions/{question_id}/stop/",
        "/sessions/{id}/report.pdf",
        "/sessions/{id}/restore/",
        "/sessions/{id}/summary/",
        "/sessions/{id}/summary/restore/",
        "/summaries/",
        "/summaries/{id}/",
        "/summaries/{id}/approve/",
        "/summaries/{id}/content/",
        "/summaries/{id}/rating/",
        "/summaries/{id}/restore/",
        "/summaries/{id}/review/",
        "/summaries/{id}/revisions/",
    ]
    assert schema["paths"]["/api/v1/sessions/"]["post"]["responses"]["default"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_schema_and_documentation_are_served(db: None) -> None:
    client = Client()

    schema = client.get("/api/v1/schema/")
    page = client.get("/api/v1/docs/")
    script = client.get("/api/v1/docs/?script=")

    assert yaml.safe_load(io.BytesIO(schema.content))["info"]["title"] == "Session Insights API"
    assert [answer.status_code for answer in (page, script)] == [200, 200]
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert b"http://" not in page.content
    assert b"https://" not in page.content
    assert b"<style" not in page.content
