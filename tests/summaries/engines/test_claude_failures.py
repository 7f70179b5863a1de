"""Whatever the engine does: a bounded end, a sentence that says what to do, every token counted."""

import json

import pytest

from summaries.engines.base import EngineError
from summaries.engines.claude import ClaudeEngine
from tests.messages_server import Reply, message, refused, summary_answer
from tests.summaries.engines.sessions import KEY, REQUEST, loopback_settings

GOOD = message(summary_answer())
PAGE = Reply(body=b"<!doctype html><title>Sign in</title>", content_type="text/html")
HALF = Reply(body=GOOD.body[:150])


def failure_of(engine: ClaudeEngine) -> EngineError:
    with pytest.raises(EngineError) as failure:
        engine.summarise(REQUEST)
    return failure.value


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (302, "The engine's address answers with status 302. Check the base URL in AI settings."),
        (400, "The engine refused the request as invalid. Check model and base URL in AI settings."),
        (401, "The engine refused the key. Enter a new key in AI settings."),
        (402, "The engine asks for payment. Check the billing of the engine's account."),
        (403, "The engine's key may not use this model. Enter another key or another model in AI settings."),
        (404, "The engine does not know the address or the model. Check base URL and model in AI settings."),
        (413, "The session is too large for the engine. Ask the operator for a smaller ENGINE_PART_TOKENS."),
        (422, "The engine's address answers with status 422. Check the base URL in AI settings."),
    ],
)
def test_summarise_gives_up_at_once_when_a_person_must_act(engine, messages_server, status, sentence):
    messages_server.answers(refused(status, text=f"bad key {KEY}"))

    failure = failure_of(engine)

    assert (str(failure), failure.permanent) == (sentence, True)
    assert len(messages_server.requests) == 1


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (408, "The engine reports a fault of its own (408)."),
        (429, "The engine takes no more requests for now (429)."),
        (500, "The engine reports a fault of its own (500)."),
        (503, "The engine is not available (503)."),
        (529, "The engine is overloaded (529)."),
    ],
)
def test_summarise_tries_again_when_trouble_may_pass(engine, messages_server, status, sentence):
    trouble = refused(status, retry_after="0.01")
    messages_server.answers(trouble)

    failure = failure_of(engine)

    assert (str(failure), failure.permanent) == (sentence, False)
    assert len(messages_server.requests) == 2

    messages_server.answers(trouble, GOOD)
    assert engine.summarise(REQUEST).content.title == "Full disk cleared"


def test_summarise_does_not_sleep_an_hour_in_the_worker(engine, messages_server):
    messages_server.answers(refused(429, retry_after="3600"))

    failure = failure_of(engine)

    assert str(failure) == ("The engine takes no more requests for now (429). It asks to wait 3600 s. Try again later.")
    assert failure.permanent is False
    assert len(messages_server.requests) == 1


@pytest.mark.parametrize("asked", ["nan", "inf", "-5", "Sun, 22 Nov 2026 08:00:00 GMT", "soon"])
def test_summarise_ignores_a_retry_after_that_is_no_number_of_seconds(engine, messages_server, asked):
    messages_server.answers(refused(429, retry_after=asked), GOOD)

    assert engine.summarise(REQUEST).content.title == "Full disk cleared"


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(drip=0.05)], ids=["silent", "one byte at a time"])
def test_summarise_gives_up_on_an_engine_that_never_ends(engine, messages_server, settings, reply):
    settings.ENGINE_TIMEOUT_SECONDS = 0.3
    messages_server.answers(reply)

    failure = failure_of(engine)

    assert (str(failure), failure.permanent) == ("The engine did not answer in time.", False)
    assert len(messages_server.requests) == 2


def test_summarise_ends_with_its_budget_however_many_retries_are_allowed(engine, messages_server, settings):
    settings.ENGINE_TIMEOUT_SECONDS = 100.0
    settings.ENGINE_BUDGET_SECONDS = 0.4
    settings.ENGINE_MAX_RETRIES = 1000
    messages_server.answers(Reply(hang=True))

    failure = failure_of(engine)

    assert failure.permanent is False
    assert len(messages_server.requests) == 1


def test_summarise_without_any_time_left_says_so(engine, messages_server, settings):
    settings.ENGINE_BUDGET_SECONDS = 0.0

    failure = failure_of(engine)

    assert (str(failure), failure.permanent) == ("The engine did not finish in the time that is allowed.", False)
    assert messages_server.requests == []


def test_summarise_tries_again_when_the_answer_breaks_off(engine, messages_server):
    cut = Reply(body=GOOD.body, cut=100)
    messages_server.answers(cut, GOOD)
    assert engine.summarise(REQUEST).content.title == "Full disk cleared"

    messages_server.answers(cut)
    failure = failure_of(engine)
    assert str(failure) == (
        "The engine could not be reached, or broke off. Check the base URL in AI settings if this lasts."
    )
    assert failure.permanent is False


def test_summarise_at_an_address_where_nobody_listens_may_be_tried_again(messages_server, settings):
    settings.ENGINE_MAX_RETRIES = 0
    messages_server.close()

    failure = failure_of(ClaudeEngine(ai_settings=loopback_settings(messages_server.base_url)))

    assert failure.permanent is False


@pytest.mark.parametrize(
    ("allowed", "base_url", "sentence"),
    [
        (
            [],
            "https://127.0.0.1:1",
            "The address 127.0.0.1 leads into a private network. If that is intended, the operator of this "
            "installation adds the host to OUTBOUND_ALLOWED_HOSTS.",
        ),
        ([], "http://1.1.1.1", "The address of 1.1.1.1 must begin with https://."),
        ([], "https://engine.example:port", "The base URL is not a web address. Correct it in AI settings."),
    ],
)
def test_summarise_refuses_an_address_that_is_not_allowed(settings, allowed, base_url, sentence):
    settings.OUTBOUND_ALLOWED_HOSTS = allowed

    failure = failure_of(ClaudeEngine(ai_settings=loopback_settings(base_url)))

    assert (str(failure), failure.permanent) == (sentence, True)


def test_summarise_does_not_follow_a_redirect_with_the_key(engine, messages_server):
    messages_server.answers(Reply(status=307, headers=(("location", "http://169.254.169.254/"),)))

    failure = failure_of(engine)

    assert str(failure) == "The engine's address answers with status 307. Check the base URL in AI settings."
    assert len(messages_server.requests) == 1


UNUSABLE = {
    "outside the schema": (
        message({"title": "Disk"}),
        "The engine's answer does not have the shape of a summary.",
        True,
    ),
    "too long": (
        message(summary_answer(title="x" * 161)),
        "The engine's answer does not have the shape of a summary.",
        True,
    ),
    "prose": (message("The disk was full."), "The engine's answer is not readable: it is not JSON.", True),
    "half an object": (
        message(json.dumps(summary_answer())[:80]),
        "The engine's answer is not readable: it is not JSON.",
        True,
    ),
    "empty": (message(""), "The engine gave an empty answer.", True),
    "cut off": (
        message(summary_answer(), stop_reason="max_tokens"),
        "The engine's answer was cut off at its length limit.",
        True,
    ),
    "refusal": (message("", stop_reason="refusal"), "The engine declined to summarise this session.", True),
    "unfinished": (message(summary_answer(), stop_reason=None), "The engine's answer was not finished.", False),
    "web page": (PAGE, "The engine's address answers with a web page. Check the base URL in AI settings.", True),
    "half a message": (HALF, "The engine's answer broke off or is no message.", False),
    "another JSON": (Reply(body=b'["hello"]'), "The engine's answer broke off or is no message.", False),
    "no content": (Reply(body=b'{"content": null}'), "The engine's answer broke off or is no message.", False),
    "odd content": (
        Reply(body=b'{"content": [7, {"type": "text"}], "stop_reason": "end_turn", "usage": 3}'),
        "The engine gave an empty answer.",
        True,
    ),
}


@pytest.mark.parametrize(("reply", "sentence", "permanent"), UNUSABLE.values(), ids=UNUSABLE)
def test_summarise_asks_once_more_for_an_unusable_answer_then_fails(
    engine, messages_server, reply, sentence, permanent
):
    messages_server.answers(reply)

    failure = failure_of(engine)

    assert (str(failure), failure.permanent) == (sentence, permanent)
    assert len(messages_server.requests) == 2


@pytest.mark.parametrize("reply", [row[0] for row in UNUSABLE.values()], ids=UNUSABLE)
def test_summarise_takes_the_repaired_answer(engine, messages_server, reply):
    messages_server.answers(reply, GOOD)

    assert engine.summarise(REQUEST).content.title == "Full disk cleared"


@pytest.mark.parametrize("text", ["```json\n{}\n```", "Here it is:\n{}\nAnything else?"], ids=["fenced", "wrapped"])
def test_summarise_forgives_text_around_the_object(engine, messages_server, text):
    messages_server.answers(message(text.replace("{}", json.dumps(summary_answer()))))

    assert engine.summarise(REQUEST).content.title == "Full disk cleared"
    assert len(messages_server.requests) == 1


def test_summarise_feeds_the_errors_back(engine, messages_server):
    messages_server.answers(message(summary_answer(outcome="GREAT", problem="none")), GOOD)

    engine.summarise(REQUEST)

    first, second = messages_server.requests
    asked, answered, repair = second.body["messages"]
    assert asked == first.body["messages"][0]
    assert (answered["role"], json.loads(answered["content"])["outcome"]) == ("assistant", "GREAT")
    assert repair == {
        "role": "user",
        "content": "Your previous answer could not be used: problem: Input should be a valid list; outcome: Input "
        "should be 'RESOLVED', 'PARTLY_RESOLVED', 'UNRESOLVED' or 'UNKNOWN'.\n"
        "Answer once more with the one complete JSON object of the given shape and with nothing else.",
    }


def test_summarise_repeats_the_session_after_an_empty_answer(engine, messages_server):
    messages_server.answers(message(""), GOOD)

    engine.summarise(REQUEST)

    first, second = messages_server.requests
    assert [turn["role"] for turn in second.body["messages"]] == ["user"]
    assert second.text.startswith(first.text + "\n\nYour previous answer could not be used: it was empty.\n")


def test_summarise_counts_the_tokens_of_answers_that_were_no_use(engine, messages_server):
    messages_server.answers(message("no", input_tokens=500, output_tokens=7), GOOD)
    draft = engine.summarise(REQUEST)
    assert (draft.input_tokens, draft.output_tokens) == (1500, 207)

    messages_server.answers(message("no", input_tokens=500, output_tokens=7))
    failure = failure_of(engine)
    assert (failure.input_tokens, failure.output_tokens) == (1000, 14)


@pytest.mark.parametrize("reply", [refused(401, text=f"bad key {KEY}"), message(f"your key is {KEY}"), PAGE, HALF])
def test_summarise_writes_no_key_and_no_session_text_anywhere(engine, messages_server, caplog, reply):
    messages_server.answers(reply)

    failure = failure_of(engine)

    told = str(failure) + caplog.text + repr(engine)
    assert [word for word in (KEY, "old.log", "[EMAIL-1]") if word in told] == []
    assert failure.__cause__ is None
