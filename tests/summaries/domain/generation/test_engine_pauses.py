from datetime import timedelta

import pytest

from summaries.domain.generation.engine_pauses import (
    FAILURES_BEFORE_PAUSE,
    LONGEST_ASKED,
    LONGEST_PAUSE,
    last_pause_of,
    note_answer,
    note_trouble,
    words_for,
)
from summaries.engines.base import EngineError
from summaries.models import EnginePause

pytestmark = pytest.mark.django_db


def busy(wait_seconds=0.0):
    error = EngineError("The engine is overloaded (529).", permanent=False)
    error.is_busy, error.wait_seconds = True, wait_seconds
    return error


FAULT = EngineError("The engine reports a fault of its own (500).", permanent=False)


def trouble(at, error, *, minutes=0, begun=0):
    now = at + timedelta(minutes=minutes)
    return note_trouble(place="p", error=error, begun_at=at + timedelta(minutes=begun), at=now)


def test_a_busy_engine_is_held_back_for_what_it_asks_and_up_to_a_quarter_more(at):
    until = trouble(at, busy(100))

    assert at + timedelta(seconds=100) <= until <= at + timedelta(seconds=125)
    pause = last_pause_of(place="p")
    assert (pause.reason, pause.opens_at) == ("The engine is overloaded (529).", until)
    assert last_pause_of(place="other") is None


def test_what_an_engine_asks_for_has_its_bound(at):
    assert trouble(at, busy(10**9)) <= at + LONGEST_ASKED * 1.25


def test_without_a_wish_of_the_engine_pauses_double_up_to_the_longest(at):
    first = trouble(at, busy(), minutes=0)
    second = trouble(at, busy(), minutes=10, begun=5)

    assert timedelta(seconds=15) <= first - at <= timedelta(seconds=19)
    assert timedelta(seconds=30) <= second - at - timedelta(minutes=10) <= timedelta(seconds=38)
    for minutes in range(20, 200, 10):
        last = trouble(at, busy(), minutes=minutes, begun=minutes - 1)
    assert LONGEST_PAUSE <= last - at - timedelta(minutes=190) <= LONGEST_PAUSE * 1.25


def test_calls_that_began_before_the_pause_do_not_lengthen_it(at):
    first = trouble(at, busy(100), minutes=1)

    assert trouble(at, busy(100), minutes=2, begun=1) == first
    assert EnginePause.objects.get().failures == 1


def test_faults_hold_back_after_a_few_in_a_row_and_an_answer_starts_the_count_anew(at):
    for _ in range(FAILURES_BEFORE_PAUSE - 1):
        assert trouble(at, FAULT) is None
    note_answer(place="p")
    assert trouble(at, FAULT) is None

    for _ in range(FAILURES_BEFORE_PAUSE - 2):
        assert trouble(at, FAULT) is None
    assert trouble(at, FAULT) > at


def test_words_name_the_time_by_the_companys_clock(cast, at):
    cast.northwind.time_zone = "Asia/Tokyo"

    assert words_for(pause_until=at, company=cast.northwind) == "The engine is busy; next try at 18:00."
