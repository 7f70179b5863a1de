"""Whatever is done to a file, a source reads what it can or says where it cannot: it never falls over."""

import gzip
import re
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summaries.sources.base import MAX_TEXT_CHARS, RecordingNotes, Source, UnableToRead
from summaries.sources.chat import ChatSource
from summaries.sources.json_lines import JSONLinesSource
from summaries.sources.meshcentral import MeshCentralSource
from summaries.sources.meshcentral_messenger import MeshCentralMessengerSource
from summaries.sources.registry import recognise
from summaries.sources.srt_source import SRTSource
from summaries.sources.webvtt import WebVTTSource
from tests.summaries.sources import mcrec
from tests.summaries.sources.mcrec import FROM_DEVICE, FROM_SUPPORTER, FROM_SUPPORTER_TEXT
from tests.summaries.sources.reading import read_bytes

TERMINAL = b"".join(
    [
        mcrec.metadata(1),
        mcrec.data(FROM_SUPPORTER_TEXT, {"ctrlChannel": 102938, "type": "termsize", "cols": 80, "rows": 24}),
        mcrec.data(FROM_DEVICE, b"\x1b[?2004hdana@web:~$ ", 10),
        mcrec.data(FROM_SUPPORTER, b"i", 1000),
        mcrec.data(FROM_DEVICE, "i\u00e9".encode()[:2], 1001),
        mcrec.data(FROM_DEVICE, b"\r\n\x1b[?2004l\r\nok\r\n\x1b[?2004hdana@web:~$ ", 1100),
        mcrec.indexed_end(300),
    ]
)
DESKTOP = b"".join(
    [
        mcrec.metadata(2),
        mcrec.data(FROM_SUPPORTER, mcrec.pressed(0x41, 0x0D)),
        mcrec.data(FROM_SUPPORTER, mcrec.mouse(2, 1, 1), 100),
        mcrec.data(FROM_DEVICE, b"\x00\x41\x00\x07abc", 200),
        mcrec.end(300),
    ]
)
FILES = b"".join(
    [
        mcrec.metadata(5),
        mcrec.data(FROM_SUPPORTER_TEXT, {"action": "download", "sub": "start", "path": "/etc/app.ini"}),
        mcrec.data(FROM_DEVICE, b"\x01\0\0\x01content"),
        mcrec.end(300),
    ]
)
MESSENGER = (
    b'{"magic":"MeshCentralRelaySession","username":"dana"}\nSun, 22 Nov 2026 09:40:00 GMT, <<<START>>>\n'
    b"Sun, 22 Nov 2026 09:40:05 GMT, --> Hello\nSun, 22 Nov 2026 09:42:00 GMT, <<<END>>>\n"
)
WEBVTT = (
    "WEBVTT - Call\n\nNOTE x\n\n1\n00:01.000 --> 00:02.000\n<v Dana>Qué tal</v>\n\n00:03.000 --> 00:04.000\nHi".encode()
)
SRT = "1\n00:00:01,000 --> 00:00:02,000\nAgent: Qué\n\n2\n00:00:03,000 --> 00:00:04,000\nHi\n".encode()
CHAT = "[22/11/2026, 10:02:13] Dana: Qué\n[22/11/2026, 10:03:13] Omar: Hi\nmore\n".encode()
JSON_LINES = (
    b'{"type":"session","supporter":"Dana"}\n'
    b'{"timestamp":"2026-11-22T10:02Z","text":"a"}\n{"timestamp":1795341733,"app":"b"}\n'
)

SAMPLES = [
    pytest.param(MeshCentralSource(), TERMINAL, id="terminal"),
    pytest.param(MeshCentralSource(), DESKTOP, id="desktop"),
    pytest.param(MeshCentralSource(), FILES, id="files"),
    pytest.param(MeshCentralMessengerSource(), MESSENGER, id="messenger"),
    pytest.param(WebVTTSource(), WEBVTT, id="webvtt"),
    pytest.param(SRTSource(), SRT, id="srt"),
    pytest.param(ChatSource(), CHAT, id="chat"),
    pytest.param(JSONLinesSource(), JSON_LINES, id="json lines"),
    pytest.param(JSONLinesSource(), gzip.compress(JSON_LINES, mtime=0), id="packed json lines"),
]
SOURCES = [
    pytest.param(source, id=source.code)
    for source in (
        MeshCentralSource(),
        MeshCentralMessengerSource(),
        WebVTTSource(),
        SRTSource(),
        ChatSource(),
        JSONLinesSource(),
    )
]
#: A refusal tells where: a line or a byte.
NAMES_A_PLACE = re.compile(r"\b(?:[Ll]ine|[Bb]yte) \d+\b")


def check(source: Source, data: bytes) -> RecordingNotes | None:
    """Read *data* and check what a reader must keep to, whatever it holds. Returns None when it was refused."""
    source.recognises(data, "")
    try:
        interactions, notes = read_bytes(source, data)
    except UnableToRead as refusal:
        assert NAMES_A_PLACE.search(str(refusal))
        return None
    offsets = [item.offset_ms for item in interactions]
    assert offsets == sorted(offsets)
    assert [offset for offset in offsets if offset < 0] == []
    texts = "".join(item.text + item.title + item.application for item in interactions)
    assert "\0" not in texts
    assert texts.encode().decode() == texts
    assert [item for item in interactions if len(item.text) > MAX_TEXT_CHARS] == []
    assert [item for item in interactions if item.place is None] == []
    return notes


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
def test_whole_sample_is_recognised_and_read(source, sample):
    assert recognise(BytesIO(sample), "").code == source.code
    notes = check(source, sample)
    assert notes is not None
    assert notes.bad_record_count == 0


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
def test_cut_at_every_byte_is_read_or_refused(source, sample):
    for length in range(len(sample)):
        check(source, sample[:length])


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
def test_nul_at_every_byte_is_read_or_refused(source, sample):
    for at in range(0, len(sample), 3):
        check(source, sample[:at] + b"\0" + sample[at + 1 :])


@pytest.mark.parametrize("source", SOURCES)
@given(data=st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_random_bytes_are_read_or_refused(source, data):
    check(source, data)


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
@given(rest=st.binary(max_size=200), cut=st.integers(min_value=0, max_value=600))
@settings(max_examples=60, deadline=None)
def test_random_bytes_after_a_good_beginning_are_read_or_refused(source, sample, rest, cut):
    check(source, sample[:cut] + rest)


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
def test_ten_megabytes_on_one_line_are_read_or_refused(source, sample):
    check(source, sample + b"x" * 10_000_000)
    check(source, b"x" * 10_000_000)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("data", [b"", b"\n", b"\0" * 100, b"\xff\xfe" * 50, b"[" * 100_000, b'{"a":' * 100_000])
def test_hollow_files_are_read_or_refused(source, data):
    check(source, data)
