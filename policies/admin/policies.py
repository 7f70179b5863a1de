# ruff: noqa: ARG002 - the signatures are the framework's
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.scoped_admin import yes_or_no
from insights_portal.lib.numbers import grouped
from policies.admin.base import PoliciesAdmin, counted_devices
from policies.domain import policies
from policies.domain.queries import with_assignments
from policies.forms import PolicyForm
from policies.models import Policy


@admin.register(Policy)
class PolicyAdmin(PoliciesAdmin):
    refusals = (*PoliciesAdmin.refusals, policies.UnableToSavePolicy, policies.UnableToDeletePolicy)
    overview_help = gettext_lazy("What managed devices report, and whether their users may turn it off.")

    form = PolicyForm
    fields = ["name", "reports_enabled", "insights_enabled", "is_enforced"]
    list_display = [
        "name",
        yes_or_no("reports_enabled", gettext_lazy("enable reports")),
        yes_or_no("insights_enabled", gettext_lazy("Session Insights")),
        yes_or_no("is_enforced", gettext_lazy("enforce")),
        "assigned_to",
    ]
    list_filter = ["insights_enabled", "is_enforced"]
    search_fields = ["name"]
    ordering = ["name", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_assignments(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return []

    @admin.display(description=gettext_lazy("assigned to"))
    def assigned_to(self, policy: Any) -> str:
        groups = ngettext("%(count)s group", "%(count)s groups", policy.group_count) % {
            "count": grouped(policy.group_count)
        }
        said = _("%(devices)s, %(groups)s") % {"devices": counted_devices(policy.device_count), "groups": groups}
        page = reverse("admin:policies_device_changelist")
        return format_html('<a href="{}?effective={}">{}</a>', page, policy.pk, said)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values, now = form.cleaned_data, timezone.now()
        if change:
            policies.change_policy(policy=obj, values=values, actor=request.user, at=now)
            return
        made = policies.create_policy(company=request.company, values=values, actor=request.user, at=now)
        obj.pk = made.pk
        obj.refresh_from_db()

    def delete_model(self, request: Any, obj: Any) -> None:
        policies.delete_policy(policy=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [_("The policy “%(policy)s”") % {"policy": policy} for policy in objs], {}, set(), []
