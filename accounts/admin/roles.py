"""Roles: which permissions, and within which groups."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import access, roles
from accounts.domain.administrators import LastAdministrator
from accounts.domain.grants import UnableToGrant
from accounts.domain.role_limits import UnableToLimit, limits_of
from accounts.forms import RoleForm
from accounts.limits import limit_models
from accounts.models import Role
from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedAdmin
from insights_portal.lib.text import listed

_LIMITS_HELP = gettext_lazy(
    "Without a limit the role reaches sessions of the whole company. With limits, a session of any of the chosen "
    "groups is reached: its supporter is in the user group, or its device in the device group. What is not done to "
    "sessions, such as managing users, is never limited."
)


@admin.register(Role)
class RoleAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_COMPANY, Permission.MANAGE_USERS)
    add_permission = change_permission = delete_permission = Permission.MANAGE_COMPANY
    needs_reauthentication = True
    refusals = (LastAdministrator, UnableToGrant, UnableToLimit, roles.UnableToSaveRole, roles.UnableToDeleteRole)
    overview_group = gettext_lazy("People")
    overview_help = gettext_lazy("Named sets of permissions. A member may hold several.")

    form = RoleForm
    change_list_template = "accounts/role_list.html"
    add_form_template = change_form_template = "accounts/people_form.html"
    list_display = ["name", "permission_count", "limits", "member_count"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name")
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.annotate(members=Count("memberships", filter=Q(memberships__is_active=True)))  # type: ignore[no-any-return]

    def get_changelist_instance(self, request: Any) -> Any:
        listed = super().get_changelist_instance(request)
        words = access.limits_in_words(company=request.company)
        for role in listed.result_list:
            role.limit_words = words.get(role.pk, [])
        return listed

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self._writes(request, obj):
            return [(None, {"fields": ["name", "permission_names", "limits"]})]
        limits = [f"limit_{model._meta.model_name}" for model in limit_models]
        return [
            (None, {"fields": ["name", "permissions"]}),
            (_("Limits"), {"fields": limits, "description": _LIMITS_HELP}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if self._writes(request, obj) else ["permission_names", "limits"]

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if self._writes(request, obj):
            kwargs["form"] = RoleForm.limited(request.company)
        return super().get_form(request, obj, change=change, **kwargs)

    def _writes(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    @admin.display(description=gettext_lazy("permissions"))
    def permission_count(self, role: Role) -> int:
        return len(role.permissions)

    @admin.display(description=gettext_lazy("permissions"))
    def permission_names(self, role: Role) -> str:
        return listed(permission.label for permission in Permission if permission.value in role.permissions)

    @admin.display(description=gettext_lazy("limited to"))
    def limits(self, role: Any) -> str:
        words = role.limit_words if hasattr(role, "limit_words") else [str(group) for group in limits_of(role=role)]
        return listed(words) or _("no limit")

    @admin.display(description=gettext_lazy("members"), ordering="members")
    def member_count(self, role: Any) -> int:
        return role.members  # type: ignore[no-any-return]

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = {
            "name": form.cleaned_data["name"],
            "permissions": form.cleaned_data["permissions"],
            "limits": form.limits,
        }
        if change:
            roles.change_role(role=obj, actor=request.user, at=timezone.now(), **values)
            return
        created = roles.create_role(company=request.company, actor=request.user, at=timezone.now(), **values)
        obj.pk = created.pk
        obj.refresh_from_db()

    def delete_model(self, request: Any, obj: Any) -> None:
        roles.delete_role(role=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [_("The role “%(role)s”") % {"role": role} for role in objs], {}, set(), []
