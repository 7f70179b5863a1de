import pytest

from summaries.enums import Kind, PlaceUnit, QualityFlag
from summaries.sources.base import UnableToRead
from summaries.sources.srt_source import SRTSource
from tests.summaries.sources.reading import bad_places, read_bytes

GOOD = "1\n00:00:01,000 --> 00:00:02,000\nAgent: Hello\n\n2\n00:00:03,500 --> 00:00:04,000\n<i>Hi</i>\n"


def read(text, name="call.srt"):
    return read_bytes(SRTSource(), text.encode(), name)


@pytest.mark.parametrize("text", [GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace(",", ".")])
def test_cues_become_voice(text):
    interactions, notes = read(text)

    assert [(item.kind, item.offset_ms, item.title, item.text) for item in interactions] == [
        (Kind.VOICE, 1000, "Agent", "Hello"),
        (Kind.VOICE, 3500, "", "Hi"),
    ]
    assert notes.quality == set()


def test_bad_times_and_gaps_are_counted_with_their_lines():
    interactions, notes = read(
        "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:0x,000 --> 00:00:04,000\nlost\n\n3\nno time\n\n"
        "4\n00:00:05,000 --> 00:00:06,000\n\n00:00:07,000 --> 00:00:08,000\nlast\n"
    )

    assert [item.text for item in interactions] == ["one", "last"]
    assert bad_places(notes) == [(PlaceUnit.LINE, 6), (PlaceUnit.LINE, 9)]
    assert notes.quality == {QualityFlag.PARTIAL_PARSE}


@pytest.mark.parametrize("text", ["1", "some text", "1\nsome text", "some text\n00:00:00,500 --> 00:00:07,000"])
def test_file_without_a_cue_is_refused_with_a_line(text):
    with pytest.raises(UnableToRead, match=r"^No subtitle could be read; line 1: "):
        read(text)


@pytest.mark.parametrize(
    ("text", "name"), [("0:00:00.378,0:00:11.378\nHello\n", "call.txt"), ("some text", "call.SBV")]
)
def test_sbv_is_refused_with_what_to_do(text, name):
    assert SRTSource().recognises(text.encode(), name)
    with pytest.raises(UnableToRead, match=r"^Line 1: this is a YouTube \.sbv file.*Export the transcript as SRT"):
        read(text, name)


def test_recognises_times_at_the_beginning_or_the_suffix():
    source = SRTSource()

    assert source.recognises(GOOD.encode(), "x.txt")
    assert source.recognises(b"00:00:00.500 --> 00:00:07.000\nText", "")
    assert source.recognises(b"broken", "call.srt")
    assert not source.recognises(b"a --> b", "x.txt")
    assert not source.recognises(b"\x00\x01", "call.srt")
