"""Service reports of many sessions, from the wish to the file."""

import io
import zipfile

import pytest
from pypdf import PdfReader

from accounts.models import AISettings, AuditEntry
from accounts.tenancy import forget_grants
from summaries.domain.jobs import claims, export_kinds, files, folders
from summaries.domain.jobs.export_kinds import ReportsArchive
from summaries.domain.jobs.kinds import Run
from summaries.domain.jobs.registry import KINDS
from summaries.domain.jobs.selection import plan
from summaries.domain.keeping.removal import delete_summary
from summaries.domain.reports import bulk
from summaries.enums import SessionList
from summaries.models import Job, JobItem, Summary, SupportSession
from tests.summaries.domain.jobs.job_cases import (
    ASKED,
    add_summaries,
    after,
    ask,
    chosen,
    counts,
    everything,
    states,
    work,
)
from tests.summaries.session_rows import add_session, add_summary

BOTH = pytest.mark.parametrize("kind", ["export_pdf_zip", "export_pdf_one"])
NOT_RELEASED = (
    "Your company wants summaries approved before they leave the portal, and this one is not approved yet. "
    "Have it approved, then try again."
)


def content_of(job, actor):
    return files.download(job=job, actor=actor, at=ASKED).read_bytes()


def archive_of(job, actor):
    return zipfile.ZipFile(io.BytesIO(content_of(job, actor)))


def title_of(pdf: bytes) -> str:
    return PdfReader(io.BytesIO(pdf)).metadata.title


def demand_approval(company):
    AISettings.objects.filter(company=company).update(approval_required=True)


def exports():
    entries = AuditEntry.objects.filter(action="report.exported").order_by("pk")
    return list(entries.values_list("object_id", "actor__name", "details"))


def test_the_archive_holds_each_report_under_its_number(cast, three):
    job = work(ask("export_pdf_zip", cast.mona, cast.northwind))

    archive = archive_of(job, cast.mona)
    assert counts(job) == ("DONE", 3, 3, 0, 0)
    assert (job.file_name, job.content_type) == ("service-reports-northwind-2026-11-23.zip", "application/zip")
    assert archive.namelist() == ["service-report-S-3.pdf", "service-report-S-2.pdf", "service-report-S-1.pdf"]
    assert archive.testzip() is None
    assert title_of(archive.read("service-report-S-2.pdf")) == "Service report S-2: Printer offline after driver update"


def test_one_pdf_holds_each_report_with_its_bookmark_and_its_own_pages(cast, three):
    job = work(ask("export_pdf_one", cast.mona, cast.northwind))

    reader = PdfReader(io.BytesIO(content_of(job, cast.mona)))
    bookmarks = [each.title for each in reader.outline if not isinstance(each, list)]
    assert (job.file_name, job.content_type) == ("service-reports-northwind-2026-11-23.pdf", "application/pdf")
    assert reader.metadata.title == "Service reports: Northwind IT Services"
    assert bookmarks == [f"S-{number}: Printer offline after driver update" for number in (3, 2, 1)]
    assert ["Page 1 of 1" in each.extract_text() for each in reader.pages] == [True] * 3


@BOTH
def test_nothing_but_the_file_stays_in_the_folder(cast, three, kind):
    job = work(ask(kind, cast.mona, cast.northwind))

    assert [path.name for path in folders.folder_of(job).iterdir()] == [folders.RESULT]


def test_each_report_is_entered_in_the_audit_log(cast, three):
    job = work(ask("export_pdf_zip", cast.mona, cast.northwind))

    details = {"format": "pdf", "paper": "a4", "job": str(job.public_id)}
    sessions = [str(one.public_id) for one in SupportSession.objects.order_by("-number")]
    assert exports() == [(session, "Mona", details) for session in sessions]


def test_a_helper_lays_out_half_of_many(cast, monkeypatch):
    monkeypatch.setattr(bulk, "WORTH_A_HELPER", 2)
    add_summaries(cast.northwind, cast.bob, 6)

    job = work(ask("export_pdf_zip", cast.mona, cast.northwind))

    assert (counts(job), len(archive_of(job, cast.mona).namelist())) == (("DONE", 6, 6, 0, 0), 6)


@BOTH
def test_what_nobody_approved_is_left_out_from_the_start(cast, three, kind):
    demand_approval(cast.northwind)
    Summary.objects.filter(pk=three[0].pk).update(review="APPROVED")

    planned = plan(kind=KINDS[kind], selection=everything(), company=cast.northwind, member=cast.mona, at=ASKED)
    job = work(ask(kind, cast.mona, cast.northwind))

    told = [(count, str(why)) for count, why in planned.left_out]
    assert told == [(2, "your company wants them approved before they leave the portal")]
    assert (counts(job), states(job)) == (("DONE", 1, 1, 0, 0), [(1, "DONE")])


def test_what_lost_its_approval_meanwhile_is_skipped_with_why(cast, three):
    job = ask("export_pdf_zip", cast.mona, cast.northwind)
    demand_approval(cast.northwind)
    Summary.objects.filter(pk=three[1].pk).update(review="APPROVED")

    work(job)

    assert states(job) == [(3, "SKIPPED"), (2, "DONE"), (1, "SKIPPED")]
    assert set(JobItem.objects.filter(state="SKIPPED").values_list("sentence", flat=True)) == {NOT_RELEASED}
    assert archive_of(job, cast.mona).namelist() == ["service-report-S-2.pdf"]


def test_where_nothing_can_be_taken_out_there_is_no_file(cast, three):
    job = ask("export_pdf_one", cast.mona, cast.northwind)
    demand_approval(cast.northwind)

    work(job)

    assert (counts(job), job.folder) == (("FAILED", 3, 0, 3, 0), "")
    assert job.failure == "There is no report to hand out: none of the sessions could be taken out."


def test_a_session_without_a_summary_gives_a_report_that_says_why(cast, mixed):
    job = work(ask("export_pdf_zip", cast.mona, cast.northwind, chosen(4, list_name=SessionList.REPORTS)))

    archive = archive_of(job, cast.mona)
    assert "No summary" in PdfReader(archive.open("service-report-S-4.pdf")).pages[0].extract_text()


def test_a_supporter_takes_out_their_own_alone(cast, three):
    add_summary(add_session(cast.northwind, cast.mona, 9))

    job = work(ask("export_pdf_zip", cast.bob, cast.northwind))

    assert archive_of(job, cast.bob).namelist() == [f"service-report-S-{number}.pdf" for number in (3, 2, 1)]


def test_whoever_loses_the_role_gets_nothing_more(cast, three):
    job = ask("export_pdf_zip", cast.mona, cast.northwind)
    cast.mona.groups.clear()
    forget_grants(cast.mona)

    assert (work(job).state, job.folder, exports()) == ("FAILED", "", [])


def test_a_role_that_goes_after_reports_were_laid_out_takes_them_along(cast, three, tmp_path):
    """What lies ready was not handed out yet: the step asks again."""
    job = ask("export_pdf_zip", cast.mona, cast.northwind)

    class Leaves(ReportsArchive):
        def prepare(self, run, sessions):
            super().prepare(run, sessions)
            cast.mona.groups.clear()

    before = KINDS["export_pdf_zip"]
    KINDS["export_pdf_zip"] = Leaves()
    try:
        work(job)
    finally:
        KINDS["export_pdf_zip"] = before

    assert (job.state, job.done, job.folder, exports()) == ("FAILED", 0, "", [])


def test_a_text_that_changes_after_it_was_laid_out_is_laid_out_again(cast, three, tmp_path, at):
    session = SupportSession.objects.select_related("company", "device", "supporter").get(number=1)
    ahead = {"sessions": [session], "company": cast.northwind, "actor": cast.mona, "folder": tmp_path, "at": at}
    bulk.lay_out(**ahead, keep=lambda: None)
    Summary.objects.filter(session=session).update(review="APPROVED", reviewed_by=cast.mona, reviewed_at=at)

    bulk.put_report(session=session, actor=cast.mona, folder=tmp_path, job="1", at=at)

    assert "approved by Mona" in PdfReader(tmp_path / "S-1.pdf").pages[0].extract_text().replace("\n", " ")


@BOTH
def test_after_a_kill_the_next_worker_goes_on_and_the_file_is_whole(cast, three, kind):
    """Killed with one report made, the next laid out ahead, and half an archive from an attempt before."""
    job = ask(kind, cast.mona, cast.northwind)
    portion, KINDS[kind].__class__.portion = KINDS[kind].portion, 1
    try:
        work(job, turns=1, keep_going=lambda: False)
    finally:
        del KINDS[kind].__class__.portion
    assert portion == KINDS[kind].portion
    claims.take(job_id=job.pk, at=ASKED)
    folder = folders.folder_of(Job.objects.get())
    for name in ("archive", "joined", "2.part"):
        (folder / name).write_bytes(b"PK half of it")
    JobItem.objects.filter(number=2).update(state="BEGUN")

    work(job, at=after(minutes=5))

    assert (counts(job), states(job)) == (("DONE", 3, 3, 0, 0), [(3, "DONE"), (2, "DONE"), (1, "DONE")])
    content = content_of(job, cast.mona)
    found = (
        zipfile.ZipFile(io.BytesIO(content)).testzip()
        if kind == "export_pdf_zip"
        else len(PdfReader(io.BytesIO(content)).pages)
    )
    assert found == (None if kind == "export_pdf_zip" else 3)


def test_a_finish_that_was_cut_off_is_made_again(cast, three, tmp_path):
    for number in (1, 2):
        (tmp_path / f"S-{number}.pdf").write_bytes(b"%PDF-")

    paths = [bulk.pack_reports(numbers=[1, 2], folder=tmp_path, keep=lambda: None) for _ in range(2)]

    assert zipfile.ZipFile(paths[1]).namelist() == ["service-report-S-1.pdf", "service-report-S-2.pdf"]


def test_what_is_deleted_meanwhile_is_not_in_the_file(cast, three, at):
    job = ask("export_pdf_zip", cast.mona, cast.northwind)
    delete_summary(session=three[0].session, actor=cast.alice, at=at)

    work(job)

    archive = archive_of(job, cast.mona)
    told = "".join(page.extract_text() for page in PdfReader(archive.open("service-report-S-1.pdf")).pages)
    assert "test page" not in told


def test_one_pdf_has_a_limit_that_is_told_first(cast, three, monkeypatch):
    monkeypatch.setattr(export_kinds, "MOST_IN_ONE", 2)
    told = "One PDF takes at most 2 reports. Narrow the list down, or ask for the ZIP."

    planned = plan(
        kind=KINDS["export_pdf_one"], selection=everything(), company=cast.northwind, member=cast.mona, at=ASKED
    )
    job = work(ask("export_pdf_one", cast.mona, cast.northwind))

    assert [(str(fact.value), fact.is_warning) for fact in planned.facts] == [(told, True)]
    assert (job.state, job.failure, job.done) == ("FAILED", told, 0)


def test_one_pdf_of_few_says_nothing_of_a_limit(cast, three):
    planned = plan(
        kind=KINDS["export_pdf_one"], selection=everything(), company=cast.northwind, member=cast.mona, at=ASKED
    )

    assert planned.facts == ()


def test_without_a_folder_nothing_is_made(cast, three):
    run = Run(Job(attempts=1, company=cast.northwind), cast.mona, lambda: ASKED, lambda: None)

    with pytest.raises(claims.Stopped):
        ReportsArchive().prepare(run, [])
