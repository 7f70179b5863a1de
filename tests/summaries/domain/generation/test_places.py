"""Engines that are busy, broken or dear: what a run does with the sessions that wait for them."""

from datetime import timedelta

import pytest

from credits.enums import ReservationState
from credits.models import Reservation
from summaries.domain.generation import engine_pauses
from summaries.domain.generation.places import TOKENS_USED, Places
from summaries.models import EnginePause, Summary, SummaryRevision
from tests.messages_server import Reply, message, refused
from tests.summaries.domain.remote import ANSWER, ask, point_to, run, states

GOOD = message(ANSWER)


@pytest.fixture(autouse=True)
def _engine(cast, messages_server, settings):
    settings.ENGINE_MAX_RETRIES = 0
    messages_server.answers(GOOD)
    point_to(cast.northwind, messages_server.base_url)
    point_to(cast.contoso, messages_server.base_url)


def test_an_engine_without_a_key_has_the_built_in_engine_stand_in(cast, at):
    point_to(cast.northwind, "")
    ask(cast.northwind, cast.bob, [1], at=at)

    run(at)

    assert states(cast.northwind) == [("READY", "BUILT_IN", "")]
    assert Reservation.objects.get().state == ReservationState.RELEASED


def test_a_refused_key_has_the_built_in_engine_stand_in_and_holds_nobody_back(cast, at, messages_server):
    messages_server.answers(refused(401))
    ask(cast.northwind, cast.bob, [1], at=at)

    run(at)

    assert states(cast.northwind) == [("READY", "BUILT_IN", "")]
    assert EnginePause.objects.count() == 0


def test_a_busy_engine_holds_back_its_key_and_no_other(cast, at, messages_server):
    cast.northwind.time_zone = "Europe/Berlin"
    cast.northwind.save(update_fields=["time_zone"])
    point_to(cast.contoso, messages_server.base_url + "/other")
    messages_server.answers(lambda sent: GOOD if sent.path.startswith("/other") else refused(429, retry_after="600"))
    ask(cast.northwind, cast.bob, [1, 2], at=at)
    ask(cast.contoso, cast.charlie, [1], at=at)

    run(at)

    pause = EnginePause.objects.get()
    told = f"The engine is busy; next try at {pause.opens_at + timedelta(hours=1):%H:%M}."
    assert states(cast.northwind) == [("QUEUED", "", told)] * 2
    assert states(cast.contoso) == [("READY", "CLAUDE", "")]
    assert at + timedelta(seconds=600) <= pause.opens_at <= at + timedelta(seconds=750)
    assert set(Summary.objects.filter(company=cast.northwind).values_list("attempts", flat=True)) == {0}


def test_while_an_engine_is_held_back_nothing_is_sent_to_it_and_new_sessions_are_told(cast, at, messages_server):
    ask(cast.northwind, cast.bob, [1], at=at)
    messages_server.answers(refused(529))
    run(at)
    ask(cast.northwind, cast.bob, [2], at=at)

    assert run(at + timedelta(seconds=1)) == 0

    assert len(messages_server.requests) == 1
    assert [failure[:19] for _, _, failure in states(cast.northwind)] == ["The engine is busy;"] * 2


def test_after_a_pause_one_is_tried_before_the_others(cast, at, messages_server):
    ask(cast.northwind, cast.bob, [1, 2, 3], at=at)
    messages_server.answers(refused(503))
    run(at)
    after = EnginePause.objects.get().opens_at + timedelta(seconds=1)
    before = len(messages_server.requests)

    run(after)
    assert len(messages_server.requests) == before + 1
    assert EnginePause.objects.get().failures == 2

    messages_server.answers(GOOD)
    run(EnginePause.objects.get().opens_at + timedelta(seconds=1))
    assert states(cast.northwind) == [("READY", "CLAUDE", "")] * 3
    assert EnginePause.objects.get().failures == 0


def test_an_engine_that_stays_busy_for_hours_has_the_built_in_engine_stand_in_unasked(cast, at, later, messages_server):
    ask(cast.northwind, cast.bob, [1], at=at)
    messages_server.answers(refused(429))
    run(at)
    EnginePause.objects.update(opens_at=later + timedelta(hours=9))
    Summary.objects.update(retry_at=None)

    run(later + timedelta(hours=2))

    assert states(cast.northwind) == [("READY", "BUILT_IN", "")]
    assert SummaryRevision.objects.get().engine_note == (
        "Written by the built-in engine, at no charge: The engine was busy for too long."
    )
    assert len(messages_server.requests) == 1


def test_faults_count_as_attempts_and_hold_the_engine_back_after_five(cast, at, messages_server):
    ask(cast.northwind, cast.bob, range(1, 7), at=at)
    messages_server.answers(refused(500))

    run(at)

    assert EnginePause.objects.get().failures == engine_pauses.FAILURES_BEFORE_PAUSE
    assert set(Summary.objects.values_list("attempts", flat=True)) <= {0, 1}
    assert states(cast.northwind)[0][2].startswith("The engine reports a fault of its own (500); next try at ")


def test_a_company_that_used_the_tokens_of_its_day_waits_for_the_next(cast, at, messages_server, settings):
    settings.ENGINE_TOKENS_PER_COMPANY_DAY = 1000
    settings.GENERATION_IN_FLIGHT = 1
    ask(cast.northwind, cast.bob, [1, 2], at=at)
    ask(cast.contoso, cast.charlie, [1], at=at)

    run(at, seconds_a_look=1)

    assert states(cast.northwind) == [("READY", "CLAUDE", ""), ("QUEUED", "", f"{TOKENS_USED}; next try at 00:00.")]
    assert states(cast.contoso) == [("READY", "CLAUDE", "")]
    run(at + timedelta(days=1))
    assert states(cast.northwind) == [("READY", "CLAUDE", "")] * 2


def test_an_engine_that_hangs_up_is_tried_again_later(cast, at, messages_server):
    ask(cast.northwind, cast.bob, [1], at=at)
    messages_server.answers(Reply(body=GOOD.body, cut=10))

    run(at)

    (row,) = states(cast.northwind)
    assert row[0] == "QUEUED"
    assert row[2] == (
        "The engine could not be reached, or broke off. Check the base URL in AI settings if this lasts; next try at "
        "09:00."
    )


def test_settings_that_changed_count_from_the_next_look_on(cast, at, messages_server):
    places = Places()
    places.look(company_id=cast.northwind.pk, at=at)
    before = places.engine_of(cast.northwind.pk)
    point_to(cast.northwind, messages_server.base_url, engine_model="m-2", changed_at=at)

    places.look(company_id=cast.northwind.pk, at=at)

    assert places.engine_of(cast.northwind.pk) is not before
