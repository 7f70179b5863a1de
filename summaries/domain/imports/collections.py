"""A file with many support sessions: each becomes a session of its own, whole or not at all, and none twice.

What is wrong with one record is counted with its place and stops no other. The row of the import counts along, so that
a page can show how far it is; an import that was cut off is sent again and goes on with what is missing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from typing import cast

from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Company, Membership, User
from accounts.tenancy import PermissionMissing
from summaries.domain.capture import UnableToOpen, find_device
from summaries.domain.imports.recordings import (
    ImportResult,
    bring_in_session,
    check_consent,
    check_file,
    import_recording,
    record_keys,
)
from summaries.domain.imports.report_mappings import sources_of
from summaries.domain.imports.steps import Identity, ImportOrder, Progress, UnableToImport, plausible, stored_records
from summaries.domain.interaction_rows import clean, mask_texts
from summaries.domain.redaction.rules import rules_of
from summaries.models import ExternalRecord, SessionFile, SupportSession
from summaries.redaction.redactor import Redactor
from summaries.sources.base import (
    CapturedInteraction,
    CollectionSource,
    RecordingFile,
    RecordingNotes,
    SessionRecord,
    Source,
    UnableToRead,
)
from summaries.sources.registry import recognise_any

#: Records that are looked up in one query.
AT_ONCE = 50
MAX_FEE = Decimal(10) ** 8

#: Raises PermissionMissing or UnableToOpen for a session of that supporter on that device.
Permit = Callable[[User, str], None]


def permit_all(supporter: User, device_name: str) -> None:
    """What a command asks: nothing; the operator has every right."""


@dataclass(frozen=True, slots=True)
class RecordSource:
    """One record of a file as a source of its own, that nobody has to recognise."""

    record: SessionRecord
    code: str

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:  # noqa: ARG002
        record = self.record
        notes.started_at, notes.ended_at = record.started_at, record.ended_at
        notes.device_name, notes.remote_user = record.device_name, record.remote_user
        notes.quality |= record.quality
        yield from record.interactions


@dataclass(slots=True)
class _Members:
    """The active members by what may name them: e-mail address, or a name that only one has."""

    company: Company
    by_name: dict[str, User | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for membership in Membership.objects.filter(company=self.company, is_active=True).select_related("user"):
            user = membership.user
            for name in {user.email.casefold(), " ".join(user.name.casefold().split())} - {""}:
                self.by_name[name] = None if name in self.by_name else user

    def named(self, names: tuple[str, ...]) -> User | None:
        found = (self.by_name.get(" ".join(name.casefold().split())) for name in names)
        return next((user for user in found if user is not None), None)


def import_file(
    *,
    order: ImportOrder,
    permit: Permit = permit_all,
    on_progress: Progress | None = None,
) -> ImportResult | SessionFile:
    """Import whatever the file holds: one session, or many; the company's own mappings are known, too.

    Raises UnableToImport, and of a recording what *permit* raises.
    """
    more = cast("tuple[CollectionSource, ...]", sources_of(company=order.company))
    try:
        source = recognise_any(order.recording.stream, order.recording.name, more=more)
    except UnableToRead as error:
        raise UnableToImport(str(error)) from error
    if isinstance(source, CollectionSource):
        return import_collection(order=order, source=source, permit=permit, on_progress=on_progress)
    permit(order.supporter, order.device_name)
    return import_recording(order=order, on_progress=on_progress)


def import_collection(
    *,
    order: ImportOrder,
    source: CollectionSource,
    permit: Permit = permit_all,
    on_progress: Progress | None = None,
) -> SessionFile:
    """Bring in every session of the file, and return what became of them. Never inside a transaction.

    *order* names the supporter of sessions whose own is no member. Raises UnableToImport when nothing can be read.
    """
    if source.has_logs:
        check_consent(order)
    check_file(order)
    file = open_file(order=order, source=source)
    notes = RecordingNotes()
    taking = Taking(order=replace(order, brought_by=file), source=source, permit=permit, file=file, notes=notes)
    failure = ""
    try:
        records = source.read_sessions(order.recording, notes)
        while batch := list(islice(records, AT_ONCE)):
            taking.take(batch)
            if on_progress:
                on_progress(order.recording.stream.tell())
    except UnableToRead as error:
        failure = str(error)
    if failure and not file.created and not file.known:
        file.delete()
        raise UnableToImport(failure)
    close_file(file=file, order=order, notes=notes, failure=failure)
    return file


def open_file(*, order: ImportOrder, source: CollectionSource) -> SessionFile:
    return SessionFile.objects.create(
        company=order.company,
        actor=order.actor,
        source_format=source.code,
        source_name=clean(order.recording.name)[-200:],
        began_at=order.at,
    )


def close_file(*, file: SessionFile, order: ImportOrder, notes: RecordingNotes, failure: str = "") -> None:
    """Store the bad records, masked, and say in the audit log what was brought in."""
    redactor = Redactor(session_key=str(file.public_id), rules=rules_of(company_id=file.company_id))
    found = sorted(notes.bad_records, key=lambda bad: bad.place.number)
    problems = mask_texts(redactor, [*(bad.problem for bad in found), failure])
    bad = [replace(record, problem=problem) for record, problem in zip(found, problems, strict=False)]
    file.bad, file.bad_records = notes.bad_record_count, stored_records(bad)
    file.failure, file.is_finished = problems[-1][:400], True
    file.save(update_fields=["bad", "bad_records", "failure", "is_finished"])
    audit.record(
        company=order.company,
        actor=order.actor,
        action="session_file.imported",
        at=order.at,
        target=file,
        details={"format": file.source_format, "created": file.created, "known": file.known, "bad": file.bad},
    )


@dataclass(slots=True)
class Taking:
    """Takes the records of one file, batch by batch, and counts."""

    order: ImportOrder
    source: CollectionSource
    permit: Permit
    file: SessionFile
    notes: RecordingNotes
    members: _Members = field(init=False)

    def __post_init__(self) -> None:
        self.members = _Members(self.order.company)

    def take(self, batch: list[SessionRecord]) -> None:
        keys = [record_keys(self.source.namespace, record.external_id) for record in batch]
        there = self._there(keys)
        for record, own in zip(batch, keys, strict=True):
            counted = self._take_one(record, own, next((there[key] for key in own if key in there), None))
            if counted:
                setattr(self.file, counted, getattr(self.file, counted) + 1)
        self.file.bad = self.notes.bad_record_count
        self.file.save(update_fields=["created", "known", "running", "unmatched", "bad"])

    def _there(self, keys: list[tuple[str, ...]]) -> dict[str, SupportSession]:
        wanted = [key for own in keys for key in own]
        rows = ExternalRecord.objects.filter(company=self.order.company, key__in=wanted).select_related("session")
        return {row.key: row.session for row in rows}

    def _take_one(self, record: SessionRecord, keys: tuple[str, ...], known: SupportSession | None) -> str:
        """Bring in one record; returns which count it adds to, or "" for one that is refused."""
        if record.ended_at is None:
            return "running"
        matched = self.members.named(record.supporters)
        order = self._order_for(record, matched or self.order.supporter)
        try:
            self._check(record, order, is_known=known is not None)
            source = cast("Source", RecordSource(record, self.source.code))
            identity = Identity(digest=keys[0], keys=keys)
            result = bring_in_session(order=order, source=source, identity=identity, known=known)
        except (UnableToImport, UnableToOpen, PermissionMissing) as refusal:
            self.notes.add_bad_record(record.place, str(refusal))
            return ""
        self.file.unmatched += result.created and matched is None
        return "created" if result.created else "known"

    def _order_for(self, record: SessionRecord, supporter: User) -> ImportOrder:
        # A device that is there already bears on what may be captured; a new one is named after masking, at the end.
        is_there = record.device_name and find_device(company=self.order.company, name=record.device_name) is not None
        return replace(
            self.order,
            supporter=supporter,
            direction=record.direction or self.order.direction,
            device_name=record.device_name if is_there else "" if record.device_name else self.order.device_name,
            ticket=record.ticket or self.order.ticket,
            notes=record.notes or self.order.notes,
            billing_state=record.billing_state,
            fee=storable_fee(record.fee),
            currency=record.currency,
            has_log=bool(record.interactions),
        )

    def _check(self, record: SessionRecord, order: ImportOrder, *, is_known: bool) -> None:
        if plausible(record.started_at, at=self.order.at) is None:
            raise UnableToImport(_("The start of the session is no time that can be true."))
        if not is_known:
            self.permit(order.supporter, record.device_name or self.order.device_name)


def storable_fee(fee: Decimal | None) -> Decimal | None:
    """*fee* as the column holds it; None for what is no amount."""
    if fee is None or not fee.is_finite() or abs(fee) >= MAX_FEE:
        return None
    return fee.quantize(Decimal("0.01"))
