"""The copilot with a model: one call for one question, read while it is written, stopped when nobody wants the rest."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import wait
from functools import cache
from typing import Annotated, Any

import anthropic
from anthropic.types import MessageParam
from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json

from accounts.models import AISettings
from insights_portal.lib.async_http import outbound_loop
from summaries.content import Statement
from summaries.engines import prompts
from summaries.engines.claude import ClaudeEngine, cost_micros, endpoint_of, new_mark, objection_to, shape_in_words
from summaries.engines.claude_client import Account, Prompt, Reply
from summaries.engines.claude_schema import AnswerUnusable, StatementAnswer, read_shape
from summaries.engines.claude_stream import StreamingClient
from summaries.engines.copilot_base import MAX_STATEMENTS, CopilotDraft, CopilotRequest, Told
from summaries.engines.copilot_record import record_for

#: How often it is told how far the answer is, in seconds.
LOOK_EVERY = 0.5


class CopilotAnswer(BaseModel):
    in_session: bool
    statements: Annotated[list[StatementAnswer], Field(max_length=MAX_STATEMENTS)]


class ClaudeCopilot:
    """Bounded by COPILOT_BUDGET_SECONDS. Raises EngineError and nothing else."""

    quotes = False

    def __init__(self, *, ai_settings: AISettings) -> None:
        self._ai_settings = ai_settings

    @property
    def place(self) -> str:
        return ClaudeEngine(ai_settings=self._ai_settings).place

    def answer(self, request: CopilotRequest, *, told: Told) -> CopilotDraft:
        endpoint = endpoint_of(self._ai_settings)
        account = Account.opened(seconds=settings.COPILOT_BUDGET_SECONDS, ceiling=request.token_ceiling)
        client = StreamingClient(endpoint, account, retries=1)
        lines, left_out = record_for(request, room_tokens=settings.ENGINE_PART_TOKENS)
        text = prompts.question_message(request=request, lines=lines, mark=new_mark())
        statements, is_stopped = _watched(_asked(client, account, text), client, told)
        model = account.model or endpoint.model
        return CopilotDraft(
            statements=statements,
            model=model,
            prompt_version=prompts.COPILOT_PROMPT_VERSION,
            input_tokens=account.input_tokens,
            output_tokens=account.output_tokens,
            cost_micros=cost_micros(model, account.input_tokens, account.output_tokens),
            left_out=left_out,
            is_stopped=is_stopped,
        )


def _watched(
    answer: Coroutine[Any, Any, CopilotAnswer], client: StreamingClient, told: Told
) -> tuple[tuple[Statement, ...], bool]:
    """The answer's sentences, and whether it was stopped before its end. Raises EngineError."""
    stop, loop = asyncio.Event(), outbound_loop()
    over = asyncio.run_coroutine_threadsafe(_unless(stop, answer), loop)
    while True:
        try:
            whole = over.result(timeout=LOOK_EVERY)
        except TimeoutError:
            so_far = statements_so_far(client.text)
            if not told(so_far):
                loop.call_soon_threadsafe(stop.set)
                # Waited for: until then the connection is closed, and what was used is counted.
                wait([over])
                return so_far, True
        else:
            return _statements_of(whole), False


async def _unless(stop: asyncio.Event, answer: Coroutine[Any, Any, CopilotAnswer]) -> CopilotAnswer:
    """The answer; cancelled as soon as *stop* is set."""
    asked, stopped = asyncio.ensure_future(answer), asyncio.ensure_future(stop.wait())
    await asyncio.wait({asked, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if stopped.done():
        asked.cancel()
    stopped.cancel()
    return await asked


async def _asked(client: StreamingClient, account: Account, text: str) -> CopilotAnswer:
    """Ask; ask once more with the errors when the answer is none. Raises EngineError."""
    asked: list[MessageParam] = [{"role": "user", "content": text}]
    reply = await client.send(_prompt(asked))
    try:
        return _read(reply)
    except AnswerUnusable as unusable:
        repair = prompts.repair_message(unusable.problem)
    asked = [{"role": "user", "content": f"{text}\n\n{repair}"}]
    try:
        return _read(await client.send(_prompt(asked)))
    except AnswerUnusable as unusable:
        raise account.error(str(unusable), permanent=unusable.permanent) from None


def _prompt(messages: list[MessageParam]) -> Prompt:
    return Prompt(
        system=(prompts.COPILOT_SYSTEM, shape_in_words(_schema())),
        messages=tuple(messages),
        schema=_schema(),
        max_tokens=settings.COPILOT_MAX_OUTPUT_TOKENS,
    )


@cache
def _schema() -> dict[str, Any]:
    return anthropic.transform_schema(CopilotAnswer)


def _read(reply: Reply) -> CopilotAnswer:
    if reply.is_message and reply.stop_reason == "refusal":
        raise AnswerUnusable(_("The engine declined to answer this question."), problem="it was a refusal.")
    objection = objection_to(reply)
    if objection is not None:
        raise objection
    return read_shape(
        reply.text, CopilotAnswer, sentence=_("The engine's answer does not have the shape of an answer.")
    )


def _statements_of(answer: CopilotAnswer) -> tuple[Statement, ...]:
    return tuple(row.statement() for row in answer.statements) if answer.in_session else ()


def statements_so_far(text: str) -> tuple[Statement, ...]:
    """The sentences that are whole in the beginning of an answer; none when it says that the session does not tell."""
    values, is_whole = _parsed(text[text.find("{") :])
    if not isinstance(values, dict) or values.get("in_session") is not True:
        return ()
    rows = values.get("statements")
    rows = rows if isinstance(rows, list) else []
    found = []
    for row in (rows if is_whole else rows[:-1])[:MAX_STATEMENTS]:
        try:
            found.append(StatementAnswer.model_validate(row).statement())
        except ValidationError:
            continue
    return tuple(found)


def _parsed(text: str) -> tuple[Any, bool]:
    """What was written of an object so far, and whether its last list has ended, or stands between two rows."""
    begun = text.rstrip().rstrip(",")
    for ending in ("", "]}"):
        try:
            return from_json(begun + ending), True
        except ValueError:
            continue
    try:
        return from_json(text, allow_partial=True), False
    except ValueError:
        return None, False
