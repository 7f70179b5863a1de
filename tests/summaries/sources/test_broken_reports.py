"""Whatever is done to a report: it is read as far as it goes, or refused in words, and nothing else."""

import io
import json
import random
from collections.abc import Iterator

import pytest

from summaries.sources.base import RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.registry import COLLECTIONS
from tests.summaries import session_files
from tests.summaries.sources.test_chat_exports import ROOM, conversation
from tests.summaries.sources.test_meshcentral_events import done, life, log
from tests.summaries.sources.test_teamviewer_reports import CSV_ROWS, incoming

WHOLE = {
    "TEAMVIEWER_REPORT": session_files.pages(session_files.connection(1), session_files.connection(2)),
    "TEAMVIEWER_CSV": CSV_ROWS.encode(),
    "TEAMVIEWER_INCOMING": incoming("1|Bob|19-11-2026 08:00:00|19-11-2026 08:20:00|rosa|RemoteControl|{A}"),
    "TEAMVIEWER_OUTGOING": b"1"
    + b" " * 31
    + b"19-11-2026 08:00:00             19-11-2026 08:20:00   bob  RemoteControl {A}",
    "ZENDESK": json.dumps([session_files.zendesk_chat()]).encode(),
    "INTERCOM": json.dumps([conversation()]).encode(),
    "ROCKETCHAT": json.dumps(ROOM).encode(),
    "MESHCENTRAL_EVENTS": log(
        life(14, "aaaa1111", "00:00"), done(24, "01:00", "df"), life(10, "aaaa1111", "03:00", 180)
    ),
}
PIECES = (
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'"',
    b"1e400",
    b'"\\ud800"',
    b"\0",
    b"9" * 30,
    b"[[[[",
    b"NaN",
    b"\xff\xfe",
    b";;\n",
)


def broken(data: bytes, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 5)):
            start = chance.randrange(len(changed) + 1)
            changed[start : start + chance.randint(0, 25)] = chance.choice(PIECES)
        yield bytes(changed)
        yield data[: chance.randrange(len(data))]


@pytest.mark.parametrize("source", COLLECTIONS, ids=lambda source: source.code)
def test_a_broken_report_is_read_as_far_as_it_goes(source):
    for data in broken(WHOLE[source.code], seed=7):
        source.recognises(data, "report")
        try:
            sessions = list(source.read_sessions(RecordingFile(io.BytesIO(data)), RecordingNotes()))
        except UnableToRead as refusal:
            assert str(refusal).endswith(".")
            continue
        for session in sessions:
            offsets = [each.offset_ms for each in session.interactions]
            assert offsets == sorted(offsets)
            assert session.external_id
            assert "\0" not in session.notes + session.device_name


@pytest.mark.parametrize("source", COLLECTIONS, ids=lambda source: source.code)
def test_each_format_is_recognised_as_itself_alone(source):
    others = [each for each in COLLECTIONS if each is not source]

    assert source.recognises(WHOLE[source.code], "report") is True
    assert [each.code for each in others if each.recognises(WHOLE[source.code], "report")] == []
