"""Invitations: who was asked to join, and what became of it."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.admin.choices import PlainChoicesAdmin
from accounts.domain import groups, invitations
from accounts.domain.grants import UnableToGrant
from accounts.forms import InvitationForm
from accounts.models import Invitation
from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated_to_send


@admin.register(Invitation)
class InvitationAdmin(PlainChoicesAdmin):
    view_permissions = (Permission.MANAGE_USERS,)
    add_permission = delete_permission = Permission.MANAGE_USERS
    delete_word = "Revoke"
    needs_reauthentication = True
    refusals = (invitations.UnableToInvite, UnableToGrant, groups.UnableToSaveGroup)
    overview_group = "People"
    overview_help = "Who was asked by mail to join, and what became of it."

    form = InvitationForm
    change_list_template = "accounts/invitation_list.html"
    add_form_template = change_form_template = "accounts/invitation_change.html"
    list_display = ["email", "name", "role_names", "state", "mail", "inviter"]
    search_fields = ["email", "name"]
    search_help_text = "Name or e-mail address"
    list_select_related = ["invited_by"]
    ordering = ["-created_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("roles", "user_groups")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(recently_authenticated_to_send(require_POST(self.resend)))
        return [path("<path:object_id>/resend/", view, name="accounts_invitation_resend"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": "Invite member", **(extra_context or {})})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["email", "name", "roles", "user_groups", "log_sessions"]
        return ["email", "name", "role_names", "group_names", "logged", "state", "mail", "inviter"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or self._is_open(obj))

    def _is_open(self, invitation: Invitation) -> bool:
        return invitation.accepted_at is None and invitation.revoked_at is None

    @admin.display(description="roles")
    def role_names(self, invitation: Invitation) -> str:
        return ", ".join(role.name for role in invitation.roles.all()) or "none"

    @admin.display(description="groups")
    def group_names(self, invitation: Invitation) -> str:
        return ", ".join(group.name for group in invitation.user_groups.all()) or "none"

    @admin.display(description="sessions logged")
    def logged(self, invitation: Invitation) -> str:
        return "Yes" if invitation.log_sessions else "No"

    @admin.display(description="invited by", ordering="invited_by__name")
    def inviter(self, invitation: Invitation) -> str:
        return str(invitation.invited_by or "the installation")

    @admin.display
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return f"Accepted on {_day(invitation.accepted_at)}"
        if invitation.revoked_at:
            return f"Revoked on {_day(invitation.revoked_at)}"
        verb = "Open until" if invitation.expires_at > timezone.now() else "Expired on"
        return f"{verb} {_day(invitation.expires_at)}"

    @admin.display(ordering="sent_at")
    def mail(self, invitation: Invitation) -> str:
        return f"Sent on {_day(invitation.sent_at)}" if invitation.sent_at else "Not sent yet"

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = form.cleaned_data
        invited = invitations.invite(
            company=request.company,
            email=values["email"],
            name=values["name"],
            granted=values["roles"],
            user_groups=values["user_groups"],
            log_sessions=values["log_sessions"],
            origin=_origin(request),
            actor=request.user,
            at=timezone.now(),
        )
        obj.pk = invited.pk
        obj.refresh_from_db()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """The domain has saved roles and groups too."""

    def response_add(self, request: Any, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, f"{obj.email} is invited. The mail with the link goes out now and is valid 7 days.")
        return HttpResponseRedirect(self._address("add" if "_addanother" in request.POST else "changelist"))

    def resend(self, request: Any, object_id: str) -> HttpResponse:
        invitation = self.get_object(request, object_id)
        try:
            invitations.resend(invitation=invitation, origin=_origin(request), actor=request.user, at=timezone.now())
            messages.success(request, f"{invitation.email} gets a new mail. The link of the old one no longer works.")
        except self.refusals as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(self._address("change", invitation.pk))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(request, f"The invitation of {obj_display} was revoked. Its link no longer works.")
        return HttpResponseRedirect(self._address("changelist"))

    def delete_model(self, request: Any, obj: Any) -> None:
        invitations.revoke(invitation=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [f"The link that {invitation} was sent: it no longer works" for invitation in objs], {}, set(), []


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _day(moment: Any) -> str:
    return f"{timezone.localtime(moment):%-d %B %Y %H:%M}"
