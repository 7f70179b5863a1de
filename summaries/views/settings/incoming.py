from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain import ai_settings
from accounts.domain.settings_versions import version_of
from summaries.domain.eligibility.coverage import coverage_of, missing_for_incoming
from summaries.domain.eligibility.preview import SettingsDraft
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import IncomingForm
from summaries.views.settings.frame import is_fragment, render_tab, save_form, saved, settings_of, shown
from summaries.views.settings.previews import preview_of

TAB = "incoming"


def page(request: MemberRequest) -> HttpResponse:
    settings = settings_of(request)
    stored = {name: getattr(settings, name) for name in ai_settings.INCOMING}
    initial = {**stored, "version": version_of(settings, ai_settings.INCOMING)}
    form = IncomingForm(request.POST if request.method == "POST" else None, initial=initial)
    is_preview = request.POST.get("do") == "preview"

    def save(values: dict[str, Any]) -> None:
        ai_settings.save_incoming(
            company=request.company,
            values=values,
            basis_confirmed=values["basis_confirmed"],
            version=values["version"],
            actor=request.user,
            at=timezone.now(),
        )

    def current() -> str:
        return version_of(settings_of(request), ai_settings.INCOMING)

    if request.method == "POST" and not is_preview and save_form(form, save, version=current):
        return saved(request, TAB, _("The settings for incoming connections were saved."))
    wanted = form["incoming_enabled"].value() in (True, "on", "True")
    preview = preview_of(request, SettingsDraft(incoming_enabled=wanted))
    if is_preview and is_fragment(request):
        return render(request, "settings/_preview.html", {"preview": preview})
    coverage = coverage_of(company=request.company)
    missing = missing_for_incoming(company=request.company, ai_settings=settings, coverage=coverage, at=timezone.now())
    context = {"form": form, "coverage": coverage, "missing": shown(request, missing), "preview": preview}
    return render_tab(request, TAB, settings, context)
