"""The part of the set-up list that accounts know about."""

from typing import Any

from django.contrib import admin
from django.urls import reverse

from accounts.domain import queries
from accounts.permissions import Permission
from accounts.tenancy import holds
from insights_portal.admin_site import SetupStep


def setup_steps(request: Any) -> list[SetupStep]:
    company = request.company
    if not holds(request.user, Permission.MANAGE_COMPANY, company.pk):
        return []
    state = queries.setup_state(company=company)
    settings_page = reverse("admin:accounts_aisettings_changelist")
    members_page = reverse("admin:accounts_membership_changelist")
    return [
        SetupStep("Switch AI features on", "Accept the terms for the company.", settings_page, state.ai_active),
        SetupStep(
            "Switch summaries for outgoing connections on",
            "Without it no session of your members is summarised.",
            settings_page,
            state.outgoing_enabled,
        ),
        SetupStep(
            "Log the sessions of at least one member",
            "Only logged members' sessions are summarised.",
            members_page,
            state.has_logged_member,
        ),
    ]


admin.site.setup_lists.append(setup_steps)  # type: ignore[attr-defined]
