"""What a company decides about itself."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin
from django.utils import timezone

from accounts.domain import ai_settings, companies
from accounts.domain.engine_keys import UnableToStoreKey
from accounts.forms import AISettingsForm, CompanyForm
from accounts.models import AISettings, Company
from accounts.permissions import Permission
from accounts.scoped_admin import SingleRowAdmin


@admin.register(Company)
class CompanyAdmin(SingleRowAdmin):
    view_permissions = (Permission.MANAGE_COMPANY,)
    change_permission = Permission.MANAGE_COMPANY
    overview_help = "Name and letterhead of reports, time zone, billing step."

    form = CompanyForm
    exclude = ()
    fields = ["name", "slug", "plan", "time_zone", "address", "contact_email", "billing_step_minutes"]
    readonly_fields = ["slug", "plan"]

    def company_id_of(self, obj: Any) -> int:
        return obj.pk  # type: ignore[no-any-return]

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        companies.change_company(company=obj, values=form.cleaned_data, actor=request.user, at=timezone.now())


@admin.register(AISettings)
class AISettingsAdmin(SingleRowAdmin):
    view_permissions = (Permission.MANAGE_COMPANY,)
    change_permission = Permission.MANAGE_COMPANY
    refusals = (ai_settings.UnableToSaveSettings, UnableToStoreKey)
    overview_help = "Activation and terms, engine and key, language, minimum duration."

    form = AISettingsForm
    readonly_fields = ["terms", "stored_key"]
    fieldsets = [
        ("Activation", {"fields": ["is_active", "terms", "accept_terms", "outgoing_enabled", "incoming_enabled"]}),
        (
            "Engine",
            {
                "fields": [
                    "engine",
                    "engine_model",
                    "engine_base_url",
                    "stored_key",
                    "engine_key",
                    "forget_engine_key",
                ],
                "description": "The built-in engine works offline: nothing leaves this server. With another engine the "
                "redacted session text is sent to the address below.",
            },
        ),
        ("Summaries", {"fields": ["language", "minimum_seconds"]}),
    ]

    @admin.display(description="terms")
    def terms(self, settings: AISettings) -> str:
        if settings.terms_accepted_at is None:
            return "Not accepted yet."
        day = settings.terms_accepted_at.date().isoformat()
        return f"Version {settings.terms_version}, accepted by {settings.terms_accepted_by} on {day}."

    @admin.display(description="key")
    def stored_key(self, settings: AISettings) -> str:
        return "A key is stored." if settings.engine_key_encrypted else "No key is stored."

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = form.cleaned_data
        ai_settings.save_settings(
            ai_settings=obj,
            is_active=values["is_active"],
            terms_accepted=values["accept_terms"],
            values=values,
            engine_key=values["engine_key"],
            forget_engine_key=values["forget_engine_key"],
            actor=request.user,
            at=timezone.now(),
        )
