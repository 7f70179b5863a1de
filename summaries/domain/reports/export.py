from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from accounts.domain import audit
from accounts.domain.disclosures import record_view
from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.models import AISettings, Company, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404
from insights_portal.lib.pdf import Paper, render_pdf
from insights_portal.lib.pdf_helper import Look
from summaries.domain.reading.reach import require_on
from summaries.domain.reading.release import require_release
from summaries.domain.reports.connection_reports import build_report
from summaries.domain.reports.layouts import layout_of
from summaries.domain.reports.report_values import ServiceReport
from summaries.domain.reports.samples import sample_language, sample_report
from summaries.models import ReportLayout, Summary, SupportSession

LOGO = "logo"
STYLESHEET = Path(settings.BASE_DIR) / "static" / "css" / "service-report.css"


@dataclass(frozen=True, slots=True)
class ExportedReport:
    file_name: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Stationery:
    """What all reports of one company for one reader have in common."""

    layout: ReportLayout
    language: str
    approval_required: bool
    names: SupporterNames

    @property
    def paper(self) -> Paper:
        return Paper(self.layout.paper)

    @property
    def look(self) -> Look:
        logo = bytes(self.layout.logo)
        return Look((STYLESHEET,), self.paper, {LOGO: logo} if logo else {})


def stationery_of(*, company: Company, reader: User, at: datetime) -> Stationery:
    """Three queries, and one more in works-council mode."""
    settings = AISettings.objects.only("language", "approval_required").get(company=company.pk)
    return Stationery(
        layout=layout_of(company=company),
        language=settings.language,
        approval_required=settings.approval_required,
        names=names_for(company=company, viewer=reader, at=at),
    )


def find_session(*, company: Company, actor: User, number: int) -> SupportSession:
    """The session of that number, ready for its report. Raises Http404 for one that *actor* may not see."""
    visible = SupportSession.objects.visible_in(actor, company)
    session: SupportSession = access_or_404(visible.select_related("company", "device", "supporter"), number=number)
    return session


def check_export(*, session: SupportSession, actor: User) -> None:
    """Raise PermissionMissing unless *actor* may read the session's summary and take it out."""
    require_on(user=actor, permission=Permission.VIEW_SUMMARIES, session=session)
    require_on(user=actor, permission=Permission.EXPORT_SUMMARIES, session=session)


def export_report(*, session: SupportSession, actor: User, at: datetime, paper: Paper | None = None) -> ExportedReport:
    """Make the PDF of the session's report, on *paper* or on the company's, and enter the export in the audit log.

    Raises PermissionMissing, NotReleased. A session without a summary gives a report that says why.
    """
    check_export(session=session, actor=actor)
    summary = Summary.objects.filter(session=session).select_related("current__author", "reviewed_by").first()
    stationery = stationery_of(company=session.company, reader=actor, at=at)
    require_release(summary=summary, approval_required=stationery.approval_required)
    paper = paper or stationery.paper
    pdf = render_report(report_of(session=session, summary=summary, stationery=stationery), paper=paper)
    enter_export(session=session, actor=actor, names=stationery.names, paper=paper, at=at)
    return ExportedReport(file_name=f"service-report-{session.label}.pdf", pdf=pdf)


def report_of(*, session: SupportSession, summary: Summary | None, stationery: Stationery) -> ServiceReport:
    """The session's report as its reader gets it; without a summary one that says why."""
    return build_report(
        session=session,
        summary=summary,
        revision=summary.current if summary else None,
        language=stationery.language,
        names=stationery.names,
        layout=stationery.layout,
    )


def enter_export(
    *, session: SupportSession, actor: User, names: SupporterNames, paper: str, at: datetime, job: str = ""
) -> None:
    """Tell in the audit log that the report was taken out, and that it shows a revealed name. *job*: its public id."""
    if session.supporter_id in names.revealed:
        record_view(company=session.company, viewer=actor, subject_id=session.supporter_id, at=at)
    details = {"format": "pdf", "paper": str(paper)} | ({"job": job} if job else {})
    audit.record(company=session.company, actor=actor, action="report.exported", at=at, target=session, details=details)


def sample_pdf(*, company: Company, layout: ReportLayout, at: datetime) -> bytes:
    """The report of a made-up session, on the layout's paper. Neither *company* nor *layout* need be saved so."""
    language = sample_language(company=company)
    report = sample_report(company=company, layout=layout, language=language, at=at)
    return render_report(report, paper=Paper(layout.paper))


def render_report(report: ServiceReport, *, paper: Paper = Paper.A4) -> bytes:
    return render_pdf(html=html_of(report), stylesheets=[STYLESHEET], paper=paper, pictures=pictures_of(report))


def html_of(report: ServiceReport) -> str:
    logo_address = f"picture:{LOGO}" if report.letterhead.logo else ""
    return render_to_string("pdf/service_report.html", {"report": report, "logo_address": logo_address})


def pictures_of(report: ServiceReport) -> dict[str, bytes]:
    return {LOGO: report.letterhead.logo} if report.letterhead.logo else {}
