"""A batch of which nobody knows whether the provider took it: looked for, adopted, and never sent twice."""

from datetime import timedelta

import pytest

from summaries.domain.backlog.orders import cancel_backlog
from summaries.domain.backlog.work import due
from summaries.models import ProviderBatch
from tests.messages_batches import Fault
from tests.messages_server import Reply, refused
from tests.summaries.domain.backlog.orders import (
    LATER,
    MINUTE,
    add_unsummarised,
    batch_states,
    counts,
    order,
    shown,
    work_at,
    work_until_done,
)
from tests.summaries.domain.remote import point_to

pytestmark = pytest.mark.usefixtures("ledger_adds_up")

#: The order is taken, and the answer to it lost.
TAKEN = [
    Fault(refused(500), done=True),
    Fault(refused(503), done=True),
    Fault(Reply(body=b"<html>502 Bad Gateway</html>"), done=True),
    Fault(Reply(body=b'{"id": "msgb'), done=True),
    Fault(Reply(cut=0), done=True),
]


@pytest.fixture
def backlog(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    return order(cast.northwind, cast.mona, at)


@pytest.mark.parametrize("fault", TAKEN)
def test_an_order_that_was_taken_without_an_answer_is_adopted(backlog, at, provider, fault):
    provider.faults["create"] = [fault]

    work_until_done(backlog, at)

    assert (shown(backlog), counts(backlog)) == (("DONE", ""), {"WRITTEN": 2})
    assert (len(provider.made), len(provider.paid)) == (1, 2)
    assert ProviderBatch.objects.get().provider_id == "msgbatch_1"


def test_an_order_that_hangs_is_adopted(backlog, at, provider, settings):
    settings.ENGINE_TIMEOUT_SECONDS = 0.5
    provider.faults["create"] = [Fault(Reply(hang=True), done=True)]

    work_until_done(backlog, at)

    assert (counts(backlog), len(provider.made)) == ({"WRITTEN": 2}, 1)


def test_an_order_that_was_not_taken_is_sent_again_after_a_while_under_its_mark(backlog, at, provider):
    provider.faults["create"] = [Fault(refused(500))]
    work_at(backlog, at)
    for hour in range(1, 24):
        work_at(backlog, at + timedelta(hours=hour))
    assert (batch_states(backlog), len(provider.made)) == (["SENDING"], 0)
    mark = ProviderBatch.objects.get().mark

    work_until_done(backlog, at + LATER)

    assert (counts(backlog), len(provider.made), provider.marks) == ({"WRITTEN": 2}, 1, [str(mark)])


def test_an_order_that_is_listed_late_is_paid_once(backlog, at, provider):
    provider.faults["create"] = [Fault(refused(500), done=True)]
    work_at(backlog, at)
    listed, provider.made = provider.made, []
    work_at(backlog, at + timedelta(hours=20))
    provider.made = listed + provider.made

    work_until_done(backlog, at + LATER)

    assert (counts(backlog), len(provider.made), len(provider.paid)) == ({"WRITTEN": 2}, 1, 2)


def test_what_is_looked_for_says_so(backlog, at, provider):
    provider.faults["create"] = [Fault(refused(500))]

    work_at(backlog, at)
    work_at(backlog, at + MINUTE)

    assert ProviderBatch.objects.get().reason == (
        "It is not known whether the provider took this batch. "
        "It is looked for until 21 Nov 2026, 09:00, then sent again."
    )
    assert shown(backlog)[0] == "RUNNING"


def test_a_batch_that_could_be_ours_is_waited_for(backlog, at, provider):
    provider.holds = True
    provider.faults["create"] = [Fault(refused(500), done=True)]
    work_at(backlog, at)

    for hour in range(1, 6):
        work_at(backlog, at + timedelta(hours=hour))
    assert (batch_states(backlog), len(provider.made)) == (["SENDING"], 1)
    assert ProviderBatch.objects.get().reason.startswith("It is not known yet whether the provider took")

    provider.finish()
    work_until_done(backlog, at + timedelta(hours=7))
    assert (counts(backlog), len(provider.made), len(provider.paid)) == ({"WRITTEN": 2}, 1, 2)


def test_batches_of_others_in_the_same_workspace_are_looked_at_once_and_left_alone(backlog, at, provider):
    foreign = {"custom_id": "theirs", "params": {"messages": [{"content": "df -h 7\n"}], "system": []}}
    provider.add([foreign, {**foreign, "custom_id": "theirs-2"}])
    provider.add([foreign])
    provider.finish()
    provider.faults["create"] = [Fault(refused(500))]
    work_at(backlog, at)

    work_at(backlog, at + 2 * MINUTE)
    work_at(backlog, at + 5 * MINUTE)

    assert ProviderBatch.objects.get().others == ["msgbatch_1"]
    assert [what for what in provider.asked if what[0] == "results"] == [("results", "msgbatch_1/results")]
    work_until_done(backlog, at + LATER)
    assert (counts(backlog), len(provider.made)) == ({"WRITTEN": 2}, 3)


def test_batches_of_another_backlog_are_never_adopted(cast, backlog, at, provider, messages_server):
    point_to(cast.contoso, messages_server.base_url)
    add_unsummarised(cast.contoso, cast.charlie, 1, 2)
    theirs = order(cast.contoso, cast.charlie, at)
    work_at(theirs, at)
    provider.faults["create"] = [Fault(refused(500))]
    work_at(backlog, at)

    work_until_done(backlog, at + LATER)
    work_until_done(theirs, at + LATER)

    assert (counts(backlog), counts(theirs), len(provider.made)) == ({"WRITTEN": 2}, {"WRITTEN": 2}, 2)
    assert len(set(provider.paid)) == len(provider.paid) == 4


def test_a_batch_whose_results_are_gone_is_nobody_s(backlog, at, provider):
    provider.add([{}, {}])
    provider.made[0].has_ended = True
    provider.faults["create"] = [Fault(refused(500))]
    provider.faults["results"] = [Fault(refused(404))]
    work_at(backlog, at)

    work_until_done(backlog, at + LATER)

    assert (counts(backlog), len(provider.made)) == ({"WRITTEN": 2}, 2)


def test_results_that_can_not_be_had_now_decide_nothing(backlog, at, provider):
    provider.faults["create"] = [Fault(refused(500), done=True)]
    provider.faults["results"] = [Fault(refused(500))]
    work_at(backlog, at)

    work_at(backlog, at + LATER)

    assert (batch_states(backlog), ProviderBatch.objects.get().others) == (["SENDING"], [])


def test_a_batch_that_left_with_another_key_is_not_sent_again_with_this_one(
    cast, backlog, at, provider, messages_server
):
    provider.faults["create"] = [Fault(refused(500))]
    work_at(backlog, at)
    point_to(cast.northwind, f"{messages_server.base_url}/")

    work_at(backlog, at + LATER)
    assert batch_states(backlog) == ["SENDING"]
    assert ProviderBatch.objects.get().reason.startswith("It was sent with another key or address.")

    point_to(cast.northwind, messages_server.base_url)
    work_until_done(backlog, at + 2 * LATER)
    assert counts(backlog) == {"WRITTEN": 2}


def test_a_cancelled_batch_that_was_taken_is_adopted_and_called_off(backlog, at, provider):
    provider.holds = True
    provider.faults["create"] = [Fault(refused(500), done=True)]
    work_at(backlog, at)
    cancel_backlog(backlog=backlog, actor=None, at=at)
    provider.finish()

    for minute in (3, 6, 9):
        work_at(backlog, at + minute * MINUTE)

    assert (counts(backlog), batch_states(backlog)) == ({"WRITTEN": 2}, ["ENDED"])


def test_a_cancelled_batch_that_was_not_taken_is_given_back(cast, backlog, at, provider):
    provider.faults["create"] = [Fault(refused(500))]
    work_at(backlog, at)
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)

    work_at(backlog, at + 16 * MINUTE)

    assert (counts(backlog), batch_states(backlog), provider.made) == ({"SKIPPED": 2}, ["ENDED"], [])
    assert due(at=at + 2 * LATER) == []


def test_a_cancelled_batch_that_left_with_another_key_is_given_back(cast, backlog, at, provider, messages_server):
    provider.faults["create"] = [Fault(refused(500))]
    work_at(backlog, at)
    point_to(cast.northwind, f"{messages_server.base_url}/")
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)

    work_at(backlog, at + LATER)

    assert (counts(backlog), batch_states(backlog)) == ({"SKIPPED": 2}, ["ENDED"])
