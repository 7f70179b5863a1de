import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from summaries.models import SessionFile, SupportSession
from tests.conftest import Cast
from tests.summaries.api.test_recordings import URL, upload
from tests.summaries.session_files import connection, pages, zendesk_chat


def test_a_report_is_answered_with_what_became_of_its_sessions(cast: Cast, api: APIClient) -> None:
    data = pages(connection(1), connection(2, start_date="x"))

    first, again = upload(api, data, consent_statement=""), upload(api, data)

    told = first.json()["file"]
    assert (first.status_code, again.status_code) == (201, 200)
    assert (told["sessions_created"], told["bad_record_count"], first.json()["session"]) == (1, 1, None)
    assert told["bad_records"][0]["place"] == 2
    assert told["summary"].startswith("1 session, 1 record could not be taken")
    assert (again.json()["created"], again.json()["file"]["sessions_known"]) == (False, 1)
    assert SupportSession.objects.get().supporter == cast.bob


def test_a_report_under_one_key_is_taken_once(cast: Cast, api: APIClient) -> None:
    headers = {"Idempotency-Key": "file-1"}

    def send() -> Any:
        form = {"file": SimpleUploadedFile("a.json", pages(connection(1)))}
        return api.post(URL, form, format="multipart", headers=headers)

    first, again = send(), send()

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["file"]["id"] == again.json()["file"]["id"]
    assert SessionFile.objects.count() == 1


def test_a_chat_export_needs_consent(cast: Cast, api: APIClient) -> None:
    answer = upload(api, json.dumps([zendesk_chat()]).encode(), consent_statement="")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["consent_statement"])
