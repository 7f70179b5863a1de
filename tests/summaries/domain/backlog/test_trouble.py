"""A provider that refuses, asks to wait or fails: the backlog waits, says why, and others are served."""

from datetime import timedelta

import pytest

from summaries.domain.backlog.orders import resume_backlog
from summaries.models import Backlog, ProviderBatch
from tests.messages_batches import Fault
from tests.messages_server import refused
from tests.summaries.domain.backlog.orders import (
    MINUTE,
    add_unsummarised,
    counts,
    order,
    revisions,
    shown,
    work_at,
    work_until_done,
)
from tests.summaries.domain.remote import point_to, run

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def test_a_provider_that_asks_to_wait_is_left_alone_and_others_are_served(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    add_unsummarised(cast.contoso, cast.charlie, 1)
    ours, theirs = order(cast.northwind, cast.mona, at), order(cast.contoso, cast.charlie, at)
    provider.faults["create"] = [Fault(refused(429, retry_after="300"))]

    work_at(ours, at)
    work_at(theirs, at)

    assert shown(ours) == ("RUNNING", "The engine takes no more requests for now (429); next try at 09:05.")
    assert len(provider.made) == 1
    work_at(ours, at + MINUTE)
    assert [what for what, _ in provider.asked] == ["create", "create"]
    work_until_done(ours, at + timedelta(minutes=5))
    work_until_done(theirs, at + timedelta(minutes=5))
    assert (shown(ours), shown(theirs)) == (("DONE", ""), ("DONE", ""))


def test_a_provider_in_trouble_is_asked_less_and_less_often(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    provider.faults["create"] = [Fault(refused(529))] * 9
    asked = []

    for minute in range(70):
        work_at(backlog, at + minute * MINUTE)
        asked.append(len(provider.asked))

    assert [minute for minute in range(1, 70) if asked[minute] > asked[minute - 1]] == [1, 3, 7, 15, 31, 61]


def test_a_refusal_pauses_the_backlog_with_the_reason(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    provider.faults["create"] = [Fault(refused(401))]

    work_at(backlog, at)

    assert shown(backlog) == ("PAUSED", "The engine refused the key. Enter a new key in AI settings.")
    resume_backlog(backlog=backlog, actor=cast.mona, at=at)
    work_until_done(backlog, at + MINUTE)
    assert shown(backlog) == ("DONE", "")


def test_a_missing_key_pauses_the_backlog(cast, at, provider, messages_server):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    point_to(cast.northwind, "")

    work_at(backlog, at)

    assert shown(backlog) == ("PAUSED", "No key is stored for the engine. Enter one in AI settings.")


def test_a_server_without_batches_is_asked_one_by_one(cast, at, provider, messages_server):
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    backlog = order(cast.northwind, cast.mona, at)
    provider.faults["create"] = [Fault(refused(404))]

    work_at(backlog, at)
    assert counts(backlog) == {"IN_LINE": 2}
    run(at)
    work_until_done(backlog, at + MINUTE)

    assert (shown(backlog), counts(backlog)) == (("DONE", ""), {"WRITTEN": 2})
    assert (len(messages_server.requests), revisions(cast.northwind)) == (2, [1, 1])
    assert Backlog.objects.get(pk=backlog.pk).way == "ONE_BY_ONE"


def test_a_pause_that_came_while_the_provider_refused_stands(cast, at, provider, settings):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)

    def pause_meanwhile(*_args):
        Backlog.objects.filter(pk=backlog.pk).update(state="PAUSED")
        return False

    work_at(backlog, at, times=1)
    pause_meanwhile()
    work_at(backlog, at + MINUTE)

    assert shown(backlog) == ("PAUSED", "")


def test_trouble_with_one_batch_leaves_the_others_to_the_next_run(cast, at, provider, settings):
    settings.BACKLOG_BATCH_SESSIONS = 1
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)
    provider.faults["retrieve"] = [Fault(refused(500))]

    work_at(backlog, at + MINUTE)

    assert counts(backlog) == {"SENT": 2}
    first = ProviderBatch.objects.order_by("pk").first()
    assert (first.failures, first.reason) == (
        1,
        "The engine reports a fault of its own (500); next try at 09:02.",
    )
    work_at(backlog, at + 2 * MINUTE)
    assert counts(backlog) == {"WRITTEN": 2}


def test_a_batch_that_the_key_may_not_see_holds_up_no_other(cast, at, provider, settings):
    settings.BACKLOG_BATCH_SESSIONS = 1
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)
    provider.faults["retrieve"] = [Fault(refused(403))]

    work_at(backlog, at + MINUTE)

    assert counts(backlog) == {"SENT": 1, "WRITTEN": 1}
