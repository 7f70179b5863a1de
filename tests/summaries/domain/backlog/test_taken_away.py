"""What is taken away between two steps: claims, batches that another run moved on, time that is over."""

from datetime import timedelta

import pytest

from summaries.domain.backlog.orders import cancel_backlog, pause_backlog, resume_backlog
from summaries.domain.backlog.results import look_at
from summaries.domain.backlog.sending import adopt, fill_batch
from summaries.engines.batch_base import BatchStatus
from summaries.engines.registry import batches_for
from summaries.models import ProviderBatch, Summary, SummaryRevision
from tests.messages_batches import Fault
from tests.messages_server import refused
from tests.summaries.domain.backlog.orders import (
    MINUTE,
    add_unsummarised,
    batch_states,
    counts,
    order,
    reasons,
    work_at,
)

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def backlog(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    return order(cast.northwind, cast.mona, at)


def take_claims_away():
    Summary.objects.update(state="FAILED", claim=None)


def test_a_withdrawal_between_the_look_and_the_lock_is_heeded(cast, backlog, at, provider):
    work_at(backlog, at)
    engine = batches_for(ai_settings=cast.northwind.ai_settings)

    class WhileRead:
        """The engine, and a withdrawal that comes while its answer is read."""

        retrieve, results = staticmethod(engine.retrieve), staticmethod(engine.results)

        def draft_of(self, result, request):
            take_claims_away()
            return engine.draft_of(result, request)

    look_at(batch=ProviderBatch.objects.get(), engine=WhileRead(), clock=lambda: at, keep_going=lambda: True)

    assert reasons(backlog) == [("SKIPPED", "Its session log or its consent went meanwhile.")]
    assert SummaryRevision.objects.count() == 0


def test_what_was_taken_away_of_a_batch_that_is_given_up_holds_no_credit(cast, backlog, at, provider):
    work_at(backlog, at)
    provider.made.clear()
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)
    Summary.objects.update(claim=ProviderBatch.objects.get().mark)

    work_at(backlog, at + MINUTE)

    assert (counts(backlog), batch_states(backlog)) == ({"SKIPPED": 1}, ["ENDED"])


def test_what_was_taken_away_is_not_handed_to_the_ordinary_line(cast, backlog, at, provider, settings):
    settings.BACKLOG_BATCH_SESSIONS = 1
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)
    add_unsummarised(cast.northwind, cast.bob, 2)
    both = order(cast.northwind, cast.mona, at)
    for _ in range(2):
        fill_batch(backlog=both, clock=lambda: at, keep_going=lambda: True)
    Summary.objects.filter(session__number=2).update(state="FAILED", claim=None)
    provider.faults["create"] = [Fault(refused(404))]

    work_at(both, at)

    assert counts(both) == {"IN_LINE": 1, "SKIPPED": 1}


def test_an_answer_that_comes_after_the_batch_was_moved_on_is_not_written_down(backlog, at, provider):
    work_at(backlog, at)
    batch = ProviderBatch.objects.get()

    adopt(batch=batch, status=BatchStatus("another", False, 1, at), sent_at=at - timedelta(hours=1), at=at)

    assert ProviderBatch.objects.get().provider_id == "msgbatch_1"


def test_nothing_is_gathered_when_nothing_waits(backlog, at, provider):
    work_at(backlog, at)

    assert fill_batch(backlog=backlog, clock=lambda: at, keep_going=lambda: True) is None


def test_what_is_gathered_stays_when_there_is_no_time_to_send_it(cast, backlog, at, provider):
    provider.faults["create"] = [Fault(refused(529))]
    work_at(backlog, at)
    pause_backlog(backlog=backlog, actor=cast.mona, at=at)
    resume_backlog(backlog=backlog, actor=cast.mona, at=at)

    work_at(backlog, at + MINUTE, times=0)

    assert (batch_states(backlog), provider.made) == (["PREPARING"], [])
