from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain import ai_settings
from accounts.domain.settings_versions import version_of
from accounts.scoped_admin import rows_of_company
from accounts.tenancy import access_or_404
from insights_portal.lib.fields import fits_a_key
from summaries.domain.keeping import holds, retention
from summaries.models import LegalHold
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import RetentionForm
from summaries.views.settings.frame import address_of, render_tab, save_form, saved, settings_of

TAB = "retention"


def page(request: MemberRequest) -> HttpResponse:
    if request.method == "POST" and request.POST.get("do") in ("hold", "lift"):
        return _hold(request) if request.POST["do"] == "hold" else _lift(request)
    settings = settings_of(request)
    initial = {name: getattr(settings, name) for name in ai_settings.RETENTION}
    initial["version"] = version_of(settings, ai_settings.RETENTION)
    form = RetentionForm(request.POST if request.method == "POST" else None, initial=initial)

    def save(values: dict[str, Any]) -> None:
        ai_settings.save_tab(
            company=request.company,
            fields=ai_settings.RETENTION,
            values=values,
            version=values["version"],
            actor=request.user,
            at=timezone.now(),
        )

    if request.method == "POST" and save_form(
        form, save, version=lambda: version_of(settings_of(request), ai_settings.RETENTION)
    ):
        return saved(request, TAB, _("Retention was saved."))
    shows_plan = request.GET.get("plan") == "1"
    context = {
        "form": form,
        "plan": retention.plan(company=request.company, at=timezone.now()) if shows_plan else None,
        "report": retention.last_report(company=request.company),
        "holds": holds.open_holds(company=request.company, viewer=request.user),
        "is_held": holds.is_company_held(company=request.company),
        "counted": retention.COUNTED,
        "max_reason": holds.MAX_REASON_CHARS,
    }
    return render_tab(request, TAB, settings, context)


def _hold(request: MemberRequest) -> HttpResponse:
    try:
        holds.place(
            company=request.company, reason=request.POST.get("reason", ""), actor=request.user, at=timezone.now()
        )
    except holds.UnableToHold as reason:
        messages.error(request, str(reason))
    else:
        messages.success(
            request,
            _("%(company)s is under legal hold: nothing is deleted until it is lifted.") % {"company": request.company},
        )
    return redirect(f"{address_of(TAB)}#holds")


def _lift(request: MemberRequest) -> HttpResponse:
    key = request.POST.get("hold", "")
    found = access_or_404(rows_of_company(LegalHold, request), pk=int(key) if fits_a_key(key) else 0)
    try:
        holds.lift(hold=found, actor=request.user, at=timezone.now())
    except holds.UnableToHold as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("The hold was lifted. Retention goes on with its next run."))
    return redirect(f"{address_of(TAB)}#holds")
