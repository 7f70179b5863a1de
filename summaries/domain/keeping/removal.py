"""Deletion by hand: the log, the summary or the whole connection report of one session.

It is gone for everybody at once, and lies in the trash for UNDO_DAYS: until then `restoring` brings it back as it was.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from credits.domain.reservations import release
from summaries.domain.jobs.folders import drop_files_of
from summaries.domain.keeping import visibility
from summaries.domain.keeping.forgetting import (
    current_search_text,
    forget_summary,
    lock_session,
    mark_log,
    stop_generation,
)
from summaries.domain.reading.reach import require_on
from summaries.enums import SessionStatus, SummaryState, TrashedKind
from summaries.models import Summary, SupportSession, TrashedRecord
from summaries.models.keeping import DELETED_WITH

#: Days of 24 hours for which what was deleted by hand can be brought back.
UNDO_DAYS = 30
#: What goes from a session's row with its log, and comes back with it.
KEPT_WITH_LOG = ("redaction_memory", "bad_records", "bad_record_count")


class UnableToDelete(Exception):
    """Nothing was deleted; the sentence says why."""


@transaction.atomic
def delete_log(*, session: SupportSession, actor: User, at: datetime) -> TrashedRecord:
    """Delete the session log; report and summary stay. Raises PermissionMissing, UnableToDelete, UnderLegalHold."""
    held = _locked(session=session, what=TrashedKind.LOG, actor=actor)
    if held.interaction_count == 0 or held.log_deleted_at is not None:
        raise UnableToDelete(
            _("%(label)s has no session log; perhaps somebody deleted it before you.") % {"label": held.label}
        )
    kept = {name: getattr(held, name) for name in KEPT_WITH_LOG}
    mark_log(session=held, at=at)
    trashed = _to_trash(held, TrashedKind.LOG, actor=actor, at=at, size=held.interaction_count, kept=kept)
    held.interaction_count = 0
    held.save(update_fields=["interaction_count"])
    _tell("session_log.deleted", trashed, actor=actor, at=at, details={"interactions": trashed.size})
    return trashed


@transaction.atomic
def delete_summary(*, session: SupportSession, actor: User, at: datetime) -> TrashedRecord | None:
    """Delete the summary with all its revisions; report and log stay. None: no text was written yet, nothing is kept.

    Raises PermissionMissing, UnableToDelete, UnderLegalHold.
    """
    held = _locked(session=session, what=TrashedKind.SUMMARY, actor=actor)
    summary = Summary.objects.filter(session=held).first()
    if summary is None:
        raise UnableToDelete(
            _("%(label)s has no summary; perhaps somebody deleted it before you.") % {"label": held.label}
        )
    if summary.current_id is None:
        forget_summary(session_id=held.pk, at=at)
        audit.record(company=held.company, actor=actor, action="summary.deleted", at=at, target=held)
        return None
    trashed = _to_trash(held, TrashedKind.SUMMARY, actor=actor, at=at, size=summary.revisions.count())
    _detach(summary, trashed)
    # One that was being made anew gives its credit back; what was charged stays charged.
    release(company=held.company, session_id=held.public_id, at=at)
    held.summary_deleted_at, held.search_text = at, current_search_text(held)
    held.save(update_fields=["summary_deleted_at", "search_text"])
    _tell("summary.deleted", trashed, actor=actor, at=at)
    return trashed


def _detach(summary: Summary, trashed: TrashedRecord) -> None:
    """Take the summary from its session, with the text that it has: whatever was being made of it is stored no more."""
    Summary.objects.filter(pk=summary.pk).update(
        session=None,
        trashed=trashed,
        state=SummaryState.READY,
        claim=None,
        claimed_until=None,
        retry_at=None,
        failure="",
        attempts=0,
    )


@transaction.atomic
def delete_report(*, session: SupportSession, actor: User, at: datetime) -> TrashedRecord:
    """Delete the connection report with log and summary: the session is shown to nobody.

    Raises PermissionMissing, UnableToDelete, UnderLegalHold.
    """
    held = _locked(session=session, what=TrashedKind.REPORT, actor=actor)
    stop_generation(session=held, at=at)
    trashed = _to_trash(held, TrashedKind.REPORT, actor=actor, at=at)
    visibility.hide(session=held)
    _tell("session.deleted", trashed, actor=actor, at=at, details={"number": held.label})
    return trashed


def _locked(*, session: SupportSession, what: TrashedKind, actor: User) -> SupportSession:
    require_on(user=actor, permission=DELETED_WITH[what], session=session)
    held = lock_session(session_id=session.pk)
    if held is not None and held.status == SessionStatus.ENDED:
        return held
    if SupportSession.objects.filter(pk=session.pk, status=SessionStatus.OPEN).exists():
        raise UnableToDelete(_("%(label)s is still running. End it first.") % {"label": session.label})
    raise UnableToDelete(
        _("%(label)s was deleted before, or is being imported anew at this moment.") % {"label": session.label}
    )


def _to_trash(
    session: SupportSession, what: TrashedKind, *, actor: User, at: datetime, size: int = 0, kept: object = None
) -> TrashedRecord:
    trashed: TrashedRecord = TrashedRecord.objects.create(
        company=session.company,
        session=session,
        what=what,
        deleted_by=actor,
        deleted_at=at,
        purge_at=at + timedelta(days=UNDO_DAYS),
        size=size,
        kept=kept or {},
    )
    # Files that tell of it are no copy to keep; they are made again from what there is then.
    drop_files_of(session_ids=[session.pk])
    return trashed


def _tell(
    action: str, trashed: TrashedRecord, *, actor: User, at: datetime, details: dict[str, object] | None = None
) -> None:
    until = f"{trashed.purge_at:%Y-%m-%d}"
    audit.record(
        company=trashed.company,
        actor=actor,
        action=action,
        at=at,
        target=trashed.session,
        details={**(details or {}), "until": until},
    )
