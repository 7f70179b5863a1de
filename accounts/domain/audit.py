"""The one way an audit entry is written."""

from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import AuditEntry, Company, User


def record(
    *,
    company: Company,
    action: str,
    at: datetime,
    actor: User | None = None,
    target: models.Model | None = None,
    address: str | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append what happened. *action* is `noun.verb` (`summary.viewed`); *details* hold no secret, no session text."""
    return AuditEntry.objects.create(
        company=company,
        actor=actor,
        action=action,
        at=at,
        address=address,
        object_type=target._meta.model_name or "" if target is not None else "",
        object_id=str(getattr(target, "public_id", target.pk)) if target is not None else "",
        details=details or {},
    )
