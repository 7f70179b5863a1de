"""A recording becomes a session: recognised by content, masked before it is stored, whole or not at all.

The rows of a running import stand under the status IMPORTING, which nobody is shown; the last transaction makes the
session visible. An import that is cut off leaves rows that `import_attempts.sweep_abandoned` removes.
"""

import hashlib
import hmac
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.domain import audit
from accounts.models import Company, User
from policies.enums import ConsentAnswer, Reason, Verdict
from summaries.domain.capture import (
    UnableToOpen,
    check_supporter,
    device_named,
    find_device,
    next_number,
    summarise_if_eligible,
)
from summaries.domain.decisions import decision_for
from summaries.domain.import_attempts import held, undo
from summaries.domain.interaction_rows import MAX_OFFSET_MS, clean, in_batches, mask_texts, rows_of
from summaries.domain.search import text_for
from summaries.enums import Direction, QualityFlag, SessionStatus
from summaries.models import ConsentEntry, Interaction, SupportSession
from summaries.models.reach import READ_REPORTS, reached_in
from summaries.redaction.redactor import Redactor
from summaries.sources.base import BadRecord, RecordingFile, RecordingNotes, Source, UnableToRead
from summaries.sources.registry import recognise

BATCH = 500
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

Progress = Callable[[int], None]


class UnableToImport(Exception):
    """The recording was not taken; the sentence says why and what to do. Nothing is left behind."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """*created* is False when the same recording was there already."""

    session: SupportSession
    created: bool
    bad_records: list[BadRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What the importer says about a recording."""

    company: Company
    recording: RecordingFile
    supporter: User
    consent_statement: str
    actor: User
    at: datetime
    direction: Direction = Direction.OUTGOING
    device_name: str = ""
    customer: str = ""
    #: When the session began, for a recording whose own clock is missing or wrong.
    started_at: datetime | None = None
    ticket: str = ""
    notes: str = ""


def import_recording(*, order: ImportOrder, on_progress: Progress | None = None) -> ImportResult:
    """Read, mask and store one recording, and ask for its summary. *on_progress* is called with bytes read.

    Raises UnableToImport.
    """
    source = _check(order)
    digest = _digest(order.recording)
    known = _known(company=order.company, digest=digest)
    if known is not None:
        _check_known(known, order=order)
    if known is not None and not _worth_reading_again(known):
        return ImportResult(known, created=False)
    session = _begin(order=order, source=source) if known is None else _reopen(known, order=order)
    try:
        notes = _read(session=session, order=order, source=source, on_progress=on_progress)
        _finish(session=session, order=order, notes=notes, digest=digest)
    except UnableToRead as error:
        undo(session)
        raise UnableToImport(str(error)) from error
    except IntegrityError:
        # The same file was imported by somebody else at the same moment, and theirs is complete.
        undo(session)
        theirs = SupportSession.objects.get(company=order.company, source_digest=digest)
        _check_known(theirs, order=order)
        return ImportResult(theirs, created=False)
    except BaseException:
        undo(session)
        raise
    return ImportResult(session, created=known is None, bad_records=notes.bad_records)


def _check(order: ImportOrder) -> Source:
    if not order.consent_statement.strip():
        raise UnableToImport(
            "A statement of consent is missing. Say how the remote user agreed, for example “agreed by phone at 10:02”."
        )
    try:
        check_supporter(company=order.company, supporter=order.supporter)
        size = order.recording.stream.seek(0, io.SEEK_END)
        order.recording.stream.seek(0)
        if size > settings.RECORDING_MAX_BYTES:
            raise UnableToImport(
                f"The recording holds {size / 1e6:,.0f} MB; at most {settings.RECORDING_MAX_BYTES / 1e6:,.0f} MB "
                "are read. Split it, or ask the operator to raise RECORDING_MAX_BYTES."
            )
        return recognise(order.recording.stream, order.recording.name)
    except (UnableToOpen, UnableToRead) as error:
        raise UnableToImport(str(error)) from error


def _digest(recording: RecordingFile) -> str:
    keyed = hmac.new(f"recording:{settings.SECRET_KEY}".encode(), digestmod=hashlib.sha256)
    for stream in (recording.stream, recording.companion):
        if stream is not None:
            _feed(keyed, stream)
    return keyed.hexdigest()


def _feed(keyed: hmac.HMAC, stream: BinaryIO) -> None:
    stream.seek(0)
    while chunk := stream.read(1 << 20):
        keyed.update(chunk)
    stream.seek(0)


def _known(*, company: Company, digest: str) -> SupportSession | None:
    return SupportSession.objects.filter(company=company, source_digest=digest).first()


def _check_known(known: SupportSession, *, order: ImportOrder) -> None:
    """Nobody learns by a recording, or changes by importing it again, what their roles do not reach."""
    if known.status == SessionStatus.DELETED:
        raise UnableToImport("The remote user withdrew the consent to this recording. It is not imported again.")
    if not reached_in(order.actor, order.company.pk, READ_REPORTS).holds(known, order.actor):
        raise UnableToImport(
            "This recording is there already, as a session that your roles do not reach. Ask an administrator."
        )


def _worth_reading_again(known: SupportSession) -> bool:
    """What was not captured may be captured now, if the settings say so; not what was withdrawn, or a hold keeps."""
    return known.verdict != Verdict.YES and known.reason != Reason.CONSENT_WITHDRAWN and not known.interaction_count


@transaction.atomic
def _begin(*, order: ImportOrder, source: Source) -> SupportSession:
    session = SupportSession.objects.create(
        company=order.company,
        number=next_number(company=order.company),
        status=SessionStatus.IMPORTING,
        import_began_at=order.at,
        direction=order.direction,
        supporter=order.supporter,
        device=find_device(company=order.company, name=order.device_name),
        started_at=order.at,
        ticket=order.ticket,
        source_format=source.code,
        source_name=clean(order.recording.name)[-200:],
    )
    _state_consent(session=session, order=order)
    return session


@transaction.atomic
def _reopen(session: SupportSession, *, order: ImportOrder) -> SupportSession:
    taken = SupportSession.objects.filter(pk=session.pk, status=SessionStatus.ENDED, verdict=session.verdict).update(
        status=SessionStatus.IMPORTING, import_began_at=order.at
    )
    if not taken:
        raise UnableToImport("This recording is being imported by somebody else right now. Look at it in a minute.")
    session.refresh_from_db()
    _state_consent(session=session, order=order)
    return session


def _state_consent(*, session: SupportSession, order: ImportOrder) -> None:
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


def _read(
    *, session: SupportSession, order: ImportOrder, source: Source, on_progress: Progress | None
) -> RecordingNotes:
    """Go through the whole recording; store it masked, batch by batch, if the session may be captured."""
    notes = RecordingNotes()
    redactor = Redactor(session_key=str(session.public_id))
    count = 0
    for batch in in_batches(source.read(order.recording, notes), BATCH):
        first, count = count + 1, count + len(batch)
        if count > settings.SESSION_MAX_INTERACTIONS:
            raise UnableToRead(
                f"The recording holds more than {settings.SESSION_MAX_INTERACTIONS:,} interactions, the most that "
                "one session may have. Split it by time."
            )
        if session.verdict == Verdict.YES:
            _store(session=session, rows=rows_of(session=session, masked=redactor.mask(batch), first_number=first))
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
def _store(*, session: SupportSession, rows: list[Interaction]) -> None:
    _check_held(session)
    Interaction.objects.bulk_create(rows)


def _mask_notes(notes: RecordingNotes, redactor: Redactor) -> None:
    """What a recording says of itself, and what is quoted of bad records, is as raw as its events."""
    problems = [bad.problem for bad in notes.bad_records]
    notes.device_name, notes.remote_user, *problems = mask_texts(
        redactor, [notes.device_name, notes.remote_user, *problems]
    )
    notes.bad_records = [
        replace(bad, problem=problem) for bad, problem in zip(notes.bad_records, problems, strict=True)
    ]


def _plausible(moment: datetime | None, *, at: datetime) -> datetime | None:
    """A recorder's clock may be wrong by decades; such a moment is no moment."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware if EARLIEST <= aware <= at + timedelta(days=1) else None


@transaction.atomic
def _finish(*, session: SupportSession, order: ImportOrder, notes: RecordingNotes, digest: str) -> None:
    # The company first, then the session: whoever finishes waits here, and nobody waits for a row in the other order.
    Company.objects.select_for_update(no_key=True).get(pk=order.company.pk)
    _check_held(session)
    duration = timedelta(milliseconds=min(notes.duration_ms, MAX_OFFSET_MS))
    session.started_at = order.started_at or _plausible(notes.started_at, at=order.at) or order.at - duration
    recorded_end = None if order.started_at else _plausible(notes.ended_at, at=order.at)
    session.ended_at = max(recorded_end or session.started_at + duration, session.started_at)
    session.status = SessionStatus.ENDED
    session.device = session.device or device_named(
        company=order.company,
        name=order.device_name.strip() or clean(notes.device_name),
        operating_system=clean(notes.operating_system),
        customer=order.customer,
    )
    session.remote_user = session.remote_user or clean(notes.remote_user)[:120]
    session.source_digest = digest
    session.quality = sorted(notes.quality)
    session.bad_records = [
        {"unit": bad.place.unit, "place": bad.place.number, "problem": clean(bad.problem)[:200]}
        for bad in notes.bad_records
    ]
    session.bad_record_count = notes.bad_record_count
    session.search_text = text_for(session=session)
    session.save()
    audit.record(
        company=order.company,
        actor=order.actor,
        action="session.imported",
        at=order.at,
        target=session,
        details={"format": session.source_format, "interactions": session.interaction_count},
    )
    summarise_if_eligible(session=session, actor=order.actor, at=order.at)


def _check_held(session: SupportSession) -> None:
    if not held(session).select_for_update().exists():
        raise UnableToImport("The import stood still for hours and was given up. Import the recording again.")
