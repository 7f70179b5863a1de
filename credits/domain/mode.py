"""Budget or meter only: whether a session without a credit waits, or is only counted."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.engine_settings import has_own_engine
from accounts.models import AISettings, Company, User
from accounts.permissions import Permission
from accounts.tenancy import require


class UnableToChangeMode(Exception):
    """The mode does not fit the company's engine; the sentence says what to do. Nothing was changed."""


@transaction.atomic
def set_mode(*, company: Company, meter_only: bool, actor: User, at: datetime) -> bool:
    """Switch meter-only mode on or off; False when it stood so already. Credits that are reserved stay reserved.

    Raises PermissionMissing, UnableToChangeMode.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    stored = AISettings.objects.select_for_update(no_key=True).get(company=company)
    if stored.meter_only == meter_only:
        return False
    if meter_only and not has_own_engine(stored):
        raise UnableToChangeMode(
            _(
                "Meter only is for companies that run the engine on their own key. Enter a key, or the "
                "address of your own server, under AI settings, Engine first."
            )
        )
    stored.meter_only = meter_only
    stored.save(update_fields=["meter_only", "changed_at"])
    mode = "meter only" if meter_only else "budget"
    audit.record(
        company=company,
        actor=actor,
        action="credits.mode_changed",
        at=at,
        target=stored,
        details={"mode": mode},
    )
    return True
