"""The Claude engine, and any server that speaks the Anthropic Messages API.

A session goes out once as marked data and comes back as one JSON object; a session beyond the model's window goes
out in parts whose drafts are merged. What the answer claims is checked elsewhere (`domain.evidence`).
"""

import asyncio
import json
import secrets
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from anthropic.types import MessageParam
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.domain.engine_keys import engine_key
from accounts.models import AISettings
from insights_portal.lib.async_http import outbound_loop
from insights_portal.lib.crypto import UnableToDecrypt, fingerprint
from summaries.engines import prompts
from summaries.engines.base import EngineError, PreparedSummary, SummaryDraft, SummaryRequest
from summaries.engines.claude_client import Account, Endpoint, Gate, MessagesClient, Prompt, Reply, default_model
from summaries.engines.claude_parts import Division, Part, divide
from summaries.engines.claude_schema import (
    AnswerUnusable,
    SummaryAnswer,
    answer_schema,
    cited,
    content_of,
    limited_to,
    read_answer,
)

#: Parts of one session that are at the engine at the same time.
PARTS_AT_ONCE = 4
#: What an answer takes as a rule; the most that it may take is ENGINE_MAX_OUTPUT_TOKENS.
USUAL_ANSWER_TOKENS = 2_000
IS_A_PAGE = gettext_noop("The engine's address answers with a web page. Check the base URL in AI settings.")
IS_NO_MESSAGE = gettext_noop("The engine's answer broke off or is no message.")
COST_UNKNOWN = gettext_noop("The cost is unknown: no price is configured for this model.")

_FINISHED = frozenset({"end_turn", "stop_sequence"})
_CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded"})


def endpoint_of(ai_settings: AISettings) -> Endpoint:
    """Where a company's engine is. Raises EngineError when its key is missing or can't be read."""
    try:
        key = engine_key(ai_settings)
    except UnableToDecrypt as error:
        raise EngineError(_("The engine's key can't be read. %(error)s") % {"error": error}, permanent=True) from error
    if not key and not ai_settings.engine_base_url:
        raise EngineError(_("No key is stored for the engine. Enter one in AI settings."), permanent=True)
    return Endpoint(
        base_url=ai_settings.engine_base_url or settings.ENGINE_DEFAULT_BASE_URL,
        key=key,
        model=ai_settings.engine_model or default_model(),
        has_own_url=bool(ai_settings.engine_base_url),
    )


class ClaudeEngine:
    """Writes summaries with a model. Raises EngineError and nothing else; bounded by ENGINE_BUDGET_SECONDS each."""

    def __init__(self, *, ai_settings: AISettings) -> None:
        self._ai_settings = ai_settings
        self.gate = Gate()

    @cached_property
    def _endpoint(self) -> Endpoint:
        return endpoint_of(self._ai_settings)

    @property
    def place(self) -> str:
        address = self._ai_settings.engine_base_url or settings.ENGINE_DEFAULT_BASE_URL
        try:
            return fingerprint(f"{address} {engine_key(self._ai_settings)}", purpose="engine")
        except UnableToDecrypt:
            return fingerprint(address, purpose="engine")

    def prepare(self, request: SummaryRequest) -> PreparedSummary:
        return _PreparedSummary(self._endpoint, self.gate, request)

    def summarise(self, request: SummaryRequest) -> SummaryDraft:
        return asyncio.run_coroutine_threadsafe(self.prepare(request).write(), outbound_loop()).result()


class _PreparedSummary:
    """One request, divided into parts."""

    def __init__(self, endpoint: Endpoint, gate: Gate, request: SummaryRequest) -> None:
        self._endpoint = endpoint
        self._gate = gate
        self._request = request
        self._division = divide(
            request.interactions, part_tokens=settings.ENGINE_PART_TOKENS, max_parts=settings.ENGINE_MAX_PARTS
        )

    @property
    def size(self) -> int:
        return sum(part.size for part in self._division.parts)

    @property
    def tokens(self) -> int:
        """A third of the bytes, as `claude_parts` guesses, and an answer of usual length for each part."""
        return self.size // 3 + USUAL_ANSWER_TOKENS * len(self._division.parts)

    async def write(self) -> SummaryDraft:
        account = Account.opened(seconds=settings.ENGINE_BUDGET_SECONDS, ceiling=settings.ENGINE_TOKENS_PER_SESSION)
        client = MessagesClient(self._endpoint, account, retries=settings.ENGINE_MAX_RETRIES, gate=self._gate)
        writer = _Writer(client, account, self._request)
        division = self._division
        if len(division.parts) == 1:
            content = content_of(await writer.part(division.parts[0], of_parts=1), self._request)
        else:
            drafts = await writer.all_parts(division.parts)
            numbers = frozenset(number for draft in drafts for number in cited(draft))
            content = limited_to(content_of(await writer.merged(drafts), self._request), numbers)
        missing = _missing(division, self._request.language)
        model = account.model or self._endpoint.model
        return SummaryDraft(
            content=replace(content, missing_data=(*content.missing_data, *missing)),
            model=model,
            prompt_version=prompts.PROMPT_VERSION,
            input_tokens=account.input_tokens,
            output_tokens=account.output_tokens,
            cost_micros=cost_micros(model, account.input_tokens, account.output_tokens),
            notes=(*_notes(division, model), *missing),
        )


class _Writer:
    """Asks for the texts of one request: each part, then the merge."""

    def __init__(self, client: MessagesClient, account: Account, request: SummaryRequest) -> None:
        self._client = client
        self._account = account
        self._request = request

    async def part(self, part: Part, *, of_parts: int) -> SummaryAnswer:
        text = prompts.session_message(request=self._request, part=part, of_parts=of_parts, mark=new_mark())
        return await self._answer(prompts.SYSTEM, text)

    async def all_parts(self, parts: tuple[Part, ...]) -> list[SummaryAnswer]:
        """The drafts of all parts, in order. When one fails, those under way are still paid for and counted."""
        room = asyncio.Semaphore(PARTS_AT_ONCE)
        failures: list[EngineError] = []

        async def one(part: Part) -> SummaryAnswer | None:
            async with room:
                try:
                    return None if failures else await self.part(part, of_parts=len(parts))
                except EngineError as error:
                    failures.append(error)
            return None

        drafts = await asyncio.gather(*(one(part) for part in parts))
        if failures:
            error = self._account.error(str(failures[0]), permanent=failures[0].permanent)
            error.is_busy, error.wait_seconds = failures[0].is_busy, failures[0].wait_seconds
            raise error
        return [draft for draft in drafts if draft is not None]

    async def merged(self, drafts: list[SummaryAnswer]) -> SummaryAnswer:
        lines = [json.dumps(draft.model_dump(mode="json"), ensure_ascii=False) for draft in drafts]
        text = prompts.merge_message(request=self._request, drafts=lines, mark=new_mark())
        return await self._answer(prompts.MERGE_SYSTEM, text)

    async def _answer(self, system: str, text: str) -> SummaryAnswer:
        """Ask; ask once more with the errors when the answer is no summary. Raises EngineError."""
        asked: list[MessageParam] = [{"role": "user", "content": text}]
        reply = await self._send(system, asked)
        try:
            return read_reply(reply)
        except AnswerUnusable as unusable:
            repair = prompts.repair_message(unusable.problem)
        if reply.is_message and reply.text.strip():
            asked += [{"role": "assistant", "content": reply.text}, {"role": "user", "content": repair}]
        else:
            # Turns must alternate, and an empty one is refused.
            asked = [{"role": "user", "content": f"{text}\n\n{repair}"}]
        try:
            return read_reply(await self._send(system, asked))
        except AnswerUnusable as unusable:
            raise self._account.error(str(unusable), permanent=unusable.permanent) from None

    async def _send(self, system: str, messages: list[MessageParam]) -> Reply:
        return await self._client.send(prompt_of(system, messages))


def prompt_of(system: str, messages: list[MessageParam]) -> Prompt:
    """What is asked for a text of a summary, in one call or in a batch."""
    return Prompt(
        system=(system, _shape()),
        messages=tuple(messages),
        schema=schema_of_answers(),
        max_tokens=settings.ENGINE_MAX_OUTPUT_TOKENS,
    )


@cache
def schema_of_answers() -> dict[str, Any]:
    """The schema, made once: half a thousand requests wait with the same one."""
    return answer_schema()


def new_mark() -> str:
    """A name for the data's marks that no recording can foresee."""
    return secrets.token_hex(12)


def cost_micros(model: str, input_tokens: int, output_tokens: int) -> int:
    """Cost in millionths of a US dollar, rounded up; 0 when the operator named no price.

    Cached input is counted at the full price: the true cost is never higher than this.
    """
    price = price_of(model)
    return -(-(input_tokens * price[0] + output_tokens * price[1]) // 1000) if price else 0


def price_of(model: str) -> tuple[int, int] | None:
    """What the operator named for 1,000 tokens in and out, in millionths of a US dollar; None: nothing."""
    known = [name for name in settings.ENGINE_PRICES if model.startswith(name)]
    if not known:
        return None
    per_input, per_output = settings.ENGINE_PRICES[max(known, key=len)]
    return int(per_input), int(per_output)


@cache
def _shape() -> str:
    return shape_in_words(schema_of_answers())


def shape_in_words(schema: dict[str, Any]) -> str:
    """For servers that ignore `output_config`: the shape in words of its own."""
    return f"The answer is one JSON object of this schema, without any text around it:\n{json.dumps(schema)}"


def read_reply(reply: Reply) -> SummaryAnswer:
    """The summary that a reply holds. Raises AnswerUnusable."""
    objection = objection_to(reply)
    if objection is not None:
        raise objection
    return read_answer(reply.text)


def objection_to(reply: Reply) -> AnswerUnusable | None:
    """What is wrong with an answer before its text is looked at."""
    if reply.is_page:
        return AnswerUnusable(_(IS_A_PAGE), problem="it was no message.")
    if not reply.is_message:
        return AnswerUnusable(_(IS_NO_MESSAGE), problem="it was no message.", permanent=False)
    if reply.stop_reason == "refusal":
        return AnswerUnusable(_("The engine declined to summarise this session."), problem="it was a refusal.")
    if reply.stop_reason in _CUT_OFF:
        return AnswerUnusable(
            _("The engine's answer was cut off at its length limit."),
            problem="it was cut off at the length limit. Write at most 12 steps, and shorter sentences.",
        )
    if reply.stop_reason not in _FINISHED:
        return AnswerUnusable(
            _("The engine's answer was not finished."), problem="it was not finished.", permanent=False
        )
    return None


def _missing(division: Division, language: str) -> tuple[str, ...]:
    """What the engine did not see, in the summary's own *language*: it is part of the text."""
    sentences = []
    with override(language):
        if division.thinned:
            sentences.append(
                _(
                    "The session was too long for the engine. "
                    "Interactions of output, clicks and keys that were left out: %(first)s."
                )
                % {"first": division.thinned}
            )
        if division.left_out:
            first, last = division.left_out
            sentences.append(
                _("The session was too long for the engine: interactions %(first)s to %(second)s were left out.")
                % {"first": first, "second": last}
            )
    return tuple(sentences)


def _notes(division: Division, model: str) -> tuple[str, ...]:
    """Kept in English, and said in the reader's language where they are shown."""
    told = gettext_noop("Parts that were summarised one by one: %(first)s.")
    parts = (told % {"first": len(division.parts)},) if len(division.parts) > 1 else ()
    cost = () if price_of(model) else (COST_UNKNOWN,)
    return (*parts, *cost)
