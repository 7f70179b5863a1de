"""Who holds the rows of a running import, and how they go when it fails or its process dies.

Status and moment of beginning name the attempt: one that was given up and goes on after all finds that it holds
nothing, so it can neither finish nor undo what came after it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from summaries.domain.consent_entries import drop_captured
from summaries.domain.deletion import consent_entries_may_go
from summaries.enums import SessionStatus
from summaries.models import ConsentEntry, SupportSession

#: An import that has not ended after so long was cut off.
ABANDONED_AFTER = timedelta(hours=2)


def held(session: SupportSession) -> QuerySet[SupportSession]:
    """The session's row as long as this attempt holds it."""
    return SupportSession.objects.filter(
        pk=session.pk, status=SessionStatus.IMPORTING, import_began_at=session.import_began_at
    )


@transaction.atomic
def undo(session: SupportSession) -> bool:
    """Leave nothing of this attempt; a session that was known before stays the connection report that it was."""
    mine = held(session)
    if not mine.select_for_update().exists():
        return False
    drop_captured(session=session)
    with consent_entries_may_go(reason="failed import"):
        _take_back(session, mine)
    return True


def _take_back(session: SupportSession, mine: QuerySet[SupportSession]) -> None:
    statements = ConsentEntry.objects.filter(session=session)
    # Asked of the row, not of the object: a last transaction that failed has set the digest on the object.
    if mine.exclude(source_digest="").exists():
        statements.filter(at=session.import_began_at).delete()
        mine.update(status=SessionStatus.ENDED)
    else:
        statements.delete()
        mine.delete()


def sweep_abandoned(*, at: datetime) -> int:
    """Clear what imports left behind whose process died. Returns how many."""
    abandoned = SupportSession.objects.filter(status=SessionStatus.IMPORTING, import_began_at__lt=at - ABANDONED_AFTER)
    return sum(undo(session) for session in abandoned)
