import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.enums import ApiScope
from summaries.models import ConsentEntry, Interaction, SupportSession
from tests.conftest import Cast
from tests.summaries.api.conftest import SignIn
from tests.summaries.conftest import FIXED

URL = "/api/v1/recordings/"


def upload(api: APIClient, data: bytes = FIXED, name: str = "session.cast", **fields: Any) -> Any:
    fields = {"consent_statement": "Agreed by phone at 10:02.", **fields}
    return api.post(URL, {"file": SimpleUploadedFile(name, data), **fields}, format="multipart")


def test_create_imports_a_recording_as_a_session(cast: Cast, api: APIClient) -> None:
    answer = upload(api, device="WEB-03", customer="Acme", ticket="INC9", notes="First visit.")

    session = SupportSession.objects.get()
    assert answer.status_code == 201
    assert answer.json()["created"] is True
    assert answer.json()["session"]["id"] == str(session.public_id)
    assert answer.json()["session"]["recording"]["format"] == "ASCIICAST"
    assert (session.company, session.supporter, session.ticket) == (cast.northwind, cast.bob, "INC9")
    assert (session.device.name, session.device.customer) == ("WEB-03", "Acme")
    assert session.interaction_count == Interaction.objects.count() > 0
    entry = ConsentEntry.objects.get()
    assert (entry.answer, entry.statement, entry.stated_by) == ("GIVEN", "Agreed by phone at 10:02.", cast.bob)


def test_create_of_the_same_file_twice_is_one_session(api: APIClient) -> None:
    first, second = upload(api), upload(api)

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["created"] is False
    assert second.json()["session"]["id"] == first.json()["session"]["id"]


def test_create_under_one_key_imports_once_and_refuses_another_file(api: APIClient) -> None:
    headers = {"Idempotency-Key": "upload-1"}

    def send(data: bytes) -> Any:
        form = {"file": SimpleUploadedFile("a.cast", data), "consent_statement": "By phone."}
        return api.post(URL, form, format="multipart", headers=headers)

    first, again, other = send(FIXED), send(FIXED), send(FIXED + b"\n")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json()["session"]["id"] == again.json()["session"]["id"]
    assert SupportSession.objects.count() == 1


def test_a_failed_import_gives_its_key_back(api: APIClient) -> None:
    headers = {"Idempotency-Key": "upload-1"}
    form = {"file": SimpleUploadedFile("a", b"\x00\x01"), "consent_statement": "By phone."}
    first = api.post(URL, form, format="multipart", headers=headers)

    form["file"] = SimpleUploadedFile("a.cast", FIXED)
    second = api.post(URL, form, format="multipart", headers=headers)

    assert (first.status_code, second.status_code) == (422, 201)


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02\x03", b'{"version": 2, "width"'])
def test_create_of_something_unreadable_says_why_and_leaves_nothing(api: APIClient, data: bytes) -> None:
    answer = upload(api, data, "strange.bin")

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:session-insights:problem:unable_to_import"
    assert len(answer.json()["detail"]) > 20
    assert not SupportSession.objects.exists()
    assert not ConsentEntry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"consent_statement": ""}, "consent_statement"), ({"direction": "UP"}, "direction"), ({"file": "x"}, "file")],
)
def test_create_names_the_field_that_is_wrong(api: APIClient, fields: dict[str, str], field: str) -> None:
    form = {"file": io.BytesIO(FIXED), "consent_statement": "By phone.", **fields}

    answer = api.post(URL, form, format="multipart")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not SupportSession.objects.exists()


def test_create_refuses_what_is_too_large_before_it_is_read(api: APIClient, settings: Any) -> None:
    settings.RECORDING_MAX_BYTES = 10_000

    answer = upload(api, b"x" * 1_100_000)

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:session-insights:problem:too_large")


def test_create_for_another_member_needs_sight_of_everybody(cast: Cast, api: APIClient, client_of: SignIn) -> None:
    assert upload(api, supporter="mona@northwind.example").status_code == 403
    assert not SupportSession.objects.exists()
    assert upload(client_of(cast.alice), supporter="mona@northwind.example").status_code == 201
    assert SupportSession.objects.get().supporter == cast.mona


def test_create_needs_the_scope_to_write(cast: Cast, client_of: SignIn) -> None:
    answer = upload(client_of(cast.bob, ApiScope.SESSIONS_READ))

    assert answer.status_code == 403
    assert "sessions:write" in answer.json()["detail"]


def test_create_takes_no_json(api: APIClient) -> None:
    assert api.post(URL, {}, format="json").status_code == 415


def test_there_is_no_list_of_recordings(api: APIClient) -> None:
    answer = api.get(URL)

    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
