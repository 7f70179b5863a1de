"""Messages to a log server as RFC 5424 frames them: one datagram each (RFC 5426), or counted on a stream (RFC 6587)."""

import select
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

#: Facility "log audit" (13), severity "informational" (6).
PRIORITY = 13 * 8 + 6
APPLICATION = "session-insights"
#: Beyond it a datagram does not arrive whole.
MOST_DATAGRAM_BYTES = 60_000
_CONNECT_SECONDS = 10.0
_LONGEST_ID = 32


class UnableToSend(Exception):
    """The log server could not be reached, or its address not be read."""


@dataclass(frozen=True, slots=True)
class LogServer:
    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def read_address(text: str) -> LogServer:
    """Read `udp://host:port` or `tcp://host:port`. Raises UnableToSend."""
    try:
        parts = urlsplit(text)
        server = LogServer(parts.scheme, parts.hostname or "", parts.port or 0)
    except ValueError:
        server = LogServer("", "", 0)
    if server.scheme not in ("udp", "tcp") or not server.host or not server.port:
        raise UnableToSend(f"“{text}” is no log server. Give it as udp://host:port or tcp://host:port.")
    return server


def frame(*, moment: str, message_id: str, message: str) -> bytes:
    """A message of one line with its header. *moment* is an RFC 3339 time, *message* ASCII."""
    name = "".join(sign for sign in message_id if "!" <= sign <= "~")[:_LONGEST_ID] or "-"
    return f"<{PRIORITY}>1 {moment} {socket.gethostname()} {APPLICATION} - {name} - {message}".encode(
        "ascii", "replace"
    )


class Connection:
    """An open way to a log server. Raises UnableToSend wherever the network does not let a message through."""

    def __init__(self, server: LogServer) -> None:
        self.server = server
        kind = socket.SOCK_DGRAM if server.scheme == "udp" else socket.SOCK_STREAM
        try:
            [found, *_] = socket.getaddrinfo(server.host, server.port, type=kind)
        except OSError as error:
            raise UnableToSend(f"{server} is not known: {error}.") from error
        self._socket = socket.socket(found[0], kind)
        self._socket.settimeout(_CONNECT_SECONDS)
        try:
            self._socket.connect(found[4])
        except OSError as error:
            self._socket.close()
            raise UnableToSend(f"{server} does not answer: {error}.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, message: bytes) -> None:
        try:
            if self.server.scheme == "udp":
                self._socket.send(message)
            else:
                self._socket.sendall(b"%d %s" % (len(message), message))
        except OSError as error:
            raise UnableToSend(f"{self.server} does not take messages: {error}.") from error

    def look_out(self, seconds: float) -> None:
        """Raise UnableToSend if the server hangs up within *seconds*: what was sent last may not have arrived."""
        watched = [] if self.server.scheme == "udp" else [self._socket]
        readable, _, _ = select.select(watched, [], [], seconds)
        try:
            hung_up = bool(readable) and self._socket.recv(1024) == b""
        except OSError:
            hung_up = True
        if hung_up:
            raise UnableToSend(f"{self.server} has closed the connection.")
