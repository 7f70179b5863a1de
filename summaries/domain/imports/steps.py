"""The steps by which one session is brought in: begun, read and masked, finished in the last transaction.

The rows of a running import stand under the status IMPORTING, which nobody is shown. A session that was there before
(reported by another tool, or not captured then) is reopened: its new rows are numbered beyond any old one until the
last transaction puts them in place of the old, so that an import that fails leaves it as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Company, User
from insights_portal.lib.numbers import grouped
from policies.enums import ConsentAnswer, Reason, Verdict
from summaries.domain.capture import device_named, find_device, next_number, summarise_if_eligible
from summaries.domain.copilot.forgetting import forget_questions
from summaries.domain.eligibility.decisions import decision_for
from summaries.domain.imports.attempts import held
from summaries.domain.interaction_rows import MAX_OFFSET_MS, Row, add_rows, clean, in_batches, mask_texts, rows_of
from summaries.domain.reading.search import text_for
from summaries.domain.redaction.rules import redactor_of
from summaries.domain.webhook_notices import tell_of_end
from summaries.enums import Direction, QualityFlag, SessionStatus, TrashedKind
from summaries.models import (
    ConsentEntry,
    ExternalRecord,
    Interaction,
    SessionFile,
    Summary,
    SupportSession,
    TrashedRecord,
)
from summaries.redaction.redactor import Redactor
from summaries.sources.base import BadRecord, RecordingFile, RecordingNotes, Source, UnableToRead

BATCH = 500
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

Progress = Callable[[int], None]


class UnableToImport(Exception):
    """The recording was not taken; the sentence says why and what to do. Nothing is left behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What the importer says about a recording."""

    company: Company
    recording: RecordingFile
    supporter: User
    consent_statement: str
    actor: User | None
    at: datetime
    direction: Direction = Direction.OUTGOING
    device_name: str = ""
    customer: str = ""
    #: When the session began, for a recording whose own clock is missing or wrong.
    started_at: datetime | None = None
    ticket: str = ""
    notes: str = ""
    billing_state: str = ""
    fee: Decimal | None = None
    currency: str = ""
    #: False: only the connection was reported. Nothing is captured, so that no consent is entered.
    has_log: bool = True
    brought_by: SessionFile | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes the same session the same: the hash of its file or record, and the keys that other tools' ids give."""

    digest: str
    #: The one under today's secret first; the others know what was entered under earlier ones.
    keys: tuple[str, ...] = ()


@transaction.atomic
def begin(*, order: ImportOrder, source: Source) -> SupportSession:
    """Make the session's row, hidden, with the statement of consent and what the table decides so far."""
    session = SupportSession.objects.create(
        company=order.company,
        number=next_number(company=order.company),
        status=SessionStatus.IMPORTING,
        import_began_at=order.at,
        direction=order.direction,
        supporter=order.supporter,
        device=find_device(company=order.company, name=order.device_name),
        started_at=order.at,
        ticket=clean(order.ticket)[:60],
        billing_state=clean(order.billing_state)[:20],
        fee=order.fee,
        currency=clean(order.currency)[:3],
        source_format=source.code,
        source_name=clean(order.recording.name)[-200:],
    )
    _decide(session=session, order=order)
    return session


@transaction.atomic
def reopen(session: SupportSession, *, order: ImportOrder, source: Source) -> SupportSession:
    """Take a session that is there for another attempt. Raises UnableToImport when another import holds it."""
    taken = SupportSession.objects.filter(pk=session.pk, status=SessionStatus.ENDED, verdict=session.verdict).update(
        status=SessionStatus.IMPORTING, import_began_at=order.at
    )
    if not taken:
        raise UnableToImport(_("This recording is being imported by somebody else right now. Look at it in a minute."))
    session.refresh_from_db()
    session.source_format, session.source_name = source.code, clean(order.recording.name)[-200:]
    _decide(session=session, order=order)
    return session


def _decide(*, session: SupportSession, order: ImportOrder) -> None:
    if not order.has_log:
        session.verdict, session.reason = Verdict.NO, Reason.NOTHING_RECORDED
        return
    ConsentEntry.objects.create(
        company=order.company,
        session=session,
        answer=ConsentAnswer.GIVEN,
        statement=order.consent_statement.strip(),
        stated_by=order.actor,
        at=order.at,
    )
    # Stored with the rest at the end: a reopened session whose import is cut off stays the report that it was.
    decision = decision_for(session=session)
    session.verdict, session.reason = decision.verdict, decision.reason


def read(
    *, session: SupportSession, order: ImportOrder, source: Source, on_progress: Progress | None
) -> RecordingNotes:
    """Go through the whole recording; store it masked, batch by batch, if the session may be captured."""
    notes = RecordingNotes()
    redactor = redactor_of(session=session)
    beyond = settings.SESSION_MAX_INTERACTIONS if session.source_digest else 0
    count = 0
    for batch in in_batches(source.read(order.recording, notes), BATCH):
        first, count = count + 1, count + len(batch)
        if count > settings.SESSION_MAX_INTERACTIONS:
            raise UnableToRead(
                _(
                    "The recording holds more than %(session_max_interactions)s interactions, the most that one "
                    "session may have. Split it by time."
                )
                % {"session_max_interactions": grouped(settings.SESSION_MAX_INTERACTIONS)}
            )
        if session.verdict == Verdict.YES:
            masked = redactor.mask(batch)
            _store(session=session, rows=rows_of(session=session, masked=masked, first_number=beyond + first))
        notes.duration_ms = max(notes.duration_ms, batch[-1].offset_ms)
        if on_progress:
            on_progress(order.recording.stream.tell())
    session.interaction_count = count if session.verdict == Verdict.YES else 0
    if count == 0:
        notes.quality.add(QualityFlag.NOTHING_RECORDED)
    _mask_notes(notes, redactor)
    (session.notes,) = mask_texts(redactor, [clean(order.notes or session.notes)])
    session.redaction_counts = redactor.report().counts
    session.redaction_memory = redactor.memory()
    return notes


@transaction.atomic
def _store(*, session: SupportSession, rows: list[Row]) -> None:
    _check_held(session)
    add_rows(rows)


def _mask_notes(notes: RecordingNotes, redactor: Redactor) -> None:
    """What a recording says of itself, and what is quoted of bad records, is as raw as its events."""
    problems = [bad.problem for bad in notes.bad_records]
    notes.device_name, notes.remote_user, *problems = mask_texts(
        redactor, [notes.device_name, notes.remote_user, *problems]
    )
    notes.bad_records = [
        replace(bad, problem=problem) for bad, problem in zip(notes.bad_records, problems, strict=True)
    ]


def plausible(moment: datetime | None, *, at: datetime) -> datetime | None:
    """A recorder's clock may be wrong by decades; such a moment is no moment."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware if EARLIEST <= aware <= at + timedelta(days=1) else None


@transaction.atomic
def finish(*, session: SupportSession, order: ImportOrder, notes: RecordingNotes, identity: Identity) -> None:
    """Make the session visible, under its digest and keys, and ask for its summary; all in one transaction."""
    # The company first, then the session: whoever finishes waits here, and nobody waits for a row in the other order.
    Company.objects.select_for_update(no_key=True).get(pk=order.company.pk)
    _check_held(session)
    if session.source_digest:
        _replace_log(session)
    _set_times(session=session, order=order, notes=notes)
    session.status = SessionStatus.ENDED
    session.device = session.device or device_named(
        company=order.company,
        name=order.device_name.strip() or clean(notes.device_name),
        operating_system=clean(notes.operating_system),
        customer=order.customer,
    )
    session.remote_user = session.remote_user or clean(notes.remote_user)[:120]
    session.source_digest = identity.digest
    session.quality = sorted(notes.quality)
    session.bad_records = stored_records(notes.bad_records)
    session.bad_record_count = notes.bad_record_count
    session.search_text = text_for(session=session)
    session.save()
    _enter_keys(session=session, order=order, identity=identity)
    audit.record(
        company=order.company,
        actor=order.actor,
        action="session.imported",
        at=order.at,
        target=session,
        details={"format": session.source_format, "interactions": session.interaction_count},
    )
    tell_of_end(session=session, at=order.at)
    if order.has_log:
        summarise_if_eligible(session=session, actor=order.actor, at=order.at)


def _set_times(*, session: SupportSession, order: ImportOrder, notes: RecordingNotes) -> None:
    duration = timedelta(milliseconds=min(notes.duration_ms, MAX_OFFSET_MS))
    session.started_at = order.started_at or plausible(notes.started_at, at=order.at) or order.at - duration
    recorded_end = None if order.started_at else plausible(notes.ended_at, at=order.at)
    session.ended_at = max(recorded_end or session.started_at + duration, session.started_at)


def stored_records(bad_records: list[BadRecord]) -> list[dict[str, object]]:
    """Bad records, masked, as a session or a file of sessions keeps them."""
    return [
        {"unit": bad.place.unit, "place": bad.place.number, "problem": clean(bad.problem)[:200]} for bad in bad_records
    ]


def _replace_log(session: SupportSession) -> None:
    """Put the rows that were just read where those stand that were there before."""
    beyond = settings.SESSION_MAX_INTERACTIONS
    rows = Interaction.objects.filter(session=session)
    if rows.filter(number__lte=beyond).delete()[0]:
        # Their statements cite rows that are gone; so do those of a summary in the trash.
        TrashedRecord.objects.filter(session=session, what=TrashedKind.SUMMARY).delete()
        Summary.objects.filter(session=session).delete()
        forget_questions(session_id=session.pk)
    rows.update(number=F("number") - beyond)


def _enter_keys(*, session: SupportSession, order: ImportOrder, identity: Identity) -> None:
    """Make the session known by its key. The key of one that was deleted goes over to the one brought in again."""
    if not identity.keys:
        return
    entered = ExternalRecord.objects.filter(company=order.company, key__in=identity.keys)
    deleted = entered.filter(session__status=SessionStatus.DELETED)
    if deleted.update(session=session, brought_by=order.brought_by) or entered.filter(session=session).exists():
        return
    ExternalRecord.objects.create(
        company=order.company, key=identity.keys[0], session=session, brought_by=order.brought_by
    )


def _check_held(session: SupportSession) -> None:
    if not held(session).select_for_update().exists():
        raise UnableToImport(_("The import stood still for hours and was given up. Import the recording again."))
