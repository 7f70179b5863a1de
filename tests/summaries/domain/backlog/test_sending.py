"""What leaves: sessions that may go, as far as credits, tokens and the engine allow, each held until it is back."""

from datetime import timedelta

import pytest
from django.conf import settings as portal_settings

from accounts.domain import ai_settings
from credits.domain.balance import monthly_balance
from summaries.domain.backlog.orders import cancel_backlog, pause_backlog
from summaries.domain.backlog.sending import fill_batch, send_batch
from summaries.domain.generation import engine_pauses
from summaries.domain.generation.requests import request_summary
from summaries.engines.base import EngineError
from summaries.engines.registry import batches_for
from summaries.models import BacklogItem, EnginePause, Interaction, ProviderBatch, Summary, SupportSession, TokenUse
from tests.summaries.domain.backlog.orders import (
    MINUTE,
    add_unsummarised,
    batch_states,
    counts,
    leave_credits,
    order,
    reasons,
    revisions,
    shown,
    summary_states,
    work_at,
    work_until_done,
)
from tests.summaries.domain.remote import run

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def test_sessions_without_credit_wait_and_go_when_credits_come(cast, at, provider):
    leave_credits(cast.northwind, 2, at=at)
    add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    backlog = order(cast.northwind, cast.mona, at)

    work_at(backlog, at)
    work_at(backlog, at + MINUTE)

    assert counts(backlog) == {"WAITING": 1, "WRITTEN": 2}
    assert shown(backlog) == ("RUNNING", "All AI credits are used. The backlog goes on when credits arrive.")
    work_until_done(backlog, at + timedelta(days=20))
    assert (shown(backlog), counts(backlog)) == (("DONE", ""), {"WRITTEN": 3})


def test_a_session_is_asked_for_meanwhile_and_made_once(cast, at, provider, messages_server):
    sessions = add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    backlog = order(cast.northwind, cast.mona, at)
    request_summary(session=sessions[0], actor=cast.bob, at=at)
    request_summary(session=sessions[1], actor=cast.bob, at=at)
    work_at(backlog, at)
    assert counts(backlog) == {"IN_LINE": 2, "SENT": 1}

    request_summary(session=sessions[2], actor=cast.bob, at=at)
    run(at)
    work_until_done(backlog, at + MINUTE)

    assert counts(backlog) == {"WRITTEN": 3}
    assert (revisions(cast.northwind), len(messages_server.requests), len(provider.paid)) == ([1, 1, 1], 2, 1)


def test_a_session_whose_summary_was_written_meanwhile_is_skipped(cast, at, provider):
    (session,) = add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    request_summary(session=session, actor=cast.bob, at=at)
    run(at)

    work_until_done(backlog, at)

    assert (reasons(backlog), shown(backlog)[0]) == ([("SKIPPED", "Its summary was written meanwhile.")], "DONE")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "DELETED"}, "The session was deleted."),
        ({"verdict": "NO", "reason": "CONSENT_WITHDRAWN"}, "This session can't be summarised:"),
        ({"log_deleted_at": "2026-11-20T08:00:00Z"}, "The session log was deleted, and without it"),
    ],
)
def test_what_may_not_be_summarised_any_more_is_skipped(cast, at, provider, fields, reason):
    (session,) = add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    SupportSession.objects.filter(pk=session.pk).update(**fields)

    work_until_done(backlog, at)

    ((state, why),) = reasons(backlog)
    assert (state, why.startswith(reason), provider.made) == ("SKIPPED", True, [])
    assert monthly_balance(company=cast.northwind, at=at).used == 0


def test_what_may_not_be_summarised_when_the_batch_leaves_is_left_out(cast, at, provider):
    sessions = add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    backlog = order(cast.northwind, cast.mona, at)
    batch = fill_batch(backlog=backlog, clock=lambda: at, keep_going=lambda: True)
    SupportSession.objects.filter(pk=sessions[0].pk).update(log_deleted_at=at)
    Summary.objects.filter(session=sessions[1]).update(state="FAILED", claim=None)

    send_batch(batch=batch, engine=batches_for(ai_settings=cast.northwind.ai_settings), clock=lambda: at)

    assert [state for state, _ in reasons(backlog)] == ["SKIPPED", "SKIPPED", "SENT"]
    assert [len(made.requests) for made in provider.made] == [1]


def test_a_batch_none_of_whose_sessions_may_go_is_not_sent(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    fill_batch(backlog=backlog, clock=lambda: at, keep_going=lambda: True)
    SupportSession.objects.update(log_deleted_at=at)

    work_until_done(backlog, at)

    assert (batch_states(backlog), provider.made, shown(backlog)[0]) == (["ENDED"], [], "DONE")


def test_a_withdrawal_while_the_batch_is_read_keeps_its_session_back(cast, at, provider):
    sessions = add_unsummarised(cast.northwind, cast.bob, 1, 2)
    backlog = order(cast.northwind, cast.mona, at)
    batch = fill_batch(backlog=backlog, clock=lambda: at, keep_going=lambda: True)
    engine = batches_for(ai_settings=cast.northwind.ai_settings)

    class WhileRead:
        """The engine, and a withdrawal that comes while the last session is read."""

        place = engine.place
        create = staticmethod(engine.create)

        def request_of(self, custom_id, request):
            if request.interactions[0].text == "df -h 2":
                Summary.objects.filter(session=sessions[0]).update(state="FAILED", claim=None)
            return engine.request_of(custom_id, request)

    send_batch(batch=batch, engine=WhileRead(), clock=lambda: at)

    assert [state for state, _ in reasons(backlog)] == ["SKIPPED", "SENT"]
    assert "df -h 1" not in provider.texts()[0]


def test_a_batch_of_a_backlog_that_was_paused_meanwhile_stays(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    batch = fill_batch(backlog=backlog, clock=lambda: at, keep_going=lambda: True)
    pause_backlog(backlog=backlog, actor=cast.mona, at=at)

    send_batch(batch=batch, engine=batches_for(ai_settings=cast.northwind.ai_settings), clock=lambda: at)

    assert (batch_states(backlog), provider.asked) == (["PREPARING"], [])


def test_a_session_that_takes_several_calls_goes_the_ordinary_way(cast, at, provider, messages_server, settings):
    settings.ENGINE_PART_TOKENS = 60
    sessions = add_unsummarised(cast.northwind, cast.bob, 1, 2)
    for number in range(2, 5):
        Interaction.objects.create(
            company=cast.northwind,
            session=sessions[1],
            number=number,
            offset_ms=number,
            kind="COMMAND",
            text="df -h 2 " + "x" * 90,
        )
    backlog = order(cast.northwind, cast.mona, at)

    work_at(backlog, at)

    assert reasons(backlog) == [("SENT", ""), ("IN_LINE", "Too long for a batch: made in parts, in the ordinary line.")]
    run(at)
    work_until_done(backlog, at + MINUTE)
    assert (counts(backlog), revisions(cast.northwind)) == ({"WRITTEN": 2}, [1, 1])
    assert len(messages_server.requests) > 1


def test_a_session_of_very_many_interactions_is_not_even_read(cast, at, provider):
    (session,) = add_unsummarised(cast.northwind, cast.bob, 1)
    SupportSession.objects.filter(pk=session.pk).update(interaction_count=portal_settings.ENGINE_PART_TOKENS)
    backlog = order(cast.northwind, cast.mona, at)

    work_at(backlog, at)

    assert (counts(backlog), summary_states(cast.northwind), provider.made) == (
        {"IN_LINE": 1},
        [("QUEUED", "")],
        [],
    )
    assert ProviderBatch.objects.count() == 0


def test_nothing_is_sent_while_ai_features_are_off(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    ai_settings.deactivate(company=cast.northwind, actor=cast.alice, at=at)

    work_at(backlog, at)
    assert shown(backlog) == ("RUNNING", "AI features are off. The backlog goes on when they are activated.")
    assert provider.asked == []

    own = cast.northwind.ai_settings
    own.refresh_from_db()
    ai_settings.activate(ai_settings=own, actor=cast.alice, at=at)
    work_until_done(backlog, at + MINUTE)
    assert counts(backlog) == {"WRITTEN": 1}


def test_nothing_is_sent_while_the_engine_is_held_back(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    place = batches_for(ai_settings=cast.northwind.ai_settings).place
    error = EngineError("The engine is overloaded (529).", permanent=False)
    error.is_busy, error.wait_seconds = True, 240.0
    engine_pauses.note_trouble(place=place, error=error, begun_at=at, at=at)

    work_at(backlog, at)
    assert shown(backlog)[1].startswith("The engine is busy; next try at 09:0")
    assert provider.asked == []

    EnginePause.objects.update(opens_at=at)
    work_until_done(backlog, at + 6 * MINUTE)
    assert counts(backlog) == {"WRITTEN": 1}


def test_the_tokens_of_the_day_bound_what_is_sent(cast, at, provider, settings):
    settings.ENGINE_TOKENS_PER_COMPANY_DAY = 4_100
    add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    backlog = order(cast.northwind, cast.mona, at)

    work_at(backlog, at)
    assert counts(backlog) == {"SENT": 3}
    assert [len(batch.requests) for batch in provider.made] == [2, 1]


def test_when_the_tokens_of_the_day_are_used_the_rest_waits_for_the_next(cast, at, provider, settings):
    settings.ENGINE_TOKENS_PER_COMPANY_DAY = 1_000
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    backlog = order(cast.northwind, cast.mona, at)

    work_at(backlog, at)
    work_at(backlog, at + MINUTE)

    assert counts(backlog) == {"WAITING": 1, "WRITTEN": 1}
    assert shown(backlog)[1].startswith("The tokens that your company may use on one day are used; next try at ")
    assert TokenUse.objects.get().tokens == 1200
    work_until_done(backlog, at + timedelta(days=1))
    assert counts(backlog) == {"WRITTEN": 2}


def test_what_was_left_out_by_a_cancellation_while_a_batch_was_filled_is_given_back(cast, at, provider):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    fill_batch(backlog=backlog, clock=lambda: at, keep_going=lambda: True)
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)

    work_at(backlog, at)

    assert (counts(backlog), BacklogItem.objects.get().claim) == ({"SKIPPED": 1}, None)
