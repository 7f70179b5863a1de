"""Whatever is done to a file of these formats, a source reads what it can or says where it cannot."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summaries.sources.activitywatch import ActivityWatchSource
from summaries.sources.csv_events import CSVSource
from summaries.sources.guacamole import GuacamoleSource
from summaries.sources.steps_recorder import StepsRecorderSource
from summaries.sources.teleport import TeleportSource
from summaries.sources.tlog import TlogSource
from tests.summaries.sources import activity_records as aw
from tests.summaries.sources import guacamole_records as guacamole
from tests.summaries.sources import steps_records as steps
from tests.summaries.sources import teleport_records as teleport
from tests.summaries.sources import tlog_records as tlog
from tests.summaries.sources.test_broken_recordings import check

TLOG = [
    tlog.message(1, **tlog.steps(("o", tlog.PROMPT), *tlog.keyed("é"))),
    tlog.message(2, "+9]1/2>3=80x24", pos=900, out_txt="\ufffdb\r\n", out_bin=[195, 169]),
]
GUACAMOLE = guacamole.recorded(
    guacamole.typed("é s\n"),
    guacamole.clicked(1, 2, 900),
    guacamole.clipboard("é"),
    guacamole.instruction("name", "é,;"),
)
MHT = steps.document(
    steps.page(
        steps.report(steps.action(1, "9:40:10 AM", said="é", levels=steps.level("OK"))), steps.step(1, "1/2/2026", "é")
    ),
    pictures=0,
)
ACTIVITY = aw.export(
    aw.bucket(aw.WINDOW, aw.window(0, 5, "é", "t")),
    aw.bucket(aw.AFK, aw.here(0, 9)),
    aw.bucket(aw.STOPWATCH, aw.event(1, 2, label="é", running=False)),
)
TELEPORT = [teleport.begun(), teleport.command(1, "é"), teleport.printed(2, "é\r\n"), teleport.ended(3)]
CSV = 'time;app;text\r\n22.11.2026 10:02:13;é;"a\r\nb"\r\n22.11.2026 10:02:14;b;c\r\n'.encode()

SAMPLES = [
    pytest.param(TlogSource(), tlog.lines(*TLOG), id="tlog"),
    pytest.param(TlogSource(), tlog.journal_json(*TLOG, binary=True), id="tlog journal"),
    pytest.param(TlogSource(), tlog.journal_export(*TLOG, binary=True), id="tlog export"),
    pytest.param(GuacamoleSource(), GUACAMOLE, id="guacamole"),
    pytest.param(StepsRecorderSource(), MHT, id="steps recorder"),
    pytest.param(StepsRecorderSource(), steps.zipped(MHT), id="zipped steps recorder"),
    pytest.param(ActivityWatchSource(), ACTIVITY, id="activitywatch"),
    pytest.param(TeleportSource(), teleport.log(*TELEPORT), id="teleport"),
    pytest.param(TeleportSource(), teleport.played(*TELEPORT), id="tsh play"),
    pytest.param(CSVSource(), CSV, id="csv"),
    pytest.param(CSVSource(), CSV.decode().encode("utf-16"), id="csv of utf-16"),
]
SOURCES = [
    pytest.param(source, id=source.code)
    for source in (
        TlogSource(),
        GuacamoleSource(),
        StepsRecorderSource(),
        ActivityWatchSource(),
        TeleportSource(),
        CSVSource(),
    )
]


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
def test_whole_sample_is_recognised_and_read(source, sample):
    assert source.recognises(sample, "")
    notes = check(source, sample)
    assert notes is not None
    assert notes.bad_record_count == 0


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
def test_cut_at_every_byte_is_read_or_refused(source, sample):
    for length in range(len(sample)):
        check(source, sample[:length])


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
@pytest.mark.parametrize("byte", [b"\0", b"\xff", b'"', b"9"])
def test_another_byte_in_every_place_is_read_or_refused(source, sample, byte):
    for at in range(0, len(sample), 7):
        check(source, sample[:at] + byte + sample[at + 1 :])


@pytest.mark.parametrize("source", SOURCES)
@given(data=st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_random_bytes_are_read_or_refused(source, data):
    check(source, data)


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
@given(rest=st.binary(max_size=200), cut=st.integers(min_value=0, max_value=600))
@settings(max_examples=40, deadline=None)
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
