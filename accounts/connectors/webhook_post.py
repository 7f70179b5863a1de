"""Posts a webhook to a company's own address, under the rules of the one outbound client."""

import ipaddress
import time
from contextlib import suppress
from dataclasses import dataclass

import httpx2
from django.utils.translation import gettext as _

from insights_portal.lib.http import OutboundRefused, is_allowed_host, is_public, outbound_client
from insights_portal.lib.text import show_controls

#: For the whole exchange, in seconds.
TIMEOUT = 10.0
#: Of the answer so much is read and kept, in characters.
LONGEST_ANSWER = 500
#: What may come before the client breaks off, in bytes.
_MOST_BYTES = 1024 * 1024
_READ_BYTES = 4096
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver answered: an HTTP *status* and the beginning of the text, or a *problem* instead."""

    status: int | None
    text: str
    problem: str
    duration_ms: int


def refusal_of(url: str) -> str:
    """Why this address can't be used, as far as it shows without asking for its name; empty when it can."""
    try:
        parsed = httpx2.URL(url)
        # A sign that a name can't hold comes back encoded.
        is_whole = (
            bool(parsed.host) and "%" not in parsed.host and (parsed.port is None or 0 < parsed.port <= _HIGHEST_PORT)
        )
    except (httpx2.InvalidURL, ValueError):
        is_whole = False
    if not is_whole:
        return _("This is not an address. Enter it whole, for example https://desk.example.com/hooks.")
    is_allowed = is_allowed_host(parsed.host) and parsed.scheme == "http"
    wrongs = {
        _("The address must begin with https://."): parsed.scheme != "https" and not is_allowed,
        _("The address holds a name or a password. Leave them out: the signature shows who sends."): parsed.userinfo,
        _("The address holds a part after “#”, which is never sent. Leave it out."): parsed.fragment,
        _("This address leads into a private network, which the portal does not call."): _is_inside(parsed.host),
    }
    return next((sentence for sentence, is_wrong in wrongs.items() if is_wrong), "")


def post(*, url: str, body: str, headers: dict[str, str]) -> Answer:
    """Send *body* once and read the beginning of the answer. Redirects are not followed; raises nothing."""
    begun = time.monotonic()

    def answer(status: int | None = None, text: str = "", problem: str = "") -> Answer:
        return Answer(status, text, problem, round((time.monotonic() - begun) * 1000))

    try:
        with (
            outbound_client(timeout=TIMEOUT, max_bytes=_MOST_BYTES) as client,
            client.stream("POST", url, content=body.encode(), headers=headers) as response,
        ):
            return answer(response.status_code, _beginning_of(response))
    except OutboundRefused as error:
        return answer(problem=str(error))
    except httpx2.TimeoutException:
        return answer(problem=_("No answer within %(seconds)s seconds.") % {"seconds": f"{TIMEOUT:.0f}"})
    except httpx2.ConnectError as error:
        return answer(problem=_("No connection: %(error)s") % {"error": error})
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        return answer(problem=_("The exchange broke off: %(error)s.") % {"error": type(error).__name__})


def _beginning_of(response: httpx2.Response) -> str:
    read = b""
    # The status has come; a text that breaks off, or never ends, takes nothing away from it.
    with suppress(httpx2.HTTPError, OutboundRefused):
        for chunk in response.iter_bytes():
            read += chunk
            if len(read) >= _READ_BYTES:
                break
    return show_controls(read[:_READ_BYTES].decode("utf-8", "replace"))[:LONGEST_ANSWER]


def _is_inside(host: str) -> bool:
    if is_allowed_host(host):
        return False
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(str(ipaddress.ip_address(host.strip("[]"))))
    except ValueError:
        return False
