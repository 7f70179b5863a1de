"""What lies in the trash is deleted for good: by a member who does not want to wait, or by the daily job when due.

The transaction that takes the row out of the trash decides. What is left to delete after it, the rows of a long log, is
finished by the daily job when this process dies.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from credits.domain.reservations import release
from policies.enums import Reason
from summaries.domain.keeping.forgetting import (
    drop_empty,
    forget_log,
    lock_session,
    mark_log,
    take_log_from_trash,
)
from summaries.domain.keeping.restoring import NOUNS, NotInTrash, require_on_trashed
from summaries.domain.keeping.scrubbing import scrub_soon
from summaries.enums import SessionStatus, TrashedKind
from summaries.models import Summary, SupportSession, TrashedRecord

_TEXTS = (
    "remote_user",
    "notes",
    "ticket",
    "billing_state",
    "currency",
    "source_format",
    "source_name",
    # So that the same recording can be imported again.
    "source_digest",
    "search_text",
)
_RECORDED = ("quality", "bad_records", "bad_record_count", "redaction_counts", "redaction_memory")


def purge(
    *, trashed: TrashedRecord, actor: User | None, at: datetime, told: Callable[[], object] = lambda: None
) -> None:
    """Delete it for good. *actor* None is the daily job. *told* is called inside the transaction that decides.

    Raises PermissionMissing, NotInTrash, UnderLegalHold.
    """
    if actor is not None:
        require_on_trashed(trashed=trashed, actor=actor)
    what = TrashedKind(trashed.what)
    with transaction.atomic():
        session = lock_session(session_id=trashed.session_id)
        if session is None or not TrashedRecord.objects.filter(pk=trashed.pk).exists():
            raise NotInTrash(_("This is not in the trash any more: somebody brought it back or deleted it before you."))
        _GONE[what](session, trashed, at)
        audit.record(
            company=session.company,
            actor=actor,
            action=f"{NOUNS[what]}.purged",
            at=at,
            target=session,
            details={"number": session.label},
        )
        told()
        scrub_soon()
    if what != TrashedKind.SUMMARY:
        forget_log(session_id=session.pk, at=at)
    with transaction.atomic():
        drop_empty(session_ids=[session.pk])


def _log(session: SupportSession, trashed: TrashedRecord, at: datetime) -> None:  # noqa: ARG001 - all are called alike
    take_log_from_trash(session=session)


def _summary(session: SupportSession, trashed: TrashedRecord, at: datetime) -> None:  # noqa: ARG001
    # Its summary goes with it; a newer one of the session stays.
    TrashedRecord.objects.filter(pk=trashed.pk).delete()


def _report(session: SupportSession, trashed: TrashedRecord, at: datetime) -> None:  # noqa: ARG001
    """Take away everything that the row says, but its number, times and supporter: ledgers refer to those.

    What consent was given stays as proof until its own time is over.
    """
    take_log_from_trash(session=session)
    mark_log(session=session, at=at)
    TrashedRecord.objects.filter(session=session).delete()
    Summary.objects.filter(session=session).delete()
    release(company=session.company, session_id=session.public_id, at=at)
    emptied = {
        "status": SessionStatus.DELETED,
        "device": None,
        "fee": None,
        **dict.fromkeys(_TEXTS, ""),
        **{name: getattr(SupportSession(), name) for name in _RECORDED},
    }
    if session.reason == Reason.CONSENT_WITHDRAWN:
        # A withdrawal is final: by this keyed hash the recording is known, and refused, if it comes again.
        del emptied["source_digest"]
    for name, value in emptied.items():
        setattr(session, name, value)
    session.save(update_fields=list(emptied))


_GONE = {TrashedKind.LOG: _log, TrashedKind.SUMMARY: _summary, TrashedKind.REPORT: _report}
