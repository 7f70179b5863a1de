import base64
import quopri
import zipfile
from datetime import UTC, datetime

import pytest

from summaries.enums import Kind, PlaceUnit, QualityFlag
from summaries.sources.steps_recorder import StepsRecorderSource
from tests.summaries.sources.casts import texts
from tests.summaries.sources.reading import bad_places, read_bytes
from tests.summaries.sources.steps_records import (
    NAME,
    action,
    document,
    level,
    page,
    part,
    report,
    step,
    zipped,
)

SAVED = 'User left click on "Save (button)" in "notes - Notepad"'


def read(*actions, name=NAME, steps=(), **options):
    return read_bytes(StepsRecorderSource(), document(page(report(*actions, **options), *steps)), name)


def done(interactions):
    return [item for item in interactions if item.kind != Kind.APP_FOCUS]


@pytest.mark.parametrize("container", [lambda mht: mht, zipped, lambda mht: zipped(mht, method=zipfile.ZIP_STORED)])
def test_steps_are_interactions_with_application_and_window(container):
    data = container(
        document(
            page(report(action(1, "9:40:10 AM", said=SAVED, levels=level("Save") + level("notes - Notepad", "window"))))
        )
    )

    assert StepsRecorderSource().recognises(data[:65536], "")
    interactions, notes = read_bytes(StepsRecorderSource(), data, NAME)

    assert [(i.offset_ms, i.kind, i.text, i.application, i.title) for i in interactions] == [
        (10_000, Kind.APP_FOCUS, "", "Notepad", "notes - Notepad"),
        (10_000, Kind.CLICK, "Save (button)", "Notepad", "notes - Notepad"),
    ]
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert (notes.duration_ms, notes.operating_system) == (120_000, "Windows 10.0.22631")
    assert notes.quality == set()


def test_keys_are_masked_by_the_recorder_so_that_input_is_missing():
    interactions, notes = read(action(1, "9:40:10 AM", "Keyboard Input", "User keyboard input [... Enter ...]"))

    assert texts(done(interactions)) == [(Kind.KEY, "User keyboard input [... Enter ...]")]
    assert notes.quality == {QualityFlag.MISSING_INPUT}


def test_comments_of_the_user_stand_in_the_page_only():
    steps = [step(1, "11/22/2026"), step(2, "11/22/2026", "Here it says &quot;denied&quot;"), step(3, "11/22/2026")]

    interactions, _ = read(*(action(n, f"9:40:{10 * n} AM", said=f"Click {n}") for n in (1, 2, 3)), steps=steps)

    assert texts(done(interactions)) == [
        (Kind.CLICK, "Click 1"),
        (Kind.CLICK, "Click 2"),
        (Kind.NOTE, 'Here it says "denied"'),
        (Kind.CLICK, "Click 3"),
    ]


def test_missed_actions_are_noted_and_told():
    interactions, notes = read(action(1, "9:40:10 AM", said="Click"), missed=5)

    assert texts(done(interactions)) == [(Kind.CLICK, "Click"), (Kind.NOTE, "The recorder missed 5 actions")]
    assert notes.quality == {QualityFlag.MISSED_ACTIONS}


@pytest.mark.parametrize(
    ("program", "title", "application"),
    [
        (
            {"FileName": "MSEDGEWEBVIEW2.EXE", "CommandLine": "X --WEBVIEW-EXE-NAME=OLK.EXE --Y"},
            "Mail - Outlook",
            "Outlook",
        ),
        ({"FileName": "MSEDGEWEBVIEW2.EXE", "CommandLine": "X --WEBVIEW-EXE-NAME=OLK.EXE"}, "Mail", "OLK"),
        ({"FileName": "ApplicationFrameHost.exe", "FileDescription": "Host"}, "Inbox - Calendar", "Calendar"),
        ({"FileName": "ApplicationFrameHost.exe", "FileDescription": "Host"}, "Inbox", "Host"),
        ({"FileName": "EXCEL.EXE", "FileDescription": "Microsoft Excel"}, "a - b", "Microsoft Excel"),
        ({"FileName": "TOOL.EXE", "FileDescription": ""}, "a - b", "TOOL.EXE"),
    ],
)
def test_application_is_the_one_that_a_person_knows(program, title, application):
    interactions, _ = read(action(1, "9:40:10 AM", said=f'Click in "{title}"', **program))

    assert {item.application for item in interactions} == {application}
    assert {item.title for item in interactions} == {title}


def test_step_without_a_sentence_is_told_from_its_action_and_element():
    interactions, _ = read(
        action(1, "9:40:10 AM", levels=level("OK") + level("Print", "window")), action(2, "9:40:12 AM", "")
    )

    assert texts(done(interactions)) == [
        (Kind.CLICK, "Mouse Left Click on “OK (button)”"),
        (Kind.NOTE, "Step without a description"),
    ]


def test_only_a_plain_click_is_told_by_what_it_met():
    said = 'User right click on "Save (button)" in "notes - Notepad"'

    interactions, _ = read(
        action(1, "9:40:10 AM", "Mouse Right Click", said), action(2, "9:40:12 AM", said='Click in "a"')
    )

    assert texts(done(interactions)) == [(Kind.CLICK, said), (Kind.CLICK, 'Click in "a"')]


def test_sentence_in_another_language_is_kept_and_the_kind_known_by_the_action():
    said = "Benutzer-Tastatureingabe in „Suche“ [...]"

    interactions, _ = read(action(1, "21:40:10", "Tastatureingabe", said), start="21:40:00", stop="21:41:00")

    assert [(item.kind, item.text, item.offset_ms) for item in done(interactions)] == [(Kind.KEY, said, 10_000)]


@pytest.mark.parametrize(
    ("start", "time", "offset_ms"),
    [
        ("8:33:04 PM", "8:33:14 PM", 10_000),
        ("12:00:00 AM", "12:00:09 AM", 9000),
        ("11:59:59 AM", "12:00:01 PM", 2000),
        ("11:59:59 PM", "12:00:01 AM", 2000),
        ("20:33:04", "20:33:14", 10_000),
        ("20.33.04", "20.33.14", 10_000),
        ("8:33:04 a. m.", "8:33:05 p. m.", 43_201_000),
        ("\u200e8:33:04\u202fPM", "8:33:06\u202fPM", 2000),
        ("下午 8:33:04", "下午 8:33:05", 1000),
    ],
)
def test_times_have_no_date_and_follow_the_users_country(start, time, offset_ms):
    interactions, notes = read(action(1, time, said="Click"), start=start, stop=time)

    assert {item.offset_ms for item in interactions} == {offset_ms}
    assert notes.quality == set()


def test_step_whose_time_cannot_be_read_stands_at_the_one_before():
    interactions, notes = read(
        *(action(n, time, said=str(n)) for n, time in ((1, "9:40:10 AM"), (2, "soon"), (3, "9:77:00")))
    )

    assert [item.offset_ms for item in done(interactions)] == [10_000] * 3
    assert bad_places(notes) == [(PlaceUnit.ITEM, 2), (PlaceUnit.ITEM, 3)]


def test_times_that_run_backwards_are_clamped():
    interactions, notes = read(action(1, "9:41:10 AM", said="a"), action(2, "9:40:10 AM", said="b"))

    assert [item.offset_ms for item in done(interactions)] == [70_000, 70_000]
    assert notes.quality == {QualityFlag.CLOCK_SKEW}


@pytest.mark.parametrize(
    ("name", "dates", "day"),
    [
        ("Recording_20240327_2041.mht", ["11/22/2026"], (2024, 3, 27)),
        ("steps.mht", ["11/22/2026"], (2026, 11, 22)),
        ("steps.mht", ["\u200e11/\u200e22/\u200e2026"], (2026, 11, 22)),
        ("steps.mht", ["22.11.2026"], (2026, 11, 22)),
        ("steps.mht", ["2026-11-22"], (2026, 11, 22)),
        ("steps.mht", ["3/4/2026"], (2026, 3, 4)),
        ("steps.mht", ["4.3.2026", "13.3.2026"], (2026, 3, 4)),
        ("Recording_20241399_2041.mht", ["11/22/2026"], (2026, 11, 22)),
        ("steps.mht", ["99/99/2026"], None),
        ("steps.mht", [], None),
    ],
)
def test_day_is_that_of_the_file_name_or_of_the_page(name, dates, day):
    steps = [step(number, date) for number, date in enumerate(dates, 1)]

    _, notes = read(action(1, "9:40:10 AM", said="a"), name=name, steps=steps)

    assert notes.started_at == (datetime(*day, 9, 40, tzinfo=UTC) if day else None)


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("quoted-printable", lambda text: quopri.encodestring(text.encode()).decode()),
        ("base64", lambda text: base64.encodebytes(text.encode()).decode()),
        ("8bit", str),
    ],
)
def test_page_may_be_encoded(encoding, encode):
    main = encode(page(report(action(1, "9:40:10 AM", said="Größe = 5"))))

    data = document(main, extra=(f"Content-Transfer-Encoding: {encoding}",))

    assert texts(done(read_bytes(StepsRecorderSource(), data)[0])) == [(Kind.CLICK, "Größe = 5")]


def test_other_archives_and_web_pages_are_not_recognised():
    saved_page = (document("x").decode().replace("main.htm", "https://shop.example/")).encode()

    assert not StepsRecorderSource().recognises(zipped(b"x", name="word/document.xml")[:65536], "a.docx")
    assert not StepsRecorderSource().recognises(saved_page[:65536], "page.mht")
    assert not StepsRecorderSource().recognises(b"PK\x03\x04", "a.zip")
    assert part("text/html", "a", "b").startswith("--")
