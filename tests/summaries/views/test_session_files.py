"""Files with many sessions, by page, API, command and watched folder."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from accounts.domain.disclosures import switch_on
from summaries.models import SessionFile, SupportSession
from tests.summaries.session_files import connection, pages, zendesk_chat
from tests.summaries.views.test_imports import send, text

TWO = pages(connection(1), connection(2, username="Mona"), connection(3, start_date="x"))


def report(data=TWO, name="report.json"):
    return SimpleUploadedFile(name, data)


def test_a_report_is_imported_without_consent_and_shows_what_became_of_it(cast, signed_in):
    client = signed_in(cast.alice)

    response = send(client, cast.alice, report(), consent_statement="")

    file = SessionFile.objects.get()
    page = text(client.get(response.headers["Location"]))
    assert response.headers["Location"] == f"/import/result/?f={file.public_id}"
    assert "2 sessions, 1 record could not be taken: item 3: the start of the session is no time" in page
    assert ("TeamViewer connection report (Web API JSON)" in page, "Nothing recorded" in page) == (True, True)
    assert f'href="/sessions/S-{SupportSession.objects.first().number}/"' in page


def test_a_report_and_a_recording_together(cast, signed_in):
    client = signed_in(cast.alice)

    response = send(client, cast.alice, report(), report(json.dumps(zendesk_chat()).encode(), "chat.json"))

    assert text(client.get(response.headers["Location"])).count('<h2 id="file-') == 2


def test_a_chat_export_without_consent_is_told_at_its_field(cast, signed_in):
    response = send(
        signed_in(cast.alice), cast.alice, report(json.dumps(zendesk_chat()).encode(), "c.json"), consent_statement=""
    )

    assert (response.status_code, "Without consent nothing is imported." in text(response)) == (422, True)
    assert SessionFile.objects.count() == 0


def test_a_supporter_brings_in_their_own_sessions_only(cast, signed_in):
    send(signed_in(cast.bob), cast.bob, report())

    file = SessionFile.objects.get()
    assert [session.supporter for session in SupportSession.objects.all()] == [cast.bob]
    assert (file.created, file.bad) == (1, 2)
    assert file.bad_records[0]["problem"].startswith("Your roles do not reach such a session.")


def test_in_works_council_mode_no_other_members_pseudonym_comes_out(cast, signed_in, at):
    switch_on(company=cast.northwind, actor=cast.alice, at=at)

    send(signed_in(cast.alice), cast.alice, report())

    file = SessionFile.objects.get()
    assert (file.created, file.bad) == (0, 3)
    assert file.bad_records[0]["problem"].startswith("In works-council mode one brings in one's own sessions")


@pytest.mark.parametrize("address", ["/import/result/?f=nonsense", "/import/result/?f={}"])
def test_a_file_of_somebody_else_is_not_found(cast, signed_in, address):
    send(signed_in(cast.alice), cast.alice, report())
    address = address.format(SessionFile.objects.get().public_id)

    assert signed_in(cast.mona).get(address).status_code == 404
    assert signed_in(cast.charlie).get(address).status_code == 404


def test_progress_tells_of_the_members_own_file_that_is_under_way(cast, signed_in, at, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    for company, actor in ((cast.northwind, cast.alice), (cast.contoso, cast.charlie)):
        SessionFile.objects.create(
            company=company, actor=actor, source_format="ZENDESK", began_at=at - timedelta(minutes=1), created=140
        )

    told = [signed_in(user).get("/import/progress/").json()["sentence"] for user in (cast.alice, cast.mona)]

    assert told == ["140 sessions so far", ""]


@pytest.mark.parametrize("count", [1, 3])
def test_the_result_takes_the_same_queries_for_one_session_and_for_three(
    cast, signed_in, django_assert_num_queries, count
):
    client = signed_in(cast.alice)
    data = pages(*(connection(number, devicename=f"PC-{number}") for number in range(count)))
    address = send(client, cast.alice, report(data)).headers["Location"]
    client.get(address)

    with django_assert_num_queries(7):
        client.get(address)


def test_the_command_takes_a_report_and_tells_what_became_of_it(cast, tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(TWO)
    said = StringIO()

    call_command("import_recording", path, company="northwind", supporter="alice@northwind.example", stdout=said)

    assert said.getvalue() == (
        "report.json: 2 sessions, 1 record could not be taken: item 3: the start of the session is no time that can be "
        "read\n"
    )


def test_the_watched_folder_takes_a_report(cast, tmp_path):
    (tmp_path / "report.json").write_bytes(TWO)
    said = StringIO()

    call_command(
        "watch_folder",
        tmp_path,
        company="northwind",
        supporter="alice@northwind.example",
        seconds=0,
        once=True,
        stdout=said,
    )

    assert said.getvalue().startswith("report.json: imported, 2 sessions, 1 record could not be taken")
    assert (tmp_path / "imported" / "report.json").exists()
