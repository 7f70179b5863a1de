from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from summaries.models import ConsentEntry, IdempotencyKey, SupportSession
from tests.conftest import Cast
from tests.summaries.api.conftest import SignIn

URL = "/api/v1/sessions/"


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


@pytest.mark.parametrize("body", ['{"direction": "\\ud800"}', '{"\\uD800": 1}', '{"notes": "\\udfff"}'])
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
def test_half_a_character_is_refused(api: APIClient, body: str, headers: dict[str, str]) -> None:
    answer = api.post(URL, body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["detail"]) == (400, "The body is not JSON.")
    assert SupportSession.objects.count() == 0


def test_a_character_written_as_a_pair_is_taken(api: APIClient) -> None:
    answer = api.post(URL, '{"notes": "\\ud83d\\ude00"}', content_type="application/json")

    assert (answer.status_code, answer.json()["notes"]) == (201, "😀")
