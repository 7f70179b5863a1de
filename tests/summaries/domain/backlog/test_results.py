"""What comes back: each result checked, stored or given back, and nothing paid for twice without need."""

from datetime import timedelta

import pytest

from credits.domain.balance import monthly_balance
from summaries.domain.backlog.orders import cancel_backlog
from summaries.models import BacklogItem, ProviderBatch, Summary, SummaryRevision, SupportSession, TokenUse
from tests.messages_batches import EXPIRED, Fault
from tests.messages_server import Reply, message, refused, summary_answer
from tests.summaries.domain.backlog.orders import (
    LATER,
    MINUTE,
    add_unsummarised,
    batch_states,
    counts,
    order,
    reasons,
    revisions,
    shown,
    summary_states,
    work_at,
    work_until_done,
)
from tests.summaries.domain.remote import ANSWER, run

pytestmark = pytest.mark.usefixtures("ledger_adds_up")

GOOD = message(ANSWER)
EXPIRES = Reply(status=EXPIRED)
INVALID = Reply(status=400, body=b'{"type": "error", "error": {"type": "invalid_request_error"}}')


@pytest.fixture
def backlog(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    return order(cast.northwind, cast.mona, at)


@pytest.mark.parametrize("first", [EXPIRES, refused(500)])
def test_what_got_no_answer_goes_into_one_more_batch(cast, backlog, at, provider, messages_server, first):
    messages_server.answers(first, GOOD)

    work_until_done(backlog, at)

    assert (counts(backlog), len(provider.made), len(provider.paid)) == ({"WRITTEN": 1}, 2, 1)
    assert (revisions(cast.northwind), monthly_balance(company=cast.northwind, at=at).used) == ([1], 1)


@pytest.mark.parametrize(
    ("reply", "batches", "reason"),
    [
        (EXPIRES, 2, "The provider did not come to this session within a day."),
        (refused(500), 2, "The engine reports a fault of its own with this session."),
        (INVALID, 1, "The engine refused the request as invalid. Check the model in AI settings."),
    ],
)
def test_what_gets_no_answer_is_given_back_with_the_reason(
    cast, backlog, at, provider, messages_server, reply, batches, reason
):
    messages_server.answers(reply)

    work_until_done(backlog, at)

    assert (reasons(backlog), len(provider.made)) == ([("FAILED", reason)], batches)
    assert monthly_balance(company=cast.northwind, at=at).used == 0
    assert Summary.objects.get().failure == reason


def test_a_batch_that_was_called_off_at_the_provider_is_sent_once_more(backlog, at, provider):
    provider.holds = True
    work_at(backlog, at)
    provider.made[0].is_cancelled = True

    work_at(backlog, at + MINUTE)
    provider.finish()
    work_until_done(backlog, at + 2 * MINUTE)

    assert (counts(backlog), len(provider.made)) == ({"WRITTEN": 1}, 2)


@pytest.mark.parametrize("answer", ["no JSON at all", {"title": "half"}])
def test_an_answer_that_is_no_summary_is_asked_for_once_more_in_the_ordinary_line(
    cast, backlog, at, provider, messages_server, answer
):
    messages_server.answers(message(answer), GOOD)
    work_at(backlog, at)
    work_at(backlog, at + MINUTE)
    assert counts(backlog) == {"IN_LINE": 1}

    run(at + MINUTE)
    work_until_done(backlog, at + 2 * MINUTE)

    assert (counts(backlog), summary_states(cast.northwind)) == ({"WRITTEN": 1}, [("READY", "CLAUDE")])
    assert (len(messages_server.requests), TokenUse.objects.get().tokens) == (1, 2400)


def test_answers_that_are_never_a_summary_end_with_the_built_in_engine_at_no_charge(
    cast, backlog, at, provider, messages_server
):
    messages_server.answers(message("nonsense"))
    work_at(backlog, at)
    work_at(backlog, at + MINUTE)

    run(at + MINUTE)
    work_until_done(backlog, at + 2 * MINUTE)

    assert reasons(backlog) == [("WRITTEN", "By the built-in engine, at no charge.")]
    assert summary_states(cast.northwind) == [("READY", "BUILT_IN")]
    assert monthly_balance(company=cast.northwind, at=at).used == 0


def test_an_answer_that_is_no_summary_of_a_cancelled_backlog_is_given_back(
    cast, backlog, at, provider, messages_server
):
    messages_server.answers(message("nonsense"))
    work_at(backlog, at)
    provider.finish()
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)

    work_at(backlog, at + MINUTE)

    assert reasons(backlog) == [("SKIPPED", "The backlog was cancelled.")]
    assert (summary_states(cast.northwind), TokenUse.objects.get().tokens) == ([("FAILED", "")], 1200)


def test_evidence_decides_as_it_always_does(backlog, at, provider, messages_server):
    claims = {"text": "The disk has room again, 40 GB are free.", "evidence": [1]}
    messages_server.answers(message(summary_answer(problem=[claims], steps=[], outcome_statements=[claims])))

    work_until_done(backlog, at)

    revision = SummaryRevision.objects.get()
    assert (revision.dropped_statements, revision.content["outcome"]) == (2, "UNKNOWN")


def test_a_session_whose_log_went_while_it_was_at_the_provider_is_not_stored_and_its_tokens_count(
    cast, backlog, at, provider
):
    work_at(backlog, at)
    SupportSession.objects.update(log_deleted_at=at)

    work_until_done(backlog, at + MINUTE)

    reason = "The session log was deleted, and without it no summary can be made."
    assert (reasons(backlog), SummaryRevision.objects.count()) == ([("SKIPPED", reason)], 0)
    assert (monthly_balance(company=cast.northwind, at=at).used, TokenUse.objects.get().tokens) == (0, 1200)


def test_a_summary_that_was_taken_away_is_not_stored(backlog, at, provider):
    work_at(backlog, at)
    Summary.objects.update(state="FAILED", claim=None)

    work_until_done(backlog, at + MINUTE)

    assert reasons(backlog) == [("SKIPPED", "Its session log or its consent went meanwhile.")]
    assert SummaryRevision.objects.count() == 0


def test_results_in_which_a_session_is_missing_are_fetched_again_and_then_believed(backlog, at, provider):
    work_at(backlog, at)
    provider.finish()
    lines, provider.made[0].lines = provider.made[0].lines, []

    work_at(backlog, at + MINUTE)
    assert (counts(backlog), ProviderBatch.objects.get().failures) == ({"SENT": 1}, 1)
    provider.made[0].lines = lines
    work_at(backlog, at + 5 * MINUTE)

    assert (counts(backlog), len(provider.made)) == ({"WRITTEN": 1}, 1)


def test_a_session_that_is_always_missing_is_sent_once_more_and_then_given_back(backlog, at, provider):
    work_at(backlog, at)
    for hour in range(1, 13):
        provider.finish()
        for batch in provider.made:
            batch.lines = []
        work_at(backlog, at + timedelta(hours=hour))

    assert reasons(backlog) == [("FAILED", "The provider gave no result of this session.")]
    assert (len(provider.made), batch_states(backlog)) == (2, ["ENDED", "ENDED"])


def test_results_of_unknown_ids_and_double_lines_change_nothing(cast, backlog, at, provider):
    work_at(backlog, at)
    provider.finish()
    (line,) = provider.made[0].lines
    provider.made[0].lines = [{**line, "custom_id": "somebody"}, line, line]

    work_until_done(backlog, at + MINUTE)

    assert (counts(backlog), revisions(cast.northwind)) == ({"WRITTEN": 1}, [1])


def test_a_batch_that_the_provider_does_not_know_is_waited_for_and_then_given_up(cast, backlog, at, provider):
    work_at(backlog, at)
    made, provider.made = provider.made, []

    work_at(backlog, at + MINUTE)
    assert counts(backlog) == {"SENT": 1}
    provider.made = made
    work_at(backlog, at + timedelta(hours=1))
    assert counts(backlog) == {"WRITTEN": 1}


def test_a_batch_that_the_provider_never_knows_is_given_up_after_a_month(backlog, at, provider):
    work_at(backlog, at)
    provider.made.clear()
    BacklogItem.objects.update(tries=1)

    work_until_done(backlog, at + timedelta(days=29, hours=1))

    assert reasons(backlog) == [("FAILED", "The provider no longer knows the batch.")]
    assert shown(backlog)[0] == "FAILED"


def test_a_cancelled_batch_that_the_provider_does_not_know_is_given_up_at_once(cast, backlog, at, provider):
    work_at(backlog, at)
    provider.made.clear()
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)

    work_at(backlog, at + MINUTE)

    assert (counts(backlog), batch_states(backlog)) == ({"SKIPPED": 1}, ["ENDED"])


def test_a_provider_that_fails_while_it_is_asked_to_cancel_is_asked_again(cast, backlog, at, provider):
    provider.holds = True
    work_at(backlog, at)
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)
    provider.faults["cancel"] = [Fault(refused(500))]

    work_at(backlog, at + MINUTE)
    assert counts(backlog) == {"SENT": 1}
    work_at(backlog, at + LATER)

    assert counts(backlog) == {"SKIPPED": 1}
