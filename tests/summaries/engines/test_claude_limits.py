"""What a provider counts: its limits for a key, and our ceiling for a session."""

from datetime import UTC, datetime, timedelta

import pytest

from summaries.engines.claude import ClaudeEngine
from summaries.engines.claude_client import MAX_PAUSE_SECONDS
from tests.messages_server import Reply, message, refused, summary_answer
from tests.summaries.engines.sessions import REQUEST, loopback_settings
from tests.summaries.engines.test_claude_failures import failure_of

GOOD = message(summary_answer())
#: By the engine's own clock, which names the time in each answer.
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).isoformat()


def limits(**of_requests):
    return tuple((f"anthropic-ratelimit-requests-{name}", value) for name, value in of_requests.items())


@pytest.mark.parametrize(
    ("headers", "hours"),
    [
        ((("retry-after", "7200"), *limits(remaining="0", reset=TOMORROW)), 2),
        (limits(remaining="0", reset=TOMORROW), 24),
        (limits(remaining="3", reset=TOMORROW), 0),
        (limits(remaining="0", reset=YESTERDAY), 0),
        (limits(remaining="0", reset="soon"), 0),
        (limits(remaining="0", reset="2126-11-22T08:01:00"), 0),
    ],
    ids=["retry-after first", "limit", "not used up", "long over", "no moment", "without a zone"],
)
def test_a_busy_engine_tells_how_long_it_asks_to_be_left_alone(engine, messages_server, settings, headers, hours):
    settings.ENGINE_MAX_RETRIES = 0
    messages_server.answers(Reply(status=429, headers=headers))

    failure = failure_of(engine)

    assert (failure.is_busy, failure.permanent) == (True, False)
    assert round(failure.wait_seconds / 3600) == hours


def test_a_fault_is_no_busy_engine(engine, messages_server):
    messages_server.answers(refused(500))

    assert failure_of(engine).is_busy is False


def test_calls_with_the_same_key_wait_while_the_engine_asks_to_be_left_alone(engine, messages_server):
    messages_server.answers(Reply(body=GOOD.body, headers=limits(remaining="0", reset=TOMORROW)))

    engine.summarise(REQUEST)

    assert 0 < engine.gate.seconds_left <= MAX_PAUSE_SECONDS


def test_a_closed_gate_opens_and_lets_the_call_through(engine, messages_server):
    engine.gate.close_for(0.05)

    assert engine.summarise(REQUEST).content.title == "Full disk cleared"
    assert engine.gate.seconds_left == 0


def test_summarise_asks_no_more_once_the_sessions_tokens_are_used(engine, messages_server, settings):
    settings.ENGINE_TOKENS_PER_SESSION = 1000
    messages_server.answers(message("no", input_tokens=900, output_tokens=100))

    failure = failure_of(engine)

    assert str(failure) == "This session has used all tokens that one session may use at the engine."
    assert (failure.permanent, failure.input_tokens + failure.output_tokens) == (True, 1000)
    assert len(messages_server.requests) == 1


def test_place_tells_keys_and_addresses_apart_without_naming_them(messages_server):
    def place(address, **changed):
        return ClaudeEngine(ai_settings=loopback_settings(address, **changed)).place

    here = place(messages_server.base_url)
    assert here == place(messages_server.base_url)
    assert len({here, place(messages_server.base_url, key="other"), place("https://engine.example")}) == 3
    broken = loopback_settings(messages_server.base_url)
    broken.engine_key_encrypted = "no token"
    assert len(ClaudeEngine(ai_settings=broken).place) == 32
