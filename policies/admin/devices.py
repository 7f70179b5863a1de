# ruff: noqa: ARG002 - the signatures are the framework's
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.scoped_admin import rows_of_company, yes_or_no
from insights_portal.lib.numbers import grouped
from policies.admin.base import PoliciesAdmin
from policies.domain import assignment, devices
from policies.domain.effective import PolicyOrigin
from policies.domain.queries import effective_of, policy_steps, with_policies
from policies.forms import DeviceForm, GroupChoiceForm, PolicyChoiceForm
from policies.models import Device, DeviceGroup, Policy

#: {(it is the device's own, it is turned off locally): words}
_EFFECTIVE = {
    (True, False): gettext_lazy("%(policy)s (own)"),
    (True, True): gettext_lazy("%(policy)s (own, turned off locally)"),
    (False, False): gettext_lazy("%(policy)s (of the group)"),
    (False, True): gettext_lazy("%(policy)s (of the group, turned off locally)"),
}


class EffectivePolicyFilter(admin.SimpleListFilter):
    title = gettext_lazy("effective policy")
    parameter_name = "effective"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        policies = [(str(policy.pk), policy.name) for policy in rows_of_company(Policy, request)]
        return [*policies, ("none", _("No policy"))] if policies else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        if self.value() == "none":
            return queryset.filter(Q(is_managed=False) | Q(policy__isnull=True, group__policy__isnull=True))
        own = Q(policy=self.value())
        return queryset.filter(own | Q(policy__isnull=True, group__policy=self.value()), is_managed=True)


@admin.register(Device)
class DeviceAdmin(PoliciesAdmin):
    refusals = (
        *PoliciesAdmin.refusals,
        devices.UnableToSaveDevice,
        devices.UnableToDeleteDevice,
        devices.UnableToTurnOff,
    )
    overview_help = gettext_lazy("Machines that sessions connect to, whose they are, and which policy holds for them.")

    form = DeviceForm
    fields = ["name", "operating_system", "customer", "group", "is_managed", "policy", "access_control"]
    list_display = [
        "name",
        "customer",
        "operating_system",
        "group",
        yes_or_no("is_managed", gettext_lazy("managed")),
        "effective",
        "access_control",
    ]
    list_filter = ["group", "is_managed", EffectivePolicyFilter, "access_control"]
    search_fields = ["name", "customer"]
    search_help_text = gettext_lazy("Name or customer")
    ordering = ["name", "pk"]
    actions = ["put_into_group", "assign_policy", "mark_managed", "mark_not_managed"]
    change_form_template = "policies/device_change.html"
    change_list_template = "policies/device_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_policies(super().get_queryset(request))

    @admin.display(description=gettext_lazy("effective policy"))
    def effective(self, device: Device) -> str:
        found = effective_of(device)
        if found.policy is None:
            return _("none")
        return _EFFECTIVE[found.origin == PolicyOrigin.DEVICE, found.is_turned_off] % {"policy": found.policy.name}

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in devices.CHANGEABLE if name in form.cleaned_data}
        if change:
            devices.change_device(device=obj, values=values, actor=request.user, at=timezone.now())
            return
        made = devices.create_device(company=request.company, values=values, actor=request.user, at=timezone.now())
        obj.pk = made.pk
        obj.refresh_from_db()

    def delete_model(self, request: Any, obj: Any) -> None:
        devices.delete_device(device=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [_("The device %(device)s") % {"device": device} for device in objs], {}, set(), []

    def render_change_form(  # noqa: PLR0917
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """One click away from the list: which policy holds, and why."""
        if obj is not None and obj.pk:
            # As stored: a form that is shown again holds what was entered.
            stored = self.get_queryset(request).get(pk=obj.pk)
            found = effective_of(stored)
            steps = policy_steps(device=stored)
            context |= {
                "stored": stored,
                "effective": found,
                "policy_steps": steps,
                "is_captured": all(step.is_met for step in steps),
                "may_turn_off": self.has_change_permission(request, stored) and found.policy is not None,
            }
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    @admin.action(description=gettext_lazy("Put into a group …"), permissions=["change"])
    def put_into_group(self, request: Any, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True))

        def apply(group: DeviceGroup | None) -> str:
            moved = devices.move_devices(
                company=request.company, device_ids=ids, group=group, actor=request.user, at=timezone.now()
            )
            return _moved_words(moved, group)

        form = GroupChoiceForm(
            request.POST if "chosen" in request.POST else None, rows=rows_of_company(DeviceGroup, request)
        )
        return self.choose_for(
            request,
            action="put_into_group",
            title=_("Put devices into a group"),
            form=form,
            count=len(ids),
            apply=apply,
        )

    @admin.action(description=gettext_lazy("Assign a policy …"), permissions=["assign"])
    def assign_policy(self, request: Any, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True))

        def apply(policy: Policy | None) -> str:
            changed = assignment.assign_to_devices(
                company=request.company, device_ids=ids, policy=policy, actor=request.user, at=timezone.now()
            )
            return _assigned_words(changed, policy)

        form = PolicyChoiceForm(
            request.POST if "chosen" in request.POST else None, rows=rows_of_company(Policy, request)
        )
        return self.choose_for(
            request,
            action="assign_policy",
            title=_("Assign a policy to devices"),
            form=form,
            count=len(ids),
            apply=apply,
        )

    @admin.action(description=gettext_lazy("Mark as managed"), permissions=["change"])
    def mark_managed(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_managed(request, queryset, on=True)

    @admin.action(description=gettext_lazy("Mark as not managed"), permissions=["change"])
    def mark_not_managed(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_managed(request, queryset, on=False)

    def _set_managed(self, request: Any, queryset: QuerySet[Any], *, on: bool) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        try:
            changed = devices.set_managed(
                company=request.company, device_ids=ids, on=on, actor=request.user, at=timezone.now()
            )
        except self.refusals as error:
            messages.error(request, str(error))
            return
        told = (
            ngettext("%(count)s device marked as managed.", "%(count)s devices marked as managed.", changed)
            if on
            else ngettext(
                "%(count)s device marked as not managed.", "%(count)s devices marked as not managed.", changed
            )
        )
        messages.success(request, told % {"count": grouped(changed)})


def _moved_words(count: int, group: DeviceGroup | None) -> str:
    told = (
        ngettext("%(count)s device put into “%(group)s”.", "%(count)s devices put into “%(group)s”.", count)
        if group
        else ngettext(
            "%(count)s device taken out of their groups.", "%(count)s devices taken out of their groups.", count
        )
    )
    return told % {"count": grouped(count), "group": group}


def _assigned_words(count: int, policy: Policy | None) -> str:
    told = (
        ngettext("“%(policy)s” assigned to %(count)s device.", "“%(policy)s” assigned to %(count)s devices.", count)
        if policy
        else ngettext("Policy taken from %(count)s device.", "Policy taken from %(count)s devices.", count)
    )
    return told % {"count": grouped(count), "policy": policy}
