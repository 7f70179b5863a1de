from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Company, User
from policies.enums import Reason, Verdict
from policies.models import Device
from summaries.domain.evidence.prose import Run
from summaries.domain.reports.connection_reports import build_report
from summaries.domain.reports.report_values import Line, Section
from summaries.enums import Outcome, SessionStatus, SummaryState
from summaries.models import Summary
from tests.summaries.report_examples import STARTED_AT, session_of

COMPANY = Company(
    name="Northwind IT Services",
    address="Harbour Road 12 · 20457 Hamburg",
    contact_email="support@northwind.example",
    time_zone="Europe/Berlin",
    billing_step_minutes=5,
)
MIA = User(name="Mia Berg", email="mia@northwind.example")
DEVICE = Device(name="ACC-14", operating_system="Windows 11", customer="Acme Accounting")


def report_without_summary(
    *, summary: Summary | None = None, language: str = "en", **fields: Any
) -> tuple[Section, ...]:
    session = session_of(COMPANY, MIA, **fields)
    return build_report(session=session, summary=summary, revision=None, language=language).sections


def plain(text: str) -> Line:
    return Line((Run(text),))


@pytest.mark.parametrize(
    ("fields", "summary", "sentence"),
    [
        ({"verdict": Verdict.NO, "reason": Reason.CONSENT_REFUSED}, None, "Consent was refused."),
        ({"verdict": Verdict.WAIT, "reason": Reason.WAITING_FOR_CONSENT}, None, "Waiting for consent."),
        ({}, Summary(state=SummaryState.WAITING_FOR_CREDITS), "It waits for credits."),
        ({}, Summary(state=SummaryState.FAILED), "It could not be written."),
        ({}, None, "None was asked for."),
        ({"status": SessionStatus.OPEN, "ended_at": None}, None, "The session is still running."),
    ],
)
def test_build_report_says_why_there_is_no_summary(
    fields: dict[str, Any], summary: Summary | None, sentence: str
) -> None:
    sections = report_without_summary(summary=summary, **fields)

    assert sections == (Section("No summary", (plain(sentence),), tone=Outcome.UNKNOWN),)


def test_build_report_without_summary_keeps_the_notes_and_has_no_notice() -> None:
    session = session_of(COMPANY, MIA, notes="Called back.")

    report = build_report(session=session, summary=None, revision=None, language="es")

    assert [each.heading for each in report.sections] == ["Sin resumen", "Notas"]
    assert (report.title, report.notice, report.language) == ("Asistencia remota", "", "es")
    assert report.written_at == STARTED_AT + timedelta(minutes=14)
