"""The contract of a summary engine: a redacted session goes in, a draft with evidence comes out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from summaries.content import SessionFacts, SummaryContent
from summaries.enums import Actor, Kind


class EngineError(Exception):
    """The engine gave no usable draft. *permanent*: another attempt with the same engine can't help.

    Tokens that were spent all the same are kept, so that cost is accounted for. *is_busy*: the engine is well and asks
    to be left alone, for *wait_seconds* or until it is less in demand.
    """

    is_busy = False
    wait_seconds = 0.0

    def __init__(self, sentence: str, *, permanent: bool, input_tokens: int = 0, output_tokens: int = 0) -> None:
        super().__init__(sentence)
        self.permanent = permanent
        self.input_tokens = input_tokens
        self.output_tokens = output_tokens


@dataclass(frozen=True, slots=True)
class RecordedInteraction:
    """An interaction as stored: redacted, numbered."""

    number: int
    offset_ms: int
    kind: Kind
    text: str = ""
    actor: Actor = Actor.UNKNOWN
    application: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class TaxonomyLabel:
    name: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRequest:
    """One session of one company, and nothing that names the company."""

    interactions: tuple[RecordedInteraction, ...]
    facts: SessionFacts
    started_at: datetime
    language: str = "en"
    notes: str = ""
    quality: frozenset[str] = frozenset()
    issue_types: tuple[TaxonomyLabel, ...] = ()
    applications: tuple[TaxonomyLabel, ...] = ()
    #: The company's own model of issue types, packed; empty without one.
    issue_type_model: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryDraft:
    """What an engine wrote, before evidence is checked. *cost_micros* in millionths of a US dollar."""

    content: SummaryContent
    model: str = ""
    prompt_version: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    notes: tuple[str, ...] = field(default=())


class SummaryEngine(Protocol):
    def summarise(self, request: SummaryRequest) -> SummaryDraft:
        """Write the summary. Raises EngineError. Called outside any transaction; bounded in time."""
        ...


class PreparedSummary(Protocol):
    """A summary that a remote engine is about to write, all work done that needs more than waiting."""

    @property
    def size(self) -> int:
        """Bytes of text that wait in memory until it is written."""
        ...

    @property
    def tokens(self) -> int:
        """An upper guess of what it will use."""
        ...

    async def write(self) -> SummaryDraft:
        """Ask the engine. Raises EngineError. Runs in the event loop and never blocks it for long."""
        ...


class RemoteEngine(SummaryEngine, Protocol):
    """An engine that one waits for: many of its summaries are written at once."""

    @property
    def place(self) -> str:
        """Which key at which address, as a fingerprint: what is held back when that one is busy."""
        ...

    def prepare(self, request: SummaryRequest) -> PreparedSummary:
        """Get everything ready. Raises EngineError when it can't be asked at all."""
        ...
