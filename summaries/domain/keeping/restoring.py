"""What was deleted by hand comes back from the trash as it was.

The row of the trash decides: whoever takes it away in their transaction, with the session locked, restores or deletes
for good; whoever comes second finds nothing.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from policies.enums import Verdict
from summaries.domain.keeping import visibility
from summaries.domain.keeping.forgetting import current_search_text, lock_whatever_holds
from summaries.domain.keeping.removal import KEPT_WITH_LOG
from summaries.domain.reading.reach import require_in_trash
from summaries.enums import SessionStatus, TrashedKind
from summaries.models import Summary, SupportSession, TrashedRecord
from summaries.models.keeping import DELETED_WITH

#: What the audit log calls each kind.
NOUNS = {TrashedKind.LOG: "session_log", TrashedKind.SUMMARY: "summary", TrashedKind.REPORT: "session"}


class NotInTrash(Exception):
    """Somebody was faster, or the time was over."""


class UnableToRestore(Exception):
    """Nothing was brought back; the sentence says why."""


def require_on_trashed(*, trashed: TrashedRecord, actor: User) -> None:
    """Raise PermissionMissing for whoever could not have deleted it: they neither restore it nor delete it for good."""
    require_in_trash(user=actor, permission=DELETED_WITH[TrashedKind(trashed.what)], session=trashed.session)


@transaction.atomic
def restore(*, trashed: TrashedRecord, actor: User, at: datetime) -> SupportSession:
    """Bring it back as it was, and return its session. A legal hold does not stop that: nothing is deleted.

    Raises PermissionMissing, NotInTrash, UnableToRestore.
    """
    require_on_trashed(trashed=trashed, actor=actor)
    session = lock_whatever_holds(session_id=trashed.session_id)
    if session is None or not TrashedRecord.objects.filter(pk=trashed.pk).exists():
        raise NotInTrash(
            _("This is not in the trash any more: somebody brought it back before you, or its time was over.")
        )
    _BACK[TrashedKind(trashed.what)](session, trashed)
    TrashedRecord.objects.filter(pk=trashed.pk).delete()
    audit.record(
        company=session.company,
        actor=actor,
        action=f"{NOUNS[TrashedKind(trashed.what)]}.undeleted",
        at=at,
        target=session,
    )
    return session


def _log(session: SupportSession, trashed: TrashedRecord) -> None:
    _check_shown(session)
    session.interaction_count, session.log_deleted_at = trashed.size, None
    for name in KEPT_WITH_LOG:
        setattr(session, name, trashed.kept[name])
    session.save(update_fields=["interaction_count", "log_deleted_at", *KEPT_WITH_LOG])


def _summary(session: SupportSession, trashed: TrashedRecord) -> None:
    _check_shown(session)
    if Summary.objects.filter(session=session).exists():
        raise UnableToRestore(
            _(
                "%(session)s has a newer summary. Delete that one first, then restore this one: the newer one can be "
                "brought back from the trash as well."
            )
            % {"session": session.label}
        )
    Summary.objects.filter(trashed=trashed).update(session=session, trashed=None)
    others = TrashedRecord.objects.filter(session=session, what=TrashedKind.SUMMARY).exclude(pk=trashed.pk)
    session.summary_deleted_at = others.aggregate(last=Max("deleted_at"))["last"]
    session.search_text = current_search_text(session)
    session.save(update_fields=["summary_deleted_at", "search_text"])


def _report(session: SupportSession, trashed: TrashedRecord) -> None:  # noqa: ARG001 - all three are called alike
    visibility.show(session=session)


_BACK = {TrashedKind.LOG: _log, TrashedKind.SUMMARY: _summary, TrashedKind.REPORT: _report}


def _check_shown(session: SupportSession) -> None:
    if session.status != SessionStatus.ENDED:
        raise UnableToRestore(
            _("The connection report of %(session)s lies in the trash, too. Restore the report first, then this.")
            % {"session": session.label}
        )
    if session.verdict == Verdict.NO:
        # Withdrawn, and kept only because a legal hold stops its deletion.
        raise UnableToRestore(
            _(
                "What was captured of %(session)s may not be kept any more: %(reason)s. It is deleted as soon as no "
                "legal hold keeps it."
            )
            % {"session": session.label, "reason": session.get_reason_display()}
        )
