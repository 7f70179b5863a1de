"""Groups of members."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import groups, members
from accounts.domain.grants import UnableToGrant
from accounts.forms import UserGroupForm
from accounts.models import UserGroup
from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedAdmin
from insights_portal.lib.text import listed


@admin.register(UserGroup)
class UserGroupAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_USERS, Permission.MANAGE_COMPANY)
    add_permission = change_permission = delete_permission = Permission.MANAGE_USERS
    needs_reauthentication = True
    refusals = (groups.UnableToSaveGroup, groups.UnableToDeleteGroup, UnableToGrant)
    overview_group = gettext_lazy("People")
    overview_help = gettext_lazy("Members under one name: limits what roles reach, and whose sessions are summarised.")

    form = UserGroupForm
    add_form_template = change_form_template = "accounts/people_form.html"
    list_display = ["name", "member_count"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name")
    ordering = ["name", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(inside=Count("members", filter=Q(members__is_active=True)))  # type: ignore[no-any-return]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return ["name", "members"] if writes else ["name", "member_names"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for name in self.get_fields(request, obj) if name == "member_names"]

    @admin.display(description=gettext_lazy("members"), ordering="inside")
    def member_count(self, group: Any) -> int:
        return group.inside  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("members"))
    def member_names(self, group: UserGroup) -> str:
        return listed(map(members.called, group.members.select_related("user"))) or _("none")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = {"name": form.cleaned_data["name"], "members": form.cleaned_data["members"]}
        if change:
            groups.change_group(group=obj, actor=request.user, at=timezone.now(), **values)
            return
        created = groups.create_group(company=request.company, actor=request.user, at=timezone.now(), **values)
        obj.pk = created.pk
        obj.refresh_from_db()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """The domain has saved the members too."""

    def delete_model(self, request: Any, obj: Any) -> None:
        groups.delete_group(group=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return (
            [_("The group “%(group)s”; its members stay members") % {"group": group} for group in objs],
            {},
            set(),
            [],
        )
