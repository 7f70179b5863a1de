from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.tenancy import PermissionMissing
from insights_portal.lib.pdf import Paper
from summaries.domain.reading.release import NotReleased
from summaries.domain.reports.export import ExportedReport, export_report, find_session


def paper_asked_for(wish: str | None) -> Paper | None:
    """`?paper=letter` or `?paper=a4`; anything else is what the company's layout says."""
    return Paper(wish) if wish in Paper.values else None


def pdf_response(report: ExportedReport) -> HttpResponse:
    response = HttpResponse(report.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{report.file_name}"'
    return response


@require_GET
def report_pdf(request: HttpRequest, number: int) -> HttpResponse:
    """The service report of one session, as a PDF."""
    company = request.company  # type: ignore[attr-defined]
    session = find_session(company=company, actor=request.user, number=number)  # type: ignore[arg-type]
    try:
        report = export_report(
            session=session,
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            paper=paper_asked_for(request.GET.get("paper")),
        )
    except PermissionMissing as error:
        raise PermissionDenied(str(error)) from error
    except NotReleased as reason:
        messages.error(request, str(reason))
        return redirect("summaries:session", number)
    return pdf_response(report)
