"""How a company's members sign in."""
# ruff: noqa: ARG001, ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.single_row import SingleRowAdmin
from accounts.domain import second_factors, single_sign_on
from accounts.models import SingleSignOn
from accounts.permissions import Permission
from accounts.sign_in.forms import SingleSignOnForm


@admin.register(SingleSignOn)
class SingleSignOnAdmin(SingleRowAdmin):
    heading = gettext_lazy("Single sign-on")
    view_permissions = (Permission.MANAGE_COMPANY,)
    change_permission = Permission.MANAGE_COMPANY
    needs_reauthentication = True
    refusals = (single_sign_on.UnableToSaveSignOn,)
    overview_group = gettext_lazy("People")
    overview_help = gettext_lazy("Members sign in with the company's own identity provider, by OpenID Connect or SAML.")

    form = SingleSignOnForm
    readonly_fields = ["short_name", "redirect_uri", "acs_address", "entity_id", "stored_secret"]
    fieldsets = [
        (
            None,
            {
                "fields": ["is_active", "kind", "short_name"],
                "description": gettext_lazy(
                    "Whoever comes from the provider must be a member here already, with the same e-mail "
                    "address. They work in this company only, and the provider's own second factor counts as theirs."
                ),
            },
        ),
        (
            "OpenID Connect",
            {"fields": ["redirect_uri", "issuer_url", "client_id", "stored_secret", "client_secret"]},
        ),
        (
            "SAML 2.0",
            {"fields": ["acs_address", "entity_id", "idp_entity_id", "idp_sign_on_url", "idp_certificate"]},
        ),
    ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # The addresses are this installation's, as the browser knows it.
        self._addresses_of(request, obj)
        return super().get_form(request, obj, change=change, **kwargs)

    def _addresses_of(self, request: HttpRequest, obj: Any) -> None:
        for name, page in (("redirect_uri", "callback"), ("acs_address", "acs"), ("entity_id", "metadata")):
            path = reverse(f"accounts:sign_on_{page}", args=[obj.company.slug])
            setattr(obj, f"_{name}", request.build_absolute_uri(path))

    @admin.display(description=gettext_lazy("company's short name"))
    def short_name(self, sign_on: SingleSignOn) -> str:
        return sign_on.company.slug

    @admin.display(description=gettext_lazy("redirect URI, to enter at the provider"))
    def redirect_uri(self, sign_on: Any) -> str:
        return format_html("<code>{}</code>", sign_on._redirect_uri)

    @admin.display(description=gettext_lazy("ACS address, to enter at the provider"))
    def acs_address(self, sign_on: Any) -> str:
        return format_html("<code>{}</code>", sign_on._acs_address)

    @admin.display(description=gettext_lazy("our entity ID and metadata"))
    def entity_id(self, sign_on: Any) -> str:
        return format_html("<code>{}</code>", sign_on._entity_id)

    @admin.display(description=gettext_lazy("client secret"))
    def stored_secret(self, sign_on: SingleSignOn) -> str:
        return _("A secret is stored.") if sign_on.secret_encrypted else _("No secret is stored.")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = form.cleaned_data
        single_sign_on.save_sign_on(
            sign_on=obj, values=values, secret=values["client_secret"], actor=request.user, at=timezone.now()
        )


@admin.action(description=gettext_lazy("Reset the second factor of the selected members"), permissions=["change"])
def reset_second_factors(model_admin: Any, request: Any, queryset: Any) -> None:
    count = 0
    for membership in queryset.select_related("company", "user"):
        try:
            count += second_factors.reset_factors(membership=membership, actor=request.user, at=timezone.now())
        except second_factors.UnableToResetFactors as error:
            messages.error(request, str(error))
    told = ngettext(
        "The second factor of %(count)s member was reset.", "The second factor of %(count)s members was reset.", count
    )
    messages.success(request, told % {"count": count})
