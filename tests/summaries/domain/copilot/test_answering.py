"""Answers: from the log alone, held to it, stored as they come; stopped, broken off, killed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django_q.models import OrmQ

from accounts.models import AuditEntry
from credits.models import Reservation
from policies.enums import Reason, Verdict
from summaries.domain.copilot.answering import _give_up, answer, answer_here, sweep
from summaries.domain.copilot.asking import stop
from summaries.domain.copilot.claims import LEASE, take
from summaries.domain.generation.engine_pauses import note_trouble
from summaries.engines.base import EngineError
from summaries.engines.registry import copilot_for
from summaries.models import CopilotQuestion, EnginePause, Interaction, SupportSession, TokenUse
from tests.at_once import at_once, rows_taken, seen, shared_database
from tests.messages_server import copilot_answer, refused, statement, streamed
from tests.summaries.domain.copilot.conftest import answered, put, switch_off

pytestmark = pytest.mark.usefixtures("ledger_adds_up")
FULL = statement("The disk was full.", 1)


def states():
    return list(Reservation.objects.order_by("pk").values_list("state", flat=True))


def texts(question):
    return [each["text"] for each in question.statements]


def test_built_in_engine_quotes_passages_and_charges_the_sessions_credit(cast, talk, foreign_talk, at, clock):
    asked = put(talk, cast.bob, "Was the disk full?", at=at)

    answer_here(question=asked, clock=clock)

    asked.refresh_from_db()
    assert (asked.state, asked.engine, asked.statements) == (
        "ANSWERED",
        "BUILT_IN",
        [{"text": "The disk is full, mail me at [EMAIL-1]", "evidence": [1]}],
    )
    assert (asked.claim, asked.ended_at, asked.is_charged, asked.attempts) == (None, at + timedelta(seconds=1), True, 1)
    assert states() == ["CHARGED"]
    entry = AuditEntry.objects.get(action="question.answered")
    assert (entry.actor, entry.details) == (None, {"engine": "BUILT_IN", "statements": 1})


def test_another_engines_question_is_left_to_a_worker(cast, talk, at, clock, model):
    asked = put(talk, cast.bob, at=at)

    answer_here(question=asked, clock=clock)

    assert (CopilotQuestion.objects.get(pk=asked.pk).state, model.requests) == ("ASKED", [])


def test_model_answers_with_sentences_that_the_record_bears_out(cast, talk, at, clock, model):
    model.answers(streamed(copilot_answer(FULL, statement("`df -h` showed 100%.", 2, 3))))
    asked = answered(put(talk, cast.bob, at=at), clock)

    assert (asked.state, asked.engine, asked.model, asked.dropped) == ("ANSWERED", "CLAUDE", "loopback-model-1", 0)
    assert asked.statements == [
        {"text": "The disk was full.", "evidence": [1]},
        {"text": "`df -h` showed 100%.", "evidence": [2, 3]},
    ]
    assert (asked.input_tokens, asked.output_tokens, asked.prompt_version) == (1000, 200, "2026-11.c1")
    assert TokenUse.objects.get(company=cast.northwind).tokens == 1200
    assert states() == ["CHARGED"]


def test_prompt_holds_one_session_of_one_company_and_the_talk_before(cast, talk, foreign_talk, at, clock, model):
    Interaction.objects.filter(session=foreign_talk).update(text="FOREIGN")
    model.answers(streamed(copilot_answer(FULL)))
    answered(put(talk, cast.mona, "Mona asks", at=at), clock)
    answered(put(talk, cast.bob, "Bob asks first", at=at), clock)

    answered(put(talk, cast.bob, "And then?", at=at), clock)

    assert model.requests[2].lines == [
        "earlier question: Bob asks first",
        "answer: The disk was full.",
        "question: And then?",
    ]
    assert "FOREIGN" not in model.requests[2].text
    assert "Northwind" not in model.requests[2].text


def test_what_has_come_is_stored_while_it_is_written_and_a_stop_ends_the_call(cast, talk, at, clock, model):
    begun = streamed(
        '{"in_session": true, "statements": [{"text": "The disk was full.", "evidence": [1]}, ', stop_reason=None
    )
    model.answers(replace(begun, holds=True))
    asked = put(talk, cast.bob, at=at)

    def stopping_clock():
        # Somebody presses Stop as soon as the page shows a sentence.
        found = CopilotQuestion.objects.select_related("session__company").get(pk=asked.pk)
        if found.statements and found.is_under_way:
            stop(question=found, actor=cast.bob, at=at)
        return at

    asked = answered(asked, stopping_clock)

    assert (asked.state, texts(asked), asked.is_charged) == ("STOPPED", ["The disk was full."], True)
    assert (asked.input_tokens, asked.output_tokens) == (1000, 29)
    assert TokenUse.objects.get(company=cast.northwind).tokens == 1029
    assert states() == ["CHARGED"]


def test_withdrawal_while_it_is_written_ends_the_call_and_stores_nothing_more(cast, talk, at, clock, model):
    begun = streamed(
        '{"in_session": true, "statements": [{"text": "The disk was full.", "evidence": [1]}, ', stop_reason=None
    )
    model.answers(replace(begun, holds=True))
    asked = put(talk, cast.bob, at=at)

    def withdrawing_clock():
        if model.requests:
            SupportSession.objects.filter(pk=talk.pk).update(verdict=Verdict.NO, reason=Reason.CONSENT_WITHDRAWN)
        return at

    asked = answered(asked, withdrawing_clock)

    assert (asked.state, asked.statements) == ("ANSWERING", [])
    # Its worker is gone; the sweep finds it, and then nobody answers it any more.
    sweep(at=at + LEASE + timedelta(seconds=1))
    asked = answered(asked, clock)
    assert (asked.state, asked.failure) == (
        "FAILED",
        f"Questions about this session are not answered: {Reason.CONSENT_WITHDRAWN.label}.",
    )
    assert states() == ["RELEASED"]


def test_engine_that_has_no_answer_is_replaced_by_found_passages_at_no_charge(cast, talk, at, clock, model):
    model.answers(streamed("nonsense"))

    asked = put(talk, cast.bob, "disk", at=at)
    taken = rows_taken(lambda: answered(asked, clock), "credits_grant", "credits_reservation", "summaries_tokenuse")

    asked.refresh_from_db()
    # In the order in which a summary's storing takes them.
    assert taken == ["summaries_tokenuse", "credits_reservation", "credits_grant"]
    assert (asked.state, asked.engine, asked.is_charged) == ("ANSWERED", "BUILT_IN", False)
    assert asked.failure == "The engine's answer is not readable: it is not JSON."
    assert texts(asked) == ["The disk is full, mail me at [EMAIL-1]"]
    assert (asked.input_tokens, asked.output_tokens, asked.model) == (2000, 400, "")
    assert TokenUse.objects.get(company=cast.northwind).tokens == 2400
    assert states() == ["RELEASED"]


def test_busy_engine_is_noted_and_not_asked_again_while_it_is_held_back(cast, talk, at, clock, model):
    model.answers(refused(429, retry_after="300"))
    first = answered(put(talk, cast.bob, "disk", at=at), clock)

    second = answered(put(talk, cast.bob, "disk", at=at), clock)

    assert (first.failure, second.failure) == (
        "The engine takes no more requests for now (429). It asks to wait 300 s. Try again later.",
        "The engine was busy for too long.",
    )
    assert (len(model.requests), EnginePause.objects.get().failures) == (1, 1)


def test_answer_ends_what_was_known_of_the_engines_trouble(cast, talk, at, clock, model):
    own = cast.northwind.ai_settings
    place = copilot_for(ai_settings=own, name="CLAUDE").place
    trouble = EngineError("It hangs.", permanent=False)
    note_trouble(place=place, error=trouble, begun_at=at - timedelta(hours=2), at=at - timedelta(hours=2))
    model.answers(streamed(copilot_answer(FULL)))

    answered(put(talk, cast.bob, at=at), clock)

    assert EnginePause.objects.get().failures == 0


def test_session_that_has_used_its_tokens_is_not_sent_again(cast, talk, at, clock, model, settings):
    settings.ENGINE_TOKENS_PER_SESSION = 1200
    model.answers(streamed(copilot_answer(FULL)))
    answered(put(talk, cast.bob, at=at), clock)

    asked = answered(put(talk, cast.bob, "disk", at=at), clock)

    assert asked.failure == "This session has used all tokens that one session may use at the engine."
    assert len(model.requests) == 1


def test_switched_off_between_question_and_answer_fails_and_costs_nothing(cast, talk, at, clock):
    asked = put(talk, cast.bob, at=at)
    switch_off(cast.northwind)

    asked = answered(asked, clock)

    assert (asked.state, asked.failure) == (
        "FAILED",
        "AI features are switched off. An administrator can activate them in AI settings.",
    )
    assert states() == ["RELEASED"]
    assert AuditEntry.objects.filter(action="question.failed").count() == 1


def test_question_that_was_stopped_meanwhile_does_not_fail(cast, talk, at):
    asked = put(talk, cast.bob, at=at)
    switch_off(cast.northwind)

    def clock():
        CopilotQuestion.objects.filter(state="ANSWERING").update(state="STOPPED")
        return at

    assert answered(asked, clock).state == "STOPPED"
    assert not AuditEntry.objects.filter(action="question.failed").exists()


def test_switched_off_while_it_is_answered_stores_no_answer(cast, talk, at, model):
    asked = put(talk, cast.bob, at=at)

    def answering(sent):
        return streamed(copilot_answer(FULL))

    def clock():
        if model.requests:
            switch_off(cast.northwind)
        return at

    model.answers(answering)
    asked = answered(asked, clock)

    assert (asked.state, asked.statements, asked.input_tokens) == ("FAILED", [], 1000)


def test_answered_once_by_whoever_is_first(cast, talk, at, clock):
    asked = answered(put(talk, cast.bob, at=at), clock)

    again = answered(asked, clock)

    assert (again.ended_at, again.attempts) == (asked.ended_at, 1)


def test_worker_that_lost_its_hold_stores_nothing(cast, talk, at, clock):
    asked = put(talk, cast.bob, at=at)
    moments = iter([at, at, at])

    def slow_clock():
        # When the answer is there, another worker has the row.
        if CopilotQuestion.objects.get(pk=asked.pk).state == "ANSWERING":
            sweep(at=at + LEASE + timedelta(seconds=1))
            take(question_id=asked.pk, at=at)
        return next(moments)

    answered(asked, slow_clock)

    asked.refresh_from_db()
    assert (asked.state, asked.statements, asked.attempts) == ("ANSWERING", [], 2)


def test_sweep_queues_what_a_dead_worker_held_and_gives_up_the_second_time(
    cast, talk, at, django_capture_on_commit_callbacks
):
    asked = put(talk, cast.bob, at=at)
    take(question_id=asked.pk, at=at)
    later = at + LEASE + timedelta(seconds=1)

    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(at=at) == 0
        assert sweep(at=later) == 2
    assert [each.task["kwargs"] for each in OrmQ.objects.all()] == [{"question_id": asked.pk}]
    take(question_id=asked.pk, at=later)
    assert sweep(at=later + LEASE + timedelta(seconds=1)) == 1

    asked.refresh_from_db()
    assert (asked.state, asked.claim) == ("FAILED", None)
    assert asked.failure == "The answer broke off twice, because its worker stopped. Ask again later."
    assert states() == ["RELEASED"]


def test_sweep_that_comes_late_gives_nothing_up(cast, talk, at, tmp_path):
    asked = put(talk, cast.bob, at=at)
    take(question_id=asked.pk, at=at)
    take(question_id=asked.pk, at=at)
    CopilotQuestion.objects.update(attempts=2)
    found = CopilotQuestion.objects.select_related("session__company", "member").get()
    CopilotQuestion.objects.update(claimed_until=at + LEASE * 3)

    assert _give_up(question=found, at=at + LEASE * 2) == 0
    assert CopilotQuestion.objects.get().state == "ANSWERING"


@pytest.mark.django_db(transaction=True)
def test_two_workers_answer_a_question_once(cast, talk, at, tmp_path):
    asked = put(talk, cast.bob, at=at)
    with shared_database(tmp_path):
        at_once(*[lambda: answer(question_id=asked.pk, clock=lambda: at)] * 2)
        kept = seen(lambda: list(CopilotQuestion.objects.values_list("state", "attempts")))

    assert kept == [("ANSWERED", 1)]
