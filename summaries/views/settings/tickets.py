from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain import ai_settings
from accounts.domain.settings_versions import version_of
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import TicketsForm
from summaries.views.settings.frame import render_tab, save_form, saved, settings_of

TAB = "tickets"


def page(request: MemberRequest) -> HttpResponse:
    settings = settings_of(request)
    initial = {name: getattr(settings, name) for name in ai_settings.TICKETS}
    initial["version"] = version_of(settings, ai_settings.TICKETS)
    form = TicketsForm(request.POST if request.method == "POST" else None, initial=initial)

    def save(values: dict[str, Any]) -> None:
        ai_settings.save_tickets(
            company=request.company,
            values=values,
            version=values["version"],
            actor=request.user,
            at=timezone.now(),
        )

    if request.method == "POST" and save_form(
        form, save, version=lambda: version_of(settings_of(request), ai_settings.TICKETS)
    ):
        return saved(request, TAB, _("The settings for tickets were saved."))
    return render_tab(request, TAB, settings, {"form": form})
