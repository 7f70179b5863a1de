"""A recording becomes a session: recognised by content, masked before it is stored, whole or not at all.

An import that is cut off leaves rows that `import_attempts.sweep_abandoned` removes. A recording of a session that
another tool has reported goes into that session.
"""

import hashlib
import hmac
import io
from dataclasses import dataclass, field
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import Company
from insights_portal.lib.numbers import grouped
from policies.enums import Reason, Verdict
from summaries.domain.capture import UnableToOpen, check_supporter
from summaries.domain.imports.attempts import undo
from summaries.domain.imports.steps import Identity, ImportOrder, Progress, UnableToImport, begin, finish, read, reopen
from summaries.domain.keeping.holds import is_held
from summaries.enums import SessionStatus
from summaries.models import ExternalRecord, SupportSession
from summaries.models.reach import READ_REPORTS, reached_in
from summaries.models.sessions import HIDDEN
from summaries.sources.base import BadRecord, RecordingFile, Source, UnableToRead
from summaries.sources.registry import identify, is_collection, recognise

__all__ = [
    "ConsentMissing",
    "ImportOrder",
    "ImportResult",
    "Progress",
    "UnableToImport",
    "bring_in_session",
    "check_file",
    "check_known",
    "import_recording",
    "record_keys",
]


class ConsentMissing(UnableToImport):
    """What was recorded is captured only with consent, and nobody stated one."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """*created* is False when the same recording was there already, or went into a session that was there."""

    session: SupportSession
    created: bool
    bad_records: list[BadRecord] = field(default_factory=list)


def import_recording(*, order: ImportOrder, on_progress: Progress | None = None) -> ImportResult:
    """Read, mask and store one recording, and ask for its summary. *on_progress* is called with bytes read.

    Raises UnableToImport.
    """
    check_consent(order)
    check_file(order)
    try:
        source = recognise(order.recording.stream, order.recording.name)
    except UnableToRead as error:
        raise UnableToImport(str(error)) from error
    namespace, external_id = identify(source, order.recording)
    keys = record_keys(namespace, external_id) if external_id else ()
    identity = Identity(digest=_digest(order.recording), keys=keys)
    known = find_known(company=order.company, identity=identity)
    if known is not None and known.status == SessionStatus.DELETED and known.reason != Reason.CONSENT_WITHDRAWN:
        # Deleted by hand: whoever hands the recording in again means it.
        known = None
    return bring_in_session(order=order, source=source, identity=identity, known=known, on_progress=on_progress)


def bring_in_session(
    *,
    order: ImportOrder,
    source: Source,
    identity: Identity,
    known: SupportSession | None,
    on_progress: Progress | None = None,
) -> ImportResult:
    """Store what *source* reads as one session, whole or not at all. *known*: the session that it is already.

    Raises UnableToImport.
    """
    if known is not None:
        check_known(known, order=order)
        if not _worth_reading_again(known, order=order, source=source):
            return ImportResult(known, created=False)
    had_log = known is not None and known.interaction_count > 0
    session = begin(order=order, source=source) if known is None else reopen(known, order=order, source=source)
    try:
        if had_log and session.verdict != Verdict.YES:
            return _leave(session)
        notes = read(session=session, order=order, source=source, on_progress=on_progress)
        finish(session=session, order=order, notes=notes, identity=identity)
    except UnableToRead as error:
        undo(session)
        raise UnableToImport(str(error)) from error
    except IntegrityError:
        # The same session was brought in by somebody else at the same moment, and theirs is complete.
        undo(session)
        theirs = find_known(company=order.company, identity=identity)
        if theirs is None:
            raise
        check_known(theirs, order=order)
        return ImportResult(theirs, created=False)
    except BaseException:
        undo(session)
        raise
    return ImportResult(session, created=known is None, bad_records=notes.bad_records)


def _leave(session: SupportSession) -> ImportResult:
    """Today's settings would not capture it; what was captured under those of then stays."""
    undo(session)
    session.refresh_from_db()
    return ImportResult(session, created=False)


def check_consent(order: ImportOrder) -> None:
    if not order.consent_statement.strip():
        raise ConsentMissing(
            _(
                "A statement of consent is missing. Say how the remote user agreed, for example “agreed by "
                "phone at 10:02”. Without consent nothing is imported."
            )
        )


def check_file(order: ImportOrder) -> None:
    """Raise UnableToImport for a supporter who is no member, and for a file that is too large."""
    try:
        check_supporter(company=order.company, supporter=order.supporter)
    except UnableToOpen as error:
        raise UnableToImport(str(error)) from error
    size = order.recording.stream.seek(0, io.SEEK_END)
    order.recording.stream.seek(0)
    if size > settings.RECORDING_MAX_BYTES:
        raise UnableToImport(
            _(
                "The recording holds %(size)s MB; at most %(most)s MB are read. Split it, or ask the "
                "operator to raise RECORDING_MAX_BYTES."
            )
            % {"size": grouped(size / 1e6), "most": grouped(settings.RECORDING_MAX_BYTES / 1e6)}
        )


def record_keys(namespace: str, external_id: str) -> tuple[str, ...]:
    """Under which keys a service's id of a session is stored: by today's secret first, then by earlier ones."""
    return tuple(
        hmac.new(f"record:{secret}".encode(), f"{namespace}\n{external_id}".encode(), hashlib.sha256).hexdigest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


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


def find_known(*, company: Company, identity: Identity) -> SupportSession | None:
    """The session that this recording or record is already."""
    session = SupportSession.objects.filter(company=company, source_digest=identity.digest).first()
    if session is None and identity.keys:
        record = ExternalRecord.objects.filter(company=company, key__in=identity.keys).select_related("session")
        session = next((each.session for each in record), None)
    return session


def check_known(known: SupportSession, *, order: ImportOrder) -> None:
    """Nobody learns by a recording, or changes by importing it again, what their roles do not reach."""
    if known.status in HIDDEN and known.reason == Reason.CONSENT_WITHDRAWN:
        raise UnableToImport(_("The remote user withdrew the consent to this recording. It is not imported again."))
    if known.status == SessionStatus.TRASHED:
        raise UnableToImport(
            _(
                "The report of this session lies in the trash. Whoever may delete reports can restore it there, under "
                "“Trash”, or delete it for good; then it can be imported again."
            )
        )
    if known.status == SessionStatus.DELETED:
        raise UnableToImport(_("The report of this session was deleted here. It is not brought in again."))
    if order.actor is None:
        return
    if not reached_in(order.actor, order.company.pk, READ_REPORTS).holds(known, order.actor):
        raise UnableToImport(
            _("This recording is there already, as a session that your roles do not reach. Ask an administrator.")
        )


def _worth_reading_again(known: SupportSession, *, order: ImportOrder, source: Source) -> bool:
    """What was not captured may be captured now, if the settings say so, and a recording replaces what another tool
    reported; not what was withdrawn or deleted, or a hold keeps.
    """
    if not order.has_log or known.reason == Reason.CONSENT_WITHDRAWN or known.log_deleted_at is not None:
        return False
    if not known.interaction_count:
        return known.verdict != Verdict.YES
    is_recording = is_collection(known.source_format) and not is_collection(source.code)
    return is_recording and not is_held(session=known)
