"""What a company's layout changes on the paper, and what it can't."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.enums import BillingRounding
from accounts.models import Company, User
from summaries.domain.reports.connection_reports import build_report
from summaries.domain.reports.report_values import ServiceReport
from summaries.models import ReportLayout, Summary
from tests.summaries.report_examples import PRINTER, revision_of, session_of


def report_of(*, company: Company | None = None, **layout: Any) -> ServiceReport:
    company = company or Company(name="Northwind", time_zone="Europe/Berlin")
    return build_report(
        session=session_of(company, User(name="Mia Berg"), notes="Call back."),
        summary=Summary(),
        revision=revision_of(company, replace(PRINTER, missing_data=("Keys were not recorded.",))),
        language="en",
        layout=ReportLayout(**layout),
    )


def headings(report: ServiceReport) -> list[str]:
    return [section.heading for section in report.sections]


EVERYTHING = ["Problem", "Work done", "Outcome", "Open points", "Not in the record", "Applications", "Notes"]


@pytest.mark.parametrize(
    ("switch", "heading"),
    [("shows_open_points", "Open points"), ("shows_applications", "Applications"), ("shows_notes", "Notes")],
)
def test_a_section_that_is_switched_off_is_left_out(switch: str, heading: str) -> None:
    assert headings(report_of()) == EVERYTHING
    assert headings(report_of(**{switch: False})) == [each for each in EVERYTHING if each != heading]


def test_notes_are_left_out_of_a_report_without_summary_as_well() -> None:
    session = session_of(Company(name="Northwind"), User(name="Mia"), notes="Call back.")

    def told(**layout: Any) -> list[str]:
        layout_of = ReportLayout(**layout)
        return headings(build_report(session=session, summary=None, revision=None, language="en", layout=layout_of))

    assert (told(), told(shows_notes=False)) == (["No summary", "Notes"], ["No summary"])


def test_commands_are_left_out_where_the_sentence_does_not_name_them() -> None:
    def step(report: ServiceReport) -> str:
        return "".join(run.text for run in report.sections[1].lines[1].runs)

    assert step(report_of()) == "Restarted the print spooler (net stop spooler, net start spooler)."
    assert step(report_of(shows_commands=False)) == "Restarted the print spooler."


def test_evidence_numbers_stand_behind_sentences_where_wanted() -> None:
    def numbers(report: ServiceReport) -> list[tuple[int, ...]]:
        return [line.evidence for section in report.sections[:3] for line in section.lines]

    assert numbers(report_of()) == [()] * 5
    assert numbers(report_of(shows_evidence=True)) == [(1,), (2,), (3, 4), (5,), (6,)]


def test_nobody_signs_where_signatures_are_off_and_the_notice_on_ai_stays() -> None:
    report = report_of(**{name.name: False for name in ReportLayout._meta.fields if name.name.startswith("shows_")})

    assert report.signatures == ()
    assert report.notice.startswith("Written by AI (built-in engine")
    assert headings(report) == ["Problem", "Work done", "Outcome", "Not in the record"]


def test_letterhead_logo_accent_and_foot_are_the_companys() -> None:
    report = report_of(
        letterhead="Harbour Road 12\nHamburg\u202e",
        logo=b"png",
        logo_text="Our logo",
        accent="TEAL",
        footer="HRB 1\x07",
    )

    assert report.letterhead.lines == ("Harbour Road 12", "Hamburg‹U+202E›")
    assert (report.letterhead.logo, report.letterhead.logo_text, report.letterhead.accent) == (
        b"png",
        "Our logo",
        "TEAL",
    )
    assert report.letterhead.footer == "HRB 1‹U+0007›"


def test_a_logo_without_words_of_its_own_is_called_as_the_company() -> None:
    assert report_of(logo=b"png").letterhead.logo_text == "Northwind"


def test_no_letterhead_and_no_address_leave_the_companys_name_alone() -> None:
    assert report_of().letterhead.lines == ()


@pytest.mark.parametrize(
    ("wording", "number"),
    [
        ("{session}", "S-1042"),
        ("SR-{year}-{number}", "SR-2026-1042"),
        ("{year}/{month}/{number}", "2026/11/1042"),
        ("{number}{other}", "1042{other}"),
    ],
)
def test_the_report_is_numbered_as_the_company_does(wording: str, number: str) -> None:
    assert report_of(number_format=wording).number == number


@pytest.mark.parametrize(
    ("rounding", "minimum", "expected"),
    [
        (BillingRounding.UP, 0, "14 min, 15 min (5-min steps)"),
        (BillingRounding.NEAREST, 0, "14 min, 15 min (5-min steps)"),
        (BillingRounding.NONE, 0, "14 min, 14 min"),
        (BillingRounding.NONE, 20, "14 min, 20 min – Each session counts at least 20 min."),
    ],
)
def test_billable_time_goes_by_the_companys_rule(rounding: str, minimum: int, expected: str) -> None:
    company = Company(name="Northwind", billing_rounding=rounding, billing_minimum_minutes=minimum)

    assert {each.label: each.value for each in report_of(company=company).particulars}["Duration, billable"] == expected
