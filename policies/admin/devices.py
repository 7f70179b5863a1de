# ruff: noqa: ARG002 - the signatures are the framework's
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.scoped_admin import rows_of_company, yes_or_no
from policies.admin.base import PoliciesAdmin, counted
from policies.domain import assignment, devices
from policies.domain.effective import PolicyOrigin
from policies.domain.queries import effective_of, policy_steps, with_policies
from policies.forms import DeviceForm, GroupChoiceForm, PolicyChoiceForm
from policies.models import Device, DeviceGroup, Policy


class EffectivePolicyFilter(admin.SimpleListFilter):
    title = "effective policy"
    parameter_name = "effective"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        policies = [(str(policy.pk), policy.name) for policy in rows_of_company(Policy, request)]
        return [*policies, ("none", "No policy")] if policies else []

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
    overview_help = "Machines that sessions connect to, whose they are, and which policy holds for them."

    form = DeviceForm
    fields = ["name", "operating_system", "customer", "group", "is_managed", "policy", "access_control"]
    list_display = [
        "name",
        "customer",
        "operating_system",
        "group",
        yes_or_no("is_managed", "managed"),
        "effective",
        "access_control",
    ]
    list_filter = ["group", "is_managed", EffectivePolicyFilter, "access_control"]
    search_fields = ["name", "customer"]
    search_help_text = "Name or customer"
    ordering = ["name", "pk"]
    actions = ["put_into_group", "assign_policy", "mark_managed", "mark_not_managed"]
    change_form_template = "policies/device_change.html"
    change_list_template = "policies/device_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_policies(super().get_queryset(request))

    @admin.display(description="effective policy")
    def effective(self, device: Device) -> str:
        found = effective_of(device)
        if found.policy is None:
            return "none"
        source = "own" if found.origin == PolicyOrigin.DEVICE else "of the group"
        return f"{found.policy.name} ({source}{', turned off locally' if found.is_turned_off else ''})"

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
        return [f"The device {device}" for device in objs], {}, set(), []

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

    @admin.action(description="Put into a group …", permissions=["change"])
    def put_into_group(self, request: Any, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True))

        def apply(group: DeviceGroup | None) -> str:
            moved = devices.move_devices(
                company=request.company, device_ids=ids, group=group, actor=request.user, at=timezone.now()
            )
            return f"{counted(moved, 'device')} {f'put into “{group}”' if group else 'taken out of their groups'}."

        form = GroupChoiceForm(
            request.POST if "chosen" in request.POST else None, rows=rows_of_company(DeviceGroup, request)
        )
        return self.choose_for(
            request, action="put_into_group", title="Put devices into a group", form=form, count=len(ids), apply=apply
        )

    @admin.action(description="Assign a policy …", permissions=["assign"])
    def assign_policy(self, request: Any, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True))

        def apply(policy: Policy | None) -> str:
            changed = assignment.assign_to_devices(
                company=request.company, device_ids=ids, policy=policy, actor=request.user, at=timezone.now()
            )
            done = f"“{policy}” assigned to" if policy else "Policy taken from"
            return f"{done} {counted(changed, 'device')}."

        form = PolicyChoiceForm(
            request.POST if "chosen" in request.POST else None, rows=rows_of_company(Policy, request)
        )
        return self.choose_for(
            request, action="assign_policy", title="Assign a policy to devices", form=form, count=len(ids), apply=apply
        )

    @admin.action(description="Mark as managed", permissions=["change"])
    def mark_managed(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_managed(request, queryset, on=True)

    @admin.action(description="Mark as not managed", permissions=["change"])
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
        messages.success(request, f"{counted(changed, 'device')} marked as {'managed' if on else 'not managed'}.")
