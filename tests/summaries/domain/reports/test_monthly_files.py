import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from pypdf import PdfReader

from accounts.domain.members import add_member
from accounts.models import AISettings, AuditEntry, Disclosure
from accounts.tenancy import PermissionMissing
from policies.models import Device
from summaries.domain.reading.filters import read_filters
from summaries.domain.reports import monthly_files
from summaries.domain.reports.monthly_files import export_month
from tests.conftest import NOW
from tests.insights_portal.test_xlsx import ZipFile, cells, names
from tests.summaries.domain.reports.test_monthly import NOVEMBER, begun
from tests.summaries.session_rows import add_summary

HEAD = [
    "Part",
    "Name",
    "Customer",
    "Sessions",
    "Duration (minutes)",
    "Billable (minutes)",
    "Sessions, month before",
    "Duration, month before (minutes)",
    "Billable, month before (minutes)",
]
ROWS = [
    ["All", "", "", 1, 12, 15, 0, 0, 0],
    ["Customer", "'=1+1", "", 1, 12, 15, 0, 0, 0],
    ["Device", "ACC-1", "'=1+1", 1, 12, 15, 0, 0, 0],
    ["Supporter", "Bob", "", 1, 12, 15, 0, 0, 0],
]


def export(cast, kind="csv", actor=None, query="", **more):
    filters = read_filters(query)
    actor = actor or cast.alice
    return export_month(company=cast.northwind, actor=actor, filters=filters, month=NOVEMBER, kind=kind, at=NOW, **more)


@pytest.fixture
def session(cast):
    device = Device.objects.create(company=cast.northwind, name="ACC-1", customer="=1+1")
    return begun(cast.northwind, cast.bob, 1, datetime(2026, 11, 3, tzinfo=UTC), 12, device=device)


def test_a_table_holds_every_row_and_no_formula(cast, session):
    made = export(cast)

    lines = list(csv.reader(io.StringIO(b"".join(made.content).decode())))
    assert (made.name, made.content_type) == ("monthly-report-northwind-2026-11.csv", "text/csv; charset=utf-8")
    assert lines[0] == HEAD
    assert [[*line[:3], *map(float, line[3:])] for line in lines[1:]] == ROWS


def test_a_workbook_holds_numbers(cast, session):
    made = export(cast, "xlsx")

    book = ZipFile(io.BytesIO(b"".join(made.content)))
    head, *rows = cells(book)
    assert names(book) == ["2026-11"]
    assert head == HEAD
    assert [[value or "" if place < 3 else value for place, value in enumerate(row)] for row in rows] == ROWS


def test_json_lines_are_the_same_in_every_language(cast, session, monkeypatch):
    monkeypatch.setattr(monthly_files, "PORTION", 3)
    Device.objects.filter(company=cast.northwind).update(customer="Ümlaut\n\u202e")

    with translation.override("de"):
        made = export(cast, "jsonl")
        portions = list(made.content)

    content = b"".join(portions)
    figures = {
        "sessions": 1,
        "duration_minutes": 12.0,
        "billable_minutes": 15,
        "sessions_before": 0,
        "duration_minutes_before": 0.0,
        "billable_minutes_before": 0,
    }
    (customer,) = {json.loads(line)["name"] for line in content.splitlines()} - {"", "ACC-1", "Bob"}
    assert (made.name, made.content_type) == ("monthly-report-northwind-2026-11.jsonl", "application/x-ndjson")
    assert [json.loads(line) for line in content.splitlines()] == [
        {"month": "2026-11", "part": part, "name": name, "customer": of, **figures}
        for part, name, of in (
            ("all", "", ""),
            ("customer", customer, ""),
            ("device", "ACC-1", customer),
            ("supporter", "Bob", ""),
        )
    ]
    assert customer.startswith("Ümlaut")
    assert content.isascii()
    assert [portion.count(b"\n") for portion in portions] == [3, 1]


def test_json_lines_tell_no_supporters_apart_where_they_are_too_few(cast, session):
    cast.northwind.works_council_mode, cast.northwind.pseudonym_key = True, "k" * 64
    cast.northwind.save()

    lines = b"".join(export(cast, "jsonl").content).splitlines()

    assert [json.loads(line)["part"] for line in lines] == ["all", "customer", "device"]
    assert not any(b"Bob" in line for line in lines)


def test_a_pdf_is_in_the_company_s_language_and_holds_no_text_of_summaries(cast, session):
    add_summary(session)
    AISettings.objects.filter(company=cast.northwind).update(language="de", approval_required=True)

    made = export(cast, "pdf")

    pdf = b"".join(made.content)
    assert (made.name, made.content_type) == ("monthly-report-northwind-2026-11.pdf", "application/pdf")
    assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"] == "de"


def test_an_export_is_entered_without_what_was_searched_for(cast, session):
    export(cast, "csv", query=f"device=ACC-1&q=secret&supporter={cast.bob.pk}", job="12")

    entry = AuditEntry.objects.get(action="monthly_report.exported")
    assert (entry.company, entry.actor) == (cast.northwind, cast.alice)
    assert entry.details == {
        "format": "csv",
        "month": "2026-11",
        "job": "12",
        "list": "reports",
        "filters": {
            "q": "…",
            "supporter": str(cast.bob.pk),
            "device": "ACC-1",
            "since": "2026-11-01",
            "until": "2026-11-30",
            "period": "all",
        },
    }


def test_an_export_needs_a_role_that_reads_reports(cast, session):
    nobody = add_member(company=cast.northwind, email="n@northwind.example", name="N", role_names=[], at=NOW).user

    with pytest.raises(PermissionMissing, match="View own connection reports"):
        export(cast, actor=nobody)
    with pytest.raises(PermissionMissing, match="View own connection reports"):
        export(cast, actor=cast.charlie)
    assert not AuditEntry.objects.filter(action="monthly_report.exported").exists()


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_revealed_name_that_goes_out_is_entered(cast, kind):
    cast.northwind.works_council_mode, cast.northwind.pseudonym_key = True, "k" * 64
    cast.northwind.save()
    for number in range(1, 6):
        email = f"s{number}@northwind.example"
        made = add_member(company=cast.northwind, email=email, name=f"S{number}", role_names=["Supporter"], at=NOW)
        begun(cast.northwind, made.user, number, datetime(2026, 11, number, tzinfo=UTC))
    Disclosure.objects.create(
        company=cast.northwind,
        subject=made.user,
        reason="r",
        requested_by=cast.alice,
        requested_at=NOW,
        confirmed_by=cast.mona,
        confirmed_at=NOW,
        ends_at=NOW + timedelta(hours=24),
    )

    text = b"".join(export(cast, kind).content).decode()

    assert "S5" in text
    assert "S4" not in text
    assert AuditEntry.objects.filter(action="disclosure.viewed", actor=cast.alice).count() == 1
