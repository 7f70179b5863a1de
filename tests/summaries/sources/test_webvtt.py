import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import MAX_TEXT_CHARS, UnableToRead
from summaries.sources.webvtt import WebVTTSource
from tests.summaries.sources.reading import bad_places, read_bytes


def read(text):
    return read_bytes(WebVTTSource(), text.encode())


def said(interactions):
    return [(item.offset_ms, item.title, item.text) for item in interactions]


def test_cues_become_voice_with_the_line_of_their_time():
    interactions, notes = read("WEBVTT\n\n00:00:01.500 --> 00:00:04.000\nThe printer\nis stuck\n")

    (cue,) = interactions
    assert (cue.kind, cue.offset_ms, cue.text, cue.actor) == (Kind.VOICE, 1500, "The printer is stuck", Actor.UNKNOWN)
    assert (cue.place.unit, cue.place.number) == (PlaceUnit.LINE, 3)
    assert notes.duration_ms == 4000
    assert notes.quality == set()


def test_hours_may_be_missing_and_identifiers_and_settings_stand_around_the_time():
    interactions, _ = read("WEBVTT\n\nintro\n00:01.000 --> 00:02.000 align:start position:0%\nHello\n")

    assert said(interactions) == [(1000, "", "Hello")]


def test_voice_tags_name_the_speakers():
    interactions, notes = read(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Dana>Good morning.</v>\n<v.loud Omar>It&#39;s <b>stuck</b> &amp; hot"
    )

    assert said(interactions) == [(1000, "Dana", "Good morning."), (1000, "Omar", "It's stuck & hot")]
    assert notes.people == ["Dana", "Omar"]


def test_prefixes_name_the_speakers_but_not_every_colon_does():
    interactions, notes = read(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nDana Reyes: Please restart it\n\n"
        "00:03.000 --> 00:04.000\nError: no paper\n\n00:05.000 --> 00:06.000\nthe thing is: it works"
    )

    assert said(interactions) == [
        (1000, "Dana Reyes", "Please restart it"),
        (3000, "", "Error: no paper"),
        (5000, "", "the thing is: it works"),
    ]
    assert notes.people == ["Dana Reyes"]


def test_roles_are_taken_from_words_that_name_them():
    interactions, notes = read(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Dana (Support)>Hello\n\n00:03.000 --> 00:04.000\nCustomer: Hi\n\n"
        "00:05.000 --> 00:06.000\n<v Dana>Bye"
    )

    assert [item.actor for item in interactions] == [Actor.SUPPORTER, Actor.REMOTE_USER, Actor.SUPPORTER]
    assert notes.supporter_name == "Dana"
    assert notes.people == ["Dana"]


def test_dashes_part_the_speakers_of_one_cue():
    interactions, _ = read("WEBVTT\n\n00:01.000 --> 00:02.000\n- Is it on?\n- It is.\n")

    assert [item.text for item in interactions] == ["Is it on?", "It is."]


def test_asides_and_the_header_hold_no_speech():
    interactions, notes = read(
        "\ufeffWEBVTT - Call of Sunday\nKind: captions\n\nNOTE not said\nnor this\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:fred\n\n00:01.000 --> 00:02.000\nHello\n"
    )

    assert said(interactions) == [(1000, "", "Hello")]
    assert notes.title == "Call of Sunday"
    assert notes.bad_record_count == 0


def test_header_may_be_followed_by_a_cue_at_once():
    interactions, _ = read("WEBVTT\n00:01.000 --> 00:02.000\nHello\n")

    assert said(interactions) == [(1000, "", "Hello")]


def test_bad_cues_are_counted_with_their_lines():
    interactions, notes = read(
        "WEBVTT\n\n00:01.000 --> 00:0x.000\nlost\nlost too\n\nno time\n\n00:03.000 --> 00:04.000\nHello\n"
    )

    assert said(interactions) == [(3000, "", "Hello")]
    assert bad_places(notes) == [(PlaceUnit.LINE, 3), (PlaceUnit.LINE, 7)]
    assert notes.quality == {QualityFlag.PARTIAL_PARSE}


def test_time_in_the_middle_of_a_text_begins_the_next_cue():
    interactions, _ = read("WEBVTT\n\n00:01.000 --> 00:02.000\none\n00:03.000 --> 00:04.000\ntwo")

    assert said(interactions) == [(1000, "", "one"), (3000, "", "two")]


def test_cue_that_is_cut_is_noted_as_truncated():
    _, notes = read("WEBVTT\n\n00:01.000 --> 00:02.000\none\n\n00:03.000 --> 00:04.000")

    assert notes.quality == {QualityFlag.TRUNCATED}


def test_times_that_run_backwards_are_clamped():
    interactions, notes = read("WEBVTT\n\n00:09.000 --> 00:10.000\none\n\n00:03.000 --> 00:04.000\ntwo")

    assert said(interactions) == [(9000, "", "one"), (9000, "", "two")]
    assert notes.quality == {QualityFlag.CLOCK_SKEW}


def test_file_without_cues_holds_nothing():
    assert read("WEBVTT") == ([], read("WEBVTT\n")[1])
    assert read("WEBVTT")[1].quality == {QualityFlag.NOTHING_RECORDED}


def test_missing_signature_is_refused_with_its_line():
    with pytest.raises(UnableToRead, match=r"^Line 1 "):
        read("WEBVTTX\n\n00:01.000 --> 00:02.000\none")


def test_long_text_is_cut_and_a_line_without_end_is_one_bad_record():
    interactions, _ = read("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "word\n" * 10_000)
    assert len(interactions[0].text) == MAX_TEXT_CHARS

    _, notes = read("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "x" * 10_000_000)
    assert bad_places(notes) == [(PlaceUnit.LINE, 4)]


def test_recognises_the_signature_only():
    source = WebVTTSource()

    assert source.recognises(b"\xef\xbb\xbfWEBVTT\n", "x.txt")
    assert not source.recognises(b"WEBVTTX", "x.vtt")
    assert not source.recognises(b"1\n00:00:01,000 --> 00:00:02,000\n", "x.vtt")


@pytest.mark.parametrize("markup", ["<v ", "<v.a", "<v" + " " * 300, "<", "<" + "x" * 400, "Dana ", "&"])
def test_markup_that_never_ends_is_read_as_it_stands(markup):
    interactions, _ = read("WEBVTT\n\n00:01.000 --> 00:02.000\n" + markup * (1_000_000 // len(markup)))

    assert len(interactions[0].text) == MAX_TEXT_CHARS
