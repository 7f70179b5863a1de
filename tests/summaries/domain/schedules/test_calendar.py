from datetime import UTC, date, datetime, timedelta

import pytest

from summaries.domain.schedules.calendar import MOST_MISSED, Due, Timetable, newest_due, next_run, period_of

BERLIN = "Europe/Berlin"


def table(rhythm="DAILY", *, hour=7, weekday=0, day=1, zone=BERLIN):
    return Timetable(rhythm, hour, weekday, day, zone)


@pytest.mark.parametrize(
    ("timetable", "after", "expected"),
    [
        (table(), datetime(2026, 11, 20, 5, 59, tzinfo=UTC), datetime(2026, 11, 20, 6, tzinfo=UTC)),
        (table(), datetime(2026, 11, 20, 6, tzinfo=UTC), datetime(2026, 11, 21, 6, tzinfo=UTC)),
        # Summer time begins: the same hour comes an hour earlier; at two it is left out.
        (table(), datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        (table(hour=2), datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        # It ends: two o'clock comes twice, and counts once.
        (table(hour=2), datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC)),
        (table(hour=2), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 1, tzinfo=UTC)),
        (table("WEEKLY", weekday=4), datetime(2026, 11, 20, 6, tzinfo=UTC), datetime(2026, 11, 27, 6, tzinfo=UTC)),
        (table("WEEKLY", weekday=5), datetime(2026, 11, 20, 6, tzinfo=UTC), datetime(2026, 11, 21, 6, tzinfo=UTC)),
        (table("MONTHLY"), datetime(2026, 11, 20, 6, tzinfo=UTC), datetime(2026, 12, 1, 6, tzinfo=UTC)),
        (table("MONTHLY", day=31), datetime(2027, 1, 31, 6, tzinfo=UTC), datetime(2027, 2, 28, 6, tzinfo=UTC)),
        (table("MONTHLY", day=31), datetime(2028, 2, 1, 6, tzinfo=UTC), datetime(2028, 2, 29, 6, tzinfo=UTC)),
        (
            table(zone="Pacific/Kiritimati"),
            datetime(2026, 11, 20, 18, tzinfo=UTC),
            datetime(2026, 11, 21, 17, tzinfo=UTC),
        ),
        (
            table(zone="Pacific/Kiritimati"),
            datetime(2026, 11, 20, 16, tzinfo=UTC),
            datetime(2026, 11, 20, 17, tzinfo=UTC),
        ),
    ],
)
def test_the_next_run_is_the_first_moment_after(timetable, after, expected):
    assert next_run(timetable, after=after) == expected


def test_the_newest_run_that_has_come_is_the_one_to_send_and_those_before_it_are_missed():
    since = datetime(2026, 11, 17, 6, tzinfo=UTC)

    assert newest_due(table(), since=since, at=since) == Due(since, "2026-11-17", 0)
    assert newest_due(table(), since=since, at=since + timedelta(hours=23)) == Due(since, "2026-11-17", 0)
    assert newest_due(table(), since=since, at=datetime(2026, 11, 20, 6, tzinfo=UTC)) == Due(
        datetime(2026, 11, 20, 6, tzinfo=UTC), "2026-11-20", 3
    )


def test_times_missed_are_counted_up_to_a_bound():
    at = datetime(2046, 11, 20, 6, tzinfo=UTC)

    found = newest_due(table(), since=datetime(2026, 11, 17, 6, tzinfo=UTC), at=at)

    assert (found.at, found.missed) == (at, MOST_MISSED)


@pytest.mark.parametrize(
    ("rhythm", "day", "period"),
    [
        ("DAILY", date(2026, 11, 20), "2026-11-20"),
        ("WEEKLY", date(2026, 11, 20), "2026-W47"),
        ("WEEKLY", date(2027, 1, 1), "2026-W53"),
        ("MONTHLY", date(2026, 11, 20), "2026-11"),
    ],
)
def test_each_run_has_a_name(rhythm, day, period):
    assert period_of(rhythm, day) == period
