"""Members: the list, one member's page, and settings of many at once."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import member_settings
from accounts.admin.choices import PlainChoicesAdmin
from accounts.admin.sign_in import reset_second_factors
from accounts.domain import groups, members
from accounts.domain.administrators import LastAdministrator
from accounts.domain.grants import UnableToGrant
from accounts.domain.sign_ins import with_last_sign_in
from accounts.forms import MemberForm
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated_to_send
from insights_portal.lib.text import listed


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "is_active__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", _("Active")), ("0", _("Removed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_active=self.value() == "1") if self.value() in ("0", "1") else queryset


class LoggedFilter(admin.SimpleListFilter):
    title = gettext_lazy("sessions logged")
    parameter_name = "log_sessions__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", _("Yes")), ("0", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(log_sessions=self.value() == "1") if self.value() in ("0", "1") else queryset


@admin.register(Membership)
class MembershipAdmin(PlainChoicesAdmin):
    view_permissions = (Permission.MANAGE_USERS, Permission.MANAGE_COMPANY)
    change_permission = delete_permission = Permission.MANAGE_USERS
    delete_word = gettext_lazy("Remove")
    needs_reauthentication = True
    refusals = (
        LastAdministrator,
        UnableToGrant,
        groups.UnableToSaveGroup,
        members.UnableToChangeMember,
        members.UnableToSetPassword,
    )
    overview_group = gettext_lazy("People")
    overview_help = gettext_lazy("Who works here, with which roles, and whose sessions are logged.")

    form = MemberForm
    change_list_template = "accounts/member_list.html"
    change_form_template = "accounts/member_change.html"
    list_display = ["name", "email", "role_names", "group_names", "logged", "last_sign_in", "state", "access"]
    list_display_links = ["name"]
    list_filter = [StateFilter, LoggedFilter, "roles", "user_groups"]
    search_fields = ["user__name", "user__email"]
    search_help_text = gettext_lazy("Name or e-mail address")
    list_select_related = ["user"]
    ordering = ["user__name", "pk"]
    readonly_fields = ["name", "email", "state", "last_sign_in"]
    actions = ["edit_user_information", reset_second_factors]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_last_sign_in(super().get_queryset(request)).prefetch_related("roles", "user_groups")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(recently_authenticated_to_send(self.edit_selected))
        return [path("edit-selected/", view, name="accounts_membership_edit_selected"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ["name", "email", "state", "last_sign_in", "roles", "user_groups", "log_sessions", "new_password"]
        return own if self.has_change_permission(request, obj) else [*own[:4], "role_names", "group_names", "logged"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.readonly_fields, "role_names", "group_names", "logged"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_active)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_active)

    @admin.display(description=gettext_lazy("name"), ordering="user__name")
    def name(self, member: Membership) -> str:
        return str(member.user)

    @admin.display(description=gettext_lazy("e-mail address"), ordering="user__email")
    def email(self, member: Membership) -> str:
        return member.user.email

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, member: Membership) -> str:
        return listed(role.name for role in member.roles.all()) or _("none")

    @admin.display(description=gettext_lazy("groups"))
    def group_names(self, member: Membership) -> str:
        return listed(group.name for group in member.user_groups.all()) or _("none")

    @admin.display(description=gettext_lazy("sessions logged"), ordering="log_sessions")
    def logged(self, member: Membership) -> str:
        return _("Yes") if member.log_sessions else _("No")

    @admin.display(description=gettext_lazy("last sign-in"), ordering="last_sign_in_at")
    def last_sign_in(self, member: Any) -> Any:
        return member.last_sign_in_at or _("never")

    @admin.display(description=gettext_lazy("state"), ordering="is_active")
    def state(self, member: Membership) -> str:
        return _("Active") if member.is_active else _("Removed")

    @admin.display(description=gettext_lazy("may do"))
    def access(self, member: Membership) -> SafeString:
        address = reverse("accounts:member_access", args=[member.pk])
        shown = _('Show<span class="visually-hidden"> what {member} may do</span>')
        return format_html('<a href="{}">{}</a>', address, format_html(shown, member=member.user))

    @admin.action(description=gettext_lazy("Edit user information"), permissions=["change"])
    def edit_user_information(self, request: Any, queryset: QuerySet[Any]) -> HttpResponse:
        ids = list(queryset.values_list("pk", flat=True))
        return member_settings.show(self, request, ids=ids, filters=request.GET.urlencode())

    def edit_selected(self, request: Any) -> HttpResponse:
        return member_settings.edit(self, request)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = form.cleaned_data
        members.change_member(
            membership=obj,
            granted=values["roles"],
            user_groups=values["user_groups"],
            log_sessions=values["log_sessions"],
            new_password=values["new_password"],
            actor=request.user,
            at=timezone.now(),
        )

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """The domain has saved roles and groups too."""

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(
            request, _("%(member)s is no longer a member, and is out at the next request.") % {"member": obj_display}
        )
        return HttpResponseRedirect(self._address("changelist"))

    def delete_model(self, request: Any, obj: Any) -> None:
        members.remove_member(membership=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """A removed member keeps what they did, and their groups keep them: nothing else goes."""
        return (
            [_("The membership of %(member)s, with its roles and API tokens") % {"member": member} for member in objs],
            {},
            set(),
            [],
        )
