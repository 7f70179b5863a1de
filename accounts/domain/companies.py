from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit, roles
from accounts.domain.second_factors import has_second_factor
from accounts.domain.time_zones import check_time_zone
from accounts.models import AISettings, Company, SingleSignOn, User
from accounts.permissions import Permission
from accounts.tenancy import require
from insights_portal.lib.text import show_controls

#: What an administrator changes here; the plan is the operator's, the billing rule stands with the report layout.
CHANGEABLE = ("name", "time_zone", "address", "contact_email", "requires_mfa")


class UnableToDemandSecondFactor(Exception):
    """The demand would shut out the very person who makes it."""


@transaction.atomic
def create_company(*, name: str, slug: str, at: datetime, actor: User | None = None, **fields: Any) -> Company:
    """Create a company with its AI settings (off) and the ready-made roles. Raises UnknownTimeZone."""
    check_time_zone(fields.get("time_zone", "UTC"))
    company = Company.objects.create(name=_on_one_line(name), slug=slug, **fields)
    AISettings.objects.create(company=company)
    SingleSignOn.objects.create(company=company)
    roles.create_ready_made_roles(company=company, at=at)
    audit.record(company=company, actor=actor, action="company.created", at=at, target=company)
    return company


@transaction.atomic
def change_company(*, company: Company, values: dict[str, Any], actor: User, at: datetime) -> None:
    """Store the changed ones of CHANGEABLE. Raises PermissionMissing, UnableToDemandSecondFactor, UnknownTimeZone."""
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    stored = Company.objects.select_for_update().get(pk=company.pk)
    if "name" in values:
        values = {**values, "name": _on_one_line(values["name"])}
    changed = {name: value for name, value in values.items() if name in CHANGEABLE and getattr(stored, name) != value}
    if not changed:
        return
    check_time_zone(changed.get("time_zone", stored.time_zone))
    if changed.get("requires_mfa") and not has_second_factor(user=actor):
        raise UnableToDemandSecondFactor(
            _("Set up a second factor of your own first, under Security in the menu of your account.")
        )
    details = {
        # An address in the audit log could not be taken out again.
        name: "changed" if name == "contact_email" else {"before": getattr(stored, name), "after": value}
        for name, value in changed.items()
    }
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.save(update_fields=list(changed))
    audit.record(company=stored, actor=actor, action="company.changed", at=at, target=stored, details=details)


def _on_one_line(name: str) -> str:
    """*name* as it stands in mails and on receipts, where a line of its own, or a hidden sign, could tell a lie."""
    longest = Company._meta.get_field("name").max_length or 0
    return show_controls(" ".join(name.split()))[:longest]
