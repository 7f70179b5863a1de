"""*Test connection*: does the company's engine answer, how fast, and with which model."""

import time
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import AISettings
from summaries.engines.base import EngineError

#: A person waits for it.
CHECK_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class ConnectionCheck:
    """*model* is what the server calls itself; empty when it did not answer. *sentence* is for people."""

    ok: bool
    latency_ms: int
    model: str
    sentence: str


def check_connection(*, ai_settings: AISettings) -> ConnectionCheck:
    """Send one word to the Claude engine of *ai_settings*, saved or not. Nothing of a session leaves the server."""
    # Local: the SDK costs 1 to 3 s and 78 MB, paid only by a process that calls a model.
    from summaries.engines.claude import IS_A_PAGE, IS_NO_MESSAGE, endpoint_of

    # Local for the same reason.
    from summaries.engines.claude_client import Account, MessagesClient, Prompt

    account = Account.opened(seconds=CHECK_SECONDS)
    prompt = Prompt(
        system=("Answer with the word ready.",),
        messages=({"role": "user", "content": "Are you ready?"},),
        schema=None,
        max_tokens=64,
    )
    begun = time.monotonic()
    try:
        endpoint = endpoint_of(ai_settings)
        reply = MessagesClient(endpoint, account, retries=0).send_and_wait(prompt)
    except EngineError as error:
        return ConnectionCheck(ok=False, latency_ms=_since(begun), model="", sentence=str(error))
    latency_ms = _since(begun)
    if not reply.is_message:
        sentence = _(IS_A_PAGE) if reply.is_page else _(IS_NO_MESSAGE)
        return ConnectionCheck(ok=False, latency_ms=latency_ms, model="", sentence=sentence)
    model = account.model or endpoint.model
    told = _("Connected: %(model)s answered in %(latency)s ms.") % {"model": model, "latency": latency_ms}
    return ConnectionCheck(ok=True, latency_ms=latency_ms, model=model, sentence=told)


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
