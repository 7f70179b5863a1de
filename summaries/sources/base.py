"""The contract of a recording format. A new format is one module, one line in `registry.py`, one test file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO, ClassVar, Protocol, runtime_checkable

from summaries.enums import Actor, Direction, Kind, PlaceUnit, QualityFlag

#: How much of the beginning of a file a source is shown to recognise it, in bytes.
HEAD_BYTES = 64 * 1024
#: Longest line or record that is read as one, in bytes; what is longer is one bad record.
MAX_RECORD_BYTES = 8 * 1024 * 1024
#: Longest text of one interaction, in characters; what is longer is cut and ends with "…".
MAX_TEXT_CHARS = 20_000
#: How many bad records are kept with their places; the rest is counted.
MAX_BAD_RECORDS_KEPT = 100


class UnableToRead(Exception):
    """The recording can't be read at all. The sentence says why, where (line or byte) and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in its file: line from 1, byte offset from 0, item of a list from 1."""

    unit: PlaceUnit
    number: int

    def __str__(self) -> str:
        return f"{self.unit.label} {self.number}"


@dataclass(frozen=True, slots=True)
class CapturedInteraction:
    """One event as recorded: *raw*, so it may be held in memory only until it is redacted.

    *is_secret* says that the text was typed while the terminal did not echo it: a password.
    """

    offset_ms: int
    kind: Kind
    text: str = ""
    actor: Actor = Actor.UNKNOWN
    application: str = ""
    title: str = ""
    place: Place | None = None
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class BadRecord:
    place: Place
    problem: str


@dataclass(slots=True)
class RecordingNotes:
    """What a source learns about the recording as a whole while it reads; final when the reading has ended."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    title: str = ""
    device_name: str = ""
    operating_system: str = ""
    supporter_name: str = ""
    remote_user: str = ""
    people: list[str] = field(default_factory=list)
    duration_ms: int = 0
    #: What the tool that recorded calls this session; with the source's *namespace* it is the same session elsewhere.
    external_id: str = ""
    quality: set[QualityFlag] = field(default_factory=set)
    bad_records: list[BadRecord] = field(default_factory=list)
    bad_record_count: int = 0

    def add_bad_record(self, place: Place, problem: str) -> None:
        self.bad_record_count += 1
        self.quality.add(QualityFlag.PARTIAL_PARSE)
        if len(self.bad_records) < MAX_BAD_RECORDS_KEPT:
            self.bad_records.append(BadRecord(place, problem))

    def add_person(self, name: str) -> None:
        if name and name not in self.people and len(self.people) < 200:  # noqa: PLR2004 - a sane bound
            self.people.append(name)


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording as handed in. *companion* is the timing file of script(1), for formats of two files."""

    stream: BinaryIO
    name: str = ""
    companion: BinaryIO | None = None


class Source(Protocol):
    """Reads one format. Streams: never holds the whole file. Never raises for a single bad record."""

    #: Stored with the session, e.g. "ASCIICAST".
    code: ClassVar[str]
    #: What people read, e.g. "asciicast (asciinema)".
    label: ClassVar[str]

    def recognises(self, head: bytes, name: str) -> bool:
        """Say from the first HEAD_BYTES bytes whether this is the format. *name* only breaks ties."""
        ...

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        """Yield interactions in order of time and fill *notes*. Raises UnableToRead.

        Offsets never run backwards: a source clamps to the running maximum and notes CLOCK_SKEW.
        """
        ...


@dataclass(slots=True, kw_only=True)
class SessionRecord:
    """One support session of a file that holds many, as its tool tells it: raw, like an interaction.

    *supporters*: what names the supporter, the surest first: an e-mail address, a user name, a name. *ended_at* None:
    the session still ran when the file was written. *interactions* in order of time; empty when only the connection
    was reported.
    """

    external_id: str
    place: Place
    started_at: datetime
    ended_at: datetime | None = None
    supporters: tuple[str, ...] = ()
    device_name: str = ""
    remote_user: str = ""
    direction: Direction | None = None
    notes: str = ""
    ticket: str = ""
    billing_state: str = ""
    fee: Decimal | None = None
    currency: str = ""
    interactions: tuple[CapturedInteraction, ...] = ()
    quality: set[QualityFlag] = field(default_factory=set)


@runtime_checkable
class CollectionSource(Protocol):
    """Reads one format of files that hold many support sessions. Streams, like a Source."""

    code: ClassVar[str]
    label: ClassVar[str]
    #: Whose ids these are: the same session in another format of the same service is one session.
    namespace: ClassVar[str]
    #: Whether sessions bring a log. Without one nothing is captured, and no consent needs to be stated.
    has_logs: ClassVar[bool]

    def recognises(self, head: bytes, name: str) -> bool:
        """Say from the first HEAD_BYTES bytes whether this is the format."""
        ...

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        """Yield sessions as they stand in the file; *notes* take the file's bad records. Raises UnableToRead."""
        ...
