import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from summaries.domain.imports import report_mappings
from summaries.domain.imports.report_mappings import NoSuchMapping, UnableToSaveMapping, save_mapping, source_named
from summaries.models import ReportMapping, SessionFile, SupportSession
from summaries.sources.reports.mapped_csv import ColumnMapping
from tests.summaries.views.test_imports import send, text

PAGE, SAVE = "/report-formats/", "/report-formats/save/"
REPORT = b"No,Start Time,Duration,Technician,Computer\n7,2026-11-19 08:00,30,Bob,DESK-7\n8,when?,30,Bob,<b>DESK-8</b>\n"
SAMPLE = [line.split(",") for line in REPORT.decode().splitlines()]
CHOSEN = {
    "sample": json.dumps(SAMPLE),
    "name": "Desk tool",
    "day_order": "AUTOMATIC",
    "duration_unit": "MINUTES",
    "column_id": "No",
    "column_start": "Start Time",
    "column_duration": "Duration",
    "column_supporter": "Technician",
    "column_device": "Computer",
}


def upload(client, data=REPORT):
    return client.post(PAGE, {"report": SimpleUploadedFile("report.csv", data)})


def stored(cast, at, name="Desk tool", headers=("No", "Start Time", "Duration", "Technician", "Computer"), **columns):
    columns = columns or {"id": "No", "start": "Start Time", "duration": "Duration", "supporter": "Technician"}
    mapping = ColumnMapping(name=name, headers=headers, columns=columns)
    return save_mapping(company=cast.northwind, mapping=mapping, actor=cast.alice, at=at)


def test_a_csv_shows_its_columns_guessed_and_its_first_rows_as_they_would_be_read(cast, signed_in):
    page = text(upload(signed_in(cast.alice)))

    assert '<option value="Start Time" selected>Start Time</option>' in page
    assert ("19 Nov 2026, 08:30:00" in page, "Not read:" in page, "&lt;b&gt;DESK-8" in page) == (True, True, True)
    assert ReportMapping.objects.count() == 0


def test_a_mapping_is_tried_then_saved_and_the_next_file_is_recognised_at_once(cast, signed_in):
    client = signed_in(cast.alice)

    tried = client.post(SAVE, {**CHOSEN, "column_device": "", "do": "preview"})
    saved = client.post(SAVE, CHOSEN)

    assert (tried.status_code, "DESK-7</td>" in text(tried)) == (200, False)
    assert saved.headers["Location"] == PAGE
    assert "“Desk tool” was saved." in text(client.get(PAGE))
    send(client, cast.alice, SimpleUploadedFile("next.csv", REPORT), consent_statement="")
    session = SupportSession.objects.get()
    assert (session.supporter, session.device.name, session.source_format) == (cast.bob, "DESK-7", "REPORT_CSV")
    assert "connection report (CSV, mapped)" in text(client.get(f"/sessions/S-{session.number}/report/"))
    assert (SessionFile.objects.get().bad, AuditEntry.objects.filter(action="report_mapping.created").count()) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"column_start": ""}, "Choose the column that holds the start."),
        ({"column_duration": ""}, "Choose the column that holds the end"),
        ({"column_notes": "Computer"}, "A column holds one thing only"),
        ({"column_notes": "Nothing"}, "Select a valid choice"),
        ({"name": " "}, "Name the mapping"),
        ({"duration_unit": "YEARS"}, "Select a valid choice"),
    ],
)
def test_a_mapping_that_can_not_be_saved_says_why_at_its_field(cast, signed_in, changed, sentence):
    response = signed_in(cast.alice).post(SAVE, {**CHOSEN, **changed})

    assert (response.status_code, sentence in text(response)) == (422, True)
    assert ReportMapping.objects.count() == 0


@pytest.mark.parametrize("sample", ["", "{", "[]", "[[]]", "[[1]]", '["a"]', "[" * 5000, json.dumps([["a", "b"]] * 9)])
def test_a_sample_that_did_not_come_along_sends_back_to_the_file(cast, signed_in, sample):
    response = signed_in(cast.alice).post(SAVE, {**CHOSEN, "sample": sample})

    assert response.headers["Location"] == PAGE


@pytest.mark.parametrize("data", [b"one column\n1\n", b"\0\0\0\0", b"\n"])
def test_what_is_no_csv_is_told(cast, signed_in, data):
    response = upload(signed_in(cast.alice), data)

    assert (response.status_code, "This is no CSV file with named columns." in text(response)) == (422, True)


def test_no_two_mappings_of_one_name_or_for_the_same_headers(cast, at, monkeypatch):
    stored(cast, at)

    with pytest.raises(UnableToSaveMapping, match="read by “Desk tool” already"):
        stored(cast, at, name="Other")
    with pytest.raises(UnableToSaveMapping, match="has this name already"):
        stored(cast, at, headers=("A", "B"), start="A", end="B")
    with pytest.raises(UnableToSaveMapping, match="no such column"):
        stored(cast, at, headers=("A", "B"), start="C", end="B")
    monkeypatch.setattr(report_mappings, "MAX_MAPPINGS", 1)
    with pytest.raises(UnableToSaveMapping, match="the most"):
        stored(cast, at, name="Third", headers=("A", "B"), start="A", end="B")


def test_a_mapping_is_deleted_and_another_companys_is_not_found(cast, signed_in, at):
    mapping = stored(cast, at)

    foreign = signed_in(cast.charlie).post(f"{PAGE}{mapping.pk}/delete/")
    own = signed_in(cast.alice).post(f"{PAGE}{mapping.pk}/delete/")

    assert (foreign.status_code, own.status_code, ReportMapping.objects.count()) == (404, 302, 0)
    assert AuditEntry.objects.filter(action="report_mapping.deleted").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_three(cast, signed_in, at, django_assert_num_queries, count):
    for number in range(count):
        stored(cast, at, name=f"Tool {number}", headers=("A", f"B{number}"), start="A", end=f"B{number}")
    client = signed_in(cast.alice)
    client.get(PAGE)

    with django_assert_num_queries(5):
        client.get(PAGE)


def test_a_mapping_of_another_company_reads_nothing_here(cast, signed_in, at):
    stored(cast, at)

    response = send(signed_in(cast.charlie), cast.charlie, SimpleUploadedFile("r.csv", REPORT), consent_statement="x")

    assert SupportSession.objects.filter(source_format="REPORT_CSV").count() == 0
    assert response.status_code in (302, 422)
    with pytest.raises(NoSuchMapping, match="Its mappings: none yet"):
        source_named(company=cast.contoso, name="Desk tool")


def test_the_command_reads_by_a_mapping_of_that_name(cast, at, tmp_path):
    stored(cast, at)
    path = tmp_path / "report.csv"
    path.write_bytes(REPORT.replace(b"Computer", b"Machine"))
    said = StringIO()
    options = {"company": "northwind", "supporter": "alice@northwind.example", "stdout": said}

    call_command("import_recording", path, mapping="desk TOOL", **options)

    assert said.getvalue().startswith("report.csv: 1 session, 1 record could not be taken: line 3")
    with pytest.raises(CommandError, match="has no mapping “Other”. Its mappings: “Desk tool”"):
        call_command("import_recording", path, mapping="Other", **options)
