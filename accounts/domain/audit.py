"""The one way an audit entry is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import models

from accounts.domain.audit_chain import seal_after_commit
from accounts.models import AuditEntry, Company, User
from insights_portal.lib.text import show_controls

_address: ContextVar[str | None] = ContextVar("audit_address", default=None)


@contextmanager
def coming_from(address: str | None) -> Iterator[None]:
    """Entries recorded inside the block carry *address*, unless they are given one of their own."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


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
    """Append what happened. *action* is `noun.verb` (`summary.viewed`); *details* hold no secret, no session text.

    Once the transaction has committed, the entry is sealed in the company's chain.
    """
    entry = AuditEntry.objects.create(
        company=company,
        actor=actor,
        action=action,
        at=at,
        address=address or _address.get(),
        object_type=target._meta.model_name or "" if target is not None else "",
        object_id=str(getattr(target, "public_id", target.pk)) if target is not None else "",
        details=_storable(details or {}),
    )
    seal_after_commit(entry=entry)
    return entry


def _storable(value: Any) -> Any:
    """*value* without characters that a database refuses or that steer a terminal."""
    if isinstance(value, str):
        return show_controls(value)
    if isinstance(value, dict):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value
