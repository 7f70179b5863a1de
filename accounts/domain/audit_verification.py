"""Walks a company's audit chain and names each place where it was tampered with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext

from accounts.domain.audit_chain import is_sealed_truly
from accounts.models import AuditCursor, AuditEntry, AuditSeal, Company

#: Seals read at once.
BATCH = 1_000
#: So many faults are named; the others are counted.
MOST_FAULTS = 100
#: An entry without a seal may wait for the sweep this long.
GRACE = timedelta(minutes=10)


class MalformedHead(Exception):
    """The noted end of a chain could not be read."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain, to be noted elsewhere: only against it can cut-off entries be missed."""

    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Fault:
    """*sequence* is the place in the chain; 0 where an entry has none."""

    sequence: int
    problem: str


@dataclass(slots=True)
class Verification:
    """What a walk found. *waiting* counts fresh entries that the next sweep seals."""

    company: str
    sealed: int = 0
    waiting: int = 0
    head: Head | None = None
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.fault_count == 0

    def add(self, sequence: int, problem: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(sequence, problem))


def read_head(text: str) -> Head:
    """Read `SEQUENCE:DIGEST`. Raises MalformedHead."""
    sequence, _, digest = text.strip().partition(":")
    if not (sequence.isascii() and sequence.isdigit() and digest):
        raise MalformedHead(
            gettext("“%(text)s” is no head of a chain. Give it as it was printed: SEQUENCE:DIGEST.") % {"text": text}
        )
    return Head(int(sequence), digest)


def verify_chain(
    *, company: Company, at: datetime, head: Head | None = None, on_progress: Callable[[int], None] = lambda _: None
) -> Verification:
    """Check every seal of *company* against its entry and the seal before it, in bounded memory.

    *head* is the end that was noted at an earlier time. *on_progress* is told how many seals were checked since.
    """
    found = Verification(company=company.slug)
    expected, previous = 1, ""
    for seals in _batches(company):
        entries = AuditEntry.objects.in_bulk([seal.entry_id for seal in seals])
        for seal in seals:
            if seal.sequence != expected:
                found.add(expected, f"{_places(expected, seal.sequence - 1)} removed from the chain.")
            _check(found, seal, entries.get(seal.entry_id), previous)
            if head is not None and seal.sequence == head.sequence and seal.digest != head.digest:
                found.add(seal.sequence, "The chain was replaced: at this place it had another digest.")
            expected, previous = seal.sequence + 1, seal.digest
        found.sealed += len(seals)
        found.head = Head(seals[-1].sequence, seals[-1].digest)
        on_progress(len(seals))
    _check_end(found, company, head)
    _check_unsealed(found, company, at)
    return found


def _batches(company: Company) -> Iterator[list[AuditSeal]]:
    after = 0
    while seals := list(
        AuditSeal.objects.filter(company=company, sequence__gt=after).order_by("sequence")[:BATCH],
    ):
        yield seals
        after = seals[-1].sequence


def _check(found: Verification, seal: AuditSeal, entry: AuditEntry | None, previous: str) -> None:
    if entry is None:
        found.add(seal.sequence, "The entry was removed.")
    elif entry.company_id != seal.company_id:
        found.add(seal.sequence, f"{_named(entry)} belongs to another company.")
    elif not is_sealed_truly(entry=entry, sequence=seal.sequence, previous=previous, digest=seal.digest):
        found.add(seal.sequence, f"{_named(entry)}, its seal or its place was changed.")


def _check_end(found: Verification, company: Company, head: Head | None) -> None:
    end = found.head.sequence if found.head else 0
    if head is not None and end < head.sequence:
        found.add(end + 1, f"{_places(end + 1, head.sequence)} cut off: the noted head is beyond the end.")
    streamed = AuditCursor.objects.filter(name__startswith=stream_prefix(company=company), position__gt=end)
    for cursor in streamed.order_by("-position")[:1]:
        found.add(end + 1, f"{_places(end + 1, cursor.position)} cut off: they were streamed to a log server before.")


def _check_unsealed(found: Verification, company: Company, at: datetime) -> None:
    unsealed = AuditEntry.objects.filter(company=company, seal__isnull=True).order_by("pk")
    fresh = unsealed.filter(at__gt=at - GRACE, at__lt=at + GRACE)
    found.waiting = fresh.count()
    rest = unsealed.exclude(at__gt=at - GRACE, at__lt=at + GRACE)
    for entry in rest.iterator(chunk_size=BATCH):
        reason = "it was put in from outside, or the queue that seals has stood still."
        found.add(0, f"{_named(entry)} has no seal: {reason}")


def stream_prefix(*, company: Company) -> str:
    """How the names of the cursors begin under which the company's log is streamed."""
    return f"stream:{company.pk}:"


def _named(entry: AuditEntry) -> str:
    return f"Entry {entry.public_id} ({entry.action}, {entry.at:%Y-%m-%d %H:%M} UTC)"


def _places(first: int, last: int) -> str:
    return f"No. {first} was" if first >= last else f"No. {first} to {last} were"
