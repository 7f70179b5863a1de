import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from policies.models import Device
from summaries.models import SupportSession
from tests.summaries.conftest import FIXED

PAGE = "/import/"


def text(response):
    return response.content.decode()


def recording(data=FIXED, name="session.cast"):
    return SimpleUploadedFile(name, data)


def send(client, supporter, *files, **fields):
    data = {
        "recordings": files or [recording()],
        "supporter": supporter.pk,
        "direction": "OUTGOING",
        "consent_statement": "Agreed by phone at 10:02.",
        **{key: value for key, value in fields.items() if key != "headers"},
    }
    return client.post(PAGE, data, headers=fields.get("headers", {}))


def test_a_recording_becomes_a_session_and_shows_what_was_read(cast, signed_in):
    client = signed_in(cast.bob)

    response = send(client, cast.bob, device_name="web-03")

    session = SupportSession.objects.get()
    assert response.headers["Location"] == f"/import/result/?s={session.number}"
    page = text(client.get(response.headers["Location"]))
    assert (session.supporter, session.device) == (cast.bob, Device.objects.get(name="web-03"))
    assert ("asciicast" in page, f"<dd>{session.interaction_count}</dd>" in page) == (True, True)
    assert ("Outgoing, with consent" in page, f'href="/sessions/S-{session.number}/"' in page) == (True, True)


def test_the_same_recording_twice_is_one_session_and_says_so(cast, signed_in):
    client = signed_in(cast.bob)
    send(client, cast.bob)

    page = text(client.get(send(client, cast.bob).headers["Location"]))

    assert "This recording was imported before." in page
    assert SupportSession.objects.count() == 1


def test_without_a_statement_of_consent_nothing_is_imported(cast, signed_in):
    response = send(signed_in(cast.bob), cast.bob, consent_statement=" ", device_name="web-03")

    assert response.status_code == 422
    assert "Without consent nothing is imported." in text(response)
    assert 'value="web-03"' in text(response)
    assert SupportSession.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "The file is empty"), (b"\x00\x01\x02\x03" * 50, "The format of this file is not known")],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(cast, signed_in, data, sentence):
    response = send(signed_in(cast.bob), cast.bob, recording(data))

    assert response.status_code == 422
    assert sentence in text(response)
    assert SupportSession.objects.count() == 0


def test_no_file_at_all_is_told(cast, signed_in):
    response = send(signed_in(cast.bob), cast.bob, recordings=[])

    assert (response.status_code, "Choose a recording file." in text(response)) == (422, True)


def test_several_files_are_each_whole_or_not_at_all(cast, signed_in):
    client = signed_in(cast.bob)

    response = send(client, cast.bob, recording(), recording(b"\x00\x01", "broken.bin"))

    page = text(client.get(response.headers["Location"]))
    assert SupportSession.objects.count() == 1
    assert "Not imported: broken.bin: The format of this file is not known" in page


def test_too_many_files_are_refused(cast, signed_in):
    response = send(signed_in(cast.bob), cast.bob, *[recording(b"x", f"{number}.txt") for number in range(51)])

    assert "Choose at most 50 files at a time." in text(response)


def test_a_script_gets_its_answer_as_json(cast, signed_in):
    client, headers = signed_in(cast.bob), {"Accept": "application/json"}

    refused = send(client, cast.bob, consent_statement="", headers=headers)
    taken = send(client, cast.bob, headers=headers)

    assert (refused.status_code, list(json.loads(text(refused))["errors"])) == (422, ["consent_statement"])
    assert json.loads(text(taken)) == {"redirect": f"/import/result/?s={SupportSession.objects.get().number}"}


def test_whose_sessions_may_be_imported(cast, signed_in):
    assert send(signed_in(cast.bob), cast.alice).status_code == 422
    assert send(signed_in(cast.alice), cast.charlie).status_code == 422
    assert SupportSession.objects.count() == 0

    assert send(signed_in(cast.alice), cast.bob).status_code == 302
    assert SupportSession.objects.get().supporter == cast.bob


def test_a_result_of_another_company_is_not_found(cast, foreign_session, signed_in):
    assert signed_in(cast.alice).get(f"/import/result/?s={foreign_session.number}").status_code == 404


def test_a_result_of_nothing_leads_back(cast, signed_in):
    assert "Nothing was imported" in text(signed_in(cast.alice).get("/import/result/?s=x"))
