from typing import Any

from django.conf import settings as portal_settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import reauthentication
from accounts.domain import ai_settings, engine_settings
from accounts.domain.engine_settings import EngineChoice
from accounts.domain.settings_versions import version_of
from accounts.models import AISettings
from insights_portal.lib.rates import is_within_rate
from summaries.domain.generation.engine_check import check_engine
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import EngineForm
from summaries.views.settings.frame import is_fragment, render_tab, save_form, saved, settings_of

TAB = "engine"
#: Tests of one company in a minute: each may hold a web worker for some seconds.
TESTS_A_MINUTE = 6
TOO_MANY = gettext_lazy("Those were many tests in a short time. Wait a minute and test again.")


def page(request: MemberRequest) -> HttpResponse:
    settings = settings_of(request)
    initial = {
        "version": version_of(settings, ai_settings.ENGINE),
        "choice": engine_settings.choice_of(settings),
        "model": settings.engine_model,
        "base_url": settings.engine_base_url,
    }
    form = EngineForm(request.POST if request.method == "POST" else None, initial=initial)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and request.POST.get("do") == "test":
        context |= _test(request, form)
        if is_fragment(request):
            return render(request, "settings/_connection.html", context)
    elif request.method == "POST":
        if form.is_valid() and _is_delicate(form.cleaned_data, settings) and not reauthentication.is_recent(request):
            return reauthentication.ask_again(request)
        if save_form(form, lambda values: _save(request, values), version=lambda: _version(request)):
            return saved(request, TAB, _saved_words(request, settings))
    own = settings.engine_base_url if engine_settings.choice_of(settings) == engine_settings.OWN_SERVER else ""
    context |= {
        "choice": engine_settings.choice_of(settings),
        "host": engine_settings.host_of(settings),
        "is_encrypted": not own.startswith("http://"),
        "allows_own": portal_settings.OUTBOUND_ALLOWED_HOSTS,
    }
    return render_tab(request, TAB, settings, context)


def _saved_words(request: MemberRequest, before: AISettings) -> str:
    """Says too what saving did to meter-only mode, which ends with the company's own key."""
    ended = before.meter_only and not settings_of(request).meter_only
    if ended:
        return _("The engine was saved. Meter only has ended with your own key: each session takes a credit again.")
    return _("The engine was saved.")


def _version(request: MemberRequest) -> str:
    return version_of(settings_of(request), ai_settings.ENGINE)


def _chosen(values: dict[str, Any]) -> EngineChoice:
    return EngineChoice(
        choice=values["choice"],
        model=values["model"],
        base_url=values["base_url"],
        key=values["key"],
        forget_key=values["forget_key"],
    )


def _is_delicate(values: dict[str, Any], stored: AISettings) -> bool:
    """Whether the key changes, or the address that sessions are sent to."""
    chosen = _chosen(values)
    return bool(chosen.key or chosen.forget_key) or chosen.address != stored.engine_base_url


def _save(request: MemberRequest, values: dict[str, Any]) -> None:
    engine_settings.save_engine(
        company=request.company,
        chosen=_chosen(values),
        version=values["version"],
        actor=request.user,
        at=timezone.now(),
    )


def _test(request: MemberRequest, form: EngineForm) -> dict[str, Any]:
    """Try what stands in the form, unsaved; what is wrong with the form itself stands at its fields."""
    if form.is_valid() and not is_within_rate(
        key=f"engine-test:{request.company.pk}", limit=TESTS_A_MINUTE, seconds=60
    ):
        form.add_error(None, TOO_MANY)
        return {}
    checked: dict[str, Any] = {}

    def check(values: dict[str, Any]) -> None:
        checked["check"] = check_engine(
            company=request.company, chosen=_chosen(values), actor=request.user, at=timezone.now()
        )

    save_form(form, check)
    return checked
