"""A monthly report on paper: its values, what `pdftotext` finds, and its structure tree."""

import io
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from accounts.enums import SummaryLanguage
from accounts.models import Company
from insights_portal.lib.pdf import Paper
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reports.billing import BillingRule
from summaries.domain.reports.connection_reports import MAX_ROWS
from summaries.domain.reports.monthly import MonthlyReport, MonthRow, Sums
from summaries.domain.reports.monthly_paper import lay_out_month
from summaries.domain.reports.table_pdf import render_tables
from summaries.models import ReportLayout
from tests.conftest import NOW
from tests.summaries.domain.reports.test_logos import picture
from tests.summaries.test_report_structure import squeezed, tree

COMPANY = Company(name="Northwind <b>IT</b>", address="Harbour Road 12", time_zone="Europe/Berlin")
NOTHING, ONE, TWO = Sums(), Sums(1, 1, 0, 0), Sums(3, 0, 4_000_000_000, 75)
REPORT = MonthlyReport(
    month=date(2026, 11, 1),
    zone="Europe/Berlin",
    rule=BillingRule(step=5, minimum=10),
    filters=SessionFilters(since="2026-11-01", until="2026-11-30", period="all"),
    totals=MonthRow("", "", TWO + ONE, TWO),
    customers=[MonthRow("Acme", "Acme & <Sons>", TWO, NOTHING), MonthRow("NO_CUSTOMER", "", ONE, TWO)],
    devices=[MonthRow("ACC-1", "ACC-1\u202e", TWO, NOTHING, "Acme"), MonthRow("NO_DEVICE", "", ONE, TWO)],
    supporters=[MonthRow("1", "Mia Berg", TWO, NOTHING), MonthRow("2", "Tom Kay", ONE, TWO)],
)


def laid_out(report=REPORT, language="en", supporters=None, **layout):
    chosen = ReportLayout(**layout)
    return lay_out_month(
        report=report, company=COMPANY, layout=chosen, language=language, supporters=supporters or {}, at=NOW
    )


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def printed(report, tmp_path):
    file = tmp_path / "report.pdf"
    file.write_bytes(render_tables(report))
    command = ["/usr/bin/pdftotext", "-enc", "UTF-8", str(file), "-"]
    return squeezed(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode())


def test_the_paper_says_what_the_month_was():
    paper = laid_out(letterhead="Desk 1\nHamburg", footer="HRB 12345")

    assert (paper.name, paper.number, paper.date) == ("Monthly report", "2026-11", "20 November 2026")
    assert (paper.title, paper.subtitle) == ("November 2026", "Days begin in Europe/Berlin.")
    assert paper.letterhead.lines == ("Desk 1", "Hamburg")
    assert [(each.label, each.value) for each in paper.particulars] == [
        ("Sessions", "4 (1 still running, without time)"),
        ("Time", "1 h 6 min"),
        ("Billable time", "1 h 15 min"),
        ("Month before: Sessions", "3"),
        ("Month before: Time", "1 h 6 min"),
        ("Month before: Billable time", "1 h 15 min"),
    ]
    assert paper.notes == (
        "Billable time: each session rounded up to full steps of 5 min.",
        "Each session counts at least 10 min.",
    )
    assert [table.heading for table in paper.tables] == ["By customer", "By device", "By supporter"]
    assert texts(paper.tables[0]) == [
        ["Acme & <Sons>", "3", "1 h 6 min", "1 h 15 min", "0 min"],
        ["No customer named", "1", "0 min", "0 min", "1 h 15 min"],
    ]
    assert [row[0] for row in texts(paper.tables[1])] == ["ACC-1‹U+202E›, Acme", "Without a device"]


def test_the_paper_says_what_it_is_narrowed_to():
    filters = REPORT.filters.changed(supporter="7", direction="INCOMING")

    paper = laid_out(replace(REPORT, filters=filters, rule=BillingRule(step=5)), supporters={"7": "Mia Berg"})

    assert paper.notes[1:] == ("Only sessions with: Supporter: Mia Berg, Direction: Incoming",)


def test_a_month_without_sessions_says_so():
    empty = replace(REPORT, totals=MonthRow("", "", NOTHING, NOTHING), customers=[], devices=[], supporters=[])

    assert [(table.rows, table.foot) for table in laid_out(empty).tables] == [((), "No session in this month.")]


def test_too_few_supporters_are_not_told_apart():
    table = laid_out(replace(REPORT, supporters=None)).tables[2]

    assert (table.rows, table.foot) == ((), "Too few supporters to tell them apart.")


def test_a_table_ends_somewhere_and_says_where_the_rest_is():
    many = [MonthRow(str(number), f"Customer {number}", TWO, TWO) for number in range(MAX_ROWS + 2)]

    table = laid_out(replace(REPORT, customers=many)).tables[0]

    assert (len(table.rows), table.foot) == (MAX_ROWS, "2 more in the portal.")


@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_pdftotext_finds_every_field_in_every_language(language, tmp_path):
    paper = laid_out(language=language, footer="HRB 12345")

    found = printed(paper, tmp_path)

    wanted = ["HRB 12345", "Mia Berg", "Tom Kay"]
    if language != "ar":
        # The words of a line written from right to left come in the order of the eye.
        wanted += [COMPANY.name, paper.number, paper.name, paper.title, paper.subtitle, paper.date, *paper.notes]
        wanted += [text for each in paper.particulars for text in (each.label, each.value)]
        wanted += [table.heading for table in paper.tables]
        wanted += [cell.text for table in paper.tables for row in (table.head, *table.rows) for cell in row]
    assert [text for text in wanted if squeezed(text) not in found] == []


def test_the_tree_has_tables_with_heads(tmp_path):
    pdf = render_tables(laid_out(logo=picture(mode="RGBA"), logo_text="Our logo"), paper=Paper.LETTER)
    reader = PdfReader(io.BytesIO(pdf))
    found = tree(reader)
    tags = [tag for _, tag, _ in found]

    assert (tags.count("H1"), tags.count("H2"), tags.count("Table")) == (1, 3, 3)
    assert (tags.count("TR"), tags.count("TH"), tags.count("TD")) == (9, 21, 24)
    assert [str(node["/Alt"]) for _, tag, node in found if tag == "Figure"] == ["Our logo"]
    assert reader.metadata.title == "Monthly report 2026-11: Northwind <b>IT</b>"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert [float(each) for each in reader.pages[0].mediabox[2:]] == [612, 792]


def test_a_long_report_repeats_its_heads_and_counts_its_pages(tmp_path):
    many = [MonthRow(str(number), f"Customer {number}", TWO, TWO) for number in range(80)]

    found = printed(laid_out(replace(REPORT, customers=many)), tmp_path)

    assert "Page1of3" in found
    assert "Page3of3" in found
