import gzip
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from insights_portal.api.parsers import MAX_BODY_BYTES
from summaries.api.interaction_batches import MAX_BATCH
from summaries.models import Interaction, SupportSession
from tests.conftest import Cast
from tests.summaries.api.conftest import SignIn

URL = "/api/v1/sessions/"
JSON = "application/json"
LINES = "application/x-ndjson"


def row(sequence: int, text: str = "df -h", **fields: Any) -> dict[str, Any]:
    return {"sequence": sequence, "offset_ms": sequence * 1000, "kind": "COMMAND", "text": text, **fields}


@pytest.fixture
def session_id(api: APIClient) -> str:
    """A running session of Bob's that may be captured."""
    opened: str = api.post(URL, {}, format="json").json()["id"]
    api.post(f"{URL}{opened}/consent/", {"answer": "GIVEN", "statement": "By phone."}, format="json")
    return opened


def send(api: APIClient, session_id: str, body: bytes, content_type: str = JSON, **headers: str) -> Any:
    return api.generic("POST", f"{URL}{session_id}/interactions/", body, content_type, headers=headers)


def batch(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"interactions": rows}).encode()


def lines(*rows: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in rows)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("content_type", "put_together"), [(JSON, batch), (LINES, lines)])
def test_append_takes_json_and_json_lines_plain_and_packed(
    api: APIClient, session_id: str, content_type: str, put_together: Any, packed: bool
) -> None:
    body = put_together(row(1), row(2, "systemctl restart cups", application="Terminal", actor="SUPPORTER"))
    headers = {"Content-Encoding": "gzip"} if packed else {}

    answer = send(api, session_id, gzip.compress(body) if packed else body, content_type, **headers)

    assert (answer.status_code, answer.json()) == (200, {"accepted": 2, "duplicates": 0, "next_sequence": 3})
    assert list(Interaction.objects.values_list("number", "offset_ms", "kind", "actor", "application", "text")) == [
        (1, 1000, "COMMAND", "UNKNOWN", "", "df -h"),
        (2, 2000, "COMMAND", "SUPPORTER", "Terminal", "systemctl restart cups"),
    ]


@pytest.mark.parametrize(
    "text", ["a\tb", "one\r\ntwo\n", "C:\\new\\table", "\\N", "\\.", "日本 “é” 🙂", "100 % {x}", ""]
)
def test_append_stores_texts_as_they_are(api: APIClient, session_id: str, text: str) -> None:
    send(api, session_id, batch(row(1, text, application=text, title=text)))

    assert list(Interaction.objects.values_list("text", "application", "title", "place")) == [(text, text, text, None)]


def test_append_masks_before_it_stores(api: APIClient, session_id: str) -> None:
    send(
        api, session_id, batch(row(1, "hunter2hunter2", kind="INPUT", is_secret=True), row(2, "mail pat@acme.example"))
    )

    stored = " ".join(Interaction.objects.values_list("text", flat=True))
    assert "hunter2" not in stored
    assert "pat@acme.example" not in stored
    assert SupportSession.objects.get().redaction_counts == {"PASSWORD": 1, "EMAIL": 1}


def test_append_of_the_same_batch_twice_changes_nothing(api: APIClient, session_id: str) -> None:
    send(api, session_id, batch(row(1), row(2)))

    again = send(api, session_id, batch(row(1, "other text"), row(2), row(3, "ls")))

    assert again.json() == {"accepted": 1, "duplicates": 2, "next_sequence": 4}
    assert list(Interaction.objects.values_list("text", flat=True)) == ["df -h", "df -h", "ls"]


def test_append_with_a_gap_names_what_is_missing(api: APIClient, session_id: str) -> None:
    answer = send(api, session_id, batch(row(1), row(3)))

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:session-insights:problem:unable_to_append"
    assert answer.json()["detail"] == "Sequence number 2 is missing before 3. Send it first."
    assert not Interaction.objects.exists()


def test_append_before_consent_is_refused_with_the_reason(api: APIClient) -> None:
    opened = api.post(URL, {}, format="json").json()["id"]

    answer = send(api, opened, batch(row(1)))

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:session-insights:problem:capture_refused"
    assert answer.json()["detail"] == "Interactions of this session are not accepted: Waiting for consent."
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("answer", ["REFUSED", "WITHDRAWN", "TIMEOUT"])
def test_append_after_a_denial_is_refused_and_what_was_captured_is_gone(
    api: APIClient, session_id: str, answer: str
) -> None:
    send(api, session_id, batch(row(1)))
    api.post(f"{URL}{session_id}/consent/", {"answer": answer, "statement": "Said so."}, format="json")

    assert send(api, session_id, batch(row(1))).status_code == 403
    assert not Interaction.objects.exists()


def test_append_to_an_ended_session_is_refused(api: APIClient, session_id: str) -> None:
    api.post(f"{URL}{session_id}/end/")

    answer = send(api, session_id, batch(row(1)))

    assert (answer.status_code, answer.json()["detail"]) == (403, "The session has ended; open a new one.")


@pytest.mark.parametrize(
    ("body", "content_type", "place"),
    [
        (batch(row(0)), JSON, "$.interactions[0].sequence"),
        (batch(row(1), row(2, offset_ms=-1)), JSON, "$.interactions[1].offset_ms"),
        (batch(row(1, kind="HACK")), JSON, "$.interactions[0].kind"),
        (batch(row(1, text="x" * 20_001)), JSON, "$.interactions[0].text"),
        (batch(row(1, company=2)), JSON, "company"),
        (batch(row(2**40)), JSON, "$.interactions[0].sequence"),
        (batch({"sequence": 1}), JSON, "offset_ms"),
        (b"[]", JSON, "Expected `object`"),
        (b"{", JSON, "This is not JSON in UTF-8."),
        (b"\xff\xfe", JSON, "This is not JSON in UTF-8."),
        (b"[" * 100_000, JSON, "Expected `object`"),
        (batch(), JSON, "The batch is empty."),
        (b"\n\n", LINES, "The batch is empty."),
        (lines(row(1)) + b"\n{", LINES, "This is not JSON in UTF-8."),
        (lines(row(1), row(2, kind="HACK-secret")), LINES, "$.kind"),
    ],
)
def test_append_says_what_is_wrong_and_where(
    api: APIClient, session_id: str, body: bytes, content_type: str, place: str
) -> None:
    answer = send(api, session_id, body, content_type)

    assert answer.status_code == 400
    told = json.dumps(answer.json()["errors"])
    assert place in told
    assert "HACK" not in told
    assert not Interaction.objects.exists()


def test_append_names_the_line(api: APIClient, session_id: str) -> None:
    answer = send(api, session_id, lines(row(1)) + b"\nnot json\n", LINES)

    assert answer.json()["errors"] == {"line 2": ["This is not JSON in UTF-8."]}


def test_append_takes_a_full_batch_and_no_more(api: APIClient, session_id: str) -> None:
    rows = [row(number, "x") for number in range(1, MAX_BATCH + 2)]

    too_many = send(api, session_id, lines(*rows), LINES)
    full = send(api, session_id, lines(*rows[:-1]), LINES)

    assert too_many.status_code == 400
    assert "at most 5,000" in too_many.json()["errors"]["interactions"][0]
    assert full.json()["accepted"] == MAX_BATCH


def test_append_cuts_a_gzip_bomb_off(api: APIClient, session_id: str) -> None:
    bomb = gzip.compress(b" " * (MAX_BODY_BYTES * 20))
    assert len(bomb) < MAX_BODY_BYTES / 20

    answer = send(api, session_id, bomb, LINES, **{"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:session-insights:problem:too_large")


def test_append_refuses_a_body_over_the_limit(api: APIClient, session_id: str) -> None:
    assert send(api, session_id, b" " * (MAX_BODY_BYTES + 1)).status_code == 413


# No time in the packed bytes: workers that share the tests must name them alike.
@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(b"{}", mtime=0)[:-4], gzip.compress(b"x" * 100, mtime=0)[:20], b""]
)
def test_append_refuses_gzip_that_is_not_whole(api: APIClient, session_id: str, body: bytes) -> None:
    answer = send(api, session_id, body, JSON, **{"Content-Encoding": "gzip"})

    assert answer.status_code == 400


@pytest.mark.parametrize(("content_type", "headers"), [("text/csv", {}), (JSON, {"Content-Encoding": "br"})])
def test_append_refuses_a_type_it_does_not_read(
    api: APIClient, session_id: str, content_type: str, headers: dict[str, str]
) -> None:
    assert send(api, session_id, batch(row(1)), content_type, **headers).status_code == 415


def test_interactions_are_read_back_in_order_by_pages(api: APIClient, session_id: str) -> None:
    send(api, session_id, batch(*(row(number, f"echo {number}") for number in range(1, 6))))

    first = api.get(f"{URL}{session_id}/interactions/?page_size=3").json()
    second = api.get(first["next"]).json()

    assert [each["number"] for each in first["results"] + second["results"]] == [1, 2, 3, 4, 5]
    assert second["next"] is None
    assert first["results"][0] == {
        "number": 1,
        "offset_ms": 1000,
        "actor": "UNKNOWN",
        "kind": "COMMAND",
        "application": "",
        "title": "",
        "text": "echo 1",
        "place_unit": "",
        "place": None,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_interactions_take_a_fixed_number_of_queries(
    api: APIClient, session_id: str, rows: int, django_assert_num_queries: Any
) -> None:
    send(api, session_id, batch(*(row(number) for number in range(1, rows + 1))))

    with django_assert_num_queries(10):
        answer = api.get(f"{URL}{session_id}/interactions/")

    assert len(answer.json()["results"]) == rows


def test_interactions_of_another_company_are_not_found(
    cast: Cast, api: APIClient, session_id: str, client_of: SignIn
) -> None:
    send(api, session_id, batch(row(1)))

    answer = send(client_of(cast.charlie), session_id, batch(row(2)))

    assert answer.status_code == 404
    assert Interaction.objects.count() == 1
