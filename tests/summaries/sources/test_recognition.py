"""Each recording is read by the format it is of: no format takes what belongs to another."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from summaries.sources.base import HEAD_BYTES, UnableToRead
from summaries.sources.registry import COLLECTIONS, SOURCES, recognise
from tests.recordings.encode import RECORDINGS as ENCODED
from tests.summaries import session_files
from tests.summaries.sources import tlog_records
from tests.summaries.sources.test_broken_recordings import SAMPLES

FOLDER = Path(__file__).parents[2] / "recordings"
CODES = {
    ".cast": "ASCIICAST",
    ".typescript": "SCRIPT",
    ".timing": "SCRIPT",
    ".mcrec": "MCREC",
    ".tlog": "TLOG",
    ".guac": "GUACAMOLE",
    ".zip": "STEPS_RECORDER",
    ".csv": "CSV",
    "time-sheets-not-sent.json": "ACTIVITYWATCH",
    "log-folder-full.jsonl": "TELEPORT",
}
FIXTURES = [path for path in sorted(FOLDER.iterdir()) if path.name in CODES or path.suffix in CODES]


def recognising(data, name=""):
    return [source.code for source in SOURCES if source.recognises(data[:HEAD_BYTES], name)]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_recording_is_recognised_by_one_format_only_whatever_its_name(path):
    code = CODES.get(path.name) or CODES[path.suffix]

    assert recognising(path.read_bytes()) == [code]
    assert recognising(path.read_bytes(), path.name) == [code]
    assert recognise(BytesIO(path.read_bytes()), "recording.bin").code == code


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_recording_of_one_session_is_no_file_of_many(path):
    assert [each.code for each in COLLECTIONS if each.recognises(path.read_bytes()[:HEAD_BYTES], path.name)] == []


@pytest.mark.parametrize(
    "data",
    [
        session_files.pages(session_files.connection(1)),
        json.dumps([session_files.zendesk_chat()]).encode(),
        b"id;userid;username;start_date;end_date;notes\n1;u1;Dana;2026-11-22T09:40:00Z;2026-11-22T09:50:00Z;x\n",
        b"Start;End;User;Notes\n2026-11-22 09:40;2026-11-22 09:50;Dana;x\n",
    ],
)
def test_file_of_many_sessions_is_no_recording_of_one(data):
    assert recognising(data) == []


def test_every_kind_of_recording_is_among_the_fixtures():
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} - {".py"} == {path.suffix for path in FIXTURES}


@pytest.mark.parametrize(("source", "data"), SAMPLES)
def test_sample_of_the_earlier_formats_is_recognised_by_one_only(source, data):
    assert recognising(data) == [source.code]


@pytest.mark.parametrize("name", ENCODED)
def test_encoded_recording_is_what_its_encoder_writes(name):
    assert (FOLDER / name).read_bytes() == ENCODED[name]()


@pytest.mark.parametrize(
    "data",
    [
        b"timestamp,user\n2026-11-22T09:40:00Z,dana\n",
        b"PK\x03\x04" + b"\0" * 60,
        b'{"a": 1}\n',
        b"4.size",
        b"--boundary\r\nContent-Type: text/html\r\n\r\n<p>",
        json.dumps({"MESSAGE": "Started."}).encode(),
        b"Just some notes about a printer, and nothing more.\n",
    ],
)
def test_what_is_no_recording_is_recognised_by_none(data):
    assert recognising(data) == []
    with pytest.raises(UnableToRead, match="format of this file is not known"):
        recognise(BytesIO(data), "")


def test_recording_of_json_lines_that_talks_of_others_stays_json_lines():
    said = ['{"ver":"2.3","rec":"x","timing":""}', "4.sync,1.1;", "WEBVTT", '"currentwindow" "events"']
    data = "".join(
        json.dumps({"timestamp": 1795340400 + n, "text": text}) + "\n" for n, text in enumerate(said)
    ).encode()

    assert recognising(data) == ["JSON_LINES"]


def test_terminal_that_shows_a_recording_stays_a_terminal():
    message = tlog_records.message(1, **tlog_records.steps(("o", '4.sync,1.1;\r\n{"buckets": {}}\r\ntime,text\r\n')))

    assert recognising(tlog_records.lines(message)) == ["TLOG"]
