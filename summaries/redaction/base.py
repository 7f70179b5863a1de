"""What masks a session before it is stored: the contract that capture calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from summaries.sources.base import CapturedInteraction

#: {rule code: {keyed hash of the value: number of its placeholder}}
RedactionMemory = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class RedactionReport:
    """How many places each rule masked, by rule code (PASSWORD, EMAIL, IBAN …)."""

    counts: dict[str, int]


class SessionRedactor(Protocol):
    """Masks one session, batch after batch. A value keeps its placeholder ([EMAIL-1]) over all batches."""

    def mask(self, batch: Sequence[CapturedInteraction]) -> list[CapturedInteraction]:
        """The same interactions, in the same order, with masked text, title and application."""
        ...

    def report(self) -> RedactionReport: ...

    def memory(self) -> RedactionMemory:
        """What a later redactor of the same session needs; holds no raw value."""
        ...
