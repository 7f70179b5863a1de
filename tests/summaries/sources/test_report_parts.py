"""What the readers of reports share: moments, amounts, objects of JSON, text of HTML, lines of any encoding."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from summaries.enums import QualityFlag
from summaries.sources import lines
from summaries.sources.base import RecordingNotes, UnableToRead
from summaries.sources.reports import json_items
from summaries.sources.reports.html_text import text_of_html
from summaries.sources.reports.json_items import items, layout_of
from summaries.sources.reports.moments import amount_of, moment_of
from summaries.sources.reports.texts import text_lines, text_of

EIGHT = datetime(2026, 11, 19, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-19T08:00:00Z",
        "2026-11-19 08:00:00",
        "2026-11-19T08:00",
        "2026-11-19T08:00:00.000000000Z",
        "2026-11-19T09:00:00+01:00",
        "2026-11-19T02:30:00-0530",
        "2026-11-19 08:00:00 UTC",
        1795075200,
        1795075200000,
        1795075200.0,
        "1795075200",
        Decimal(1795075200),
        {"$date": "2026-11-19T08:00:00Z"},
        {"$date": {"$numberLong": "1795075200000"}},
        "19.11.2026 08:00:00",
        "19-11-2026 08:00",
        "11/19/2026 8:00:00 AM",
        "19/11/2026, 08:00",
    ],
)
def test_a_moment_in_every_writing(written):
    assert moment_of(written) == EIGHT


@pytest.mark.parametrize(
    "written",
    [
        None,
        True,
        "",
        "soon",
        "2026-13-01T00:00:00Z",
        "3/4/2026 08:00",
        "31.02.2026",
        {"$date": {"$date": 1}},
        1e300,
        [1],
        float("nan"),
        "12/31/2026 26:00",
    ],
)
def test_what_is_no_moment(written):
    assert moment_of(written) is None


def test_a_day_and_month_that_could_be_either_are_read_as_told():
    march, april = moment_of("3/4/2026", month_first=True), moment_of("3/4/2026", month_first=False)

    assert (march, april) == (datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC))
    assert moment_of("11/19/2026 12:05 AM") == datetime(2026, 11, 19, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("12,50", "12.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("€ 12.5", "12.5"),
        ("1,234", "1234"),
        (12.5, "12.5"),
        ("-3", "-3"),
        ("12", "12"),
    ],
)
def test_an_amount_in_every_writing(written, amount):
    assert amount_of(written) == Decimal(amount)


@pytest.mark.parametrize("written", [None, True, "", "free", "--"])
def test_what_is_no_amount(written):
    assert amount_of(written) is None


@pytest.mark.parametrize(
    ("head", "layout"),
    [
        (b'{"records": [', "records.item"),
        (b'[{"records": [', "item.records.item"),
        (b'[{"id": 1, "parts": {"records": [', "item"),
        (b'[{"id": "{\\"records\\": ["}', "item"),
        (b'{"id": 1}', ""),
        (b" \n[1]", "item"),
    ],
)
def test_where_the_records_of_a_file_stand(head, layout):
    assert layout_of(head, ("records",)) == layout


def test_a_record_that_is_too_large_is_counted_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(json_items, "MAX_RECORD_BYTES", 500)
    notes = RecordingNotes()

    found = [
        item for _, item in items(io.BytesIO(json.dumps([{"a": "x" * 600}, {"a": [1, {}]}, 7, None]).encode()), notes)
    ]

    assert found == [{"a": [1, {}]}]
    assert [bad.problem for bad in notes.bad_records] == [
        "the record is too large",
        "the record is no JSON object",
        "the record is no JSON object",
    ]


def test_json_lines_go_on_after_a_bad_line(monkeypatch):
    monkeypatch.setattr(lines, "MAX_RECORD_BYTES", 100)
    notes = RecordingNotes()
    data = b'{"a": 1}\n{"a": 2}\n{"a": \n\n[1]\n{"a": 3}'

    assert [item["a"] for _, item in items(io.BytesIO(data), notes)] == [1, 2, 3]
    assert [str(bad.place) for bad in notes.bad_records] == ["line 3", "line 5"]


def test_a_line_of_json_that_is_too_long_is_counted():
    notes = RecordingNotes()
    data = b'{"a": 1}\n{"a": 2}\n{"a": "' + b"x" * (json_items.MAX_RECORD_BYTES + 10) + b'"}\n'

    assert len(list(items(io.BytesIO(data), notes))) == 2
    assert notes.bad_records[0].problem == "the record is too large"


def test_a_file_that_is_no_json_at_all_says_so():
    with pytest.raises(UnableToRead, match="no JSON that can be read"):
        list(items(io.BytesIO(b"[{"), RecordingNotes()))


def test_depth_without_end_is_no_crash():
    with pytest.raises(UnableToRead):
        list(items(io.BytesIO(b"[" + b'{"a":' * 200_000), RecordingNotes()))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree"),
        ("<div>a <script>alert('<b>')</script><style>p{}</style>b</div>", "a b"),
        ("<p>Q&amp;A &lt;b&gt;</p>", "Q&A <b>"),
        ("Press <enter> and type a<b && c>d", "Press <enter> and type a<b && c>d"),
        ('<p>See <a href="javascript:x()">here</a><img src=x onerror=y alt="plan"></p>', "See here[image plan]"),
        ("<p>never closed <script>alert(1)", "never closed"),
        ("plain", "plain"),
        ("<p>" * 50_000 + "deep", "deep"),
    ],
)
def test_html_becomes_text_and_what_only_looks_like_it_stays(body, words):
    assert text_of_html(body) == words


def test_lines_of_windows_files():
    notes = RecordingNotes()

    assert [line for _, line in text_lines(io.BytesIO("\ufeffa\r\nü".encode("utf-16-be")), notes)] == ["a", "ü"]
    assert [line for _, line in text_lines(io.BytesIO(b"caf\xe9\n\x81"), notes)] == ["café", "\ufffd"]
    assert notes.quality == {QualityFlag.UNDECODABLE}


def test_the_head_of_a_file_cut_inside_a_character():
    assert text_of("aü".encode()[:-1]) == "a"
    assert text_of("a;ü".encode("cp1252") + b";plus a long tail") == "a;ü;plus a long tail"
