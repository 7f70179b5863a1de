"""What a failed call to the Messages API means, for people and for the next attempt."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import random

import anthropic
import httpx2
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from insights_portal.lib.http import OutboundRefused

NO_ADDRESS = _("The base URL is not a web address. Correct it in AI settings.")
#: What a status means for people. What is not here and not below 500 is the server's trouble.
_REFUSALS = {
    400: _("The engine refused the request as invalid. Check model and base URL in AI settings."),
    401: _("The engine refused the key. Enter a new key in AI settings."),
    402: _("The engine asks for payment. Check the billing of the engine's account."),
    403: _("The engine's key may not use this model. Enter another key or another model in AI settings."),
    404: _("The engine does not know the address or the model. Check base URL and model in AI settings."),
    413: _("The session is too large for the engine. Ask the operator for a smaller ENGINE_PART_TOKENS."),
}
_BUSY = {
    429: _("The engine takes no more requests for now (429)."),
    503: _("The engine is not available (503)."),
    529: _("The engine is overloaded (529)."),
}
_PASSING = frozenset({408, 409, 425, 429})
_SERVER_ERROR = 500
#: What a provider counts down to nothing before it answers 429: each has `-remaining` and `-reset`.
_LIMITS = tuple(f"anthropic-ratelimit-{what}" for what in ("requests", "tokens", "input-tokens", "output-tokens"))


@dataclass(frozen=True, slots=True)
class Failure:
    """*pause*: seconds until the next attempt. *asked*: what the server itself asks to wait, 0 when it says nothing.
    *is_busy*: the server is well and has too much to do.
    """

    sentence: str
    permanent: bool
    is_busy: bool = False
    pause: float = 0.0
    asked: float = 0.0


def failure_of(error: anthropic.APIError, *, attempt: int) -> Failure:
    """Read a failed call. The server's own words are left out: they may quote the key or the session."""
    if isinstance(error, anthropic.APIStatusError):
        return _of_status(error, attempt)
    refusal = _refusal(error)
    if refusal is not None:
        return Failure(str(refusal), permanent=True)
    if isinstance(error, anthropic.APITimeoutError):
        return Failure(gettext("The engine did not answer in time."), permanent=False, pause=back_off(attempt))
    return Failure(
        gettext("The engine could not be reached, or broke off. Check the base URL in AI settings if this lasts."),
        permanent=False,
        pause=back_off(attempt),
    )


def _of_status(error: anthropic.APIStatusError, attempt: int) -> Failure:
    status = error.status_code
    if status in _PASSING or status >= _SERVER_ERROR:
        asked = _asked_pause(error.response.headers)
        return Failure(
            str(
                _BUSY.get(status) or gettext("The engine reports a fault of its own (%(status)s).") % {"status": status}
            ),
            permanent=False,
            is_busy=status in _BUSY,
            pause=back_off(attempt) if asked is None else asked,
            asked=asked or 0.0,
        )
    sentence = _REFUSALS.get(status) or gettext(
        "The engine's address answers with status %(status)s. Check the base URL in AI settings."
    ) % {"status": status}
    return Failure(str(sentence), permanent=True)


def _asked_pause(headers: httpx2.Headers) -> float | None:
    """What the server asks for by `retry-after` or by its limits, in seconds."""
    asked = _number(headers.get("retry-after", ""))
    return asked if asked is not None else used_up_for(headers) or None


def back_off(attempt: int) -> float:
    """0.5, 1, 2 … seconds with up to a quarter off."""
    return float(0.5 * 2**attempt * (1 - 0.25 * random()))  # noqa: S311 - spreads load, protects nothing


def used_up_for(headers: httpx2.Headers) -> float:
    """Seconds until the provider's limits that are used up begin anew; 0 when none is.

    Counted from the answer's own `date`, so that the two clocks need not agree.
    """
    waits = [
        _seconds_to(headers.get(f"{limit}-reset", ""), headers)
        for limit in _LIMITS
        if _number(headers.get(f"{limit}-remaining", "")) == 0
    ]
    return max(waits, default=0.0)


def _seconds_to(moment: str, headers: httpx2.Headers) -> float:
    try:
        there = datetime.fromisoformat(moment)
        here = parsedate_to_datetime(headers["date"]) if "date" in headers else datetime.now(UTC)
        return max(0.0, (there - here).total_seconds())
    except (ValueError, TypeError):
        return 0.0  # no moment, or one without its zone


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None  # absent, or a date, which needs a clock that agrees with the server's
    return number if 0 <= number < math.inf else None


def _refusal(error: BaseException) -> OutboundRefused | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OutboundRefused):
        cause = cause.__cause__
    return cause
