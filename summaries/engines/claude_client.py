"""One call to a server that speaks the Messages API: bounded in time, honest about failure, exact about tokens."""

import asyncio
import os
import time
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, get_args

import anthropic
import httpx2
from anthropic.types import MessageParam, Model, TextBlockParam
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic_core import from_json

from insights_portal.lib.async_http import async_outbound_client, outbound_loop
from summaries.engines.base import EngineError
from summaries.engines.claude_failures import NO_ADDRESS, Failure, failure_of, used_up_for

#: The longest that is waited between two attempts, in seconds, whatever `retry-after` says.
MAX_PAUSE_SECONDS = 20.0
TOO_DEAR = gettext_noop("This session has used all tokens that one session may use at the engine.")


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
    """Tokens and time of one summary, over all its requests. *ceiling*: tokens after which it asks no more."""

    deadline: float
    ceiling: int | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    model: str = ""

    @classmethod
    def opened(cls, *, seconds: float, ceiling: int | None = None) -> "Account":
        """An account whose requests must all have ended in *seconds*."""
        return cls(deadline=time.monotonic() + seconds, ceiling=ceiling)

    @property
    def is_used_up(self) -> bool:
        return self.ceiling is not None and self.input_tokens + self.output_tokens >= self.ceiling

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def add(self, body: dict[str, Any]) -> None:
        usage = body.get("usage")
        usage = usage if isinstance(usage, dict) else {}
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

    def failed(self, failure: Failure, more: str = "") -> EngineError:
        """The EngineError of a call, with what was spent so far. *more*: added to its sentence."""
        error = self.error(failure.sentence + more, permanent=failure.permanent)
        error.is_busy, error.wait_seconds = failure.is_busy, failure.asked
        return error


def default_model() -> str:
    """ENGINE_DEFAULT_MODEL, or the first of ENGINE_MODEL_FAMILY that the SDK lists: it lists the newest first."""
    listed: tuple[str, ...] = get_args(get_args(Model)[0])
    family = (name for name in listed if settings.ENGINE_MODEL_FAMILY in name)
    return settings.ENGINE_DEFAULT_MODEL or next(family, listed[0])


def sdk_options(endpoint: Endpoint) -> dict[str, Any]:
    """How the SDK is set up, for one call at a time or many."""
    return {
        # Never empty: the SDK would look for a key, somebody else's, in the environment.
        "api_key": endpoint.key or "none",
        "base_url": endpoint.base_url,
        # Gateways before the company's own server look for the older header.
        "default_headers": {"X-Api-Key": endpoint.key} if endpoint.has_own_url and endpoint.key else None,
        # The SDK's own retries sleep as long as `retry-after` says, which may be days.
        "max_retries": 0,
        "open_telemetry": False,
    }


def http_client() -> httpx2.AsyncClient:
    """One per process and made after the fork: a forked child must not share its parent's connections."""
    return _http_client_of(os.getpid())


@cache
def _http_client_of(_process: int) -> httpx2.AsyncClient:
    return async_outbound_client(timeout=settings.ENGINE_TIMEOUT_SECONDS)


@lru_cache(maxsize=64)
def _sdk_of(endpoint: Endpoint, _process: int) -> anthropic.AsyncAnthropic:
    """One for all summaries of an endpoint: a new one finds out anew, in a thread, on what system it runs."""
    return anthropic.AsyncAnthropic(**sdk_options(endpoint), http_client=http_client())


class Gate:
    """Holds back all calls with one key at one address while the server asks to be left alone.

    Belongs to the calls of one process; nothing of it is needed after them.
    """

    def __init__(self) -> None:
        self._opens_at = 0.0

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._opens_at - time.monotonic())

    def close_for(self, seconds: float) -> None:
        self._opens_at = max(self._opens_at, time.monotonic() + min(seconds, MAX_PAUSE_SECONDS))


class MessagesClient:
    """Calls one endpoint for one summary. Its calls may overlap. *gate*: shared by all that use the endpoint."""

    def __init__(self, endpoint: Endpoint, account: Account, *, retries: int, gate: Gate | None = None) -> None:
        """Raises EngineError when the base URL is none."""
        self._endpoint = endpoint
        self._account = account
        self._retries = retries
        self._gate = gate or Gate()
        try:
            self._sdk = _sdk_of(endpoint, os.getpid())
        except (httpx2.InvalidURL, ValueError):
            raise account.error(str(NO_ADDRESS), permanent=True) from None

    def send_and_wait(self, prompt: Prompt) -> Reply:
        """`send`, for a caller outside the event loop."""
        return asyncio.run_coroutine_threadsafe(self.send(prompt), outbound_loop()).result()

    async def send(self, prompt: Prompt) -> Reply:
        """Send, with retries, within the account's time and tokens. Raises EngineError."""
        attempt = 0
        while True:
            while self._gate.seconds_left:
                await asyncio.sleep(self._gate.seconds_left)
            try:
                return await self._attempt(prompt)
            except anthropic.APIError as error:
                failure = failure_of(error, attempt=attempt)
            if failure.is_busy:
                self._gate.close_for(failure.pause)
            if failure.permanent or attempt >= self._retries:
                raise self._account.failed(failure)
            if failure.pause > min(MAX_PAUSE_SECONDS, self._account.seconds_left):
                wait = (
                    " "
                    + _("It asks to wait %(first)s s.") % {"first": f"{failure.pause:.0f}"}
                    + " "
                    + _("Try again later.")
                )
                raise self._account.failed(failure, wait if failure.pause > MAX_PAUSE_SECONDS else "")
            await asyncio.sleep(failure.pause)
            attempt += 1

    def _timeout(self) -> float:
        """Seconds that the next call may take. Raises EngineError when there is no time or no token left."""
        left = self._account.seconds_left
        if left <= 0:
            raise self._account.error(_("The engine did not finish in the time that is allowed."), permanent=False)
        if self._account.is_used_up:
            raise self._account.error(_(TOO_DEAR), permanent=True)
        longest: float = settings.ENGINE_TIMEOUT_SECONDS
        return min(longest, left)

    async def _attempt(self, prompt: Prompt) -> Reply:
        raw = await self._sdk.messages.with_raw_response.create(
            **params_of(prompt, model=self._endpoint.model), timeout=self._timeout()
        )
        self._gate.close_for(used_up_for(raw.http_response.headers))
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
        return reply_of(message)


def reply_of(message: dict[str, Any]) -> Reply:
    """The text of a message of the Messages API, whatever its shape."""
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


def params_of(prompt: Prompt, *, model: str) -> dict[str, Any]:
    """The body of a request to the Messages API."""
    params: dict[str, Any] = {
        "model": model,
        "max_tokens": prompt.max_tokens,
        "system": _system_blocks(prompt.system),
        "messages": prompt.messages,
    }
    if prompt.schema is not None:
        params["output_config"] = {"format": {"type": "json_schema", "schema": prompt.schema}}
    return params


def _system_blocks(texts: tuple[str, ...]) -> list[TextBlockParam]:
    """The cache mark stands on the last block and covers all before it."""
    blocks: list[TextBlockParam] = [{"type": "text", "text": text} for text in texts]
    blocks[-1]["cache_control"] = {"type": "ephemeral"}
    return blocks


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0
