"""The one outbound client: no private address, no redirect, no endless answer.

Whatever the portal calls, it calls through `outbound_client`. The address is checked after the name was
resolved and the connection goes to that very address, so a name that changes its mind between the check and the
call gains nothing.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import httpcore2
import httpx2
from django.conf import settings
from django.utils.translation import gettext as _

from insights_portal.lib.numbers import grouped

#: Longest answer that is read, in bytes; a summary takes some tens of kilobytes.
MAX_ANSWER_BYTES = 8 * 1024 * 1024
#: Used when a caller names no limit, in seconds.
DEFAULT_TIMEOUT = 30.0

#: What `is_global` of Python 3.11 lets through although it leads inside: multicast, IETF assignments (one cloud's
#: metadata service stands there), and the address by which a virtual machine at Azure reaches its host.
_INSIDE_V4 = tuple(ipaddress.ip_network(text) for text in ("224.0.0.0/4", "192.0.0.0/24", "168.63.129.16/32"))
#: Global unicast (RFC 4291) is the only IPv6 space that leads outside, save Teredo and 6to4, which wrap IPv4.
_OUTSIDE_V6 = ipaddress.IPv6Network("2000::/3")
_INSIDE_V6 = (ipaddress.IPv6Network("2001::/23"), ipaddress.IPv6Network("2002::/16"))
#: A NAT64 gateway (RFC 6052) carries an IPv4 address in the last 32 bits.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class OutboundRefused(Exception):
    """A rule of the outbound client stopped the call. The sentence says which, and what to do."""


class AddressNotAllowed(OutboundRefused):
    """The address is private, or would carry a secret in clear."""


class AnswerNotAllowed(OutboundRefused):
    """The answer is larger than is read, or compressed so that its size can't be known."""


def is_public(address: str) -> bool:
    """Say whether an IP address leads outside: not private, loopback, link-local, metadata or multicast."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if embedded is None:
            return ip.is_global and ip in _OUTSIDE_V6 and not any(ip in network for network in _INSIDE_V6)
        ip = embedded
    return ip.is_global and not any(ip in network for network in _INSIDE_V4)


def is_allowed_host(host: str) -> bool:
    """Say whether the operator allows this host by name (`OUTBOUND_ALLOWED_HOSTS`), wherever it leads."""
    return host.strip("[]").lower().rstrip(".") in {
        name.strip("[]").lower().rstrip(".") for name in settings.OUTBOUND_ALLOWED_HOSTS
    }


def _addresses(host: str, port: int) -> list[str]:
    """Resolve *host*. Raises AddressNotAllowed when any address leads inside, ConnectError for no such name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(_("The name %(host)s can't be resolved.") % {"host": host}) from error
    return checked_addresses(host, found)


def checked_addresses(host: str, found: Sequence[tuple[Any, ...]]) -> list[str]:
    """The addresses among the rows of `getaddrinfo`. Raises AddressNotAllowed when one of them leads inside."""
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not is_allowed_host(host) and not all(is_public(address) for address in addresses):
        raise AddressNotAllowed(
            _(
                "The address %(host)s leads into a private network. If that is intended, the operator of "
                "this installation adds the host to OUTBOUND_ALLOWED_HOSTS."
            )
            % {"host": host}
        )
    return addresses


def seconds_left(deadline: float, timeout: float | None) -> float:
    """What is left until *deadline*, or *timeout* where that is less. Raises ReadTimeout when nothing is left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout(_("The time limit of the whole exchange has passed."))
    return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore2.NetworkStream):
    """A connection that lives until *deadline*: a server that sends one byte a second can't hold a worker."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, seconds_left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, seconds_left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, seconds_left(self._deadline, timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _CheckedBackend(httpcore2.NetworkBackend):
    """Connects to checked addresses only. The connect timeout is the time limit of the whole exchange."""

    def __init__(self) -> None:
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        deadline = time.monotonic() + (DEFAULT_TIMEOUT if timeout is None else timeout)
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in _addresses(host, port):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            try:
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, deadline)
        raise failure or httpcore2.ConnectTimeout(_("The time limit has passed while the name was resolved."))


def check_scheme(request: httpx2.Request) -> None:
    """Raises AddressNotAllowed for what would travel in clear to a host that the operator does not allow."""
    if request.url.scheme != "https" and not is_allowed_host(request.url.host):
        raise AddressNotAllowed(_("The address of %(host)s must begin with https://.") % {"host": request.url.host})


def check_answer(response: httpx2.Response) -> None:
    """Raises AnswerNotAllowed for an answer whose size can't be known."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise AnswerNotAllowed(_("The answer is compressed although the portal asked for plain text."))


def too_large(limit: int) -> AnswerNotAllowed:
    told = _("The answer is larger than %(limit)s bytes. Check the address.")
    return AnswerNotAllowed(told % {"limit": grouped(limit)})


class _MeasuredStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > self._limit:
                raise too_large(self._limit)
            yield chunk

    def close(self) -> None:
        self._stream.close()


class OutboundTransport(httpx2.HTTPTransport):
    """HTTP under the outbound rules. One connection per request: each one is resolved, checked and timed anew."""

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes
        # The transport has no argument for a network backend; its pool has.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=100,
            max_keepalive_connections=0,
            network_backend=_CheckedBackend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        check_scheme(request)
        response = super().handle_request(request)
        try:
            check_answer(response)
        except BaseException:
            response.close()
            raise
        response.stream = _MeasuredStream(cast(httpx2.SyncByteStream, response.stream), self._max_bytes)
        return response


def outbound_client(*, timeout: float = DEFAULT_TIMEOUT, max_bytes: int = MAX_ANSWER_BYTES) -> httpx2.Client:
    """A client under the outbound rules. *timeout* bounds the whole exchange, in seconds.

    Redirects are not followed; they come back as the answer. Proxies and `.netrc` of the environment are ignored:
    a proxy would resolve names where nobody checks. A refusal raises OutboundRefused.
    """
    return httpx2.Client(
        transport=OutboundTransport(max_bytes=max_bytes),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        headers={"Accept-Encoding": "identity"},
    )
