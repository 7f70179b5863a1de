"""The set-up list on the company's overview."""

from typing import Any

from django.contrib import admin

from accounts.permissions import Permission
from accounts.tenancy import holds
from summaries.views.settings.setup import unfinished_setup


def setup_of(request: Any) -> dict[str, Any] | None:
    """The list while it is unfinished, hidden on the home page or not."""
    if not holds(request.user, Permission.MANAGE_COMPANY, request.company.pk):
        return None
    return unfinished_setup(request.company)


admin.site.setup_of = setup_of  # type: ignore[attr-defined]
