from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import ai_settings
from summaries.domain.eligibility import activation
from summaries.domain.eligibility.setup import setup_of
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import ActivationForm
from summaries.views.settings.frame import render_tab, save_form, saved, settings_of
from summaries.views.settings.setup import linked_steps

TAB = "activation"


def page(request: MemberRequest) -> HttpResponse:
    settings = settings_of(request)
    if request.method == "POST" and request.POST.get("do") == "deactivate":
        return _deactivate(request)
    form = ActivationForm(
        request.POST if request.method == "POST" else None, initial={"terms_version": ai_settings.TERMS_VERSION}
    )

    def switch_on(values: dict[str, str]) -> None:
        accepted = values["terms_version"] if values["accept"] else ""
        ai_settings.switch_on(company=request.company, accepted_version=accepted, actor=request.user, at=timezone.now())

    if request.method == "POST":
        if save_form(form, switch_on):
            return saved(request, TAB, _("AI features are on."))
        # Terms that have changed are shown, and accepted, as they are now.
        form.show_again(terms_version=ai_settings.TERMS_VERSION, accept="")
    setup = setup_of(company=request.company)
    context = {
        "form": form,
        "terms_version": ai_settings.TERMS_VERSION,
        "needs_acceptance": ai_settings.needs_acceptance(settings),
        "under_way": activation.under_way(company=request.company),
        "setup": setup,
        "setup_steps": linked_steps(setup),
    }
    return render_tab(request, TAB, settings, context)


def _deactivate(request: MemberRequest) -> HttpResponse:
    stopped = activation.deactivate(company=request.company, actor=request.user, at=timezone.now())
    if not stopped:
        return saved(request, TAB, _("AI features are off. Nothing was under way. Your settings are kept."))
    told = ngettext(
        "AI features are off. %(count)s summary was stopped, at no charge. Your settings are kept.",
        "AI features are off. %(count)s summaries were stopped, at no charge. Your settings are kept.",
        stopped,
    )
    return saved(request, TAB, told % {"count": stopped})
