from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AISettings, UserGroup
from accounts.scoped_admin import rows_of_company
from policies.domain.conditions import GroupCondition, conditions_of
from policies.enums import GroupMode
from policies.models import DeviceGroup
from summaries.domain.eligibility.condition_settings import Conditions, conditions_version, save_all
from summaries.domain.eligibility.preview import SettingsDraft
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import ConditionsForm
from summaries.views.settings.frame import is_fragment, render_tab, save_form, saved, settings_of
from summaries.views.settings.previews import preview_of

TAB = "conditions"


def page(request: MemberRequest) -> HttpResponse:
    settings = settings_of(request)
    form = ConditionsForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(request, settings),
        user_groups=rows_of_company(UserGroup, request),
        device_groups=rows_of_company(DeviceGroup, request),
    )
    is_preview = request.POST.get("do") == "preview"
    if (
        request.method == "POST"
        and not is_preview
        and save_form(form, lambda values: _save(request, values), version=lambda: _version(request))
    ):
        return saved(request, TAB, _("The conditions were saved."))
    draft = _draft(form.cleaned_data) if form.is_bound and form.is_valid() else None
    live = {"preview": preview_of(request, draft), "is_stored": form.is_bound and draft is None}
    if is_preview and is_fragment(request):
        return render(request, "settings/_preview.html", live)
    return render_tab(request, TAB, settings, {"form": form, **live})


def _initial(request: MemberRequest, settings: AISettings) -> dict[str, Any]:
    stored = conditions_of(request.company)
    return {
        "version": conditions_version(settings=settings),
        "minimum_seconds": settings.minimum_seconds,
        "user_groups_mode": stored.user_groups_mode,
        "user_groups": stored.user_groups.values_list("pk", flat=True),
        "device_groups_mode": stored.device_groups_mode,
        "device_groups": stored.device_groups.values_list("pk", flat=True),
    }


def _version(request: MemberRequest) -> str:
    return conditions_version(settings=settings_of(request))


def _save(request: MemberRequest, values: dict[str, Any]) -> None:
    wanted = Conditions(
        minimum_seconds=values["minimum_seconds"],
        user_groups_mode=GroupMode(values["user_groups_mode"]),
        user_groups=values["user_groups"],
        device_groups_mode=GroupMode(values["device_groups_mode"]),
        device_groups=values["device_groups"],
    )
    save_all(company=request.company, wanted=wanted, version=values["version"], actor=request.user, at=timezone.now())


def _draft(values: dict[str, Any]) -> SettingsDraft:
    def condition(name: str) -> GroupCondition:
        mode = GroupMode(values[f"{name}_mode"])
        ids = frozenset(group.pk for group in values[name]) if mode != GroupMode.ALL else frozenset()
        return GroupCondition(mode, ids)

    return SettingsDraft(
        minimum_seconds=values["minimum_seconds"],
        users=condition("user_groups"),
        devices=condition("device_groups"),
    )
