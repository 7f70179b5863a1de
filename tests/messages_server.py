"""A real server on loopback that speaks the Messages API, well or badly, as a test tells it.

    messages_server.answers(message(summary_answer()))        # one reply, repeated for ever
    messages_server.answers(Reply(status=529), message(...))  # one after the other, the last repeated
    messages_server.answers(lambda sent: message(...))        # decided by what was sent

A package of tests takes the fixture by importing it in its conftest.py.
"""

import json
import re
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.messages_batches import PATH, Batches

MODEL = "loopback-model-1"


@dataclass(frozen=True)
class Reply:
    """*cut*: how many bytes of the body are sent before the connection is closed. *hang*: none, until the server
    closes. *holds*: the body, and then nothing until the server closes. *drip*: one byte after each so many seconds,
    for ever."""

    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    hang: bool = False
    holds: bool = False
    drip: float | None = None


@dataclass(frozen=True)
class SentRequest:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> list[str]:
        return [block["text"] for block in self.body["system"]]

    @property
    def text(self) -> str:
        """The first user message."""
        content: str = self.body["messages"][0]["content"]
        return content

    @property
    def mark(self) -> str:
        found = re.search(r"<data-([0-9a-f]+)>", self.text)
        assert found
        return found.group(1)

    @property
    def lines(self) -> list[str]:
        """The lines between the last two marks: the record, or the drafts."""
        return self.text.rsplit(f"<data-{self.mark}>\n", 1)[1].rsplit(f"\n</data-{self.mark}>", 1)[0].split("\n")


Answer = Reply | Callable[[SentRequest], Reply]


def statement(text: str, *evidence: int) -> dict[str, Any]:
    return {"text": text, "evidence": list(evidence)}


def summary_answer(**changed: Any) -> dict[str, Any]:
    """What a model answers for a session of three interactions about a full disk."""
    return {
        "title": "Full disk cleared",
        "problem": [statement("The disk was full.", 1)],
        "cause": [],
        "steps": [{**statement("Old logs were removed.", 2), "application": "bash", "commands": ["rm old.log"]}],
        "outcome": "RESOLVED",
        "outcome_statements": [statement("The disk has room again.", 3)],
        "open_points": [],
        "missing_data": [],
        "issue_types": ["Disk space"],
        "applications": [],
        **changed,
    }


def message(content: dict[str, Any] | str, *, stop_reason: str | None = "end_turn", **usage: int) -> Reply:
    """A reply of the Messages API whose one text block is *content*."""
    text = content if isinstance(content, str) else json.dumps(content)
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [{"type": "text", "text": text}],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 1000, "output_tokens": 200, **usage},
    }
    return Reply(body=json.dumps(body).encode())


def streamed(content: dict[str, Any] | str, *, stop_reason: str | None = "end_turn", **usage: int) -> Reply:
    """The same reply as a stream of events, its text in pieces of twenty characters. Without *stop_reason* it is not
    finished: the text has come, and the rest has not."""
    text = content if isinstance(content, str) else json.dumps(content)
    told = {"input_tokens": 1000, "output_tokens": 200, **usage}
    begun = {
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [],
        "usage": {**told, "output_tokens": 1},
    }
    events: list[dict[str, Any]] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    events += [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text[start : start + 20]}}
        for start in range(0, len(text), 20)
    ]
    if stop_reason is not None:
        usage_told = {"output_tokens": told["output_tokens"]}
        events += [
            {"type": "message_delta", "delta": {"stop_reason": stop_reason}, "usage": usage_told},
            {"type": "message_stop"},
        ]
    return event_stream(*events)


def event_stream(*events: dict[str, Any] | str) -> Reply:
    """A stream of events; a string is sent as it is."""
    lines = [
        f"{each}\n\n" if isinstance(each, str) else f"event: {each['type']}\ndata: {json.dumps(each)}\n\n"
        for each in events
    ]
    return Reply(body="".join(lines).encode(), content_type="text/event-stream")


def copilot_answer(*statements: dict[str, Any], in_session: bool = True) -> dict[str, Any]:
    """What a model answers to a question."""
    return {"in_session": in_session, "statements": list(statements)}


def refused(status: int, *, retry_after: str | None = None, text: str = "no") -> Reply:
    """A reply of the Messages API with an error."""
    body = {"type": "error", "error": {"type": "some_error", "message": text}}
    headers = () if retry_after is None else (("retry-after", retry_after),)
    return Reply(status=status, body=json.dumps(body).encode(), headers=headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for every handler

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller that hung up or refused the certificate: a test meant it to."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@dataclass
class MessagesServer:
    requests: list[SentRequest] = field(default_factory=list)
    _replies: list[Answer] = field(default_factory=lambda: [message(summary_answer())])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.batches = Batches(answer=self._answer_in_a_batch)
        self._http = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def secure(self, certificate: Path) -> str:
        """Speak HTTPS from now on. *certificate*: a PEM file for `localhost`, with its key. Returns the base URL."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # The handshake belongs to the handler's thread: a caller that refuses the certificate must not stop accept().
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        return self.base_url.replace("http://127.0.0.1", "https://localhost")

    def answers(self, *replies: Answer) -> None:
        self._replies = list(replies)

    def close(self) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def reply_to(self, sent: SentRequest, *, is_counted: bool = True) -> Reply:
        with self._lock:
            if is_counted:
                self.requests.append(sent)
            answer = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return answer if isinstance(answer, Reply) else answer(sent)

    def _answer_in_a_batch(self, params: dict[str, Any]) -> tuple[int, bytes]:
        """What the replies say for one request of a batch, which is no request of its own."""
        reply = self.reply_to(SentRequest("batch", {}, params), is_counted=False)
        return reply.status, reply.body

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the server closes, or so long. Says whether it closes."""
        return self._closing.wait(seconds)


def _handler_of(server: MessagesServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path.startswith(PATH):
                self._send_of_batches(headers, json.loads(body) if body else None)
            else:
                self._send(server.reply_to(SentRequest(self.path, headers, json.loads(body))))

        def do_GET(self) -> None:
            self._send_of_batches({name.lower(): value for name, value in self.headers.items()}, None)

        def _send_of_batches(self, headers: dict[str, str], body: Any) -> None:
            fault, status, answer = server.batches.reply(self.command, self.path, headers, body)
            self._send(fault.reply if fault else Reply(status=status, body=answer))

        def _send(self, reply: Reply) -> None:
            if reply.hang:
                server.wait()
                return
            self.send_response(reply.status)
            self.send_header("content-type", reply.content_type)
            is_endless = reply.drip is not None or reply.holds
            self.send_header("content-length", str(10**9 if is_endless else len(reply.body)))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            while reply.drip is not None and not server.wait(reply.drip):
                self.wfile.write(b" ")
            self.wfile.write(reply.body[: reply.cut])
            if reply.holds:
                self.wfile.flush()
                server.wait()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a test's output is for its failures."""

    return Handler


@pytest.fixture
def messages_server() -> Iterator[MessagesServer]:
    server = MessagesServer()
    yield server
    server.close()
