"""The files that go out: what is in them, and who may take them away."""

from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from accounts.domain.members import add_member
from accounts.models import AISettings, AuditEntry, Mail, User
from accounts.tenancy import PermissionMissing
from summaries.domain.jobs.files import download
from summaries.domain.jobs.folders import result_of
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.schedules import list_paper
from summaries.enums import SessionList
from summaries.models import Job, JobItem
from tests.conftest import NOW
from tests.summaries.domain.schedules.conftest import DUE, NO_EXPORT, TITLE, table


def test_text_that_is_not_released_stays_and_the_mail_says_so(cast, mailing, rows):
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)
    mailing.schedule()

    mailing.run()

    told = "Your company wants it approved first, and nobody has approved it yet."
    job = Job.objects.get()
    assert table(job) == [("S-1", TITLE, ""), ("S-2", "", told), ("S-3", "", "")]
    assert "Some summaries are left out" in Mail.objects.get().text
    assert download(job=job, actor=cast.mona, at=DUE)


def test_a_file_with_text_that_may_leave_no_more_is_handed_to_nobody(cast, mailing, rows):
    mailing.schedule()
    mailing.run()
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)

    with pytest.raises(PermissionMissing, match="approved before they leave"):
        download(job=Job.objects.get(), actor=cast.mona, at=DUE)


def test_who_may_export_no_text_gets_the_list_without_it(cast, mailing, rows):
    audrey = add_member(
        company=cast.northwind, email="audrey@northwind.example", name="Audrey", role_names=["Auditor"], at=NOW
    ).user
    mailing.schedule(audrey)

    mailing.run()

    job = Job.objects.get()
    assert table(job) == [("S-1", "", NO_EXPORT), ("S-2", "", NO_EXPORT), ("S-3", "", "")]
    assert download(job=job, actor=audrey, at=DUE)


def test_a_view_of_summaries_holds_those_alone(cast, mailing, rows):
    mailing.schedule(view=mailing.view(list_name=SessionList.HOME, filters=SessionFilters(q="S-1", period="all")))

    mailing.run()

    assert [number for number, *_ in table(Job.objects.get())] == ["S-1"]
    assert AuditEntry.objects.get(action="sessions.exported").details["filters"]["q"] == "…"


def test_a_list_on_paper_is_in_the_reader_s_language_and_ends_somewhere(cast, mailing, rows, monkeypatch):
    monkeypatch.setattr(list_paper, "MOST_ROWS", 2)
    User.objects.filter(pk=cast.mona.pk).update(language="de")
    mailing.schedule(form="PDF")

    mailing.run()

    job = Job.objects.get()
    pages = PdfReader(result_of(job))
    text = " ".join(page.extract_text() for page in pages.pages)
    assert (job.content_type, job.file_name) == ("application/pdf", "sessions-northwind-2026-11-21.pdf")
    assert pages.trailer["/Root"]["/Lang"] == "de"
    assert "S-1" in text
    assert "S-3" not in text
    assert "10 min" in text
    assert TITLE not in text
    assert not JobItem.objects.filter(job=job, sentence="").exists()


def test_a_short_list_on_paper_holds_all(cast, mailing, rows):
    mailing.schedule(form="PDF")

    mailing.run()

    text = " ".join(page.extract_text() for page in PdfReader(result_of(Job.objects.get())).pages)
    assert "S-3" in text
    assert "spreadsheets" not in text


def test_a_workbook_goes_out(cast, mailing, rows):
    mailing.schedule(form="XLSX")

    mailing.run()

    job = Job.objects.get()
    assert result_of(job).read_bytes().startswith(b"PK")
    assert job.file_name == "sessions-northwind-2026-11-21.xlsx"


def test_the_monthly_report_is_that_of_the_month_before_the_due_day(cast, mailing, rows):
    mailing.schedule(form="MONTH", rhythm="MONTHLY", view=mailing.view(filters=SessionFilters(period="7")))

    mailing.run(datetime(2026, 12, 3, tzinfo=UTC))

    job = Job.objects.get()
    pages = PdfReader(result_of(job))
    assert job.file_name == "monthly-report-northwind-2026-11.pdf"
    assert "November 2026" in pages.pages[0].extract_text()
    assert job.done == 2
    entry = AuditEntry.objects.get(action="monthly_report.exported")
    assert (entry.actor, entry.details["job"]) == (cast.mona, str(job.public_id))
    assert download(job=job, actor=cast.mona, at=datetime(2026, 12, 3, tzinfo=UTC))
