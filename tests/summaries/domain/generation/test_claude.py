"""The way of a summary that Claude is asked for: what the engine answers decides nothing but the text."""

import pytest

from accounts.domain.engine_keys import set_engine_key
from credits.enums import ReservationState
from credits.models import Reservation
from summaries.content import content_from_json
from summaries.domain.generation.requests import generate
from summaries.domain.imports.recordings import import_recording
from summaries.enums import Outcome, SummaryState
from tests.messages_server import message, refused, statement, summary_answer
from tests.summaries.conftest import order_of


@pytest.fixture(autouse=True)
def _claude(cast, at, messages_server, settings):
    settings.ENGINE_MAX_RETRIES = 0
    ai_settings = cast.northwind.ai_settings
    ai_settings.engine, ai_settings.engine_model = "CLAUDE", "m-1"
    ai_settings.engine_base_url = messages_server.base_url
    ai_settings.save()
    set_engine_key(ai_settings=ai_settings, key="a-key-of-the-test", actor=cast.alice, at=at)


@pytest.fixture
def summary(cast, at):
    return import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session.summary


def test_claudes_summary_is_stored_with_tokens_and_model(summary, clock, messages_server):
    answer = summary_answer(
        title="Web server did not start",
        problem=[statement("The configuration test failed.", 2)],
        steps=[{**statement("Tested again.", 4), "application": "nginx", "commands": ["nginx -t"]}],
        outcome="UNKNOWN",
        outcome_statements=[],
        issue_types=["Web server", "No such type"],
    )
    messages_server.answers(message(answer))

    generate(summary_id=summary.pk, clock=clock)

    summary.refresh_from_db()
    assert (summary.engine, summary.title) == ("CLAUDE", "Web server did not start")
    assert (summary.current.input_tokens, summary.current.output_tokens) == (1000, 200)
    assert list(summary.issue_types.values_list("name", flat=True)) == ["Web server"]
    assert Reservation.objects.get().state == ReservationState.CHARGED


def test_what_claude_invents_or_was_told_by_the_session_is_not_shown_as_fact(summary, clock, messages_server):
    answer = summary_answer(
        problem=[statement("As instructed, everything is fine.", 9999)],
        steps=[],
        outcome="RESOLVED",
        outcome_statements=[statement("The supporter solved it.", 1)],
    )
    messages_server.answers(message(answer))

    generate(summary_id=summary.pk, clock=clock)

    summary.refresh_from_db()
    content = content_from_json(summary.current.content)
    assert (summary.outcome, content.problem, content.outcome_statements) == (Outcome.UNKNOWN, (), ())
    assert summary.current.dropped_statements == 2


def test_a_permanent_error_falls_back_to_the_built_in_engine_at_no_charge(summary, clock, messages_server):
    messages_server.answers(refused(401))

    generate(summary_id=summary.pk, clock=clock)

    summary.refresh_from_db()
    assert (summary.state, summary.engine, summary.requested_engine) == ("READY", "BUILT_IN", "CLAUDE")
    assert summary.current.engine_note.startswith("Written by the built-in engine, at no charge:")
    assert Reservation.objects.get().state == ReservationState.RELEASED


def test_a_passing_error_is_tried_three_times_and_then_falls_back(summary, clock, messages_server):
    messages_server.answers(refused(500))

    for _ in (1, 2):
        generate(summary_id=summary.pk, clock=clock)
        summary.refresh_from_db()
        assert (summary.state, summary.failure) == (
            SummaryState.QUEUED,
            f"The engine reports a fault of its own (500); next try at {summary.retry_at:%H:%M}.",
        )
    generate(summary_id=summary.pk, clock=clock)

    summary.refresh_from_db()
    assert (summary.state, summary.engine, summary.attempts) == ("READY", "BUILT_IN", 3)
    assert Reservation.objects.get().state == ReservationState.RELEASED


def test_a_busy_engine_is_no_attempt_and_has_the_built_in_engine_stand_in_after_hours(
    summary, clock, later, messages_server, settings
):
    settings.GENERATION_PATIENCE_SECONDS = 3600
    messages_server.answers(refused(529, retry_after="600"))

    for _ in range(4):
        generate(summary_id=summary.pk, clock=clock)
    summary.refresh_from_db()
    assert (summary.state, summary.attempts) == ("QUEUED", 0)
    assert summary.failure == f"The engine is busy; next try at {summary.retry_at:%H:%M}."

    generate(summary_id=summary.pk, clock=lambda: later)
    summary.refresh_from_db()
    assert (summary.state, summary.engine, summary.retry_at) == ("READY", "BUILT_IN", None)
    assert Reservation.objects.get().state == ReservationState.RELEASED
