"""How ActivityWatch's events become one timeline."""

from datetime import UTC, datetime

from summaries.domain.evidence.facts import extract_facts
from summaries.engines.base import RecordedInteraction
from summaries.enums import Kind, QualityFlag
from summaries.sources.activitywatch import ActivityWatchSource
from tests.summaries.sources.activity_records import (
    AFK,
    STOPWATCH,
    WINDOW,
    bucket,
    event,
    export,
    here,
    window,
)
from tests.summaries.sources.reading import read_bytes


def read(*buckets):
    return read_bytes(ActivityWatchSource(), export(*buckets))


def focus(interactions):
    return [(i.offset_ms // 1000, i.application, i.title) for i in interactions if i.kind == Kind.APP_FOCUS]


def test_same_event_that_was_stored_twice_counts_once_with_the_longest():
    interactions, notes = read(
        bucket(WINDOW, window(0, 10, "a", "t"), window(0, 90, "a", "t"), window(0, 40, "a", "t"))
    )

    assert focus(interactions) == [(0, "a", "t")]
    assert notes.duration_ms == 90_000


def test_overlap_is_clipped_where_the_next_begins():
    interactions, notes = read(bucket(WINDOW, window(0, 500, "a"), window(60, 30, "b")))

    assert focus(interactions) == [(0, "a", ""), (60, "b", "")]
    assert notes.duration_ms == 90_000


def test_event_without_length_is_a_switch_that_was_shorter_than_the_poll():
    interactions, notes = read(bucket(WINDOW, window(0, 60, "a"), window(60, 0, "b"), window(61, 9, "c")))

    assert focus(interactions) == [(0, "a", ""), (60, "b", ""), (61, "c", "")]
    assert notes.bad_record_count == 0


def test_pieces_of_one_window_are_joined():
    interactions, _ = read(bucket(WINDOW, window(0, 60, "a", "t"), window(60, 60, "a", "t"), window(120, 5, "b")))

    assert focus(interactions) == [(0, "a", "t"), (120, "b", "")]


def test_only_what_happened_while_somebody_was_there_counts():
    afk = bucket(AFK, here(0, 60), here(60, 600, "afk"), here(660, 60))

    interactions, notes = read(
        afk, bucket(WINDOW, window(0, 700, "a", "t"), window(700, 5, "b"), window(705, 900, "c"))
    )

    assert [(item.offset_ms // 1000, item.kind, item.application, item.text) for item in interactions] == [
        (0, Kind.APP_FOCUS, "a", ""),
        (60, Kind.NOTE, "", "Nobody was at the computer for 10 min"),
        (660, Kind.APP_FOCUS, "a", ""),
        (700, Kind.APP_FOCUS, "b", ""),
        (705, Kind.APP_FOCUS, "c", ""),
    ]
    assert notes.duration_ms == 720_000


def test_presence_that_was_stored_twice_is_no_absence():
    afk = bucket(AFK, here(0, 100), here(0, 300), here(250, 200))

    interactions, notes = read(afk, bucket(WINDOW, window(0, 500, "a")))

    assert [item.kind for item in interactions] == [Kind.APP_FOCUS, Kind.APP_FOCUS]
    assert notes.duration_ms == 450_000


def test_nothing_is_recorded_when_nobody_was_there():
    interactions, notes = read(bucket(AFK, here(0, 600, "afk")), bucket(WINDOW, window(0, 600, "a")))

    assert interactions == []
    assert notes.quality == {QualityFlag.NOTHING_RECORDED}


def test_time_of_applications_is_that_in_front():
    afk = bucket(AFK, here(0, 3000))
    windows = bucket(WINDOW, window(0, 1800, "word"), window(1800, 600, "mail"), window(2400, 600, "word"))

    interactions, notes = read(afk, windows)
    recorded = [
        RecordedInteraction(n, i.offset_ms, i.kind, i.text, i.actor, i.application, i.title)
        for n, i in enumerate(interactions)
    ]
    facts = extract_facts(interactions=recorded, duration_ms=notes.duration_ms)

    assert [(fact.name, fact.milliseconds) for fact in facts.applications] == [("word", 2_400_000), ("mail", 600_000)]


def test_session_is_the_newest_stopwatch_with_a_label():
    watches = bucket(
        STOPWATCH,
        event(0, 100, label="Mona's printer", running=False),
        event(300, 200, label="Omar's mail", running=False),
        event(900, 5, label="", running=False),
    )
    windows = bucket(WINDOW, window(0, 250, "secret"), window(250, 100, "mail", "Inbox"), window(350, 900, "word"))

    interactions, notes = read(watches, windows)

    assert [(item.offset_ms, item.kind, item.text or item.application) for item in interactions] == [
        (0, Kind.NOTE, "The export holds 1 other stopwatch; this session is the newest"),
        (0, Kind.MARKER, "Omar's mail"),
        (0, Kind.APP_FOCUS, "mail"),
        (50_000, Kind.APP_FOCUS, "word"),
    ]
    assert notes.title == "Omar's mail"
    assert notes.started_at == datetime(2026, 11, 22, 9, 45, tzinfo=UTC)
    assert notes.duration_ms == 200_000


def test_stopwatch_that_runs_has_no_end():
    watch = bucket(STOPWATCH, event(60, 0, label="Mail", running=True))

    interactions, notes = read(watch, bucket(WINDOW, window(0, 120, "a"), window(120, 300, "b")))

    assert focus(interactions) == [(0, "a", ""), (60, "b", "")]
    assert notes.duration_ms == 360_000
