"""How a session's log, summary and consents go: what retention, deletion by hand and erasure have in common.

Each step is one short transaction that locks the rows (the session first, then the summary, as those who store a
summary do), asks for a legal hold again and deletes. A log that is longer than one step has *log_deleted_at* from the
first step on and loses *interaction_count* in the last: what was cut off between them is finished by the daily job.

What lies in the trash goes with the rest. A log there has *log_deleted_at* and no *interaction_count*: taken from the
trash to be deleted, it gets its count back in the transaction that decides, and is then like one that was cut off.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, Min, OuterRef, Q

from credits.domain.reservations import release
from summaries.content import content_from_json
from summaries.domain.copilot.forgetting import forget_questions, stop_answering
from summaries.domain.jobs.folders import drop_files_of
from summaries.domain.keeping.deletion import consent_entries_may_go
from summaries.domain.keeping.holds import check_not_held, hold_on_session, is_company_held
from summaries.domain.keeping.scrubbing import scrub_soon
from summaries.domain.reading.search import text_for
from summaries.enums import SessionStatus, SummaryState, TrashedKind
from summaries.models import (
    ConsentEntry,
    ConsentRequest,
    Interaction,
    LegalHold,
    Summary,
    SupportSession,
    TrashedRecord,
)

#: Rows of interactions that one transaction deletes: far below 100 ms on SQLite.
CHUNK = 2_000
#: Sessions that a deletion may touch: a running one is still being written.
OVER = (SessionStatus.ENDED, SessionStatus.TRASHED, SessionStatus.DELETED)

#: What proves a consent.
LEDGER: tuple[type[models.Model], ...] = (ConsentEntry, ConsentRequest)

Told = Callable[[], object]


def _nobody() -> None:
    pass


def lock_session(*, session_id: int) -> SupportSession | None:
    """The session, locked with its summary until the transaction ends; None when it is gone.

    Raises UnderLegalHold.
    """
    session = lock_whatever_holds(session_id=session_id)
    if session is not None:
        check_not_held(session=session)
    return session


def lock_whatever_holds(*, session_id: int) -> SupportSession | None:
    """The same for what deletes nothing: a legal hold does not stop it."""
    found = SupportSession.objects.select_for_update(of=("self",)).select_related("company", "device")
    session: SupportSession | None = found.filter(pk=session_id, status__in=OVER).first()
    list(Summary.objects.select_for_update().filter(session=session_id).values_list("pk"))
    return session


def forget_log(*, session_id: int, at: datetime, told: Told = _nobody) -> bool:
    """Delete the session log, in as many transactions as it takes. *told* is called inside the last one.

    True when this call ended it; False when nothing was there, or another call was faster. Raises UnderLegalHold.
    """
    is_done = ended = False
    while not is_done:
        with transaction.atomic():
            session = lock_session(session_id=session_id)
            if session is None:
                return False
            take_log_from_trash(session=session)
            mark_log(session=session, at=at)
            forget_questions(session_id=session_id)
            is_done = _take_chunk(session_id=session_id)
            ended = is_done and _end_log(session_id=session_id, told=told)
    return ended


def take_log_from_trash(*, session: SupportSession) -> bool:
    """Nobody brings the log back from here on: forget_log takes its rows. False when none lies in the trash.

    Call with the session locked.
    """
    trashed = TrashedRecord.objects.filter(session=session, what=TrashedKind.LOG).first()
    if trashed is None:
        return False
    trashed.delete()
    session.interaction_count = trashed.size
    session.save(update_fields=["interaction_count"])
    return True


def mark_log(*, session: SupportSession, at: datetime) -> None:
    """Say on the session, locked, that its log is deleted, and stop a summary that is being made of it."""
    if session.interaction_count == 0 or session.log_deleted_at is not None:
        return
    stop_generation(session=session, at=at)
    session.log_deleted_at = at
    session.redaction_memory, session.bad_records, session.bad_record_count = {}, [], 0
    session.search_text = current_search_text(session)
    session.save(update_fields=["log_deleted_at", "redaction_memory", "bad_records", "bad_record_count", "search_text"])


def current_search_text(session: SupportSession) -> str:
    """What search finds of the session as it stands now."""
    summary = Summary.objects.filter(session=session, current__isnull=False).select_related("current").first()
    content = content_from_json(summary.current.content) if summary and summary.current else None
    return text_for(session=session, content=content)


def stop_generation(*, session: SupportSession, at: datetime) -> None:
    """A summary in the making goes, or falls back to the text it had: no worker's answer is stored any more.

    Nor is what a worker answers to a question about the session. What was reserved for either is given back.
    """
    stop_answering(session=session, at=at)
    unfinished = Summary.objects.filter(session=session).exclude(state=SummaryState.READY)
    unfinished.filter(current__isnull=False).update(
        state=SummaryState.READY, claim=None, claimed_until=None, failure="", attempts=0
    )
    unfinished.filter(current__isnull=True).delete()


def _take_chunk(*, session_id: int) -> bool:
    """Delete the first rows of the log; True when none is left."""
    rows = Interaction.objects.filter(session=session_id)
    first = rows.aggregate(first=Min("number"))["first"]
    if first is not None:
        rows.filter(number__lt=first + CHUNK).delete()
    return not rows.exists()


def _end_log(*, session_id: int, told: Told) -> bool:
    logged = SupportSession.objects.filter(pk=session_id, status__in=OVER, interaction_count__gt=0)
    ended = logged.update(interaction_count=0) == 1
    if ended:
        told()
        scrub_soon()
    return ended


@transaction.atomic
def forget_summary(*, session_id: int, at: datetime, told: Told = _nobody) -> bool:
    """Delete the summary with its revisions and its words in the search; a credit that was only reserved is given back.

    What lies in the trash of the session's summaries goes, too. False when there was none. Raises UnderLegalHold.
    """
    session = lock_session(session_id=session_id)
    if session is None:
        return False
    trashed = TrashedRecord.objects.filter(session=session, what=TrashedKind.SUMMARY).delete()[0]
    if not Summary.objects.filter(session=session).delete()[0] and not trashed:
        return False
    release(company=session.company, session_id=session.public_id, at=at)
    session.summary_deleted_at, session.search_text = at, text_for(session=session)
    session.save(update_fields=["summary_deleted_at", "search_text"])
    drop_files_of(session_ids=[session_id])
    told()
    scrub_soon()
    return True


def in_trash(*kinds: TrashedKind) -> Exists:
    """Of a queryset of sessions: whether a record of one of *kinds* lies in the trash."""
    return Exists(TrashedRecord.objects.filter(session=OuterRef("pk"), what__in=kinds))


def permitted_nothing_left() -> Q:
    """Of sessions: neither log nor summary is kept, so that nothing needs the proof of consent any more."""
    nothing_trashed = ~Q(in_trash(TrashedKind.LOG, TrashedKind.SUMMARY))
    return Q(interaction_count=0, summary__isnull=True) & nothing_trashed


def something_left() -> Q:
    """Of sessions: log or summary is kept, if only in the trash."""
    return Q(interaction_count__gt=0) | Q(summary__isnull=False) | Q(in_trash(TrashedKind.LOG, TrashedKind.SUMMARY))


@transaction.atomic
def forget_consents(*, session_ids: Sequence[int], reason: str, told: Callable[[int], object]) -> int:
    """Delete the consent entries and requests of sessions of one company; *told* hears of how many sessions.

    Sessions under legal hold, and those of which log or summary is still kept, keep theirs. Returns the number.
    """
    locked = SupportSession.objects.select_for_update(of=("self",)).select_related("company").order_by("pk")
    sessions = list(locked.filter(pk__in=session_ids, status__in=OVER))
    if not sessions or is_company_held(company=sessions[0].company):
        return 0
    # Asked once the rows are locked: a hold that was placed meanwhile is seen.
    free = SupportSession.objects.filter(permitted_nothing_left(), pk__in=[session.pk for session in sessions])
    allowed = list(free.exclude(hold_on_session()).values_list("pk", flat=True))
    # What another run was faster to delete is that run's to tell.
    ids = sorted({pk for model in LEDGER for pk in _sessions_in(model, allowed)})
    with consent_entries_may_go(reason=reason):
        ConsentEntry.objects.filter(session__in=ids).delete()
        ConsentRequest.objects.filter(session__in=ids).delete()
    drop_empty(session_ids=ids)
    told(len(ids))
    return len(ids)


def _sessions_in(model: type[models.Model], session_ids: Sequence[int]) -> Iterable[int]:
    return model._default_manager.filter(session__in=session_ids).values_list("session", flat=True)


def drop_empty(*, session_ids: Sequence[int]) -> None:
    """Delete the rows of deleted connection reports that nothing refers to any more."""
    needed: tuple[type[models.Model], ...] = (LegalHold, *LEDGER)
    empty = SupportSession.objects.filter(pk__in=session_ids, status=SessionStatus.DELETED, interaction_count=0)
    for model in needed:
        empty = empty.exclude(pk__in=model._default_manager.filter(session__in=session_ids).values("session"))
    empty.delete()
