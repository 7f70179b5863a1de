"""A backlog from its order to its end: sent in batches, stored as any other summary, charged once."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from credits.enums import ReservationState
from credits.models import Reservation
from summaries.domain.backlog.orders import cancel_backlog
from summaries.domain.backlog.work import LEASE, due, finish
from summaries.domain.generation.requests import sweep
from summaries.models import Backlog, BacklogItem, Summary, SummaryRevision, TokenUse
from tests.messages_server import message, refused
from tests.summaries.domain.backlog.orders import (
    MINUTE,
    add_unsummarised,
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


def test_every_session_is_sent_once_stored_once_and_charged_once(cast, at, provider, messages_server, settings):
    settings.BACKLOG_BATCH_SESSIONS = 2
    add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    add_unsummarised(cast.contoso, cast.charlie, 1)
    backlog = order(cast.northwind, cast.mona, at)

    work_until_done(backlog, at)

    assert shown(backlog) == ("DONE", "")
    assert counts(backlog) == {"WRITTEN": 3}
    assert summary_states(cast.northwind) == [("READY", "CLAUDE")] * 3
    assert revisions(cast.northwind) == [1, 1, 1]
    assert summary_states(cast.contoso) == []
    assert [len(batch.requests) for batch in provider.made] == [2, 1]
    assert len(provider.paid) == len(set(provider.paid)) == 3
    assert messages_server.requests == []
    assert (
        list(Reservation.objects.values_list("company", "state")) == [(cast.northwind.pk, ReservationState.CHARGED)] * 3
    )
    assert TokenUse.objects.get().tokens == 3600
    assert not any("Northwind" in text for text in provider.texts())


def test_what_is_stored_tells_engine_batch_cost_and_time(cast, at, provider, settings):
    settings.ENGINE_PRICES = {"loopback": [3_000, 15_000]}
    add_unsummarised(cast.northwind, cast.bob, 1)
    provider.holds = True
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)
    provider.finish()

    work_at(backlog, at + timedelta(hours=2))

    revision = SummaryRevision.objects.get()
    assert (revision.engine, revision.engine_note, revision.cost_micros) == ("CLAUDE", "Written in a batch.", 3000)
    assert (revision.input_tokens, revision.output_tokens, revision.engine_ms) == (1000, 200, 2 * 3600 * 1000)
    assert revision.summary.requested_by == cast.mona


def test_the_way_of_a_backlog_stands_in_the_audit_log(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)

    work_until_done(backlog, at)

    entries = AuditEntry.objects.filter(company=cast.northwind, action__startswith="backlog.").order_by("pk")
    assert list(entries.values_list("action", "actor", "object_id", "details")) == [
        (
            "backlog.ordered",
            cast.mona.pk,
            str(backlog.public_id),
            {"sessions": 1, "engine": "CLAUDE", "language": "en"},
        ),
        ("backlog.batch_sent", None, str(backlog.public_id), {"batch": "msgbatch_1", "sessions": 1}),
        ("backlog.finished", None, str(backlog.public_id), {"written": 1, "failed": 0, "skipped": 0}),
    ]


def test_results_in_any_order_find_their_sessions(cast, at, provider):
    provider.shuffles = True
    sessions = add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    provider_answer = provider.answer

    def by_number(params):
        number = params["messages"][0]["content"].split("df -h ")[1].split("\n")[0]
        reply = message({**ANSWER, "title": f"Disk {number}"})
        return reply.status, reply.body

    provider.answer = by_number
    assert provider_answer is not by_number

    work_until_done(order(cast.northwind, cast.mona, at), at)

    titles = dict(Summary.objects.values_list("session__number", "title"))
    assert titles == {session.number: f"Disk {session.number}" for session in sessions}


def test_so_many_batches_are_at_the_provider_at_the_same_time(cast, at, provider, settings):
    settings.BACKLOG_BATCH_SESSIONS, settings.BACKLOG_BATCHES_AT_ONCE = 1, 2
    add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    provider.holds = True
    backlog = order(cast.northwind, cast.mona, at)

    work_at(backlog, at)
    work_at(backlog, at + MINUTE)

    assert counts(backlog) == {"SENT": 2, "WAITING": 1}
    provider.finish()
    work_at(backlog, at + 2 * MINUTE)
    assert counts(backlog) == {"SENT": 1, "WRITTEN": 2}


def test_a_batch_takes_so_many_bytes(cast, at, provider, settings):
    settings.BACKLOG_BATCH_BYTES = 2 * 16 * 1024 + 500
    add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)

    work_at(order(cast.northwind, cast.mona, at), at)

    assert [len(batch.requests) for batch in provider.made] == [2, 1]


def test_a_run_that_is_to_end_leaves_the_rest_to_the_next(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    backlog = order(cast.northwind, cast.mona, at)

    work_at(backlog, at, times=2)
    assert counts(backlog) == {"SENT": 1, "WAITING": 1}
    work_at(backlog, at + MINUTE, times=0)
    assert counts(backlog) == {"SENT": 1, "WAITING": 1}

    work_until_done(backlog, at + 2 * MINUTE)
    assert counts(backlog) == {"WRITTEN": 2}


def test_a_run_that_ends_amid_the_results_leaves_the_rest_to_the_next(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)

    work_at(backlog, at + MINUTE, times=2)
    assert counts(backlog) == {"SENT": 1, "WRITTEN": 1}

    work_until_done(backlog, at + 2 * MINUTE)
    assert (counts(backlog), revisions(cast.northwind)) == ({"WRITTEN": 2}, [1, 1])


def test_two_runs_at_once_are_one(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    Backlog.objects.filter(pk=backlog.pk).update(claim=backlog.public_id, claimed_until=at + LEASE)

    work_at(backlog, at)

    assert (due(at=at), counts(backlog), provider.asked) == ([], {"WAITING": 1}, [])
    assert due(at=at + LEASE + MINUTE) == [backlog.pk]


def test_due_are_those_that_run_and_those_that_have_something_out(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    provider.holds = True
    backlog = order(cast.northwind, cast.mona, at)
    assert due(at=at) == [backlog.pk]

    work_at(backlog, at)
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)
    assert due(at=at) == [backlog.pk]

    work_at(backlog, at)
    assert due(at=at) == []


def test_a_backlog_without_a_single_summary_has_failed(cast, at, provider, messages_server):
    add_unsummarised(cast.northwind, cast.bob, 1)
    messages_server.answers(refused(500))
    backlog = order(cast.northwind, cast.mona, at)

    work_until_done(backlog, at)

    assert shown(backlog) == ("FAILED", "")
    assert reasons(backlog) == [("FAILED", "The engine reports a fault of its own with this session.")]
    assert finish(backlog=backlog, at=at) is False


def test_finish_waits_for_batches_whose_sessions_are_all_gone(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)
    BacklogItem.objects.update(state="SKIPPED")

    assert finish(backlog=backlog, at=at) is False


def test_the_sweep_leaves_what_is_at_the_provider_to_its_batch(cast, at, provider, messages_server):
    add_unsummarised(cast.northwind, cast.bob, 1)
    provider.holds = True
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)

    sweep(at=at + timedelta(days=3))
    run(at + timedelta(days=3))

    assert (summary_states(cast.northwind), messages_server.requests) == ([("RUNNING", "")], [])
