"""A call to the Messages API whose answer is read while it is written."""

from typing import Any

import anthropic
import httpx2
from pydantic_core import from_json

from insights_portal.lib.http import OutboundRefused
from summaries.engines.claude_client import MessagesClient, Prompt, Reply, params_of
from summaries.engines.claude_failures import used_up_for
from summaries.engines.claude_parts import estimated_tokens

_DATA = "data:"


class StreamingClient(MessagesClient):
    """A `MessagesClient` of which *text* can be looked at from another thread; one call at a time."""

    text = ""
    _stop_reason = ""
    _is_begun = False
    _output_tokens = 0

    async def _attempt(self, prompt: Prompt) -> Reply:
        self.text, self._stop_reason, self._is_begun, self._output_tokens = "", "", False, 0
        call = self._sdk.messages.with_streaming_response.create(
            **params_of(prompt, model=self._endpoint.model), stream=True, timeout=self._timeout()
        )
        async with call as response:
            return await self._read(response.http_response)

    async def _read(self, response: httpx2.Response) -> Reply:
        self._gate.close_for(used_up_for(response.headers))
        try:
            if "event-stream" not in response.headers.get("content-type", ""):
                # A server that does not stream answers all at once, or with a page.
                return self._reply((await response.aread()).decode(errors="replace"))
            async for line in response.aiter_lines():
                self._take(line, response.request)
        except (httpx2.HTTPError, OutboundRefused) as error:
            # The SDK itself tells so of what breaks before the answer begins.
            raise anthropic.APIConnectionError(request=response.request) from error
        finally:
            # The server tells at the end how much it wrote; of a call that broke off, or was stopped, it is a guess.
            written = self._output_tokens or (estimated_tokens(self.text) if self.text else 0)
            self._account.output_tokens += written
        return Reply(text=self.text, stop_reason=self._stop_reason, is_message=self._is_begun)

    def _take(self, line: str, request: httpx2.Request) -> None:
        """One line of the stream. What is no event of a message is passed over."""
        if not line.startswith(_DATA):
            return
        try:
            event = from_json(line.removeprefix(_DATA))
        except ValueError:
            return
        if isinstance(event, dict):
            self._take_event(event, request)

    def _take_event(self, event: dict[str, Any], request: httpx2.Request) -> None:
        delta = _dict(event.get("delta"))
        match event.get("type"):
            case "message_start":
                message = _dict(event.get("message"))
                # What it wrote is told at the end.
                self._account.add({**message, "usage": {**_dict(message.get("usage")), "output_tokens": 0}})
                self._is_begun = True
            case "content_block_delta" if isinstance(delta.get("text"), str):
                self.text += delta["text"]
            case "message_delta":
                self._stop_reason = str(delta.get("stop_reason") or "")
                written = _dict(event.get("usage")).get("output_tokens")
                self._output_tokens = written if isinstance(written, int) and 0 <= written < 2**31 else 0
            case "error":
                raise anthropic.APIConnectionError(request=request)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
