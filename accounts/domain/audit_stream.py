"""The sealed audit log as a stream for a log server (SIEM): in the chain's order, each target from where it stopped.

At least once: a place is noted after its entries were handed over, so that a stream that breaks off in between sends
them again.
"""

from datetime import datetime

from accounts.domain import audit
from accounts.domain.audit_verification import stream_prefix
from accounts.models import AuditCursor, AuditEntry, Company

BATCH = 500


def begin_stream(*, company: Company, target: str, at: datetime, again: bool = False) -> None:
    """Make the place of *target* in the company's log, or keep it; a new target is an event. *again*: from no. 1."""
    _, is_new = AuditCursor.objects.get_or_create(name=_name(company, target))
    if again:
        AuditCursor.objects.filter(name=_name(company, target)).update(position=0)
    if is_new:
        audit.record(company=company, action="audit.streamed", at=at, details={"target": target})


def unsent(*, company: Company, target: str, after: int = 0) -> list[AuditEntry]:
    """The next sealed entries that *target* has not got, with seal and actor, in the chain's order.

    *after*: a place up to which they were handed over without being noted yet.
    """
    position = AuditCursor.objects.values_list("position", flat=True).get(name=_name(company, target))
    entries = AuditEntry.objects.filter(seal__company=company, seal__sequence__gt=max(position, after))
    return list(entries.select_related("seal", "actor").order_by("seal__sequence")[:BATCH])


def note_sent(*, company: Company, target: str, sequence: int) -> None:
    """Remember that *target* got everything up to the place *sequence*; never goes back."""
    cursors = AuditCursor.objects.filter(name=_name(company, target), position__lt=sequence)
    cursors.update(position=sequence)


def _name(company: Company, target: str) -> str:
    return f"{stream_prefix(company=company)}{target}"
