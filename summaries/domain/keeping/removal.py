"""Deletion by hand: the log, the summary or the whole connection report of one session. It cannot be undone."""

from datetime import datetime

from django.db import transaction

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from credits.domain.reservations import release
from policies.enums import Reason
from summaries.domain.keeping.forgetting import begin_log, drop_empty, forget_log, forget_summary, lock_session
from summaries.domain.keeping.scrubbing import scrub_soon
from summaries.domain.reading.reach import require_on
from summaries.enums import SessionStatus
from summaries.models import Summary, SupportSession

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


class UnableToDelete(Exception):
    """Nothing was deleted; the sentence says why."""


def delete_log(*, session: SupportSession, actor: User, at: datetime) -> None:
    """Delete the session log; report and summary stay. Raises PermissionMissing, UnableToDelete, UnderLegalHold."""
    require_on(user=actor, permission=Permission.DELETE_SESSION_LOGS, session=session)
    with transaction.atomic():
        _check_over(session)
        logged = begin_log(session_id=session.pk, at=at)
        if logged is None:
            raise UnableToDelete(f"{session.label} has no session log; perhaps somebody deleted it before you.")
        details = {"interactions": logged.interaction_count}
        audit.record(
            company=session.company, actor=actor, action="session_log.deleted", at=at, target=session, details=details
        )
    forget_log(session_id=session.pk, at=at)


@transaction.atomic
def delete_summary(*, session: SupportSession, actor: User, at: datetime) -> None:
    """Delete the summary with all its revisions; report and log stay.

    Raises PermissionMissing, UnableToDelete, UnderLegalHold.
    """
    require_on(user=actor, permission=Permission.DELETE_SUMMARIES, session=session)
    _check_over(session)
    if not forget_summary(session_id=session.pk, at=at):
        raise UnableToDelete(f"{session.label} has no summary; perhaps somebody deleted it before you.")
    audit.record(company=session.company, actor=actor, action="summary.deleted", at=at, target=session)


def delete_report(*, session: SupportSession, actor: User, at: datetime) -> None:
    """Delete the connection report with log and summary.

    What consent was given stays as proof until its own time is over, on a row that holds nothing else and is shown to
    nobody. Raises PermissionMissing, UnableToDelete, UnderLegalHold.
    """
    require_on(user=actor, permission=Permission.DELETE_REPORTS, session=session)
    with transaction.atomic():
        _check_over(session)
        _empty(session=session, at=at)
        details = {"number": session.label}
        audit.record(
            company=session.company, actor=actor, action="session.deleted", at=at, target=session, details=details
        )
    forget_log(session_id=session.pk, at=at)
    with transaction.atomic():
        drop_empty(session_ids=[session.pk])
    scrub_soon()


def _check_over(session: SupportSession) -> None:
    status = SupportSession.objects.filter(pk=session.pk).values_list("status", flat=True).first()
    if status == SessionStatus.OPEN:
        raise UnableToDelete(f"{session.label} is still running. End it first.")
    if status != SessionStatus.ENDED:
        raise UnableToDelete(f"{session.label} was deleted before, or is being imported anew at this moment.")


def _empty(*, session: SupportSession, at: datetime) -> None:
    """Take away everything that the row says, but its number, times and supporter: ledgers refer to those."""
    begin_log(session_id=session.pk, at=at)
    held = lock_session(session_id=session.pk)
    if held is None or held.status != SessionStatus.ENDED:
        raise UnableToDelete(f"{session.label} was deleted before you.")
    Summary.objects.filter(session=held).delete()
    release(company=held.company, session_id=held.public_id, at=at)
    emptied = {
        "status": SessionStatus.DELETED,
        "device": None,
        "fee": None,
        **dict.fromkeys(_TEXTS, ""),
        **{name: getattr(SupportSession(), name) for name in _RECORDED},
    }
    if held.reason == Reason.CONSENT_WITHDRAWN:
        # A withdrawal is final: by this keyed hash the recording is known, and refused, if it comes again.
        del emptied["source_digest"]
    for name, value in emptied.items():
        setattr(held, name, value)
    held.save(update_fields=list(emptied))
