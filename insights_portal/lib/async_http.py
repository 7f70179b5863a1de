"""The outbound client for an event loop: many calls at once under the very rules of `lib.http`.

One connection per request, each one resolved, checked and timed anew; no redirect, no proxy, no endless answer.
"""

import asyncio
import os
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from functools import cache
from typing import Any, cast

import httpcore2
import httpx2
from django.utils.translation import gettext as _

from insights_portal.lib.http import (
    DEFAULT_TIMEOUT,
    MAX_ANSWER_BYTES,
    check_answer,
    check_scheme,
    checked_addresses,
    seconds_left,
    too_large,
)


@cache
def _loop_of(_process: int) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="outbound", daemon=True).start()
    return loop


def outbound_loop() -> asyncio.AbstractEventLoop:
    """The event loop of this process, in a thread of its own. Made after the fork: a child has no parent's threads."""
    return _loop_of(os.getpid())


async def _addresses(host: str, port: int) -> list[str]:
    """Resolve *host* off the loop. Raises as `lib.http` does."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(_("The name %(host)s can't be resolved.") % {"host": host}) from error
    return checked_addresses(host, found)


class _TimedStream(httpcore2.AsyncNetworkStream):
    """A connection that lives until *deadline*, as its namesake in `lib.http`."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, seconds_left(self._deadline, timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, seconds_left(self._deadline, timeout))

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        left = seconds_left(self._deadline, timeout)
        return _TimedStream(await self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to checked addresses only. The connect timeout is the time limit of the whole exchange."""

    def __init__(self) -> None:
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        limit = DEFAULT_TIMEOUT if timeout is None else timeout
        deadline = time.monotonic() + limit
        try:
            addresses = await asyncio.wait_for(_addresses(host, port), limit)
        except TimeoutError:
            addresses = []
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in addresses:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            try:
                stream = await self._plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, deadline)
        raise failure or httpcore2.ConnectTimeout(_("The time limit has passed while the name was resolved."))


class _LastStream:
    """An answer whose end is its connection's end."""

    def __init__(self, stream: AsyncIterable[bytes], connection: httpcore2.AsyncConnectionInterface) -> None:
        self._stream = stream
        self._connection = connection

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    async def aclose(self) -> None:
        await self._connection.aclose()


class _OneForEach(httpcore2.AsyncConnectionPool):
    """A connection for each request, kept in no list: the library's pool looks through all it has, twice a request.

    How many there are is the caller's to bound.
    """

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        connection = self.create_connection(request.url.origin)
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            await connection.aclose()
            raise
        response.stream = _LastStream(cast("AsyncIterable[bytes]", response.stream), connection)
        return response


class _MeasuredStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > self._limit:
                raise too_large(self._limit)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class AsyncOutboundTransport(httpx2.AsyncHTTPTransport):
    """HTTP under the outbound rules, for one event loop."""

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes
        # The transport has no argument for a network backend; its pool has.
        self._pool = _OneForEach(ssl_context=httpx2.create_ssl_context(), network_backend=_CheckedBackend())

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        check_scheme(request)
        response = await super().handle_async_request(request)
        try:
            check_answer(response)
        except BaseException:
            await response.aclose()
            raise
        response.stream = _MeasuredStream(cast(httpx2.AsyncByteStream, response.stream), self._max_bytes)
        return response


def async_outbound_client(*, timeout: float = DEFAULT_TIMEOUT, max_bytes: int = MAX_ANSWER_BYTES) -> httpx2.AsyncClient:
    """A client under the outbound rules, to be used in one event loop. See `lib.http.outbound_client`."""
    return httpx2.AsyncClient(
        transport=AsyncOutboundTransport(max_bytes=max_bytes),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        headers={"Accept-Encoding": "identity"},
    )
