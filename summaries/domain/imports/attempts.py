"""Who holds the rows of a running import, and how they go when it fails or its process dies.

Status and moment of beginning name the attempt: one that was given up and goes on after all finds that it holds
nothing, so it can neither finish nor undo what came after it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet, Subquery

from summaries.domain.consent.entries import drop_captured
from summaries.domain.keeping.deletion import consent_entries_may_go
from summaries.enums import SessionStatus
from summaries.models import ConsentEntry, Interaction, SupportSession

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
    with consent_entries_may_go(reason="failed import"):
        _take_back(session, mine)
    return True


def _take_back(session: SupportSession, mine: QuerySet[SupportSession]) -> None:
    statements = ConsentEntry.objects.filter(session=session)
    # Asked of the row, not of the object: a last transaction that failed has set the digest on the object.
    if mine.exclude(source_digest="").exists():
        mine_stated = statements.filter(at=session.import_began_at).order_by("-pk").values_list("pk", flat=True)[:1]
        statements.filter(pk__in=list(mine_stated)).delete()
        # Rows of this attempt are numbered beyond those that were there before it.
        kept = mine.values("interaction_count")
        Interaction.objects.filter(session=session, number__gt=Subquery(kept)).delete()
        mine.update(status=SessionStatus.ENDED)
    else:
        drop_captured(session=session)
        statements.delete()
        mine.delete()


def sweep_abandoned(*, at: datetime) -> int:
    """Clear what imports left behind whose process died. Returns how many."""
    abandoned = SupportSession.objects.filter(status=SessionStatus.IMPORTING, import_began_at__lt=at - ABANDONED_AFTER)
    return sum(undo(session) for session in abandoned)
