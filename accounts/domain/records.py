"""Plain records that a company configures (devices, taxonomy …): saved and deleted with their audit entry."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, require


class UnableToDeleteRecord(Exception):
    """Something else still needs the record."""


@transaction.atomic
def save_record(*, record: CompanyOwned, permission: Permission, actor: User, at: datetime) -> None:
    """Save the record and tell the audit log. Raises PermissionMissing."""
    require(actor, permission, record.company_id)
    verb = "created" if record.pk is None else "changed"
    record.save()
    _tell(record=record, verb=verb, actor=actor, at=at)


@transaction.atomic
def delete_record(*, record: CompanyOwned, permission: Permission, actor: User, at: datetime) -> None:
    """Delete the record and tell the audit log. Raises PermissionMissing, UnableToDeleteRecord."""
    require(actor, permission, record.company_id)
    _tell(record=record, verb="deleted", actor=actor, at=at)
    try:
        record.delete()
    except models.ProtectedError as error:
        raise UnableToDeleteRecord(
            _("“%(record)s” is still in use and was not deleted.") % {"record": record}
        ) from error


def _tell(*, record: CompanyOwned, verb: str, actor: User, at: datetime) -> None:
    action = f"{record._meta.model_name}.{verb}"
    details = {"name": str(record)}
    audit.record(company=record.company, actor=actor, action=action, at=at, target=record, details=details)
