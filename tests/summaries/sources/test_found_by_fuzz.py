"""Files that the fuzz found, made small: each once broke its parser, or what it gave could not be stored."""

import json
import subprocess
import sys

import pytest

from tests.fuzz import corpus, oracle
from tests.summaries.sources import activity_records as aw
from tests.summaries.sources import steps_records as steps

CONVERSATION = {"type": "conversation", "id": "7\0", "created_at": 1795340400, "conversation_parts": {}}
FOUND = [
    ("STEPS_RECORDER", steps.document(steps.page(steps.report().replace("UTF-8", "UTF-1")))),
    ("ACTIVITYWATCH", aw.export(aw.bucket(aw.WINDOW, aw.window(0, 5, "a"), hostname="a\0"))),
    ("MESHCENTRAL_EVENTS", b'[{"action": "relaylog", "msgid": {}, "time": "2026-11-22T09:40:00Z"}]'),
    ("MESHCENTRAL_EVENTS", b'[{"action": "relaylog", "msgid": 1e9999999999999999999, "time": 1}, {"msgid": 1}]'),
    ("INTERCOM", json.dumps([CONVERSATION]).encode()),
    ("TEAMVIEWER_CSV", b'id;userid;start_date;"' + b"x" * 200_000 + b'"\n1;2;3;4\n'),
    (
        "TEAMVIEWER_INCOMING",
        b"7" * 30_000 + b"\tDana\t22-11-2026 09:40:00\t22-11-2026 09:55:00\tomar\tRemoteControl\t\n",
    ),
    # Tried every way to divide the spaces, for hours.
    (
        "TEAMVIEWER_OUTGOING",
        b"123456789 22-11-2026 09:40:00 22-11-2026 09:55:00 dana" + b" " * 100_000 + b"2026Z RemoteControl {4f1c} .\r",
    ),
]


@pytest.mark.parametrize(("code", "data"), FOUND, ids=[code for code, _ in FOUND])
def test_file_that_broke_a_parser_is_read_or_refused(code, data):
    parser = next(each for each in corpus.parsers() if each.code == code)

    assert oracle.examine(parser, (data, b"")) == oracle.examine(parser, (data, b""))


def test_the_command_reads_files_in_a_process_of_its_own():
    command = [sys.executable, "-m", "tests.fuzz.run", "--seconds", "0.2", "--only", "GUACAMOLE"]

    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "1 parsers, failed: none"), ran.stdout


@pytest.mark.parametrize("code", [each.code for each in corpus.parsers()])
def test_every_parser_has_a_file_to_begin_with(code):
    assert corpus.seeds()[code] != []
