"""Who may do what: members, roles, API tokens."""
# ruff: noqa: ARG002 - the signatures are the framework's

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.domain import members, roles, tokens
from accounts.domain.administrators import LastAdministrator
from accounts.domain.grants import UnableToGrant
from accounts.domain.role_limits import UnableToLimit
from accounts.forms import ApiTokenForm, MemberAddForm, MemberChangeForm, RoleForm
from accounts.models import ApiToken, Membership, Role
from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedAdmin

_DEFAULT_TOKEN_LIFE = timedelta(days=90)


@admin.register(Membership)
class MembershipAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_USERS, Permission.MANAGE_COMPANY)
    add_permission = change_permission = delete_permission = Permission.MANAGE_USERS
    needs_reauthentication = True
    refusals = (LastAdministrator, members.UnableToAddMember, members.UnableToSetPassword, UnableToGrant)
    overview_group = "People"
    overview_help = "Who works here, with which roles, and whose sessions are logged."

    form = MemberChangeForm
    list_display = ["name", "email", "role_names", "log_sessions", "is_active", "created_at"]
    list_filter = ["is_active", "log_sessions", "roles"]
    search_fields = ["user__name", "user__email"]
    search_help_text = "Name or e-mail address"
    list_select_related = ["user"]
    ordering = ["user__name", "pk"]
    readonly_fields = ["name", "email", "is_active"]
    actions = ["log_sessions_on", "log_sessions_off"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("roles")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["email", "name", "password", "roles", "log_sessions"]
        own = ["name", "email", "roles", "log_sessions", "is_active"]
        return [*own, "new_password"] if self.has_change_permission(request, obj) else own

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = MemberAddForm
        return super().get_form(request, obj, change=change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_active)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_active)

    @admin.display(ordering="user__name")
    def name(self, member: Membership) -> str:
        return str(member.user)

    @admin.display(description="e-mail address", ordering="user__email")
    def email(self, member: Membership) -> str:
        return member.user.email

    @admin.display(description="roles")
    def role_names(self, member: Membership) -> str:
        return ", ".join(role.name for role in member.roles.all()) or "none"

    @admin.action(description="Log sessions of the selected members", permissions=["change"])
    def log_sessions_on(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_log_sessions(request, queryset, on=True)

    @admin.action(description="Do not log sessions of the selected members", permissions=["change"])
    def log_sessions_off(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_log_sessions(request, queryset, on=False)

    def _set_log_sessions(self, request: Any, queryset: QuerySet[Any], *, on: bool) -> None:
        ids = queryset.values_list("pk", flat=True)
        count = members.set_log_sessions(
            company=request.company, membership_ids=ids, on=on, actor=request.user, at=timezone.now()
        )
        what = "are logged now" if on else "are no longer logged"
        messages.success(request, f"Sessions of {count} member{'' if count == 1 else 's'} {what}.")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values, now = form.cleaned_data, timezone.now()
        if change:
            members.change_member(
                membership=obj,
                granted=values["roles"],
                log_sessions=values["log_sessions"],
                new_password=values["new_password"],
                actor=request.user,
                at=now,
            )
            return
        added = members.add_member(
            company=request.company,
            email=values["email"],
            name=values["name"],
            role_names=[role.name for role in values["roles"]],
            password=values["password"] or None,
            log_sessions=values["log_sessions"],
            actor=request.user,
            at=now,
        )
        obj.pk = added.pk
        obj.refresh_from_db()

    def delete_model(self, request: Any, obj: Any) -> None:
        members.remove_member(membership=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """A removed member keeps what they did: nothing else goes."""
        return [f"The membership of {member}, with its roles and API tokens" for member in objs], {}, set(), []


@admin.register(Role)
class RoleAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_COMPANY, Permission.MANAGE_USERS)
    add_permission = change_permission = delete_permission = Permission.MANAGE_COMPANY
    needs_reauthentication = True
    refusals = (LastAdministrator, UnableToGrant, UnableToLimit, roles.UnableToSaveRole, roles.UnableToDeleteRole)
    overview_group = "People"
    overview_help = "Named sets of permissions. A member may hold several."

    form = RoleForm
    fields = ["name", "permissions"]
    list_display = ["name", "permission_count", "member_count"]
    search_fields = ["name"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.annotate(members=Count("memberships"))  # type: ignore[no-any-return]

    @admin.display(description="permissions")
    def permission_count(self, role: Role) -> int:
        return len(role.permissions)

    @admin.display(description="members", ordering="members")
    def member_count(self, role: Any) -> int:
        return role.members  # type: ignore[no-any-return]

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = {"name": form.cleaned_data["name"], "permissions": form.cleaned_data["permissions"]}
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
        return [f"The role “{role}”" for role in objs], {}, set(), []


@admin.register(ApiToken)
class ApiTokenAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_INTEGRATIONS,)
    add_permission = delete_permission = Permission.MANAGE_INTEGRATIONS
    needs_reauthentication = True
    refusals = (tokens.UnableToIssueToken,)
    overview_group = "Integrations"
    overview_help = "Keys for programs that use the API: scoped, expiring, shown once."

    form = ApiTokenForm
    list_display = ["name", "prefix", "membership", "expires_at", "last_used_at", "revoked_at"]
    list_filter = ["membership"]
    search_fields = ["name", "prefix"]
    list_select_related = ["membership__user"]
    ordering = ["-created_at", "-pk"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["membership", "name", "scopes", "expires_at"]
        return [*asked, "prefix", "created_at", "last_used_at", "revoked_at"] if obj else asked

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"expires_at": timezone.now() + _DEFAULT_TOKEN_LIFE}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.queryset = members.choosable(company=request.company)  # type: ignore[attr-defined]
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.revoked_at is None)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        issued, plain = tokens.issue_token(actor=request.user, at=timezone.now(), **form.cleaned_data)
        obj.pk = issued.pk
        obj.refresh_from_db()
        request.issued_token = plain

    def response_add(self, request: Any, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The one page that ever shows the token; it travels through no redirect, session or message."""
        shown = {"title": "API token issued", "token": obj, "plain": request.issued_token, "opts": self.opts}
        return TemplateResponse(
            request, "accounts/token_issued.html", {**self.admin_site.each_context(request), **shown}
        )

    def delete_model(self, request: Any, obj: Any) -> None:
        tokens.revoke_token(token=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [f"The token {token}: programs that use it are out at once" for token in objs], {}, set(), []
