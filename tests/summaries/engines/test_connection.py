import json

import pytest

from summaries.engines.connection import check_connection
from tests.messages_server import MODEL, Reply, message, refused
from tests.summaries.engines.sessions import KEY, loopback_settings


def test_check_connection_tells_model_and_latency(messages_server):
    messages_server.answers(message("ready"))

    check = check_connection(ai_settings=loopback_settings(messages_server.base_url))

    assert (check.ok, check.model) == (True, MODEL)
    assert check.sentence == f"Connected: {MODEL} answered in {check.latency_ms} ms."
    (sent,) = messages_server.requests
    assert sent.body["messages"] == [{"role": "user", "content": "Are you ready?"}]


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (refused(401, text=f"bad key {KEY}"), "The engine refused the key. Enter a new key in AI settings."),
        (refused(429, retry_after="1"), "The engine takes no more requests for now (429)."),
        (
            Reply(body=b"<html>"),
            "The engine's address answers with a web page. Check the base URL in AI settings.",
        ),
        (Reply(body=b"{"), "The engine's answer broke off or is no message."),
    ],
)
def test_check_connection_says_what_is_wrong_after_one_request(messages_server, reply, sentence):
    messages_server.answers(reply)

    check = check_connection(ai_settings=loopback_settings(messages_server.base_url))

    assert (check.ok, check.model, check.sentence) == (False, "", sentence)
    assert len(messages_server.requests) == 1


def test_check_connection_without_a_key_asks_for_one():
    check = check_connection(ai_settings=loopback_settings("", key=""))

    assert (check.ok, check.sentence) == (False, "No key is stored for the engine. Enter one in AI settings.")


def test_check_connection_takes_a_server_that_does_not_name_its_model(messages_server):
    body = json.loads(message("ready").body)
    del body["model"]
    messages_server.answers(Reply(body=json.dumps(body).encode()))

    check = check_connection(ai_settings=loopback_settings(messages_server.base_url, engine_model="ours"))

    assert (check.ok, check.model) == (True, "ours")
