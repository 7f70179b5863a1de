"""Texts made to slow a pattern down, 1 MB of each kind. A quadratic pattern would need hours; the limit is generous."""

import subprocess
import sys

import pytest

_PROGRAM = """
import sys
import django
django.setup()
from summaries.enums import Kind
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction
for piece in eval(sys.argv[1]):
    text = piece * (1_000_000 // len(piece)) + "x"
    assert len(Redactor("session").mask([CapturedInteraction(0, Kind.OUTPUT, text)])) == 1
print("done")
"""
KINDS = {
    "passwords": ["password=", "pass ", "password for a ", "password=f(", "pwd:a", "passphrase: abc ", "passphrase  "],
    "quotes": ["password='", 'password="', 'password=\\"', "\\"],
    "tokens": ["key=", "key=A1b/", "token=$x", "sk-", "eyJ", "eyJa.", "SG.aaaaaaaaaaaaaaaaaaaa", "bearer "],
    "issuers": ["cio", "SK0", "cioA1b2", "M.", "0Q~", "key-0123", "pat", "a.atlasv1.", "secret_A1", "://1//01"],
    "addresses": ["a@", "@a.", "user@a.example ", "%40a", "://a:", "//a:b"],
    "digits": ["1 ", "1-", "(1", "1\n", "call 1", "20511312  ", "4111 1111 ", "DE12"],
    "single digits of a card": ["4 "],
    "network addresses": ["1.1.", "1.1.1.1 ", "::", ":1", "12:"],
    "commands": ["mysql ", "mysql -p", "echo a|", "echo ", "curl -u a:", "htpasswd -b ", "-bbb ", "sudo -S <<"],
    "private keys": ["-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n", "Private-Lines: 1\n"],
    "hidden characters and placeholders": ["[EMAIL-1]", "\x1b[", "\u200b", "a\u200b1", "a\n", "é", " "],
}


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_takes_time_in_proportion_to_its_length(kind: str) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "insights_portal.test_settings", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", _PROGRAM, repr(KINDS[kind])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr[-2000:]
