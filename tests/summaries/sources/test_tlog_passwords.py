"""Passwords that tlog recorded although the terminal did not show them."""

from pathlib import Path

import pytest

from summaries.enums import Kind
from summaries.sources.tlog import TlogSource
from tests.summaries.sources.reading import read_bytes
from tests.summaries.sources.tlog_records import (
    PROMPT,
    hidden,
    keyed,
    lines,
    message,
    steps,
)

RECORDINGS = Path(__file__).parents[2] / "recordings"


def read(data):
    return read_bytes(TlogSource(), data)


def ran(command, output="", *after):
    return steps(("o", PROMPT), *keyed(command), ("o", output), *after)


def test_real_recording_gives_commands_output_and_both_typed_passwords():
    interactions, notes = read((RECORDINGS / "clerk-locked-out.tlog").read_bytes())

    assert [item.text for item in interactions if item.kind == Kind.COMMAND] == [
        "# clerk can't sign in since this morning (früh)",
        "passwd --status clerk",
        "ls -ld /home/clerk",
        "passwd --unlock clerk",
        "passwd clerk",
        "passwd --status clerk",
        "su clerk -c 'echo signed in as $(whoami)'",
        "exit",
    ]
    assert [item.text for item in interactions if item.is_secret] == ["Quiet-Meadow-63"] * 2
    assert [item.text for item in interactions if "Quiet" in item.text and not item.is_secret] == []
    assert notes.device_name == "front-02"
    assert notes.quality == set()


@pytest.mark.parametrize(
    ("command", "prompt"),
    [
        ("sudo systemctl restart shop", "[sudo] password for ada: "),
        ("ssh ada@db1", "ada@db1's password: "),
        ("passwd", "Current password: "),
        ("mysql -u root -p", "Enter password: "),
        ("$pin = Read-Host -AsSecureString 'New secret'", "New secret: "),
        ("unlock-it", "Say the magic word> "),
    ],
)
@pytest.mark.parametrize("secret", ["hunter2-demo", "ls", "two words", "Größe7!", "aaaa"])
def test_password_that_is_typed_without_echo_is_secret_whatever_it_looks_like(command, prompt, secret):
    interactions, _ = read(lines(message(1, **ran(command, "", ("o", prompt), *hidden(secret), ("o", "done\r\n")))))

    assert [(item.kind, item.text) for item in interactions if item.is_secret] == [(Kind.INPUT, secret)]
    assert [item.text for item in interactions if item.kind == Kind.COMMAND] == [command]


def test_password_that_is_split_over_messages_is_secret_and_whole():
    first = message(
        1, **steps(("o", PROMPT), *keyed("sudo id"), ("o", "[sudo] password for ada: "), *hidden("hunter")[:3])
    )
    second = message(2, pos=4000, **steps(*hidden("ter2"), ("o", "uid=0(root)\r\n" + PROMPT)))

    interactions, _ = read(lines(first, second))

    assert [item.text for item in interactions if item.is_secret] == ["hunter2"]


def test_password_that_is_typed_wrongly_twice_is_secret_each_time():
    tries = [("o", "Password: "), *hidden("first try"), ("o", "Sorry, try again.\r\nPassword: "), *hidden("second")]

    interactions, _ = read(lines(message(1, **ran("su -", "", *tries))))

    assert [item.text for item in interactions if item.is_secret] == ["first try", "second"]
