from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import reauthentication
from accounts.domain import ai_settings
from accounts.domain.settings_versions import version_of
from summaries.domain.reading.queries import summarised_of
from summaries.domain.reading.release import held_back
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import ReviewForm
from summaries.views.settings.frame import render_tab, save_form, saved, settings_of

TAB = "review"


def page(request: MemberRequest) -> HttpResponse:
    settings = settings_of(request)
    initial = {
        "approval_required": settings.approval_required,
        "version": version_of(settings, ai_settings.REVIEW),
    }
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=initial)

    def save(values: dict[str, Any]) -> None:
        ai_settings.save_tab(
            company=request.company,
            fields=ai_settings.REVIEW,
            values=values,
            version=values["version"],
            actor=request.user,
            at=timezone.now(),
        )

    if request.method == "POST":
        # Switching it off lets texts out that nobody has read.
        switches_off = settings.approval_required and "approval_required" not in request.POST
        if switches_off and not reauthentication.is_recent(request):
            return reauthentication.ask_again(request)
        if save_form(form, save, version=lambda: version_of(settings_of(request), ai_settings.REVIEW)):
            return saved(request, TAB, _("The settings for review were saved."))
    return render_tab(request, TAB, settings, {"form": form, "unapproved": _unapproved(request)})


def _unapproved(request: MemberRequest) -> int:
    """How many of the texts that the administrator may read are not approved."""
    return summarised_of(company=request.company, viewer=request.user).filter(held_back(approval_required=True)).count()
