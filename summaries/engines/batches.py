"""The provider's Message Batches interface: many sessions in one order, for less money, within a day.

A batch is known by the provider's id alone. The list of batches tells neither what is in one nor any mark of ours;
only the results carry our `custom_id`, and only once the batch has ended. What follows from that for a call that may
have been made is decided in `domain.backlog`; here stands what can be asked, and what an answer means.
"""

import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

import anthropic
import httpx2
from django.conf import settings
from django.utils.translation import gettext, gettext_noop
from pydantic_core import from_json

from accounts.models import AISettings
from insights_portal.lib.http import outbound_client
from summaries.engines import prompts
from summaries.engines.base import EngineError, SummaryDraft, SummaryRequest
from summaries.engines.batch_base import BatchError, BatchRequest, BatchResult, BatchStatus
from summaries.engines.claude import (
    COST_UNKNOWN,
    IS_A_PAGE,
    IS_NO_MESSAGE,
    USUAL_ANSWER_TOKENS,
    ClaudeEngine,
    cost_micros,
    endpoint_of,
    new_mark,
    price_of,
    prompt_of,
    read_reply,
)
from summaries.engines.claude_client import Account, params_of, reply_of, sdk_options
from summaries.engines.claude_failures import NO_ADDRESS, Failure, failure_of
from summaries.engines.claude_parts import divide
from summaries.engines.claude_schema import AnswerUnusable, content_of

PATH = "/v1/messages/batches"
#: The longest results that are read, in bytes; they lie on the disk, not in memory.
MAX_RESULT_BYTES = 256 * 1024 * 1024
#: The longest line of them; an answer takes some tens of kilobytes.
MAX_LINE_BYTES = 4 * 1024 * 1024
#: For so long results may take to arrive, in seconds.
RESULT_SECONDS = 180.0
#: Batches that are asked for with one page of the provider's list, and pages that are looked at.
LISTED_AT_ONCE = 100
MOST_PAGES = 20
IN_A_BATCH = gettext_noop("Written in a batch.")

_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")
_MISSING, _NOT_ALLOWED, _NOT_IMPLEMENTED, _OVERLOADED, _SERVER_ERROR = 404, 405, 501, 529, 500


class ClaudeBatches:
    """The batches of one company's key at one address. Every call raises BatchError and nothing else."""

    def __init__(self, *, ai_settings: AISettings) -> None:
        self._ai_settings = ai_settings

    @property
    def place(self) -> str:
        return ClaudeEngine(ai_settings=self._ai_settings).place

    @cached_property
    def _model(self) -> str:
        return endpoint_of(self._ai_settings).model

    def request_of(self, custom_id: str, request: SummaryRequest) -> BatchRequest | None:
        division = divide(
            request.interactions, part_tokens=settings.ENGINE_PART_TOKENS, max_parts=settings.ENGINE_MAX_PARTS
        )
        if len(division.parts) > 1:
            return None
        (part,) = division.parts
        text = prompts.session_message(request=request, part=part, of_parts=1, mark=new_mark())
        prompt = prompt_of(prompts.SYSTEM, [{"role": "user", "content": text}])
        size = len(text.encode(errors="replace"))
        return BatchRequest(custom_id, params_of(prompt, model=self._model), size, size // 3 + USUAL_ANSWER_TOKENS)

    def create(self, requests: list[BatchRequest], *, mark: UUID) -> BatchStatus:
        body = {"requests": [{"custom_id": each.custom_id, "params": each.params} for each in requests]}
        return _status_of(self._call("POST", PATH, body=body, headers={"Idempotency-Key": str(mark)}))

    def retrieve(self, provider_id: str) -> BatchStatus:
        return _status_of(self._call("GET", f"{PATH}/{provider_id}"))

    def cancel(self, provider_id: str) -> BatchStatus:
        return _status_of(self._call("POST", f"{PATH}/{provider_id}/cancel"))

    def since(self, moment: datetime) -> list[BatchStatus]:
        found: list[BatchStatus] = []
        after = ""
        for _ in range(MOST_PAGES):
            page = self._call("GET", f"{PATH}?limit={LISTED_AT_ONCE}{after}")
            rows = page.get("data")
            if not isinstance(rows, list):
                raise _unreadable()
            # The newest come first.
            batches = [_status_of(row) for row in rows]
            recent = [each for each in batches if each.created_at is None or each.created_at >= moment]
            found += recent
            if not batches or len(recent) < len(batches) or page.get("has_more") is not True:
                return found
            after = f"&after_id={batches[-1].provider_id}"
        raise BatchError(gettext("The provider lists more batches than can be looked through."), permanent=False)

    def results(self, provider_id: str) -> Iterator[BatchResult]:
        """The results of a batch that has ended, line by line, in any order; what is no result is left out.

        They are fetched to the end first, into a file without a name: the provider's connection waits for nobody.
        """
        with tempfile.TemporaryFile() as file:
            self._fetch(f"{PATH}/{provider_id}/results", file)
            file.seek(0)
            while line := file.readline(MAX_LINE_BYTES):
                result = _result_of(line)
                if result is not None:
                    yield result

    def draft_of(self, result: BatchResult, request: SummaryRequest) -> SummaryDraft:
        account = Account.opened(seconds=0)
        account.add(result.body)
        try:
            content = content_of(read_reply(reply_of(result.body)), request)
        except AnswerUnusable as unusable:
            raise account.error(str(unusable), permanent=unusable.permanent) from None
        model = account.model or self._model
        full = cost_micros(model, account.input_tokens, account.output_tokens)
        return SummaryDraft(
            content=content,
            model=model,
            prompt_version=prompts.PROMPT_VERSION,
            input_tokens=account.input_tokens,
            output_tokens=account.output_tokens,
            cost_micros=-(-full * settings.ENGINE_BATCH_PRICE_PERCENT // 100),
            notes=(IN_A_BATCH, *(() if price_of(model) else (COST_UNKNOWN,))),
        )

    def tokens_of(self, result: BatchResult) -> int:
        account = Account.opened(seconds=0)
        account.add(result.body)
        return account.input_tokens + account.output_tokens

    def _sdk(self, *, seconds: float, max_bytes: int | None = None) -> anthropic.Anthropic:
        limits = {} if max_bytes is None else {"max_bytes": max_bytes}
        try:
            endpoint = endpoint_of(self._ai_settings)
            return anthropic.Anthropic(
                **sdk_options(endpoint), http_client=outbound_client(timeout=seconds, **limits), timeout=seconds
            )
        except EngineError as error:
            raise BatchError(str(error), permanent=True) from error
        except (httpx2.InvalidURL, ValueError):
            raise BatchError(str(NO_ADDRESS), permanent=True) from None

    def _call(
        self, method: str, path: str, *, body: object = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """One exchange; the answer's JSON object, read by hand: a web page must not end in an error of the SDK."""
        options: Any = {"headers": headers or {}}
        try:
            with self._sdk(seconds=settings.ENGINE_TIMEOUT_SECONDS) as sdk:
                ask = sdk.get if method == "GET" else sdk.post
                given = {} if method == "GET" else {"body": body}
                answer = cast("Any", ask)(path, cast_to=httpx2.Response, options=options, **given)
                text: str = answer.text
        except anthropic.APIError as error:
            raise _failed(error) from error
        return _object_of(text)

    def _fetch(self, path: str, file: Any) -> None:
        """Write what *path* holds into *file*."""
        options: Any = {"headers": {"X-Stainless-Raw-Response": "stream"}}
        try:
            with self._sdk(seconds=RESULT_SECONDS, max_bytes=MAX_RESULT_BYTES) as sdk:
                answer = sdk.get(path, cast_to=httpx2.Response, options=options)
                for chunk in answer.iter_bytes():
                    file.write(chunk)
        except anthropic.APIError as error:
            raise _failed(error) from error
        except httpx2.HTTPError as error:
            raise BatchError(
                gettext("The results of a batch broke off. They are fetched again."), permanent=False
            ) from error


def _failed(error: anthropic.APIError) -> BatchError:
    status = error.status_code if isinstance(error, anthropic.APIStatusError) else None
    failure: Failure = failure_of(error, attempt=0)
    failed = BatchError(failure.sentence, permanent=failure.permanent)
    failed.is_busy, failed.wait_seconds = failure.is_busy, failure.asked
    failed.is_missing = status in (_MISSING, _NOT_ALLOWED, _NOT_IMPLEMENTED)
    # A refusal was no order. A server that fell over, or a line that broke, may have taken it.
    failed.maybe_done = (
        not failure.permanent
        and not failed.is_missing
        and (status is None or (status >= _SERVER_ERROR and status != _OVERLOADED))
    )
    return failed


def _unreadable(text: str = "") -> BatchError:
    error = BatchError(IS_A_PAGE if text.lstrip().startswith("<") else IS_NO_MESSAGE, permanent=False)
    error.maybe_done = True
    return error


def _object_of(text: str) -> dict[str, Any]:
    try:
        values = from_json(text)
    except ValueError:
        raise _unreadable(text[:200]) from None
    if not isinstance(values, dict):
        raise _unreadable()
    return values


def _status_of(values: object) -> BatchStatus:
    values = values if isinstance(values, dict) else {}
    provider_id, counts = values.get("id"), values.get("request_counts")
    if not isinstance(provider_id, str) or not _ID.fullmatch(provider_id) or not isinstance(counts, dict):
        raise _unreadable()
    return BatchStatus(
        provider_id=provider_id,
        has_ended=values.get("processing_status") == "ended",
        requests=sum(count for count in counts.values() if isinstance(count, int)),
        created_at=_moment(values.get("created_at")),
    )


def _moment(value: object) -> datetime | None:
    """None: the provider says nothing readable, or no zone."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _result_of(line: bytes) -> BatchResult | None:
    try:
        values = from_json(line)
    except ValueError:
        return None
    result = values.get("result") if isinstance(values, dict) else None
    if not isinstance(result, dict) or not isinstance(values.get("custom_id"), str):
        return None
    body = result.get("message") if result.get("type") == "succeeded" else result.get("error")
    return BatchResult(values["custom_id"], str(result.get("type")), body if isinstance(body, dict) else {})
