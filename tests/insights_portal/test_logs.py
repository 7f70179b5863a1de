"""What a visitor sends neither begins a line of the log nor leaves a secret or a search in it."""

import io
import json
import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from structlog.stdlib import ProcessorFormatter

from insights_portal.middleware import RequestLogMiddleware
from tests.conftest import Cast


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """The console's log, written as the settings write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    options: Any = {name: value for name, value in settings.LOGGING["formatters"]["json"].items() if name != "()"}
    handler.setFormatter(ProcessorFormatter(**options))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger(), "level", logging.INFO)
    return written


def test_one_entry_is_one_line_whoever_wrote_it(log: io.StringIO) -> None:
    try:
        int("first\nsecond")
    except ValueError:
        logging.getLogger("foreign").exception("The field %s cannot be referenced.", "a\x00b\nINFO forged\x1b[2J")

    (line,) = log.getvalue().splitlines()
    entry = json.loads(line)
    assert line.isprintable()
    assert entry["event"] == "The field a\x00b\nINFO forged\x1b[2J cannot be referenced."
    assert entry["level"] == "error"
    assert entry["exception"].startswith("Traceback (most recent call last):\n")


def test_a_request_is_logged_without_its_query(log: io.StringIO, client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    log.truncate(0)
    log.seek(0)

    client.get("/reports/", {"q": "jane-was-dismissed"})

    (entry,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (entry["event"], entry["request"], entry["code"]) == ("request_finished", "GET /reports/", 200)
    assert (entry["user_id"], 0 < entry["milliseconds"] < 60_000) == (cast.bob.pk, True)


def test_that_a_request_began_is_logged_where_all_is_wanted(
    log: io.StringIO, client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="django_structlog")

    client.get("/reports/")

    events = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert events == ["request_started", "request_finished"]


def test_a_request_is_logged_with_the_address_that_it_came_from(log: io.StringIO, client: Client, db: None) -> None:
    client.get("/reports/", REMOTE_ADDR="192.0.2.77", headers={"X-Forwarded-For": "198.51.100.9"})

    entries = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {entry["ip"] for entry in entries} == {"192.0.2.77"}


def test_the_key_of_a_password_reset_is_not_logged() -> None:
    request = RequestFactory().get("/accounts/password/reset/key/1-abc123/")

    assert RequestLogMiddleware.format_request(request) == "GET /accounts/password/reset/key/…/"


def test_the_link_of_an_invitation_is_not_logged(log: io.StringIO, client: Client, cast: Cast) -> None:
    token = "0f" * 32

    answer = client.get(f"/invitations/{token}/")

    assert (answer.status_code, cast.northwind.name in answer.content.decode()) == (410, False)
    entries = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [entry.get("request") or entry["event"] for entry in entries] == [
        "GET /invitations/…/",
        "Gone: /invitations/…/",
    ]
    assert token not in log.getvalue()
