"""How the company's service reports look: the form, the paper beside it as it would be, a sample as PDF, the logo."""

from base64 import b64encode
from copy import copy
from typing import Any
from urllib.parse import urlencode

from csp.constants import NONE, SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Company
from accounts.permissions import Permission
from insights_portal.lib.fields import fits_a_key
from insights_portal.lib.pdf import Paper
from insights_portal.lib.rates import is_within_rate
from summaries.domain.reports import layouts
from summaries.domain.reports.export import sample_pdf
from summaries.domain.reports.layouts import BILLING, LAYOUT, UnableToSaveLayout
from summaries.domain.reports.logos import MAX_UPLOAD_BYTES, UnableToUseLogo
from summaries.domain.reports.samples import sample_language, sample_report
from summaries.models import ReportLayout
from summaries.views.access import MemberRequest, portal_page
from summaries.views.report_layout_form import LayoutForm

UNPROCESSABLE, TOO_MANY = 422, 429
SAMPLES_A_MINUTE = 20
_ADMINISTRATORS = portal_page(Permission.MANAGE_COMPANY)


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"frame-src": [SELF]})
@_ADMINISTRATORS
def page(request: MemberRequest) -> HttpResponse:
    layout = layouts.layout_of(company=request.company)
    form = LayoutForm(request.POST if request.method == "POST" else None, initial=_initial(request.company, layout))
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "preview":
            return _shown(request, layout, form)
        try:
            layouts.save_layout(
                company=request.company,
                values=form.values(),
                version=_version(request),
                actor=request.user,
                at=timezone.now(),
            )
        except UnableToSaveLayout as refusal:
            form.add_error(refusal.field or None, str(refusal))
            form.show_again(version=str(layout.version))
        else:
            messages.success(request, _("The report layout was saved. Reports look so from now on."))
            return redirect("summaries:report_layout")
    return _shown(request, layout, form)


@require_GET
@csp_update({"frame-src": [SELF]})
@_ADMINISTRATORS
def frame(request: MemberRequest) -> HttpResponse:
    """The frame around the preview of what the form holds now, for htmx; nothing is saved."""
    return render(request, "summaries/_report_layout_frame.html", {"query": _query(LayoutForm(request.GET))})


@require_GET
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        "font-src": [NONE],
        "manifest-src": [NONE],
        "style-src": [SELF],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
    }
)
@_ADMINISTRATORS
def preview(request: MemberRequest) -> HttpResponse:
    """The paper of a made-up session as the form's fields in the address would have it, in a frame of its own."""
    company, layout = _as_entered(request, LayoutForm(request.GET))
    language = sample_language(company=company)
    report = sample_report(company=company, layout=layout, language=language, at=timezone.now())
    logo = report.letterhead.logo
    context = {
        "report": report,
        "logo_address": f"data:image/png;base64,{b64encode(logo).decode()}" if logo else "",
        "paper": layout.paper,
    }
    return render(request, "summaries/report_layout_preview.html", context)


@require_POST
@_ADMINISTRATORS
def sample(request: MemberRequest) -> HttpResponse:
    """The same paper as a PDF."""
    if not is_within_rate(key=f"report-sample:{request.company.pk}", limit=SAMPLES_A_MINUTE, seconds=60):
        return HttpResponse(
            _("Too many samples in a minute. Wait a little."), status=TOO_MANY, content_type="text/plain"
        )
    company, layout = _as_entered(request, LayoutForm(request.POST))
    answer = HttpResponse(sample_pdf(company=company, layout=layout, at=timezone.now()), content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="service-report-sample.pdf"'
    return answer


@require_POST
@_ADMINISTRATORS
def logo(request: MemberRequest) -> HttpResponse:
    """Put a logo into the letterhead, or take it out."""
    common: dict[str, Any] = {"company": request.company, "actor": request.user, "at": timezone.now()}
    try:
        if request.POST.get("do") == "remove":
            layouts.remove_logo(version=_version(request), **common)
            messages.success(request, _("The logo was removed."))
        else:
            upload = request.FILES.get("logo")
            # One byte more than is taken tells that it is too large.
            content = upload.read(MAX_UPLOAD_BYTES + 1) if upload else b""
            layouts.store_logo(upload=content, version=_version(request), **common)
            messages.success(request, _("The logo was stored. Reports carry it from now on."))
    except (UnableToUseLogo, UnableToSaveLayout) as refusal:
        messages.error(request, str(refusal))
    return redirect("summaries:report_layout")


def _shown(request: MemberRequest, layout: ReportLayout, form: LayoutForm) -> HttpResponse:
    logo = bytes(layout.logo)
    context = {
        "form": form,
        "query": _query(form) if form.is_bound else "",
        "version": layout.version,
        "logo": f"data:image/png;base64,{b64encode(logo).decode()}" if logo else "",
        "logo_text": layout.logo_text or request.company.name,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "summaries/report_layout.html", context, status=status)


def _initial(company: Company, layout: ReportLayout) -> dict[str, Any]:
    values = {name: getattr(layout, name) for name in LAYOUT} | {name: getattr(company, name) for name in BILLING}
    return values | {"version": layout.version}


def _version(request: MemberRequest) -> int:
    sent = request.POST.get("version", "")
    return int(sent) if fits_a_key(sent) else -1


def _query(form: LayoutForm) -> str:
    """What the form holds as the query of an address: the fields that could be saved so."""
    return urlencode([(name, value) for name, value in form.sent() if value != ""])


def _as_entered(request: MemberRequest, form: LayoutForm) -> tuple[Company, ReportLayout]:
    """Company and layout as they would be, unsaved; a field that could not be saved stays as it is."""
    company, layout = copy(request.company), layouts.layout_of(company=request.company)
    for name, value in form.usable().items():
        setattr(company if name in BILLING else layout, name, value)
    layout.company = company
    layout.paper = Paper(layout.paper)
    return company, layout
