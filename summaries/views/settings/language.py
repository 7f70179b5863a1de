from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain import ai_settings
from accounts.domain.settings_versions import version_of
from accounts.enums import SummaryLanguage
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import LanguageForm
from summaries.views.settings.frame import render_tab, save_form, saved, settings_of

TAB = "language"


def page(request: MemberRequest) -> HttpResponse:
    settings = settings_of(request)
    initial = {"language": settings.language, "version": version_of(settings, ai_settings.LANGUAGE)}
    form = LanguageForm(request.POST if request.method == "POST" else None, initial=initial)

    def save(values: dict[str, Any]) -> None:
        ai_settings.save_tab(
            company=request.company,
            fields=ai_settings.LANGUAGE,
            values=values,
            version=values["version"],
            actor=request.user,
            at=timezone.now(),
        )

    if request.method == "POST" and save_form(
        form, save, version=lambda: version_of(settings_of(request), ai_settings.LANGUAGE)
    ):
        return saved(request, TAB, _("The language was saved."))
    chosen = form["language"].value()
    context = {
        "form": form,
        "choices": [(code, label, code == chosen) for code, label in SummaryLanguage.choices],
    }
    return render_tab(request, TAB, settings, context)
