import json
import tracemalloc
from datetime import UTC, datetime

import pytest

from summaries.enums import Kind, PlaceUnit, QualityFlag
from summaries.sources import activitywatch
from summaries.sources.activitywatch import ActivityWatchSource
from summaries.sources.base import UnableToRead
from tests.summaries.sources.activity_records import (
    AFK,
    EDITOR,
    STOPWATCH,
    TAB,
    UNLOCK,
    WINDOW,
    bucket,
    event,
    export,
    export_list,
    here,
    moment,
    window,
)
from tests.summaries.sources.casts import texts
from tests.summaries.sources.reading import bad_places, read_bytes


def read(*buckets):
    return read_bytes(ActivityWatchSource(), export(*buckets))


def focus(interactions):
    return [(i.offset_ms // 1000, i.application, i.title) for i in interactions if i.kind == Kind.APP_FOCUS]


@pytest.mark.parametrize(
    "data",
    [
        export(bucket(WINDOW, window(0, 60, "outlook.exe", "Inbox"), window(60, 30, "winword.exe", "Letter"))),
        export_list(bucket(WINDOW, window(0, 60, "outlook.exe", "Inbox"), window(60, 30, "winword.exe", "Letter"))),
        json.dumps(
            bucket(WINDOW, window(0, 60, "outlook.exe", "Inbox"), window(60, 30, "winword.exe", "Letter"))
        ).encode(),
        b"\xef\xbb\xbf"
        + export(bucket(WINDOW, window(0, 60, "outlook", "Inbox"), window(60, 30, "winword", "Letter"))),
    ],
    ids=["by id", "list", "one bucket", "with a mark"],
)
def test_exports_of_every_shape_are_read(data):
    assert ActivityWatchSource().recognises(data[:65536], "")
    interactions, notes = read_bytes(ActivityWatchSource(), data)

    assert focus(interactions) == [(0, "outlook", "Inbox"), (60, "winword", "Letter")]
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert (notes.duration_ms, notes.device_name) == (90_000, "front-3")
    assert notes.ended_at == datetime(2026, 11, 22, 9, 41, 30, tzinfo=UTC)
    assert notes.quality == set()


def test_description_of_a_bucket_may_stand_behind_its_events():
    described = bucket(WINDOW, window(0, 60, "outlook", "Inbox"))
    turned = {key: described[key] for key in reversed(described)}

    assert focus(read(turned)[0]) == [(0, "outlook", "Inbox")]


def test_type_tells_and_not_the_id():
    misnamed = bucket(AFK, here(0, 60), client="aw-watcher-window")

    interactions, _ = read(misnamed, bucket(WINDOW, window(0, 60, "outlook"), client="my-own-watcher"))

    assert focus(interactions) == [(0, "outlook", "")]


def test_newest_first_is_turned_round_and_places_are_those_of_the_file():
    interactions, _ = read(bucket(WINDOW, window(0, 10, "a"), window(10, 10, "b"), window(20, 10, "c")))

    assert [(item.application, item.place.unit, item.place.number) for item in interactions] == [
        ("a", PlaceUnit.ITEM, 3),
        ("b", PlaceUnit.ITEM, 2),
        ("c", PlaceUnit.ITEM, 1),
    ]


def test_names_of_a_bucket_can_be_stored():
    tabs = bucket(
        TAB, event(0, 5, url="https://shop.example/"), client="aw-watcher-web-\0a\ud800", hostname="front\0-3"
    )

    interactions, notes = read(tabs)

    assert notes.device_name == "front-3"
    assert [item.application.isprintable() and "\ud800" not in item.application for item in interactions] == [True]


def test_title_that_the_user_excluded_is_none():
    interactions, _ = read(bucket(WINDOW, window(0, 60, "chrome", "excluded")))

    assert focus(interactions) == [(0, "chrome", "")]


def test_android_names_a_package():
    interactions, _ = read(
        bucket(
            WINDOW,
            event(0, 60, app="Mail", package="com.example.mail", classname="Inbox"),
            event(60, 5, package="com.x"),
        )
    )

    assert focus(interactions) == [(0, "Mail", "Inbox"), (60, "com.x", "")]


def test_tabs_files_and_unlocks_are_notes():
    tab = event(5, 20, url="https://shop.example/", title="Shop", audible=False, incognito=False, tabCount=3)
    file = event(9, 20, file="/srv/app/site.py", project="shop", language="python")

    interactions, _ = read(
        bucket(TAB, tab, client="aw-client-web"),
        bucket(EDITOR, file, client="aw-watcher-vscode"),
        bucket(UNLOCK, event(1, 0)),
        bucket("os.hid.input", event(2, 5, presses=3)),
    )

    assert [(item.text, item.application, item.title) for item in interactions] == [
        ("Screen unlocked", "", ""),
        ("Shop (https://shop.example/)", "client-web", "Shop"),
        ("Edits /srv/app/site.py", "vscode", "shop"),
    ]


def test_private_tab_shows_no_address():
    private = event(5, 20, url="https://clinic.example/", title="My clinic", incognito=True)

    interactions, _ = read(
        bucket(TAB, private), bucket(WINDOW, event(6, 9, app="chrome", title="My clinic", incognito=True))
    )

    assert [(item.text, item.title) for item in interactions] == [("private tab", ""), ("", "")]


@pytest.mark.parametrize(
    "written", ["2026-11-22T09:40:00Z", "2026-11-22T09:40:00.123456789+00:00", "2026-11-22T10:40:00.1+01:00"]
)
def test_moments_have_up_to_nine_digits_and_any_zone(written):
    first = event(0, 60, app="a") | {"timestamp": written}

    interactions, notes = read(bucket(WINDOW, first))

    assert notes.started_at.replace(microsecond=0) == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert len(interactions) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"timestamp": "yesterday"},
        {"timestamp": None},
        {"timestamp": "0" * 100},
        {"duration": "long"},
        {"duration": -1},
        {"duration": 1e300},
        {"duration": None},
        {"data": None},
        {"data": {}},
        {"data": {"app": 7}},
    ],
)
def test_bad_event_is_counted_with_its_place(bad):
    interactions, notes = read(bucket(WINDOW, window(0, 10, "a"), event(5, 1, app="b") | bad, window(20, 10, "c")))

    assert focus(interactions) == [(0, "a", ""), (20, "c", "")]
    assert bad_places(notes) == [(PlaceUnit.ITEM, 2)]


@pytest.mark.parametrize(("kind", "data"), [(AFK, {"status": "gone"}), (TAB, {"url": ""}), (EDITOR, {"file": 7})])
def test_bad_event_of_another_type_is_counted(kind, data):
    _, notes = read(bucket(kind, event(0, 1, **data)))

    assert bad_places(notes) == [(PlaceUnit.ITEM, 1)]


@pytest.mark.parametrize("item", [7, "x", None, [], {}])
def test_item_that_is_no_event_is_counted(item):
    _, notes = read(bucket(WINDOW, item, window(0, 5, "a")))

    assert bad_places(notes) == [(PlaceUnit.ITEM, 2)]


def test_export_that_is_cut_keeps_what_came_before():
    data = export(bucket(WINDOW, *(window(n, 1, f"app{n}") for n in range(5))))

    interactions, notes = read_bytes(ActivityWatchSource(), data[:-90])

    assert [item.application for item in interactions] == ["app1", "app2", "app3", "app4"]
    assert QualityFlag.TRUNCATED in notes.quality


def test_broken_characters_are_replaced_and_noted():
    data = export(bucket(WINDOW, window(0, 5, "a", "T?tle"))).replace(b"T?tle", b"T\xff\n\x01tle")

    interactions, notes = read_bytes(ActivityWatchSource(), data)

    assert [item.title for item in interactions] == ["T\ufffd  tle"]
    assert notes.quality == {QualityFlag.UNDECODABLE}


def test_event_that_is_nested_deeply_is_counted():
    deep = b'{"a":' * 500 + b"1" + b"}" * 500
    data = export(bucket(WINDOW, "DEEP", window(0, 5, "a"))).replace(b'"DEEP"', deep)

    interactions, notes = read_bytes(ActivityWatchSource(), data)

    assert focus(interactions) == [(0, "a", "")]
    assert notes.bad_record_count >= 1


def test_way_to_the_events_that_is_too_deep_is_refused():
    with pytest.raises(UnableToRead, match="nested too deeply"):
        read_bytes(ActivityWatchSource(), b'{"x":' + b"[" * 5_000_000)


def test_text_without_an_end_is_refused():
    with pytest.raises(UnableToRead, match="longer than"):
        read_bytes(ActivityWatchSource(), export(bucket(WINDOW))[:-3] + b'"' + b"x" * 10_000_000)


def test_export_with_too_many_events_says_what_to_do(monkeypatch):
    monkeypatch.setattr(activitywatch, "MAX_EVENTS", 3)

    with pytest.raises(UnableToRead, match="stopwatch"):
        read(bucket(WINDOW, *(window(n, 1, "a") for n in range(4))))


def test_events_of_other_days_are_not_held():
    windows = [window(n, 1, f"app{n % 7}", f"title {n} {'x' * 300}") for n in range(20_000)]
    data = export(bucket(STOPWATCH, event(60, 30, label="Mail", running=False)), bucket(WINDOW, *windows))
    tracemalloc.start()

    interactions, _ = read_bytes(ActivityWatchSource(), data)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(interactions) == 31
    assert len(data) > 8_000_000
    assert peak < 3_000_000


@pytest.mark.parametrize("data", [b'{"buckets": {}}', b"{}", b"", b'{"buckets": 7, "type": "currentwindow"}'])
def test_file_without_an_event_is_refused(data):
    with pytest.raises(UnableToRead, match="No event of ActivityWatch"):
        read_bytes(ActivityWatchSource(), data)


@pytest.mark.parametrize(
    "head",
    [
        b'{"buckets": {"a": {"type": "other"}}}',
        b'{"type": "currentwindow"}',
        b'[{"type": "currentwindow", "events": []}]',
        b"",
    ],
)
def test_other_json_is_not_recognised(head):
    assert not ActivityWatchSource().recognises(head, "export.json")


def test_empty_bucket_and_a_moment_are_written_as_the_server_does():
    assert moment(1.5) == "2026-11-22T09:40:01.500000+00:00"
    assert texts(read(bucket(WINDOW), bucket(AFK, here(0, 5)), bucket(WINDOW, window(1, 1, "a")))[0]) == [
        (Kind.APP_FOCUS, "")
    ]
