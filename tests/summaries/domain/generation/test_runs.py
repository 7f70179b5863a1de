"""Many summaries at once: each once, the companies by turns, whatever the engine, the memory or the database do."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from credits.enums import ReservationState
from credits.models import Reservation
from summaries.domain.generation import claims as generation_claims
from summaries.domain.generation import slots as generation_slots
from summaries.domain.generation.requests import sweep
from summaries.domain.generation.runs import generate_remotely
from summaries.engines.remote import InFlight
from summaries.models import EngineRun, Interaction, Summary, SummaryRevision, TokenUse
from tests.messages_server import message
from tests.summaries.domain.remote import ANSWER, ask, point_to, run, states

GOOD = message(ANSWER)


@pytest.fixture(autouse=True)
def _engine(cast, messages_server, settings):
    settings.ENGINE_MAX_RETRIES = 0
    messages_server.answers(GOOD)
    for company in (cast.northwind, cast.contoso):
        point_to(company, messages_server.base_url)


def asked_for(messages_server):
    """The commands of the sessions, in the order in which they reached the engine."""
    return [sent.lines[0].split("df -h ")[1] for sent in messages_server.requests]


def test_all_in_line_are_at_the_engine_at_once_and_stored_once(cast, at, messages_server):
    ask(cast.northwind, cast.bob, [1, 2, 3, 4], at=at)
    ask(cast.contoso, cast.charlie, [1], at=at)
    together = threading.Barrier(5)

    def wait_for_the_others(_):
        together.wait(timeout=60)
        return GOOD

    messages_server.answers(wait_for_the_others)

    assert run(at) == 5
    assert states(cast.northwind) == [("READY", "CLAUDE", "")] * 4
    assert states(cast.contoso) == [("READY", "CLAUDE", "")]
    assert SummaryRevision.objects.count() == 5
    assert set(Reservation.objects.values_list("state", flat=True)) == {ReservationState.CHARGED}
    assert list(TokenUse.objects.order_by("company").values_list("tokens", flat=True)) == [4800, 1200]
    assert list(EngineRun.objects.values_list("token", "in_flight")) == [(None, 0)]


def test_companies_take_turns_and_the_oldest_of_a_company_comes_first(cast, at, messages_server, settings):
    settings.GENERATION_IN_FLIGHT = 1
    ask(cast.northwind, cast.bob, [3, 1, 2], at=at)
    ask(cast.contoso, cast.charlie, [7], at=at + timedelta(minutes=1))

    run(at)

    assert asked_for(messages_server) == ["3", "7", "1", "2"]


def test_a_run_begins_no_more_than_there_is_room_for_in_memory(cast, at, messages_server, settings):
    settings.GENERATION_BYTES_IN_FLIGHT = 1
    summaries = ask(cast.northwind, cast.bob, [1, 2], at=at)
    for summary in summaries:
        Interaction.objects.bulk_create(
            Interaction(
                company=cast.northwind, session=summary.session, number=n, offset_ms=n, kind="OUTPUT", text="x" * 50
            )
            for n in range(2, 300)
        )
        summary.session.interaction_count = 299
        summary.session.save(update_fields=["interaction_count"])
    second = threading.Barrier(2)

    def meet(_):
        with pytest.raises(threading.BrokenBarrierError):
            second.wait(timeout=0.5)
        second.reset()
        return GOOD

    messages_server.answers(meet)

    assert run(at) == 2
    assert len(messages_server.requests) == 2
    assert states(cast.northwind) == [("READY", "CLAUDE", "")] * 2


def test_a_run_that_was_killed_leaves_its_slot_and_its_sessions_to_the_next(cast, at, messages_server):
    summaries = ask(cast.northwind, cast.bob, [1, 2], at=at)
    generation_slots.hold_slot(at=at)
    for summary in summaries:
        generation_claims.take(summary_id=summary.pk, at=at, lease_seconds=generation_slots.LEASE_SECONDS)
    soon = at + timedelta(seconds=generation_slots.LEASE_SECONDS + 1)

    assert run(at) == 0
    sweep(at=soon)

    assert run(soon) == 2
    assert states(cast.northwind) == [("READY", "CLAUDE", "")] * 2
    assert SummaryRevision.objects.count() == 2


def test_leases_are_renewed_while_the_engine_takes_longer_than_one(cast, at, messages_server):
    (summary,) = ask(cast.northwind, cast.bob, [1], at=at)
    go_on = threading.Event()

    def slow(_):
        go_on.wait(timeout=60)
        return GOOD

    messages_server.answers(slow)
    looks, leases = iter(range(10_000)), []

    def clock():
        now = at + timedelta(seconds=5 * next(looks))
        lease = Summary.objects.values_list("claimed_until", flat=True).get(pk=summary.pk)
        if lease is not None:
            leases.append(lease)
            if lease > at + timedelta(minutes=5):
                go_on.set()
        return now

    assert generate_remotely(clock=clock, keep_going=lambda: True) == 1
    assert leases == sorted(leases)
    assert states(cast.northwind) == [("READY", "CLAUDE", "")]


def test_told_to_stop_a_run_leaves_the_rest_in_line(cast, at, settings):
    settings.GENERATION_IN_FLIGHT = 1
    ask(cast.northwind, cast.bob, [1, 2, 3], at=at)

    run(at, times=1)

    assert [state for state, _, _ in states(cast.northwind)] == ["READY", "QUEUED", "QUEUED"]


def test_nothing_is_sent_once_ai_features_are_off(cast, at, messages_server):
    ask(cast.northwind, cast.bob, [1], at=at)
    cast.northwind.ai_settings.is_active = False
    cast.northwind.ai_settings.save(update_fields=["is_active"])

    assert run(at) == 0
    assert [state for state, _, _ in states(cast.northwind)] == ["FAILED"]
    assert messages_server.requests == []


def test_a_change_of_the_engine_counts_from_the_next_look_on(cast, at, messages_server, settings):
    settings.GENERATION_IN_FLIGHT = 1
    ask(cast.northwind, cast.bob, [1, 2], at=at)

    run(at, times=1)
    point_to(cast.northwind, messages_server.base_url, engine_model="m-2")
    run(at)

    assert [sent.body["model"] for sent in messages_server.requests] == ["m-1", "m-2"]


def test_who_comes_while_a_run_ends_is_not_left_behind(cast, at):
    """Its own task found the slot taken and went away; the row is seen once the slot is free."""
    ask(cast.northwind, cast.bob, [1], at=at)
    late = iter([2])

    def keep_going():
        if EngineRun.objects.filter(token=None).exists():
            ask(cast.northwind, cast.bob, list(late), at=at)
        return True

    assert generate_remotely(clock=lambda: at, keep_going=keep_going) == 2
    assert states(cast.northwind) == [("READY", "CLAUDE", "")] * 2


def test_what_another_worker_takes_in_between_is_left_to_it(cast, at):
    _, second = ask(cast.northwind, cast.bob, [1, 2], at=at)
    once = iter([True])

    def come_first(execute, sql, params, many, context):
        if sql.startswith('UPDATE "summaries_summary"') and next(once, False):
            Summary.objects.filter(pk=second.pk).update(state="FAILED")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(come_first):
        assert run(at) == 1
    assert [state for state, _, _ in states(cast.northwind)] == ["READY", "FAILED"]


def test_a_fault_of_ours_while_an_answer_is_read_leaves_the_session_to_the_sweeper(cast, at, settings):
    settings.ENGINE_PRICES = {"loopback": ["no", "number"]}
    ask(cast.northwind, cast.bob, [1], at=at)

    run(at)
    assert [state for state, _, _ in states(cast.northwind)] == ["RUNNING"]

    settings.ENGINE_PRICES = {}
    later = at + timedelta(hours=1)
    sweep(at=later)
    run(later)
    assert states(cast.northwind) == [("READY", "CLAUDE", "")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        'SELECT "summaries_interaction"',
        'SELECT "summaries_summary"."id" AS "session__summary"',
        'UPDATE "summaries_summary"',
    ],
)
def test_a_database_that_is_away_while_sessions_are_begun_costs_nothing(cast, at, messages_server, statement):
    ask(cast.northwind, cast.bob, [1, 2], at=at)
    ask(cast.contoso, cast.charlie, [1], at=at)
    away = iter([True, True])

    def fail_twice(execute, sql, params, many, context):
        if sql.startswith(statement) and next(away, False):
            raise OperationalError("the database is away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_twice):
        assert run(at) == 3

    assert next(away, None) is None
    assert states(cast.northwind) == [("READY", "CLAUDE", "")] * 2
    assert states(cast.contoso) == [("READY", "CLAUDE", "")]
    assert len(messages_server.requests) == 3


_ended = InFlight.ended


def two_at_once(in_flight, *, most, wait_seconds):
    """Two that are under way, as if they ended at the same moment."""
    found = _ended(in_flight, most=most, wait_seconds=wait_seconds)
    while len(found) == 1:
        found += _ended(in_flight, most=most, wait_seconds=0.1)
    return found


@pytest.mark.parametrize("what", ["before", "after"])
def test_what_breaks_one_session_does_not_end_the_others(cast, at, what, monkeypatch):
    """A row that another process broke: the run goes on, and the session's lease ends."""
    if what == "after":
        monkeypatch.setattr(InFlight, "ended", two_at_once)
    bad, _ = ask(cast.northwind, cast.bob, [1, 2], at=at)
    if what == "before":
        Interaction.objects.filter(session=bad.session).update(kind="NO_KIND")

    def break_it(execute, sql, params, many, context):
        ours = many and sql.startswith('UPDATE "summaries_summary"') and bad.pk in [row[-1] for row in params]
        if what == "after" and ours:
            raise ValueError("broken")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(break_it):
        run(at)

    assert [state for state, _, _ in states(cast.northwind)] == ["RUNNING", "READY"]
    assert SummaryRevision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["INSERT", "UPDATE"])
def test_an_answer_outlives_a_database_that_is_away_for_a_moment(cast, at, messages_server, statement):
    ask(cast.northwind, cast.bob, [1, 2], at=at)
    away = iter([True, True])

    def fail_twice(execute, sql, params, many, context):
        about = {"INSERT": "summaries_summaryrevision", "UPDATE": "summaries_summary"}[statement]
        if sql.startswith(statement) and f'"{about}"' in sql and next(away, False):
            raise OperationalError("the database is away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_twice):
        run(at)

    assert states(cast.northwind) == [("READY", "CLAUDE", "")] * 2
    assert len(messages_server.requests) == 2


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_away_ends_the_run_with_its_error(cast, at):
    ask(cast.northwind, cast.bob, [1], at=at)

    def fail(execute, sql, params, many, context):
        if sql.startswith("INSERT") and '"summaries_summaryrevision"' in sql:
            raise OperationalError("the database is away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        run(at, seconds_a_look=50)
