from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain import ai_settings
from accounts.domain.settings_versions import version_of
from summaries.domain.eligibility.coverage import coverage_of, missing_for_outgoing
from summaries.domain.eligibility.preview import SettingsDraft
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import OutgoingForm
from summaries.views.settings.frame import is_fragment, render_tab, save_form, saved, settings_of, shown
from summaries.views.settings.previews import preview_of
from summaries.views.settings.wording import wording_of

TAB = "outgoing"


def page(request: MemberRequest) -> HttpResponse:
    settings = settings_of(request)
    stored = {name: getattr(settings, name) for name in ai_settings.OUTGOING}
    initial = {**stored, "version": version_of(settings, ai_settings.OUTGOING)}
    form = OutgoingForm(request.POST if request.method == "POST" else None, initial=initial)
    is_preview = request.POST.get("do") == "preview"

    def save(values: dict[str, Any]) -> None:
        ai_settings.save_tab(
            company=request.company,
            fields=ai_settings.OUTGOING,
            values=values,
            version=values["version"],
            actor=request.user,
            at=timezone.now(),
        )

    def current() -> str:
        return version_of(settings_of(request), ai_settings.OUTGOING)

    if request.method == "POST" and not is_preview and save_form(form, save, version=current):
        return saved(request, TAB, _("The settings for outgoing connections were saved."))
    wanted = form["outgoing_enabled"].value() in (True, "on", "True")
    preview = preview_of(request, SettingsDraft(outgoing_enabled=wanted))
    drafted = {name: form[name].value() for name in ai_settings.OUTGOING if form.is_bound}
    live = {"preview": preview, "wording": wording_of(settings, drafted), "settings": settings}
    if is_preview and is_fragment(request):
        return render(request, "settings/_live_outgoing.html", live)
    coverage = coverage_of(company=request.company)
    missing = missing_for_outgoing(company=request.company, ai_settings=settings, coverage=coverage, at=timezone.now())
    return render_tab(
        request, TAB, settings, {"form": form, "coverage": coverage, "missing": shown(request, missing), **live}
    )
