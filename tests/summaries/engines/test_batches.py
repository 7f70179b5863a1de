"""The batches of a provider: what is asked, what an answer means, and what a broken one is taken for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from summaries.engines.base import EngineError
from summaries.engines.batch_base import BatchError, BatchResult
from summaries.engines.batches import MOST_PAGES, ClaudeBatches
from summaries.engines.claude import IS_A_PAGE, IS_NO_MESSAGE
from tests.messages_batches import EXPIRED, Fault
from tests.messages_server import MODEL, Reply, message, refused, statement, summary_answer
from tests.summaries.engines.sessions import KEY, REQUEST, loopback_settings, request_of

MARK = UUID(int=7)
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ANSWER = summary_answer(problem=[statement("The disk was full.", 1)], steps=[], outcome_statements=[])


@pytest.fixture
def batches(messages_server, settings):
    settings.ENGINE_TIMEOUT_SECONDS = 5.0
    messages_server.answers(message(ANSWER))
    messages_server.batches.now = AT
    return ClaudeBatches(ai_settings=loopback_settings(messages_server.base_url))


def ordered(batches, *ids):
    return batches.create([batches.request_of(each, REQUEST) for each in ids], mark=MARK)


def test_create_sends_each_session_as_it_would_be_asked_alone(batches, messages_server):
    status = ordered(batches, "a", "b")

    (made,) = messages_server.batches.made
    assert (status.provider_id, status.has_ended, status.requests, status.created_at) == ("msgbatch_1", False, 2, AT)
    assert [each["custom_id"] for each in made.requests] == ["a", "b"]
    assert sorted(made.requests[0]["params"]) == ["max_tokens", "messages", "model", "output_config", "system"]
    assert "/dev/sda1 100%" in messages_server.batches.texts()[0]
    assert messages_server.batches.marks == [str(MARK)]


def test_request_of_tells_its_size_and_guesses_its_tokens(batches):
    request = batches.request_of("a", REQUEST)

    assert request.size == len(request.params["messages"][0]["content"].encode())
    assert request.tokens == request.size // 3 + 2_000


def test_request_of_a_session_that_takes_several_calls_is_none(batches, settings):
    settings.ENGINE_PART_TOKENS = 30

    assert batches.request_of("a", request_of(*["x" * 60] * 5)) is None


def test_request_of_without_a_key_is_refused(settings):
    own = loopback_settings("", key="")

    with pytest.raises(EngineError, match="No key is stored"):
        ClaudeBatches(ai_settings=own).request_of("a", REQUEST)


def test_calls_without_a_key_are_refused(settings):
    with pytest.raises(BatchError, match="No key is stored") as raised:
        ClaudeBatches(ai_settings=loopback_settings("", key="")).retrieve("msgbatch_1")

    assert (raised.value.permanent, raised.value.maybe_done) == (True, False)


def test_calls_to_what_is_no_address_are_refused():
    with pytest.raises(BatchError, match="not a web address"):
        ClaudeBatches(ai_settings=loopback_settings("https://engine.example:port")).retrieve("msgbatch_1")


def test_place_is_the_one_of_single_calls(batches, messages_server):
    other = ClaudeBatches(ai_settings=loopback_settings(messages_server.base_url, key="another"))

    assert len(batches.place) == 32
    assert batches.place != other.place


def test_results_come_line_by_line_with_ids_and_kinds(batches, messages_server):
    ordered(batches, "a", "b", "c", "d")
    messages_server.answers(
        message(ANSWER),
        refused(400),
        Reply(body=b'{"type": "error", "error": {"type": "invalid_request_error"}}', status=400),
        Reply(status=EXPIRED),
    )

    assert batches.retrieve("msgbatch_1").has_ended is True
    found = list(batches.results("msgbatch_1"))

    assert [(each.custom_id, each.kind, each.was_refused) for each in found] == [
        ("a", "succeeded", False),
        ("b", "errored", False),
        ("c", "errored", True),
        ("d", "expired", False),
    ]
    assert found[0].body["model"] == MODEL


def test_results_are_fetched_from_the_address_of_the_engine_and_from_nowhere_else(batches, messages_server):
    """The provider names an address of its results; the key is not taken there."""
    ordered(batches, "a")
    batches.retrieve("msgbatch_1")

    assert [each.custom_id for each in batches.results("msgbatch_1")] == ["a"]
    assert messages_server.batches.asked[-1] == ("results", "msgbatch_1/results")


def test_results_leave_out_what_is_no_result(batches, messages_server):
    ordered(batches, "a")
    batches.retrieve("msgbatch_1")
    (made,) = messages_server.batches.made
    made.lines[:0] = [7, {"result": 1}, {"result": {"type": "succeeded"}}]
    lines = Reply(body=b'{half\n"word"\n{"custom_id": "b", "result": {"type": "succeeded", "message": 5}}\n')

    assert [each.custom_id for each in batches.results("msgbatch_1")] == ["a"]
    messages_server.batches.faults["results"] = [Fault(lines)]
    assert list(batches.results("msgbatch_1")) == [BatchResult("b", "succeeded", {})]


def test_results_that_break_off_are_no_results(batches, messages_server):
    ordered(batches, "a", "b")
    batches.retrieve("msgbatch_1")
    messages_server.batches.faults["results"] = [Fault(Reply(body=b'{"custom_id"' + b" " * 200, cut=50))]

    with pytest.raises(BatchError, match="broke off") as raised:
        list(batches.results("msgbatch_1"))

    assert raised.value.permanent is False


def test_results_of_a_batch_that_nobody_knows_are_missing(batches):
    with pytest.raises(BatchError) as raised:
        list(batches.results("msgbatch_9"))

    assert raised.value.is_missing is True


def test_since_reads_page_by_page_down_to_the_moment(batches, messages_server, monkeypatch):
    monkeypatch.setattr("summaries.engines.batches.LISTED_AT_ONCE", 2)
    provider = messages_server.batches
    for hours in (50, 40, 3, 2, 1, 0):
        provider.now = AT - timedelta(hours=hours)
        provider.add([])

    found = batches.since(AT - timedelta(hours=3))

    assert [each.provider_id for each in found] == ["msgbatch_6", "msgbatch_5", "msgbatch_4", "msgbatch_3"]
    assert len(provider.asked) == 3
    assert [each.provider_id for each in batches.since(AT - timedelta(days=9))][-1] == "msgbatch_1"


def test_since_gives_up_on_an_endless_list(batches, messages_server):
    page = Reply(
        body=b'{"has_more": true, "data": [{"id": "x", "request_counts": {}, "created_at": "2026-11-20T10:00:00Z"}]}'
    )
    messages_server.batches.faults["list"] = [Fault(page)] * MOST_PAGES

    with pytest.raises(BatchError, match="more batches than"):
        batches.since(AT)


@pytest.mark.parametrize("created_at", ["yesterday", "2026-11-20T10:00:00", None])
def test_since_keeps_batches_of_an_unreadable_moment(batches, messages_server, created_at):
    row = f'{{"id": "x", "request_counts": {{"processing": 2, "odd": "3"}}, "created_at": "{created_at}"}}'
    messages_server.batches.faults["list"] = [Fault(Reply(body=f'{{"data": [{row}]}}'.encode()))]

    (found,) = batches.since(AT)

    assert (found.created_at, found.requests) == (None, 2)


def test_since_of_what_is_no_list_says_so(batches, messages_server):
    messages_server.batches.faults["list"] = [Fault(Reply(body=b'{"data": 5}'))]

    with pytest.raises(BatchError, match="no message"):
        batches.since(AT)


def test_cancel_calls_off_what_is_not_answered_yet(batches, messages_server):
    messages_server.batches.holds = True
    ordered(batches, "a")

    batches.cancel("msgbatch_1")

    assert [each.kind for each in batches.results("msgbatch_1")] == ["canceled"]


@pytest.mark.parametrize(
    ("reply", "maybe_done", "permanent", "is_busy", "is_missing"),
    [
        (refused(429, retry_after="7"), False, False, True, False),
        (refused(529), False, False, True, False),
        (refused(400), False, True, False, False),
        (refused(401), False, True, False, False),
        (refused(404), False, True, False, True),
        (refused(405), False, True, False, True),
        (refused(501), False, False, False, True),
        (refused(500), True, False, False, False),
        (refused(503), True, False, True, False),
        (Reply(hang=True), True, False, False, False),
        (Reply(cut=0), True, False, False, False),
        (Reply(body=b"<html>login</html>"), True, False, False, False),
        (Reply(body=b"[1]"), True, False, False, False),
        (Reply(body=b'{"id": "../../x", "request_counts": {}}'), True, False, False, False),
        (Reply(status=302, headers=(("location", "https://elsewhere.example/"),)), False, True, False, False),
    ],
)
def test_create_tells_whether_the_order_may_have_been_taken(
    batches, messages_server, settings, reply, maybe_done, permanent, is_busy, is_missing
):
    settings.ENGINE_TIMEOUT_SECONDS = 0.5
    messages_server.batches.faults["create"] = [Fault(reply)]

    with pytest.raises(BatchError) as raised:
        ordered(batches, "a")

    error = raised.value
    assert (error.maybe_done, error.permanent, error.is_busy, error.is_missing) == (
        maybe_done,
        permanent,
        is_busy,
        is_missing,
    )
    assert KEY not in str(error)


def test_create_heeds_how_long_the_provider_asks_to_wait(batches, messages_server):
    messages_server.batches.faults["create"] = [Fault(refused(429, retry_after="7"))]

    with pytest.raises(BatchError) as raised:
        ordered(batches, "a")

    assert raised.value.wait_seconds == 7.0


def test_create_of_a_web_page_says_so(batches, messages_server):
    messages_server.batches.faults["create"] = [Fault(Reply(body=b"<html>")), Fault(Reply(body=b"half"))]

    with pytest.raises(BatchError) as page:
        ordered(batches, "a")
    with pytest.raises(BatchError) as half:
        ordered(batches, "a")

    assert (str(page.value), str(half.value)) == (IS_A_PAGE, IS_NO_MESSAGE)


def test_draft_of_a_result_costs_half(batches, messages_server, settings):
    settings.ENGINE_PRICES = {MODEL: [3_000, 15_000]}
    ordered(batches, "a")
    batches.retrieve("msgbatch_1")
    (result,) = batches.results("msgbatch_1")

    draft = batches.draft_of(result, REQUEST)

    assert (draft.input_tokens, draft.output_tokens, draft.cost_micros) == (1000, 200, 3000)
    assert (draft.content.title, draft.notes) == ("Full disk cleared", ("Written in a batch.",))
    assert batches.tokens_of(result) == 1200


def test_draft_of_a_result_without_a_price_says_that_its_cost_is_unknown(batches):
    ordered(batches, "a")
    batches.retrieve("msgbatch_1")
    (result,) = batches.results("msgbatch_1")

    draft = batches.draft_of(result, REQUEST)

    assert (draft.cost_micros, draft.notes[-1]) == (
        0,
        "The cost is unknown: no price is configured for this model.",
    )


@pytest.mark.parametrize("answer", ["no JSON", {"title": "x"}])
def test_draft_of_an_answer_that_is_no_summary_raises_with_its_tokens(batches, messages_server, answer):
    messages_server.answers(message(answer))
    ordered(batches, "a")
    batches.retrieve("msgbatch_1")
    (result,) = batches.results("msgbatch_1")

    with pytest.raises(EngineError) as raised:
        batches.draft_of(result, REQUEST)

    assert (raised.value.input_tokens, raised.value.output_tokens) == (1000, 200)


def test_draft_of_a_result_without_a_message_is_none(batches):
    with pytest.raises(EngineError, match="no message"):
        batches.draft_of(BatchResult("a", "succeeded", {}), REQUEST)
