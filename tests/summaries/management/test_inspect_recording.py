import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

CAST = b'{"version": 2, "width": 80, "height": 24}\n[1, "o", "\\u001b[?2004h$ "]\n[2, "o", "ls\\r\\n\\u001b[?2004la"]\n'
TYPESCRIPT = b"Script started on 2026-11-22 10:30:00+00:00\nhello\r\n\nScript done on 2026-11-22 10:30:09+00:00\n"
TIMING = b"1.5 7\n"


def run(*paths, **options) -> str:
    out = StringIO()
    call_command("inspect_recording", *map(str, paths), stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def files(tmp_path):
    contents = {"a.cast": CAST, "typescript": TYPESCRIPT, "timing": TIMING, "letter": b"Dear Ada"}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_inspect_recording_prints_what_a_recording_holds_without_a_database(files):
    assert run(files / "a.cast").splitlines() == [
        str(files / "a.cast"),
        "  format: asciicast (asciinema) (ASCIICAST)",
        "  time: start not recorded, 2.0 s",
        "  interactions: 1 command, 1 output",
        "  applications: ls",
    ]


def test_inspect_recording_names_bad_records_with_their_places(files):
    (files / "a.cast").write_bytes(CAST + b"broken\n")

    assert run(files / "a.cast").splitlines()[-3:] == [
        "  quality: Some records could not be read",
        "  bad records: 1",
        "    line 4: This line is no JSON.",
    ]


def test_inspect_recording_prints_one_json_object_a_line(files):
    lines = run(files / "a.cast", files / "timing", files / "typescript", json=True).splitlines()

    rows = [json.loads(line) for line in lines]
    assert [(row["format"]["code"], row["duration_ms"], row["quality"]) for row in rows] == [
        ("ASCIICAST", 2000, []),
        ("SCRIPT", 1500, ["MISSING_INPUT"]),
    ]


def test_inspect_recording_fails_when_one_of_several_is_refused(files):
    with pytest.raises(CommandError, match=r"^Refused: .*letter$") as error:
        run(files / "a.cast", files / "letter")

    assert error.value.returncode == 1


def test_inspect_recording_names_a_file_that_is_not_there(files):
    with pytest.raises(CommandError, match=r"missing\.cast: No such file or directory\."):
        run(files / "missing.cast")
