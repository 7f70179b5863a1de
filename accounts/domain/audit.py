"""The one way an audit entry is written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What an entry tells. The fields are those of `record`."""

    company: Company
    action: str
    actor: User | None = None
    target: models.Model | None = None
    details: dict[str, Any] = field(default_factory=dict)


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
    happening = Happening(company=company, action=action, actor=actor, target=target, details=details or {})
    (entry,) = record_all(happenings=[happening], at=at, address=address)
    return entry


def record_all(*, happenings: Sequence[Happening], at: datetime, address: str | None = None) -> list[AuditEntry]:
    """`record` for several at once: one statement, and one seal for each company."""
    entries = AuditEntry.objects.bulk_create(
        AuditEntry(
            company=each.company,
            actor=each.actor,
            action=each.action,
            at=at,
            address=address or _address.get(),
            object_type=each.target._meta.model_name or "" if each.target is not None else "",
            object_id=str(getattr(each.target, "public_id", each.target.pk)) if each.target is not None else "",
            details=_storable(each.details),
        )
        for each in happenings
    )
    for entry in entries:
        seal_after_commit(entry=entry)
    return entries


def _storable(value: Any) -> Any:
    """*value* without characters that a database refuses or that steer a terminal."""
    if isinstance(value, str):
        return show_controls(value)
    if isinstance(value, dict):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value
