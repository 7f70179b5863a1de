import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.domain.members import add_member
from accounts.models import AuditEntry, Company, User
from summaries.content import Statement, Step, SummaryContent
from summaries.domain.reports.connection_reports import build_report
from summaries.domain.reports.export import render_report
from summaries.models import Summary
from tests.conftest import Cast
from tests.summaries.report_examples import PRINTER, revision_of, session_of, store_session, store_summary

NORTHWIND = Company(name="Northwind <b>IT</b>", time_zone="Europe/Berlin", address="Harbour Road 12")
MIA = User(name="Mia Berg")


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def rendered(content: SummaryContent) -> PdfReader:
    report = build_report(
        session=session_of(NORTHWIND, MIA),
        summary=Summary(),
        revision=revision_of(NORTHWIND, content),
        language="en",
    )
    return read(render_report(report))


def download(user: User, number: int = 1042, query: str = "") -> tuple[int, bytes, str]:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("summaries:report_pdf", args=[number]) + query)
    return response.status_code, response.content, response.headers["Content-Type"]


def test_report_is_one_tagged_page_with_everything_on_it() -> None:
    reader = rendered(PRINTER)

    text = text_of(reader)
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert reader.metadata.title == "Service report S-1042: Printer offline after driver update"
    assert reader.metadata.author == "Northwind <b>IT</b>"
    for words in (
        "Northwind <b>IT</b>",
        "Service report S-1042 Ticket INC0010042 22 November 2026",
        "22 Nov 2026, 10:02 CET",
        "14 min, 15 min (5-min steps)",
        "10:07 Restarted the print spooler",
        "net stop spooler",
        "Resolved",
        "Four other devices have the same driver version.",
        "Written by AI (built-in engine, 22 Nov 2026)",
        "passwords (1), e-mail addresses (2)",
        "Supporter, date Customer, date",
        "Page 1 of 1",
    ):
        assert words in text


def test_report_escapes_what_a_session_says() -> None:
    hostile = "<img src=file:///etc/passwd><script>alert(1)</script>"
    reader = rendered(
        replace(PRINTER, title=hostile, problem=(Statement(hostile),), steps=(Step(Statement("Ran."), "", (hostile,)),))
    )

    text = text_of(reader).replace(" ", "")
    assert text.count(hostile.replace(" ", "")) == 3
    assert "root:" not in text


def test_report_wraps_words_of_any_length_inside_the_page() -> None:
    reader = rendered(
        replace(PRINTER, problem=(Statement("x" * 700),), steps=(Step(Statement("y" * 700), "", ("z" * 700,)),))
    )

    lines = "\n".join(page.extract_text(extraction_mode="layout") for page in reader.pages).splitlines()
    for letter in "xyz":
        runs = [run for line in lines for run in re.findall(f"{letter}{{5,}}", line)]
        assert sum(map(len, runs)) == 700
        assert 60 < max(map(len, runs)) < 130


@pytest.mark.parametrize(
    ("language", "text", "font"),
    [
        ("ja", "印刷スプーラーを再起動しました。直", "Noto-Sans-CJK-JP"),
        ("zh", "打印机脱机。直", "Noto-Sans-CJK-SC"),
        ("ko", "프린터가 오프라인입니다", "Noto-Sans-CJK-KR"),
        ("ar", "الطابعة", "Noto-Sans-Arabic"),
        ("en", "Resolved 🎉", "Noto-Color-Emoji"),
    ],
)
def test_report_is_readable_in_every_script(language: str, text: str, font: str) -> None:
    reader = rendered(replace(PRINTER, language=language, title="T", problem=(Statement(text),)))

    assert reader.trailer["/Root"]["/Lang"] == language
    assert text in text_of(reader)
    fonts = [font.get_object()["/BaseFont"] for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert font in {name.split("+")[1] for name in fonts}


def test_report_without_letters_of_a_script_does_not_carry_its_font() -> None:
    fonts = rendered(PRINTER).pages[0]["/Resources"]["/Font"]

    assert {font.get_object()["/BaseFont"].split("+")[1] for font in fonts.values()} == {
        "Noto-Sans",
        "Noto-Sans-Bold",
        "Noto-Sans-Mono",
    }


def test_long_report_runs_over_pages_with_numbers() -> None:
    steps = tuple(Step(Statement(f"Checked the setting number {n}."), "", (f"show {n}",), n) for n in range(60))

    reader = rendered(replace(PRINTER, steps=steps))

    assert [re.search(r"Page \d of \d", page.extract_text()).group() for page in reader.pages] == [
        "Page 1 of 2",
        "Page 2 of 2",
    ]


def test_download_gives_the_pdf_and_an_audit_entry(cast: Cast) -> None:
    session = store_session(cast.northwind, cast.bob)
    store_summary(session)

    client = Client()
    client.force_login(cast.bob)
    response = client.get(reverse("summaries:report_pdf", args=[1042]))

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
    assert response.headers["Content-Disposition"] == 'attachment; filename="service-report-S-1042.pdf"'
    assert response.headers["Cache-Control"] == "no-store"
    assert PRINTER.title in text_of(read(response.content))
    entry = AuditEntry.objects.get(action="report.exported")
    assert (entry.actor, entry.company, entry.object_id) == (cast.bob, cast.northwind, str(session.public_id))
    assert entry.details == {"format": "pdf", "paper": "a4"}


@pytest.mark.parametrize(
    ("query", "width"), [("", 595), ("?paper=letter", 612), ("?paper=a4", 595), ("?paper=../../x", 595)]
)
def test_download_uses_the_paper_asked_for(cast: Cast, query: str, width: int) -> None:
    store_summary(store_session(cast.northwind, cast.bob))

    _, content, _ = download(cast.bob, query=query)

    assert round(read(content).pages[0].mediabox.width) == width


def test_download_without_summary_says_why(cast: Cast) -> None:
    store_session(cast.northwind, cast.bob, ended_at=None, status="OPEN")

    status, content, _ = download(cast.bob)

    assert status == 200
    assert "No summary The session is still running." in text_of(read(content))


@pytest.mark.parametrize("name", ["charlie", "bob"])
def test_download_of_a_session_that_one_may_not_see_is_not_found(cast: Cast, name: str) -> None:
    store_summary(store_session(cast.northwind, cast.mona))

    status, content, _ = download(getattr(cast, name))

    assert status == 404
    assert b"Printer offline" not in content
    assert not AuditEntry.objects.filter(action="report.exported").exists()


def test_download_without_the_permission_to_export_is_refused(cast: Cast, at: datetime) -> None:
    store_summary(store_session(cast.northwind, cast.bob))
    auditor = add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Auditor"], at=at
    )

    status, content, _ = download(auditor.user)

    assert status == 403
    assert not content.startswith(b"%PDF")
    assert not AuditEntry.objects.filter(action="report.exported").exists()


def test_download_needs_a_sign_in(cast: Cast) -> None:
    store_summary(store_session(cast.northwind, cast.bob))

    response = Client().get(reverse("summaries:report_pdf", args=[1042]))

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_same_report_twice_has_the_same_words_and_date(cast: Cast) -> None:
    store_summary(store_session(cast.northwind, cast.bob), reviewed_at=None)

    first, second = (text_of(read(download(cast.bob)[1])) for _ in range(2))

    assert first == second


def test_reports_made_at_once_in_several_threads_are_whole() -> None:
    titles = [f"Report number {number}" for number in range(8)]

    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(lambda title: text_of(rendered(replace(PRINTER, title=title))), titles))

    assert [title in text and text.count("Report number") == 1 for title, text in zip(titles, texts, strict=True)] == (
        [True] * 8
    )


def test_report_is_held_back_until_someone_approves(cast: Cast) -> None:
    store_summary(store_session(cast.northwind, cast.bob))
    cast.northwind.ai_settings.approval_required = True
    cast.northwind.ai_settings.save()
    client = Client()
    client.force_login(cast.mona)

    refused = client.get(reverse("summaries:report_pdf", args=[1042]), follow=True)
    Summary.objects.update(review="APPROVED")

    assert refused.redirect_chain == [("/sessions/S-1042/", 302)]
    assert "Have it approved, then try again." in refused.content.decode()
    assert AuditEntry.objects.filter(action="report.exported").count() == 0
    assert download(cast.mona)[0] == 200
