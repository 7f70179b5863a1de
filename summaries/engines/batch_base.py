"""The shapes of a provider's batches, for those who order and follow them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from summaries.engines.base import EngineError, SummaryDraft, SummaryRequest


class BatchError(EngineError):
    """*maybe_done*: the provider may have done what it was asked all the same. *is_missing*: it does not know the
    address or the batch.
    """

    maybe_done = False
    is_missing = False


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A session as one request of a batch. *size*: bytes of its text. *tokens*: an upper guess of what it uses."""

    custom_id: str
    params: dict[str, Any]
    size: int
    tokens: int


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """What the provider tells of a batch. *requests*: how many are in it."""

    provider_id: str
    has_ended: bool
    requests: int
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """A line of the results. *kind*: `succeeded`, `errored`, `canceled` or `expired`. *body*: message or error."""

    custom_id: str
    kind: str
    body: dict[str, Any]

    @property
    def was_refused(self) -> bool:
        """Whether the provider takes the request for an invalid one, which no second try mends."""
        error = self.body.get("error")
        return isinstance(error, dict) and error.get("type") in ("invalid_request_error", "request_too_large")


class BatchEngine(Protocol):
    """Batches of one key at one address. Calls raise BatchError; none is made inside a transaction."""

    @property
    def place(self) -> str:
        """Which key at which address, as a fingerprint."""
        ...

    def request_of(self, custom_id: str, request: SummaryRequest) -> BatchRequest | None:
        """*request* as one of a batch; None when it takes several calls. Raises EngineError without a key."""
        ...

    def create(self, requests: list[BatchRequest], *, mark: UUID) -> BatchStatus:
        """Order a batch. *mark* goes along for servers that know an order by it when it comes twice."""
        ...

    def retrieve(self, provider_id: str) -> BatchStatus: ...

    def cancel(self, provider_id: str) -> BatchStatus: ...

    def since(self, moment: datetime) -> list[BatchStatus]:
        """Every batch of the key's workspace that was made at *moment* or after it."""
        ...

    def results(self, provider_id: str) -> Iterator[BatchResult]:
        """The results of a batch that has ended, in any order; what is no result is left out."""
        ...

    def draft_of(self, result: BatchResult, request: SummaryRequest) -> SummaryDraft:
        """The summary that a `succeeded` result holds, at the price of a batch. Raises EngineError with its tokens."""
        ...

    def tokens_of(self, result: BatchResult) -> int:
        """What a `succeeded` result used."""
        ...
