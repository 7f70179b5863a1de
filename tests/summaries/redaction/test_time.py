"""Texts made to slow a pattern down. A quadratic pattern would need hours; the limit is generous."""

import subprocess
import sys

_PROGRAM = """
import django
django.setup()
from summaries.enums import Kind
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction
PIECES = ["password=", "pass ", "a@", "@a.", "://a:", "1 ", "1-", "1.1.", "::", ":1", "sk-", "eyJa.", "mysql ",
          "-----BEGIN PRIVATE KEY-----", "echo a|", "key=", "password for a ", "DE12", "[EMAIL-1]", "\\x1b[", "\\u200b",
          "a\\n", "call 1", "curl -u a:"]
for piece in PIECES:
    text = piece * (100_000 // len(piece))
    assert len(Redactor("session").mask([CapturedInteraction(0, Kind.OUTPUT, text)])) == 1
print("done")
"""


def test_hostile_text_takes_time_in_proportion_to_its_length() -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "insights_portal.test_settings", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=240, env=environment, check=False
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr[-2000:]
