"""Invitations: who was asked to join, and what became of it."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.admin.choices import PlainChoicesAdmin
from accounts.domain import groups, invitations
from accounts.domain.grants import UnableToGrant
from accounts.forms import InvitationForm
from accounts.models import Invitation
from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated_to_send
from insights_portal.lib.text import listed


@admin.register(Invitation)
class InvitationAdmin(PlainChoicesAdmin):
    view_permissions = (Permission.MANAGE_USERS,)
    add_permission = delete_permission = Permission.MANAGE_USERS
    delete_word = gettext_lazy("Revoke")
    needs_reauthentication = True
    refusals = (invitations.UnableToInvite, UnableToGrant, groups.UnableToSaveGroup)
    overview_group = gettext_lazy("People")
    overview_help = gettext_lazy("Who was asked by mail to join, and what became of it.")

    form = InvitationForm
    change_list_template = "accounts/invitation_list.html"
    add_form_template = change_form_template = "accounts/invitation_change.html"
    list_display = ["email", "name", "role_names", "state", "mail", "inviter"]
    search_fields = ["email", "name"]
    search_help_text = gettext_lazy("Name or e-mail address")
    list_select_related = ["invited_by"]
    ordering = ["-created_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("roles", "user_groups")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(recently_authenticated_to_send(require_POST(self.resend)))
        return [path("<path:object_id>/resend/", view, name="accounts_invitation_resend"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": _("Invite member"), **(extra_context or {})})

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

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, invitation: Invitation) -> str:
        return listed(role.name for role in invitation.roles.all()) or _("none")

    @admin.display(description=gettext_lazy("groups"))
    def group_names(self, invitation: Invitation) -> str:
        return listed(group.name for group in invitation.user_groups.all()) or _("none")

    @admin.display(description=gettext_lazy("sessions logged"))
    def logged(self, invitation: Invitation) -> str:
        return _("Yes") if invitation.log_sessions else _("No")

    @admin.display(description=gettext_lazy("invited by"), ordering="invited_by__name")
    def inviter(self, invitation: Invitation) -> str:
        return str(invitation.invited_by or _("the installation"))

    @admin.display(description=gettext_lazy("state"))
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return _("Accepted on %(day)s") % {"day": _day(invitation.accepted_at)}
        if invitation.revoked_at:
            return _("Revoked on %(day)s") % {"day": _day(invitation.revoked_at)}
        told = _("Open until %(day)s") if invitation.expires_at > timezone.now() else _("Expired on %(day)s")
        return told % {"day": _day(invitation.expires_at)}

    @admin.display(description=gettext_lazy("mail"), ordering="sent_at")
    def mail(self, invitation: Invitation) -> str:
        return _("Sent on %(day)s") % {"day": _day(invitation.sent_at)} if invitation.sent_at else _("Not sent yet")

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
        messages.success(
            request,
            _("%(email)s is invited. The mail with the link goes out now and is valid 7 days.") % {"email": obj.email},
        )
        return HttpResponseRedirect(self._address("add" if "_addanother" in request.POST else "changelist"))

    def resend(self, request: Any, object_id: str) -> HttpResponse:
        invitation = self.get_object(request, object_id)
        try:
            invitations.resend(invitation=invitation, origin=_origin(request), actor=request.user, at=timezone.now())
            messages.success(
                request,
                _("%(email)s gets a new mail. The link of the old one no longer works.") % {"email": invitation.email},
            )
        except self.refusals as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(self._address("change", invitation.pk))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(
            request,
            _("The invitation of %(invitation)s was revoked. Its link no longer works.") % {"invitation": obj_display},
        )
        return HttpResponseRedirect(self._address("changelist"))

    def delete_model(self, request: Any, obj: Any) -> None:
        invitations.revoke(invitation=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return (
            [_("The link that %(invitation)s was sent: it no longer works") % {"invitation": each} for each in objs],
            {},
            set(),
            [],
        )


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
