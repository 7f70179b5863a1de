"""Twelve questions about a session are one credit, that of its summary; a thirteenth begins another."""

from uuid import uuid5

import pytest

from credits.domain.balance import monthly_balance
from credits.models import Reservation
from summaries.domain.copilot.asking import stop
from summaries.domain.copilot.credit import NextQuestion, next_question
from summaries.domain.copilot.forgetting import forget_questions, stop_answering
from summaries.domain.generation.claims import fail
from summaries.domain.generation.requests import generate, request_summary
from summaries.models import CopilotQuestion
from tests.messages_server import streamed
from tests.summaries.domain.copilot.conftest import answered, put
from tests.summaries.domain.generation.test_requests import use_up_credits

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def reservations():
    return list(Reservation.objects.order_by("pk").values_list("session_id", "state"))


def ask_many(talk, actor, many, at, clock):
    for _ in range(many):
        answered(put(talk, actor, at=at), clock)


def test_first_question_takes_the_sessions_credit_and_a_summary_takes_no_other(cast, talk, at, clock):
    assert next_question(session=talk) == NextQuestion(0, 12, True)
    ask_many(talk, cast.bob, 1, at, clock)
    summary = request_summary(session=talk, actor=cast.bob, at=at)
    generate(summary_id=summary.pk, clock=clock)

    assert next_question(session=talk) == NextQuestion(0, 11, False)
    assert reservations() == [(talk.public_id, "CHARGED")]


def test_session_with_a_summary_asks_within_its_credit(cast, talk, at, clock):
    summary = request_summary(session=talk, actor=cast.bob, at=at)
    generate(summary_id=summary.pk, clock=clock)

    assert next_question(session=talk) == NextQuestion(0, 12, False)
    ask_many(talk, cast.bob, 1, at, clock)
    assert reservations() == [(talk.public_id, "CHARGED")]


def test_thirteenth_question_begins_another_credit_which_is_told_before(cast, talk, at, clock):
    ask_many(talk, cast.bob, 12, at, clock)
    assert next_question(session=talk) == NextQuestion(1, 12, True)

    ask_many(talk, cast.mona, 1, at, clock)

    assert next_question(session=talk) == NextQuestion(1, 11, False)
    second = uuid5(talk.public_id, "questions 1")
    assert reservations() == [(talk.public_id, "CHARGED"), (second, "CHARGED")]
    assert monthly_balance(company=cast.northwind, at=at).used == 2


def test_questions_that_failed_are_not_counted(cast, talk, at, clock, model):
    model.answers(streamed("nonsense"))
    ask_many(talk, cast.bob, 1, at, clock)

    assert next_question(session=talk) == NextQuestion(0, 12, True)
    assert reservations() == [(talk.public_id, "RELEASED")]


def test_question_without_an_answer_leaves_the_credit_to_what_is_under_way(cast, talk, at, clock):
    mine, other = put(talk, cast.bob, at=at), put(talk, cast.mona, at=at)
    stop(question=mine, actor=cast.bob, at=at)
    assert reservations() == [(talk.public_id, "RESERVED")]

    request_summary(session=talk, actor=cast.bob, at=at)
    stop(question=other, actor=cast.mona, at=at)

    assert reservations() == [(talk.public_id, "RESERVED")]


def test_credit_that_a_failed_summary_gave_back_is_taken_again(cast, talk, at, clock):
    summary = request_summary(session=talk, actor=cast.bob, at=at)
    asked = put(talk, cast.bob, at=at)
    fail(summary=summary, claim=None, failure="It broke.", at=at)
    assert reservations() == [(talk.public_id, "RELEASED")]

    asked = answered(asked, clock)

    assert asked.is_charged
    assert reservations() == [(talk.public_id, "CHARGED")]


def test_credit_that_went_to_somebody_else_meanwhile_leaves_the_answer_free(cast, talk, at, clock):
    summary = request_summary(session=talk, actor=cast.bob, at=at)
    asked = put(talk, cast.bob, at=at)
    fail(summary=summary, claim=None, failure="It broke.", at=at)
    use_up_credits(cast.northwind, at)

    asked = answered(asked, clock)

    assert (asked.state, asked.is_charged) == ("ANSWERED", False)


def test_what_forgets_the_log_ends_answers_gives_credits_back_and_deletes(cast, talk, foreign_talk, at, clock):
    ask_many(talk, cast.bob, 12, at, clock)
    put(talk, cast.bob, at=at)
    put(foreign_talk, cast.charlie, at=at)

    stop_answering(session=talk, at=at)

    assert CopilotQuestion.objects.filter(session=talk, state="STOPPED").count() == 1
    assert [state for _, state in reservations()] == ["CHARGED", "RELEASED", "RESERVED"]
    assert forget_questions(session_id=talk.pk) == 13
    assert list(CopilotQuestion.objects.values_list("session", flat=True)) == [foreign_talk.pk]
