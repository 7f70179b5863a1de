"""Passwords that a terminal did not show: none may stay, whatever recorded it."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest

from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction, RecordingFile, RecordingNotes
from summaries.sources.registry import recognise
from tests.summaries.sources import guacamole_records, mcrec
from tests.summaries.sources.tlog_records import PROMPT, hidden, keyed, lines, message, steps

Step = tuple[str, str]
#: {what was run: what it asked for, line by line}
DIALOGUES = {
    "sudo systemctl restart shop": ["[sudo] password for ada: "],
    "ssh ada@db1": ["ada@db1's password: "],
    "passwd": ["Current password: ", "New password: ", "Retype new password: "],
    "mysql -u root -p": ["Enter password: "],
    "$pin = Read-Host -AsSecureString 'New secret'": ["New secret: "],
}
PASSWORDS = ("hunter2", "Blue-Harbour-7", "sunshine", "tree house 9", "Größe7!", "12345678", "aaaa")


def typescript(played: list[Step]) -> tuple[bytes, bytes]:
    """`script --log-io`: both directions in one file, told apart by its timing file."""
    timing = (
        b"H 0.000000 START_TIME 2026-11-22 10:30:00+02:00\nH 0.0 OUTPUT_LOG typescript\nH 0.0 INPUT_LOG typescript\n"
    )
    body = b'Script started on 2026-11-22 10:30:00+02:00 [COLUMNS="90" LINES="30"]\n'
    for direction, text in played:
        timing += b"%s 0.1 %d\n" % (direction.upper().encode(), len(text.encode()))
        body += text.encode()
    return body + b'\nScript done on 2026-11-22 10:30:09+02:00 [COMMAND_EXIT_CODE="0"]\n', timing


def as_asciicast(played: list[Step], _typed: list[str]) -> tuple[bytes, bytes | None]:
    events = [[round(0.1 * number, 1), kind, text] for number, (kind, text) in enumerate(played)]
    return "".join(
        json.dumps(line) + "\n" for line in ({"version": 2, "width": 80, "height": 24}, *events)
    ).encode(), None


def as_script(played: list[Step], _typed: list[str]) -> tuple[bytes, bytes | None]:
    return typescript(played)


def as_tlog(played: list[Step], _typed: list[str]) -> tuple[bytes, bytes | None]:
    return lines(message(1, **steps(*played))), None


def as_meshcentral(played: list[Step], _typed: list[str]) -> tuple[bytes, bytes | None]:
    sides = {"i": mcrec.FROM_SUPPORTER, "o": mcrec.FROM_DEVICE}
    blocks = [mcrec.data(sides[kind], text.encode(), 100 * at) for at, (kind, text) in enumerate(played)]
    return b"".join([mcrec.metadata(1), *blocks, mcrec.end(100 * len(played))]), None


def as_guacamole(_played: list[Step], typed: list[str]) -> tuple[bytes, bytes | None]:
    """The screen is a picture: only the keys are known."""
    keys = [guacamole_records.typed(line + "\n", 4000 * (at + 1)) for at, line in enumerate(typed)]
    return guacamole_records.recorded(*keys), None


Recorder = Callable[[list[Step], list[str]], tuple[bytes, bytes | None]]
RECORDERS: dict[str, Recorder] = {
    "asciicast": as_asciicast,
    "script": as_script,
    "tlog": as_tlog,
    "meshcentral": as_meshcentral,
    "guacamole": as_guacamole,
}


def masked(recorder: str, command: str, password: str) -> list[CapturedInteraction]:
    prompts = DIALOGUES[command]
    asked = [step for prompt in prompts for step in (("o", prompt), *hidden(password))]
    played = [("o", PROMPT), *keyed("ls -l"), ("o", PROMPT), *keyed(command), *asked]
    played += [("o", PROMPT), *keyed("uptime"), ("o", PROMPT)]
    body, timing = RECORDERS[recorder](played, ["ls -l", command, *[password] * len(prompts), "uptime"])
    recording = RecordingFile(BytesIO(body), "typescript", BytesIO(timing) if timing else None)
    rows = list(recognise(recording.stream, recording.name).read(recording, RecordingNotes()))
    return Redactor("session").mask(rows)


@pytest.mark.parametrize("command", DIALOGUES)
@pytest.mark.parametrize("recorder", RECORDERS)
def test_typed_password_is_masked_each_time_and_the_commands_stay(recorder: str, command: str) -> None:
    results = {password: [row.text for row in masked(recorder, command, password)] for password in PASSWORDS}

    left = {password: texts for password, texts in results.items() if password in "\n".join(texts)}
    assert left == {}
    times = len(DIALOGUES[command])
    counts = {password: texts.count("[PASSWORD-1]") for password, texts in results.items()}
    assert counts == dict.fromkeys(PASSWORDS, times)
    assert [texts for texts in results.values() if command not in texts or "uptime" not in texts] == []
