"""The audit log to take away: exactly the rows that were on the page, as a table or as JSON Lines."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.db.models import Max
from django.utils import translation

from accounts.domain import audit
from accounts.domain.audit_objects import kind_of, names_of
from accounts.domain.audit_queries import AuditFilters, all_rows, entries_of
from accounts.domain.audit_words import summary_of, title_of
from accounts.models import AuditEntry, Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from insights_portal.lib.sheets import csv_line

KINDS = ("csv", "jsonl")
COLUMNS = (
    "Time (UTC)",
    "Person",
    "Account",
    "Event",
    "Code",
    "Kind of object",
    "Object",
    "Object ID",
    "Address",
    "Details",
    "Seal no.",
    "Digest",
)


def export_log(
    *, company: Company, actor: User, filters: AuditFilters, zone: tzinfo, kind: str, at: datetime
) -> Iterator[str]:
    """Enter the export in the log and return its lines, to be streamed: read in batches, without a limit.

    *kind* is one of KINDS. Raises PermissionMissing.
    """
    require(actor, Permission.VIEW_EVENT_LOGS, company.pk)
    entries = entries_of(company=company, viewer=actor, filters=filters, zone=zone)
    newest = entries.order_by().aggregate(newest=Max("pk"))["newest"] or 0
    details = {"format": kind, "filters": filters.values()}
    audit.record(company=company, actor=actor, action="audit.exported", at=at, details=details)
    rows = all_rows(entries.filter(pk__lte=newest))
    return _table(company, rows) if kind == "csv" else (json_line(company, each) for batch in rows for each in batch)


def _table(company: Company, batches: Iterator[list[AuditEntry]]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    for batch in batches:
        names = names_of(company=company, entries=batch)
        for entry in batch:
            seal = getattr(entry, "seal", None)
            yield csv_line(
                [
                    _utc(entry.at),
                    str(entry.actor) if entry.actor else "",
                    entry.actor.email if entry.actor else "",
                    title_of(entry.action),
                    entry.action,
                    kind_of(entry.object_type) if entry.object_type else "",
                    names.get((entry.object_type, entry.object_id), ""),
                    entry.object_id,
                    entry.address or "",
                    summary_of(entry.details),
                    seal.sequence if seal else "",
                    seal.digest if seal else "",
                ]
            )


def json_line(company: Company, entry: AuditEntry) -> str:
    """One entry as a line of JSON in ASCII: nothing in it can begin a line or steer a terminal."""
    return f"{json.dumps(told(company, entry))}\n"


def told(company: Company, entry: AuditEntry) -> dict[str, Any]:
    """An entry as programs read it. *sequence* and *digest* are null until it is sealed."""
    seal = getattr(entry, "seal", None)
    return {
        "company": company.slug,
        "sequence": seal.sequence if seal else None,
        "digest": seal.digest if seal else None,
        "id": str(entry.public_id),
        "at": _utc(entry.at),
        "account": entry.actor.email if entry.actor else None,
        "person": str(entry.actor) if entry.actor else None,
        "action": entry.action,
        "event": _event_of(entry.action),
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "address": entry.address,
        "details": entry.details,
    }


def _event_of(action: str) -> str:
    # Programs find the same words whoever asks.
    with translation.override("en"):
        return title_of(action)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
