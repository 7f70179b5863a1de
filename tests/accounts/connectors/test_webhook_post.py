"""What a receiver can do to the portal: nothing but answer, briefly."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug import Response

from accounts.connectors import webhook_post
from accounts.connectors.webhook_post import LONGEST_ANSWER, post


def send(url):
    return post(url=url, body='{"type":"x"}', headers={"webhook-id": "msg_1"})


@contextmanager
def raw_server(answer: bytes, *, hangs: bool = False) -> Iterator[str]:
    """A server that sends these bytes, and then closes or never says more."""
    released = threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.wfile.write(answer)
            self.wfile.flush()
            if hangs:
                released.wait(timeout=9)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hooks"
        released.set()
        thread.join()


def test_the_body_goes_out_as_it_is_signed(httpserver):
    httpserver.expect_request("/hooks", data='{"type":"x"}', headers={"webhook-id": "msg_1"}).respond_with_data("ok")

    answer = send(httpserver.url_for("/hooks"))

    assert (answer.status, answer.text, answer.problem) == (200, "ok", "")
    assert answer.duration_ms >= 0


def test_of_a_long_answer_the_beginning_is_read(httpserver):
    def endless():
        while True:
            yield b"x" * 1000

    httpserver.expect_request("/hooks").respond_with_handler(lambda request: Response(endless(), status=200))

    answer = send(httpserver.url_for("/hooks"))

    assert (answer.status, answer.text) == (200, "x" * LONGEST_ANSWER)


def test_what_can_not_be_seen_in_an_answer_is_written_out(httpserver):
    httpserver.expect_request("/hooks").respond_with_data(b"a\x1b[31m\xe2\x80\xaeb\xff")

    assert send(httpserver.url_for("/hooks")).text == "a‹U+001B›[31m‹U+202E›b\ufffd"


def test_a_text_that_breaks_off_takes_nothing_from_the_status():
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhal") as url:
        answer = send(url)

    assert (answer.status, answer.text, answer.problem) == (200, "hal", "")


def test_a_receiver_that_says_nothing_is_left_after_the_time(monkeypatch):
    monkeypatch.setattr(webhook_post, "TIMEOUT", 0.2)
    with raw_server(b"", hangs=True) as url:
        answer = send(url)

    assert (answer.status, answer.problem) == (None, "No answer within 0 seconds.")


def test_a_receiver_that_is_not_there_is_told():
    answer = send("http://127.0.0.1:1/hooks")

    assert answer.status is None
    assert answer.problem.startswith("No connection:")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"nonsense\r\n\r\n", "The exchange broke off: RemoteProtocolError."),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
            "The answer is compressed although the portal asked for plain text.",
        ),
    ],
)
def test_what_is_no_answer_is_told(said, problem):
    with raw_server(said) as url:
        assert send(url).problem == problem


def test_a_redirect_is_an_answer_and_not_followed(httpserver):
    httpserver.expect_request("/hooks").respond_with_data("", status=307, headers={"Location": "http://10.0.0.7/"})

    assert send(httpserver.url_for("/hooks")).status == 307


def test_a_name_that_leads_inside_is_refused_when_it_is_called(httpserver, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = []

    answer = send(httpserver.url_for("/hooks").replace("http:", "https:"))

    assert "leads into a private network" in answer.problem
    assert httpserver.log == []
