"""What the admin pages of devices, groups and policies share."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy, ngettext

from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedAdmin
from accounts.tenancy import PermissionMissing
from insights_portal.lib.numbers import grouped
from policies.domain.assignment import NothingThere, TooMany, UnableToAssign
from policies.domain.naming import UnableToName


class PoliciesAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_POLICIES, Permission.ASSIGN_POLICIES)
    add_permission = change_permission = delete_permission = Permission.MANAGE_POLICIES
    refusals: ClassVar[tuple[type[Exception], ...]] = (
        UnableToName,
        UnableToAssign,
        NothingThere,
        TooMany,
        PermissionMissing,
    )
    overview_group = gettext_lazy("Devices")

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return self._may(request, Permission.ASSIGN_POLICIES)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if self.has_assign_permission(request) else [*fields, "policy"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # Groups and policies have pages of their own; no windows that open from a field.
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def choose_for(
        self,
        request: HttpRequest,
        *,
        action: str,
        title: str,
        form: Any,
        count: int,
        apply: Callable[[Any], str],
    ) -> HttpResponse | None:
        """Ask what the chosen rows get, then do it with *apply*, which says what it did; a refusal is told."""
        if "chosen" in request.POST and form.is_valid():
            try:
                messages.success(request, apply(next(iter(form.cleaned_data.values()))))
            except self.refusals as error:
                messages.error(request, str(error))
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "count": count,
            "opts": self.opts,
            "action": action,
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "policies/choose.html", context)


def counted_devices(count: int) -> str:
    """`1 device`, `1,204 devices`."""
    return ngettext("%(count)s device", "%(count)s devices", count) % {"count": grouped(count)}
