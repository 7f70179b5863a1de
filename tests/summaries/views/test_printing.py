import re
from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from insights_portal.lib.text import show_controls
from summaries.views import printing
from summaries.views.printing import Durations, Moments, recorded_as_html

MASKED = '<span class="masked" title="Masked before storage">[EMAIL-1]</span>'
UNSEEN = '<span class="control" title="A character that can’t be seen">‹U+202E›</span>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("PC-7 (second floor)", "PC-7 (second floor)"),
        ("Büro 办公室 مكتب", "Büro 办公室 مكتب"),
        ("<b>'a' & \"b\"</b>", "&lt;b&gt;&#x27;a&#x27; &amp; &quot;b&quot;&lt;/b&gt;"),
        ("to [EMAIL-1], <i>", f"to {MASKED}, &lt;i&gt;"),
        ("a\u202eb", f"a{UNSEEN}b"),
        ("one\r\ntwo", "one\ntwo"),
    ],
)
def test_session_text_is_escaped_and_marked(text: str, expected: str) -> None:
    assert recorded_as_html(text) == expected


def test_no_character_that_is_left_as_it_stands_has_a_meaning_in_html_or_is_unseen() -> None:
    every = "".join(map(chr, range(0x110000)))

    plain = "".join(re.findall(printing._PLAIN, every))

    assert (
        "".join(re.findall(r"[A-Za-z0-9]", plain)) == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    )
    assert escape(show_controls(plain)) == plain
    assert set(plain) & set("[]‹›") == set()


def test_a_moment_is_shown_in_the_viewers_zone_and_the_year_only_where_it_is_another() -> None:
    year = timezone.now().year
    summer, winter = datetime(year, 7, 1, 22, 5, 9, 123, tzinfo=UTC), datetime(2025, 1, 2, 9, tzinfo=UTC)

    with timezone.override(ZoneInfo("Europe/Berlin")):
        printed = [Moments().print(summer), Moments().print(winter)]

    assert printed == [
        f'<time datetime="{year}-07-01T22:05:09.000123+00:00" title="2 Jul {year}, 00:05:09 CEST (Europe/Berlin)">'
        "2 Jul 00:05</time>",
        '<time datetime="2025-01-02T09:00:00+00:00" title="2 Jan 2025, 10:00:00 CET (Europe/Berlin)">'
        "2 Jan 2025 10:00</time>",
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_569, "59 min"), (3_571, "1 h 00 min"), (7_500, "2 h 05 min")],
)
def test_a_duration_is_shown_as_people_say_it(seconds: float, expected: str) -> None:
    assert Durations().print(timedelta(seconds=seconds)) == expected


def test_a_session_that_runs_has_no_duration() -> None:
    assert Durations().print(None) == "–"


def test_a_duration_is_in_the_readers_language() -> None:
    with translation.override("ar"):
        assert Durations().print(timedelta(minutes=5)) != "5 min"
