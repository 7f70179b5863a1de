from datetime import timedelta

import pytest

from summaries.domain.reports.billing import billable_minutes


@pytest.mark.parametrize(
    ("seconds", "step", "expected"),
    [
        (0, 5, 0),
        (1, 5, 5),
        (299, 5, 5),
        (300, 5, 5),
        (301, 5, 10),
        (14 * 60, 5, 15),
        (14 * 60, 1, 14),
        (14 * 60 + 1, 1, 15),
        (60 * 60, 15, 60),
        (61 * 60, 30, 90),
        (25 * 3600, 60, 1500),
    ],
)
def test_billable_minutes_rounds_up_to_full_steps(seconds: int, step: int, expected: int) -> None:
    assert billable_minutes(timedelta(seconds=seconds), step) == expected


def test_billable_minutes_counts_a_begun_microsecond() -> None:
    assert billable_minutes(timedelta(minutes=5, microseconds=1), 5) == 10


@pytest.mark.parametrize("step", [0, -5])
def test_billable_minutes_refuses_a_step_under_a_minute(step: int) -> None:
    with pytest.raises(ValueError, match="at least one minute"):
        billable_minutes(timedelta(minutes=1), step)


def test_billable_minutes_refuses_an_end_before_the_start() -> None:
    with pytest.raises(ValueError, match="can't end before"):
        billable_minutes(timedelta(minutes=-1), 5)
