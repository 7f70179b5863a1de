"""A backlog that is paused, resumed or cancelled: what is out comes back, what is left is given back."""

import pytest

from credits.domain.balance import monthly_balance
from summaries.domain.backlog.orders import cancel_backlog, pause_backlog, resume_backlog
from summaries.domain.backlog.work import due
from tests.messages_batches import Fault
from tests.messages_server import refused
from tests.summaries.domain.backlog.orders import (
    LATER,
    MINUTE,
    add_unsummarised,
    batch_states,
    counts,
    order,
    reasons,
    shown,
    summary_states,
    work_at,
    work_until_done,
)

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def test_a_paused_backlog_sends_nothing_and_stores_what_comes_back(cast, at, provider, settings):
    settings.BACKLOG_BATCH_SESSIONS, settings.BACKLOG_BATCHES_AT_ONCE = 1, 1
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)

    pause_backlog(backlog=backlog, actor=cast.mona, at=at)
    work_at(backlog, at + MINUTE)
    work_at(backlog, at + 2 * MINUTE)
    assert (shown(backlog), counts(backlog)) == (("PAUSED", ""), {"WAITING": 1, "WRITTEN": 1})
    assert len(provider.made) == 1

    resume_backlog(backlog=backlog, actor=cast.mona, at=at)
    work_until_done(backlog, at + 3 * MINUTE)
    assert (shown(backlog), counts(backlog)) == (("DONE", ""), {"WRITTEN": 2})


def test_what_was_gathered_when_the_backlog_was_paused_goes_when_it_is_resumed(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    provider.faults["create"] = [Fault(refused(529))]
    work_at(backlog, at)
    pause_backlog(backlog=backlog, actor=cast.mona, at=at)

    work_at(backlog, at + LATER)
    assert (batch_states(backlog), len(provider.made)) == (["PREPARING"], 0)

    resume_backlog(backlog=backlog, actor=cast.mona, at=at)
    work_until_done(backlog, at + 2 * LATER)
    assert (counts(backlog), len(provider.made)) == ({"WRITTEN": 1}, 1)


def test_a_cancelled_backlog_calls_its_batch_off_keeps_what_was_written_and_gives_credits_back(
    cast, at, provider, settings
):
    settings.BACKLOG_BATCH_SESSIONS, settings.BACKLOG_BATCHES_AT_ONCE = 1, 2
    add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    provider.holds = True
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)
    provider._end(provider.made[0])

    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)
    work_at(backlog, at + MINUTE)

    assert shown(backlog) == ("CANCELLED", "")
    assert reasons(backlog) == [
        ("WRITTEN", ""),
        ("SKIPPED", "The backlog was cancelled."),
        ("SKIPPED", "The backlog was cancelled."),
    ]
    assert [what for what, _ in provider.asked].count("cancel") == 2
    assert monthly_balance(company=cast.northwind, at=at).used == 1
    assert summary_states(cast.northwind) == [("READY", "CLAUDE"), ("FAILED", "")]
    assert batch_states(backlog) == ["ENDED", "ENDED"]
    assert due(at=at + LATER) == []


def test_a_cancelled_backlog_gives_back_what_was_only_gathered(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    provider.faults["create"] = [Fault(refused(429))]
    work_at(backlog, at)
    assert counts(backlog) == {"SENT": 1}

    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)
    work_at(backlog, at + MINUTE)

    assert (counts(backlog), batch_states(backlog), provider.made) == ({"SKIPPED": 1}, ["ENDED"], [])
    assert monthly_balance(company=cast.northwind, at=at).used == 0
