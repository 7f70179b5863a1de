"""What members were refused, told to the audit log: seldom enough that nobody can flood it."""

from datetime import datetime, timedelta

from accounts.domain import audit
from accounts.models import AuditEntry, Company, User

ACTION = "access.denied"
#: The same page refused to the same member again within this time is one entry.
SPAN = timedelta(hours=1)
#: Entries of one member in that time.
MOST_PER_SPAN = 30


def record_denial(*, company: Company, actor: User, page: str, method: str, at: datetime) -> None:
    """Keep that *actor* was refused *page* (the name of an address, without what it was asked for)."""
    recent = AuditEntry.objects.filter(company=company, actor=actor, action=ACTION, at__gt=at - SPAN)
    known = list(recent.values_list("details__page", flat=True)[:MOST_PER_SPAN])
    if len(known) < MOST_PER_SPAN and page not in known:
        audit.record(company=company, actor=actor, action=ACTION, at=at, details={"page": page, "method": method})
