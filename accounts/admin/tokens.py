"""Keys of programs."""
# ruff: noqa: ARG002 - the signatures are the framework's

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import members, tokens
from accounts.forms import ApiTokenForm
from accounts.models import ApiToken
from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedAdmin

_DEFAULT_TOKEN_LIFE = timedelta(days=90)


@admin.register(ApiToken)
class ApiTokenAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_INTEGRATIONS,)
    add_permission = delete_permission = Permission.MANAGE_INTEGRATIONS
    delete_word = gettext_lazy("Revoke")
    needs_reauthentication = True
    refusals = (tokens.UnableToIssueToken,)
    overview_group = gettext_lazy("Integrations")
    overview_help = gettext_lazy("Keys for programs that use the API: scoped, expiring, shown once.")

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
        shown = {"title": _("API token issued"), "token": obj, "plain": request.issued_token, "opts": self.opts}
        return TemplateResponse(
            request, "accounts/token_issued.html", {**self.admin_site.each_context(request), **shown}
        )

    def delete_model(self, request: Any, obj: Any) -> None:
        tokens.revoke_token(token=obj, actor=request.user, at=timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return (
            [_("The token %(token)s: programs that use it are out at once") % {"token": token} for token in objs],
            {},
            set(),
            [],
        )
