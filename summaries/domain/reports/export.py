from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from accounts.domain import audit
from accounts.domain.disclosures import record_view
from accounts.domain.pseudonyms import names_for
from accounts.models import AISettings, Company, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404
from insights_portal.lib.pdf import Paper, render_pdf
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
    ai_settings = AISettings.objects.only("language", "approval_required").get(company=session.company_id)
    require_release(summary=summary, approval_required=ai_settings.approval_required)
    names = names_for(company=session.company, viewer=actor, at=at)
    if session.supporter_id in names.revealed:
        record_view(company=session.company, viewer=actor, subject_id=session.supporter_id, at=at)
    layout = layout_of(company=session.company)
    paper = paper or Paper(layout.paper)
    report = build_report(
        session=session,
        summary=summary,
        revision=summary.current if summary else None,
        language=ai_settings.language,
        names=names,
        layout=layout,
    )
    pdf = render_report(report, paper=paper)
    audit.record(
        company=session.company,
        actor=actor,
        action="report.exported",
        at=at,
        target=session,
        details={"format": "pdf", "paper": str(paper)},
    )
    return ExportedReport(file_name=f"service-report-{session.label}.pdf", pdf=pdf)


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
