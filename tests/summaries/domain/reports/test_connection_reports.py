from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Company, User
from policies.models import Device
from summaries.content import SessionFacts, Statement, Step
from summaries.domain.evidence.prose import Run
from summaries.domain.reports.connection_reports import MAX_ROWS, build_report
from summaries.domain.reports.report_values import Line, Particular, Section, ServiceReport
from summaries.enums import Outcome, ReviewState, SummaryState
from summaries.models import Summary
from tests.summaries.report_examples import PRINTER, STARTED_AT, revision_of, session_of

COMPANY = Company(
    name="Northwind IT Services",
    address="Harbour Road 12 · 20457 Hamburg",
    contact_email="support@northwind.example",
    time_zone="Europe/Berlin",
    billing_step_minutes=5,
)
MIA = User(name="Mia Berg", email="mia@northwind.example")
DEVICE = Device(name="ACC-14", operating_system="Windows 11", customer="Acme Accounting")


def report_of(content: Any = PRINTER, *, summary: Summary | None = None, **fields: Any) -> ServiceReport:
    revision_fields = fields.pop("revision", {})
    session = session_of(COMPANY, MIA, **{"device": DEVICE, **fields})
    return build_report(
        session=session,
        summary=summary or Summary(state=SummaryState.READY),
        revision=revision_of(COMPANY, content, **revision_fields),
        language="en",
    )


def section(report: ServiceReport, heading: str) -> Section:
    (found,) = (each for each in report.sections if each.heading == heading)
    return found


def plain(text: str) -> Line:
    return Line((Run(text),))


def test_build_report_lays_out_the_head_of_the_paper() -> None:
    report = report_of()

    assert report.letterhead.company == "Northwind IT Services"
    assert report.letterhead.lines == ("Harbour Road 12 · 20457 Hamburg · support@northwind.example",)
    assert (report.name, report.number, report.ticket) == ("Service report", "S-1042", "Ticket INC0010042")
    assert report.date == "22 November 2026"
    assert report.title == "Printer offline after driver update"
    assert report.subtitle == "Remote support of ACC-14, outgoing connection"
    assert report.signatures == ("Supporter, date", "Customer, date")
    assert report.written_at == STARTED_AT + timedelta(minutes=15)


def test_build_report_tells_people_device_times_and_billable_time_with_its_rule() -> None:
    assert report_of().particulars == (
        Particular("Customer", "Acme Accounting"),
        Particular("Device", "ACC-14, Windows 11"),
        Particular("Supporter", "Mia Berg"),
        Particular("Start", "22 Nov 2026, 10:02 CET"),
        Particular("End", "22 Nov 2026, 10:16 CET"),
        Particular("Duration, billable", "14 min, 15 min (5-min steps)"),
    )


@pytest.mark.parametrize(
    ("minutes", "told"), [(14, "14 min, 20 min – Each session counts at least 20 min."), (0, "0 min, 0 min")]
)
def test_build_report_tells_the_billing_minimum(monkeypatch, minutes: int, told: str) -> None:
    monkeypatch.setattr(COMPANY, "billing_minimum_minutes", 20)
    monkeypatch.setattr(COMPANY, "billing_rounding", "NONE")

    assert report_of(ended_at=STARTED_AT + timedelta(minutes=minutes)).particulars[5].value == told


def test_build_report_adds_remote_user_and_fee_when_known() -> None:
    report = report_of(remote_user="Pat", fee=Decimal("12.50"), currency="EUR")

    assert report.particulars[6:] == (Particular("Remote user", "Pat"), Particular("Fee", "12.50 EUR"))


def test_build_report_puts_a_dash_where_nothing_is_known() -> None:
    report = report_of(device=None, ended_at=None, ticket="")

    assert report.subtitle == "Remote support, outgoing connection"
    assert report.ticket == ""
    assert [each.value for each in report.particulars] == [
        "–",
        "–",
        "Mia Berg",
        "22 Nov 2026, 10:02 CET",
        "still running",
        "–",
    ]


def test_build_report_numbers_steps_with_clock_and_commands_as_code() -> None:
    assert section(report_of(), "Work done") == Section(
        "Work done",
        (
            Line(
                (
                    Run("Looked at the print queue: six jobs with status "),
                    Run("Error", is_code=True),
                    Run("."),
                ),
                "10:04",
            ),
            Line(
                (
                    Run("Restarted the print spooler"),
                    Run(" ("),
                    Run("net stop spooler", is_code=True),
                    Run(", "),
                    Run("net start spooler", is_code=True),
                    Run(")."),
                ),
                "10:07",
            ),
            plain("Printed a test page."),
        ),
        is_numbered=True,
    )


@pytest.mark.parametrize(
    ("text", "commands", "runs"),
    [
        ("Ran `df -h` twice", ("df -h",), (Run("Ran "), Run("df -h", is_code=True), Run(" twice"))),
        ("Ran “df -h”", ("df -h", "df -h"), (Run("Ran "), Run("df -h", is_code=True))),
        ("df", ("df", "ls"), (Run("df", is_code=True), Run(" ("), Run("ls", is_code=True), Run(")"))),
        ("Looked", (" ",), (Run("Looked"),)),
        ("Ran df", ("df", "d"), (Run("Ran "), Run("df", is_code=True), Run(" ("), Run("d", is_code=True), Run(")"))),
    ],
)
def test_build_report_sets_commands_as_code(text: str, commands: tuple[str, ...], runs: tuple[Run, ...]) -> None:
    report = report_of(replace(PRINTER, steps=(Step(Statement(text), "", commands),)))

    assert section(report, "Work done").lines == (Line(runs),)


def test_build_report_labels_the_outcome() -> None:
    assert section(report_of(), "Outcome") == Section(
        "Outcome",
        (plain("The test page came out; the user confirmed it in the chat."),),
        badge="Resolved",
        tone=Outcome.RESOLVED,
    )


def test_build_report_keeps_an_outcome_without_a_word_about_it() -> None:
    report = report_of(replace(PRINTER, outcome=Outcome.UNKNOWN, outcome_statements=()))

    assert section(report, "Outcome") == Section("Outcome", (), badge="Unknown", tone=Outcome.UNKNOWN)
    assert section(report, "Outcome").direction == "ltr"


def test_build_report_leaves_empty_sections_out() -> None:
    empty = replace(PRINTER, problem=(), steps=(), outcome_statements=(), open_points=(), applications=())

    report = report_of(empty, revision={"facts": asdict(SessionFacts())})

    assert [each.heading for each in report.sections] == ["Outcome"]


def test_build_report_has_every_section_in_order() -> None:
    full = replace(PRINTER, cause=(Statement("A port was added."),), missing_data=("Keys were not recorded.",))

    report = report_of(full, notes="Second visit.")

    assert [each.heading for each in report.sections] == [
        "Problem",
        "Cause",
        "Work done",
        "Outcome",
        "Open points",
        "Not in the record",
        "Applications",
        "Notes",
    ]
    assert section(report, "Not in the record").lines == (plain("Keys were not recorded."),)
    assert section(report, "Notes").lines == (plain("Second visit."),)


def test_build_report_marks_what_the_record_does_not_support() -> None:
    doubtful = Statement("The disk was full.", (), supported=False)
    report = report_of(replace(PRINTER, problem=(doubtful,), steps=(Step(doubtful),)))

    expected = (Line((Run("The disk was full."),), mark="not supported by the record"),)
    assert section(report, "Problem").lines == expected
    assert section(report, "Work done").lines == expected


def test_build_report_names_applications_with_their_times() -> None:
    assert section(report_of(), "Applications").lines == (
        Line((Run("Print Spooler 9 min, Settings 3 min"),), written="ltr"),
    )


def test_build_report_names_applications_of_the_text_when_no_time_was_measured() -> None:
    assert section(report_of(revision={"facts": {}}), "Applications").lines == (
        Line((Run("Print Spooler"),), written="ltr"),
    )


def test_build_report_shows_control_and_direction_characters() -> None:
    hostile = replace(PRINTER, title="a\u202egpj.exe\x07", problem=(Statement("zero\u200bwidth"),))

    report = report_of(hostile, ticket="T\x00")

    assert report.title == "a‹U+202E›gpj.exe‹U+0007›"
    assert report.ticket == "Ticket T‹U+0000›"
    assert section(report, "Problem").lines == (plain("zero‹U+200B›width"),)


def test_build_report_cuts_a_statement_that_would_fill_pages() -> None:
    report = report_of(replace(PRINTER, problem=(Statement("x" * 2001),)))

    assert section(report, "Problem").lines == (plain("x" * 1999 + "…"),)


def test_build_report_ends_a_list_that_would_fill_a_book() -> None:
    report = report_of(
        replace(
            PRINTER,
            problem=(Statement("p"),) * (MAX_ROWS + 2),
            steps=(Step(Statement("s")),) * (MAX_ROWS + 1),
            missing_data=("m",) * (MAX_ROWS + 3),
        )
    )

    ends = [section(report, name).lines[MAX_ROWS:] for name in ("Problem", "Work done", "Not in the record")]
    assert ends == [
        (plain("2 more in the portal."),),
        (plain("1 more in the portal."),),
        (plain("3 more in the portal."),),
    ]


@pytest.mark.parametrize(
    ("text", "direction"), [("Fixed", "ltr"), ("أعيد تشغيل spooler", "rtl"), ("1. תוקן", "rtl"), ("42", "ltr")]
)
def test_build_report_tells_the_direction_of_a_text(text: str, direction: str) -> None:
    report = report_of(replace(PRINTER, title=text, problem=(Statement(text),)))

    assert report.title_direction == direction
    assert section(report, "Problem").direction == direction
    assert section(report, "Problem").lines[0].direction == direction


def test_notice_says_engine_review_and_what_was_masked() -> None:
    reviewed = Summary(review=ReviewState.REVIEWED, reviewed_by=MIA, reviewed_at=STARTED_AT)

    assert report_of(summary=reviewed).notice == (
        "Written by AI (built-in engine, 22 Nov 2026), reviewed by Mia Berg on 22 Nov 2026. Passwords and personal "
        "data were masked before storage: passwords (1), e-mail addresses (2)."
    )


def test_notice_says_that_nobody_has_reviewed_and_nothing_was_masked() -> None:
    report = report_of(revision={"redaction": {"EMAIL": 0}, "engine": "CLAUDE", "model": "model-of-the-test"})

    assert report.notice == (
        "Written by AI (model-of-the-test, 22 Nov 2026), not yet reviewed by a person. "
        "No passwords or personal data were found to mask."
    )


def test_notice_names_the_person_who_edited_and_approved() -> None:
    approved = Summary(review=ReviewState.APPROVED, reviewed_by=MIA, reviewed_at=STARTED_AT)

    report = report_of(summary=approved, revision={"engine": "", "author": MIA, "redaction": {"NEW_RULE": 1}})

    assert report.notice == (
        "Written by AI, edited by Mia Berg (22 Nov 2026), approved by Mia Berg on 22 Nov 2026. Passwords and personal "
        "data were masked before storage: NEW_RULE (1)."
    )
