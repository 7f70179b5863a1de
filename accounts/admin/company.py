"""What a company decides about itself."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.single_row import SingleRowAdmin
from accounts.domain import companies
from accounts.forms import CompanyForm
from accounts.models import Company
from accounts.permissions import Permission


@admin.register(Company)
class CompanyAdmin(SingleRowAdmin):
    heading = _("Company")
    view_permissions = (Permission.MANAGE_COMPANY,)
    change_permission = Permission.MANAGE_COMPANY
    refusals = (companies.UnableToDemandSecondFactor,)
    overview_help = _("Name and address, time zone, second factor.")

    form = CompanyForm
    exclude = ()
    fields = ["name", "slug", "plan", "time_zone", "address", "contact_email", "requires_mfa"]
    readonly_fields = ["slug", "plan"]

    def company_id_of(self, obj: Any) -> int:
        return obj.pk  # type: ignore[no-any-return]

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        companies.change_company(company=obj, values=form.cleaned_data, actor=request.user, at=timezone.now())
