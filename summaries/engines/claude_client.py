"""One call to a server that speaks the Messages API: bounded in time, honest about failure, exact about tokens."""

import os
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from random import random
from typing import Any, get_args

import anthropic
import httpx2
from anthropic.types import MessageParam, Model, TextBlockParam
from django.conf import settings
from pydantic_core import from_json

from insights_portal.lib.http import OutboundRefused, outbound_client
from summaries.engines.base import EngineError

#: The longest that a worker sleeps between two attempts, in seconds, whatever `retry-after` says.
MAX_PAUSE_SECONDS = 20.0

_AI_SETTINGS = "in AI settings"
#: What a status means for people. What is not here and not below 500 is the server's trouble.
_REFUSALS = {
    400: f"The engine refused the request as invalid. Check model and base URL {_AI_SETTINGS}.",
    401: f"The engine refused the key. Enter a new key {_AI_SETTINGS}.",
    402: "The engine asks for payment. Check the billing of the engine's account.",
    403: f"The engine's key may not use this model. Enter another key or another model {_AI_SETTINGS}.",
    404: f"The engine does not know the address or the model. Check base URL and model {_AI_SETTINGS}.",
    413: "The session is too large for the engine. Ask the operator for a smaller ENGINE_PART_TOKENS.",
}
_BUSY = {
    429: "The engine takes no more requests for now (429).",
    503: "The engine is not available (503).",
    529: "The engine is overloaded (529).",
}
_PASSING = frozenset({408, 409, 425, 429})
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the engine is and who asks. *has_own_url*: a server of the company's choice, perhaps behind a gateway."""

    base_url: str
    key: str = field(repr=False)
    model: str
    has_own_url: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request: the fixed system texts, the conversation, the schema of the answer."""

    system: tuple[str, ...]
    messages: tuple[MessageParam, ...]
    schema: dict[str, Any] | None
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back with status 200. *is_message* is False for anything but a Messages API answer."""

    text: str = ""
    stop_reason: str = ""
    is_message: bool = True

    @property
    def is_page(self) -> bool:
        return not self.is_message and self.text.lstrip().startswith("<")


@dataclass(slots=True)
class Account:
    """Tokens and time of one summary, over all its requests. Shared by the threads that work on its parts."""

    deadline: float
    input_tokens: int = 0
    output_tokens: int = 0
    model: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def opened(cls, *, seconds: float) -> "Account":
        """An account whose requests must all have ended in *seconds*."""
        return cls(deadline=time.monotonic() + seconds)

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def add(self, body: dict[str, Any]) -> None:
        usage = body.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        with self._lock:
            self.input_tokens += sum(
                _count(usage.get(name))
                for name in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
            )
            self.output_tokens += _count(usage.get("output_tokens"))
            self.model = body["model"][:120] if isinstance(body.get("model"), str) else self.model

    def error(self, sentence: str, *, permanent: bool) -> EngineError:
        """An EngineError with what was spent so far."""
        return EngineError(
            sentence, permanent=permanent, input_tokens=self.input_tokens, output_tokens=self.output_tokens
        )


def default_model() -> str:
    """ENGINE_DEFAULT_MODEL, or the first of ENGINE_MODEL_FAMILY that the SDK lists: it lists the newest first."""
    listed: tuple[str, ...] = get_args(get_args(Model)[0])
    family = (name for name in listed if settings.ENGINE_MODEL_FAMILY in name)
    return settings.ENGINE_DEFAULT_MODEL or next(family, listed[0])


def http_client() -> httpx2.Client:
    """One per process and made after the fork: a forked child must not share its parent's connections."""
    return _http_client_of(os.getpid())


@cache
def _http_client_of(_process: int) -> httpx2.Client:
    return outbound_client(timeout=settings.ENGINE_TIMEOUT_SECONDS)


class MessagesClient:
    """Calls one endpoint for one summary. Safe to share between threads."""

    def __init__(self, endpoint: Endpoint, account: Account, *, retries: int) -> None:
        """Raises EngineError when the base URL is none."""
        self._endpoint = endpoint
        self._account = account
        self._retries = retries
        try:
            self._sdk = anthropic.Anthropic(
                # Never empty: the SDK would look for a key, somebody else's, in the environment.
                api_key=endpoint.key or "none",
                base_url=endpoint.base_url,
                # Gateways before the company's own server look for the older header.
                default_headers={"X-Api-Key": endpoint.key} if endpoint.has_own_url and endpoint.key else None,
                # The SDK's own retries sleep as long as `retry-after` says, which may be days.
                max_retries=0,
                http_client=http_client(),
                open_telemetry=False,
            )
        except (httpx2.InvalidURL, ValueError):
            raise account.error(
                f"The base URL is not a web address. Correct it {_AI_SETTINGS}.", permanent=True
            ) from None

    def send(self, prompt: Prompt) -> Reply:
        """Send, with retries, within the account's time. Raises EngineError."""
        attempt = 0
        while True:
            try:
                return self._attempt(prompt)
            except anthropic.APIError as error:
                failure = self._failure(error)
                pause = _pause(error, attempt)
            if failure.permanent or attempt >= self._retries:
                raise failure
            if pause > min(MAX_PAUSE_SECONDS, self._account.seconds_left):
                wait = f" It asks to wait {pause:.0f} s. Try again later." if pause > MAX_PAUSE_SECONDS else ""
                raise self._account.error(f"{failure}{wait}", permanent=False)
            time.sleep(pause)
            attempt += 1

    def _attempt(self, prompt: Prompt) -> Reply:
        left = self._account.seconds_left
        if left <= 0:
            raise self._account.error("The engine did not finish in the time that is allowed.", permanent=False)
        asked: dict[str, Any] = {}
        if prompt.schema is not None:
            asked["output_config"] = {"format": {"type": "json_schema", "schema": prompt.schema}}
        raw = self._sdk.messages.with_raw_response.create(
            model=self._endpoint.model,
            max_tokens=prompt.max_tokens,
            system=_system_blocks(prompt.system),
            messages=prompt.messages,
            timeout=min(settings.ENGINE_TIMEOUT_SECONDS, left),
            **asked,
        )
        return self._reply(raw.http_response.text)

    def _reply(self, body: str) -> Reply:
        """Read the envelope by hand: a web page or half a message must not end in an AttributeError of the SDK."""
        try:
            message = from_json(body)
        except ValueError:
            return Reply(text=body[:200], is_message=False)
        if not isinstance(message, dict):
            return Reply(is_message=False)
        self._account.add(message)
        blocks = message.get("content")
        texts = [
            block["text"]
            for block in (blocks if isinstance(blocks, list) else [])
            if isinstance(block, dict) and block.get("type") == "text" and isinstance(block.get("text"), str)
        ]
        return Reply(
            text="".join(texts),
            stop_reason=str(message.get("stop_reason") or ""),
            is_message=isinstance(blocks, list),
        )

    def _failure(self, error: anthropic.APIError) -> EngineError:
        """What a failed call means. The server's own words are left out: they may quote the key or the session."""
        if isinstance(error, anthropic.APIStatusError):
            return self._status_failure(error.status_code)
        refusal = _refusal(error)
        if refusal is not None:
            return self._account.error(str(refusal), permanent=True)
        if isinstance(error, anthropic.APITimeoutError):
            return self._account.error("The engine did not answer in time.", permanent=False)
        return self._account.error(
            f"The engine could not be reached, or broke off. Check the base URL {_AI_SETTINGS} if this lasts.",
            permanent=False,
        )

    def _status_failure(self, status: int) -> EngineError:
        if status in _PASSING or status >= _SERVER_ERROR:
            sentence = _BUSY.get(status, f"The engine reports a fault of its own ({status}).")
            return self._account.error(sentence, permanent=False)
        sentence = _REFUSALS.get(
            status, f"The engine's address answers with status {status}. Check the base URL {_AI_SETTINGS}."
        )
        return self._account.error(sentence, permanent=True)


def _system_blocks(texts: tuple[str, ...]) -> list[TextBlockParam]:
    """The cache mark stands on the last block and covers all before it."""
    blocks: list[TextBlockParam] = [{"type": "text", "text": text} for text in texts]
    blocks[-1]["cache_control"] = {"type": "ephemeral"}
    return blocks


def _refusal(error: BaseException) -> OutboundRefused | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OutboundRefused):
        cause = cause.__cause__
    return cause


def _pause(error: anthropic.APIError, attempt: int) -> float:
    """Seconds until the next attempt: what the server asks for, or 0.5, 1, 2 … with up to a quarter off."""
    if isinstance(error, anthropic.APIStatusError):
        try:
            asked = float(error.response.headers.get("retry-after", ""))
        except ValueError:
            asked = -1.0  # absent, or a date, which needs a clock that agrees with the server's
        if 0 <= asked < float("inf"):
            return asked
    return float(0.5 * 2**attempt * (1 - 0.25 * random()))  # noqa: S311 - spreads load, protects nothing


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0
