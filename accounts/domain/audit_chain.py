"""The chain of a company's audit log: each seal covers one entry, its place and the seal before it.

The digests are keyed with the installation's secret: who can only write to the database cannot forge one. Entries are
sealed in a short transaction of their own after their own has committed. Two processes that seal at the same moment
want the same place; the database gives it to one, and the other reads the end again.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext

from accounts.models import AuditCursor, AuditEntry, AuditSeal
from insights_portal.lib.crypto import authenticate, is_authentic

PURPOSE = "audit seal"
#: What a seal covers: every field of an entry.
SEALED_FIELDS = (
    "id",
    "public_id",
    "company_id",
    "at",
    "actor_id",
    "action",
    "object_type",
    "object_id",
    "address",
    "details",
)
#: Seals of one transaction; it stays short.
BATCH = 500
#: Others that may come first before sealing is left to the sweep.
ATTEMPTS = 20
#: Entries of one sweep.
MOST_PER_SWEEP = 50_000
#: A sweep looks this many entries back behind the newest: a transaction that began earlier may commit later.
LOOK_BACK = 10_000
_SWEEP = "sealed"

log = structlog.get_logger(__name__)


class UnableToSeal(Exception):
    """Other processes kept extending the chain; the sweep seals what is left."""


class _Sealing:
    """The entries of one transaction that wait for its commit."""

    def __init__(self, company_id: int) -> None:
        self.company_id = company_id
        self.entry_ids: list[int] = []

    def run(self) -> None:
        seal(company_id=self.company_id, entry_ids=self.entry_ids)


def seal_after_commit(*, entry: AuditEntry) -> None:
    """Seal *entry* once the open transaction has committed, together with the others of that transaction.

    A failure is logged and left to the sweep: what was done is done, and no request fails over its seal.
    """
    open_blocks = set(connection.savepoint_ids)
    for blocks, function, *_ in connection.run_on_commit:
        waiting = getattr(function, "__self__", None)
        if isinstance(waiting, _Sealing) and waiting.company_id == entry.company_id and blocks <= open_blocks:
            waiting.entry_ids.append(entry.pk)
            return
    sealing = _Sealing(entry.company_id)
    sealing.entry_ids.append(entry.pk)
    transaction.on_commit(sealing.run, robust=True)


def seal(*, company_id: int, entry_ids: Collection[int]) -> int:
    """Append those of the entries that have no seal to the company's chain, the oldest first; return how many.

    Raises UnableToSeal.
    """
    ids = sorted(entry_ids)
    return sum(_seal_batch(company_id, ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


def _seal_batch(company_id: int, ids: list[int]) -> int:
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _extend(company_id, ids)
        except IntegrityError:
            continue
    raise UnableToSeal(gettext("Other processes kept sealing at the same moment. The next sweep seals what is left."))


def _extend(company_id: int, ids: list[int]) -> int:
    seals = AuditSeal.objects.filter(company_id=company_id).order_by("-sequence")
    sequence, digest = seals.values_list("sequence", "digest").first() or (0, "")
    added = []
    for entry in AuditEntry.objects.filter(pk__in=ids, company_id=company_id, seal__isnull=True).order_by("pk"):
        sequence += 1
        digest = authenticate(sealed_text(entry=entry, sequence=sequence, previous=digest), purpose=PURPOSE)
        added.append(AuditSeal(company_id=company_id, entry=entry, sequence=sequence, digest=digest))
    AuditSeal.objects.bulk_create(added)
    return len(added)


def seal_leftovers() -> int:
    """Seal what no process sealed after its commit; return how many. One company's trouble does not stop another's."""
    cursor, _ = AuditCursor.objects.get_or_create(name=_SWEEP)
    newest: int = AuditEntry.objects.aggregate(newest=Max("pk"))["newest"] or 0
    unsealed = AuditEntry.objects.filter(pk__gt=cursor.position, pk__lte=newest, seal__isnull=True).order_by("pk")
    rows = list(unsealed.values_list("company_id", "pk")[:MOST_PER_SWEEP])
    waiting: dict[int, list[int]] = {}
    for company_id, pk in rows:
        waiting.setdefault(company_id, []).append(pk)
    sealed, failed = 0, False
    for company_id, ids in waiting.items():
        try:
            sealed += seal(company_id=company_id, entry_ids=ids)
        except (DatabaseError, UnableToSeal):
            log.exception("audit_entries_not_sealed", company_id=company_id)
            failed = True
    reached = rows[-1][1] if len(rows) == MOST_PER_SWEEP else newest
    if not failed and reached - LOOK_BACK > cursor.position:
        AuditCursor.objects.filter(pk=cursor.pk).update(position=reached - LOOK_BACK)
    return sealed


def is_sealed_truly(*, entry: AuditEntry, sequence: int, previous: str, digest: str) -> bool:
    """Whether *digest* is the one that this entry got at this place of the chain."""
    return is_authentic(sealed_text(entry=entry, sequence=sequence, previous=previous), digest, purpose=PURPOSE)


def sealed_text(*, entry: AuditEntry, sequence: int, previous: str) -> bytes:
    """What a digest is made of, the same on every database: all fields, the place, the digest before."""
    fields = {name: _plain(getattr(entry, name)) for name in SEALED_FIELDS}
    text = {"entry": fields, "sequence": sequence, "previous": previous}
    return json.dumps(text, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if isinstance(value, dict | int | None) else str(value)
