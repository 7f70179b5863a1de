# ruff: noqa: ARG002 - the signatures are the framework's
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.scoped_admin import rows_of_company
from insights_portal.lib.numbers import grouped
from policies.admin.base import PoliciesAdmin, counted_devices
from policies.domain import assignment, groups
from policies.forms import PolicyChoiceForm
from policies.models import DeviceGroup, Policy


@admin.register(DeviceGroup)
class DeviceGroupAdmin(PoliciesAdmin):
    refusals = (*PoliciesAdmin.refusals, groups.UnableToSaveGroup, groups.UnableToDeleteGroup)
    overview_help = gettext_lazy("Devices under one name, and the policy of those that have none of their own.")

    fields = ["name", "policy"]
    list_display = ["name", "policy", "devices", "managed"]
    list_filter = ["policy"]
    search_fields = ["name"]
    list_select_related = ["policy"]
    ordering = ["name", "pk"]
    actions = ["assign_policy"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        managed = Count("devices", filter=Q(devices__is_managed=True))
        counted: QuerySet[Any] = rows.annotate(device_count=Count("devices"), managed_count=managed)
        return counted

    @admin.display(description=gettext_lazy("devices"), ordering="device_count")
    def devices(self, group: Any) -> str:
        page = reverse("admin:policies_device_changelist")
        return format_html(
            '<a href="{}?group__id__exact={}">{}</a>', page, group.pk, counted_devices(group.device_count)
        )

    @admin.display(description=gettext_lazy("of them managed"), ordering="managed_count")
    def managed(self, group: Any) -> int:
        count: int = group.managed_count
        return count

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values, now = form.cleaned_data, timezone.now()
        if change:
            kept = values.get("policy", obj.policy)
            groups.change_group(group=obj, name=values["name"], policy=kept, actor=request.user, at=now)
            return
        made = groups.create_group(
            company=request.company, name=values["name"], policy=values.get("policy"), actor=request.user, at=now
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    def delete_model(self, request: Any, obj: Any) -> None:
        groups.delete_group(group=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [_("The device group “%(group)s”") % {"group": group} for group in objs], {}, set(), []

    @admin.action(description=gettext_lazy("Assign a policy …"), permissions=["assign"])
    def assign_policy(self, request: Any, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True))

        def apply(policy: Policy | None) -> str:
            changed = assignment.assign_to_groups(
                company=request.company, group_ids=ids, policy=policy, actor=request.user, at=timezone.now()
            )
            return _assigned_words(changed, policy)

        form = PolicyChoiceForm(
            request.POST if "chosen" in request.POST else None, rows=rows_of_company(Policy, request)
        )
        title = _("Assign a policy to device groups")
        return self.choose_for(request, action="assign_policy", title=title, form=form, count=len(ids), apply=apply)


def _assigned_words(count: int, policy: Policy | None) -> str:
    told = (
        ngettext(
            "“%(policy)s” assigned to %(count)s device group.",
            "“%(policy)s” assigned to %(count)s device groups.",
            count,
        )
        if policy
        else ngettext("Policy taken from %(count)s device group.", "Policy taken from %(count)s device groups.", count)
    )
    return told % {"count": grouped(count), "policy": policy}
