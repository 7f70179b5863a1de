"""Reports of tables as PDF: the same letterhead, paper and foot as a service report."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from insights_portal.lib.pdf import Paper, render_pdf
from summaries.domain.reports.export import LOGO, STYLESHEET
from summaries.domain.reports.table_values import TableReport

TABLES = Path(settings.BASE_DIR) / "static" / "css" / "table-report.css"


def render_tables(report: TableReport, *, paper: Paper = Paper.A4) -> bytes:
    logo = report.letterhead.logo
    html = render_to_string(
        "pdf/table_report.html", {"report": report, "logo_address": f"picture:{LOGO}" if logo else ""}
    )
    return render_pdf(html=html, stylesheets=[STYLESHEET, TABLES], paper=paper, pictures={LOGO: logo} if logo else {})
