from datetime import date, timedelta

import pytest

from summaries.domain.reading.trend import TrendPoint
from summaries.templatetags.charts import Lines, TimeLine, change, hour_lines, share_of, trend_lines

DAY = date(2026, 11, 20)


def points(*counts):
    return [TrendPoint(DAY, DAY, now, timedelta(minutes=now * 30), before) for now, before in counts]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (3, None, ""),
        (3, 3, "as before"),
        (3, 0, "none before"),
        (0, 0, "as before"),
        (3, 2, "▲ 50 % more"),
        (1, 2, "▼ 50 % fewer"),
        (1_001, 1_000, "▲ 1 % more"),
        (999, 1_000, "▼ 1 % fewer"),
        (5_000, 1, "▲ 499,900 % more"),
    ],
)
def test_change_in_words(now, before, words):
    assert change(now, before) == words


@pytest.mark.parametrize(("count", "whole", "text"), [(1, 3, "33 %"), (3, 3, "100 %"), (0, 0, "–")])
def test_share(count, whole, text):
    assert share_of(count, whole) == text


def test_both_lines_have_one_scale():
    assert trend_lines(points((1, 2), (0, 1))) == Lines("0.0,22.0 300.0,41.0", "0.0,3.0 300.0,22.0", 2)


@pytest.mark.parametrize("before", [None, 0])
def test_without_anything_before_there_is_one_line(before):
    assert trend_lines(points((1, before), (0, before))) == Lines("0.0,3.0 300.0,41.0", "", 1)


def test_the_longest_remote_time_is_told_as_it_is():
    assert hour_lines(points((3, None), (0, None))) == TimeLine("0.0,3.0 300.0,41.0", timedelta(minutes=90))
    assert hour_lines([]) == TimeLine("", timedelta())
