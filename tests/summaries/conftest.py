"""Recordings and sessions for the tests of the summaries app."""

import io
import json
from datetime import timedelta

import pytest

from summaries.domain.imports.recordings import ImportOrder, import_recording
from summaries.models import ConsentEntry, Interaction, Summary, SupportSession
from summaries.sources.base import RecordingFile
from tests.messages_server import messages_server

__all__ = ["messages_server"]

HEADER = {"version": 2, "width": 80, "height": 24, "timestamp": 1795161600}  # 2026-11-20 08:00 UTC
PROMPT = "\x1b[?2004h\x1b]0;support@web-03: ~\x07support@web-03:~$ "


def cast_bytes(*commands: tuple[str, str], start: float = 0.5, header: dict | None = None) -> bytes:
    """An asciicast v2 of a shell in which each (command, output) was typed, one second apart."""
    lines = [json.dumps(HEADER if header is None else header)]
    moment = start
    for command, output in commands:
        lines.append(json.dumps([round(moment, 3), "o", PROMPT]))
        for key in command:
            lines.append(json.dumps([round(moment + 0.1, 3), "i", key]))
            lines.append(json.dumps([round(moment + 0.1, 3), "o", key]))
        lines.append(json.dumps([round(moment + 0.2, 3), "i", "\r"]))
        lines.append(json.dumps([round(moment + 0.2, 3), "o", "\r\n\x1b[?2004l\r"]))
        if output:
            lines.append(json.dumps([round(moment + 0.3, 3), "o", output.replace("\n", "\r\n") + "\r\n"]))
        moment += 1
    lines.append(json.dumps([round(moment, 3), "o", PROMPT]))
    return "\n".join(lines).encode() + b"\n"


FIXED = cast_bytes(
    (
        "nginx -t",
        'nginx: [emerg] unknown directive "listn" in /etc/nginx/sites-enabled/shop:2\n'
        "nginx: configuration file /etc/nginx/nginx.conf test failed",
    ),
    ("sed -i 's/listn/listen/' /etc/nginx/sites-enabled/shop", ""),
    ("nginx -t", "nginx: configuration file /etc/nginx/nginx.conf test is successful"),
    ("systemctl restart nginx", ""),
    ("systemctl is-active nginx", "active"),
)


def order_of(company, supporter, data=FIXED, *, at, name="session.cast", **fields) -> ImportOrder:
    fields.setdefault("consent_statement", "Agreed by phone at 10:02.")
    fields.setdefault("actor", supporter)
    return ImportOrder(
        company=company, recording=RecordingFile(io.BytesIO(data), name), supporter=supporter, at=at, **fields
    )


def row_counts():
    """Sessions, interactions, consent entries and summaries of all companies."""
    return (
        SupportSession.objects.count(),
        Interaction.objects.count(),
        ConsentEntry.objects.count(),
        Summary.objects.count(),
    )


@pytest.fixture
def session(cast, at):
    """Bob's session in Northwind, imported, its summary queued."""
    return import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session


@pytest.fixture
def foreign_session(cast, at):
    """The same recording in the other company: data that could leak."""
    return import_recording(order=order_of(cast.contoso, cast.charlie, at=at)).session


@pytest.fixture
def later(at):
    return at + timedelta(hours=3)


@pytest.fixture
def clock(at):
    """A clock that moves a second each time it is read."""
    moments = iter(at + timedelta(seconds=second) for second in range(10_000))
    return lambda: next(moments)
