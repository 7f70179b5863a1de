"""The last step of the set-up list."""

from typing import Any

from django.contrib import admin
from django.urls import reverse

from accounts.permissions import Permission
from accounts.scoped_admin import rows_of_company
from accounts.tenancy import holds
from insights_portal.admin_site import SetupStep
from summaries.models import SupportSession


def setup_steps(request: Any) -> list[SetupStep]:
    if not holds(request.user, Permission.MANAGE_COMPANY, request.company.pk):
        return []
    return [
        SetupStep(
            "Bring a first session in",
            "Import a recording, or post a session to the API.",
            reverse("summaries:import"),
            rows_of_company(SupportSession, request).exists(),
        )
    ]


admin.site.setup_lists.append(setup_steps)  # type: ignore[attr-defined]
