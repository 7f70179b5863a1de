"""A credit that nothing needs any more comes back, whatever became of the worker that held it and of its tasks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from accounts.models import AISettings
from credits.domain.balance import monthly_balance
from credits.domain.reservations import reserve
from credits.models import Entry, Reservation
from summaries import tasks
from summaries.domain.backlog.holding import put_into
from summaries.domain.backlog.orders import cancel_backlog
from summaries.domain.capture import CaptureRefused, append_interactions
from summaries.domain.copilot import answering
from summaries.domain.copilot import claims as question_claims
from summaries.domain.generation import requests as generation
from summaries.domain.generation.claims import put_back, take
from summaries.domain.generation.credit_use import credit_id
from summaries.domain.generation.left_credits import give_back_left
from summaries.domain.imports.recordings import import_recording
from summaries.domain.keeping.data_subjects import find
from summaries.domain.keeping.erasure import erase
from summaries.enums import SummaryState
from summaries.models import CopilotQuestion, Summary, SupportSession
from tests.summaries.conftest import cast_bytes, order_of
from tests.summaries.consent_cases import GIVEN, chat, waiting_session
from tests.summaries.consent_cases import answered as consent_answered
from tests.summaries.domain.backlog.orders import order
from tests.summaries.domain.copilot.conftest import answered, foreign_talk, model, put, talk

__all__ = ["foreign_talk", "model", "talk"]

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def states():
    return list(Reservation.objects.order_by("pk").values_list("state", flat=True))


def kinds():
    return list(Entry.objects.exclude(kind="GRANT").order_by("pk").values_list("kind", flat=True))


def fresh(session):
    return SupportSession.objects.select_related("company", "device").get(pk=session.pk)


def a_minute_goes_by(at):
    """What runs every minute has run, and nothing else: the queue has given its tasks up."""
    OrmQ.objects.all().delete()
    generation.sweep(at=at)
    answering.sweep(at=at)
    give_back_left(at=at)


def erase_member(cast, at):
    subject = find(company=cast.northwind, kind="member", key=str(cast.membership(cast.bob).pk), actor=cast.alice)
    erase(subject=subject, actor=cast.alice, at=at)


def use_first_credit(talk, actor, at, clock):
    for _ in range(12):
        answered(put(talk, actor, at=at), clock)


# Rows that go by themselves: nothing is left that could tell of the credit.


def test_question_of_an_erased_member_gives_its_credit_back_without_any_task(cast, talk, at, model):
    put(talk, cast.bob, at=at)
    erase_member(cast, at)
    assert (CopilotQuestion.objects.count(), states()) == (0, ["RESERVED"])

    a_minute_goes_by(at)

    assert states() == ["RELEASED"]


def test_further_credit_of_an_erased_member_comes_back_and_the_first_stays_charged(cast, talk, at, clock):
    use_first_credit(talk, cast.mona, at, clock)
    put(talk, cast.bob, at=at)
    erase_member(cast, at)

    a_minute_goes_by(at)

    assert states() == ["CHARGED", "RELEASED"]


def test_running_session_that_may_not_be_looked_at_any_more_gives_the_credit_back(cast, at, model):
    session = waiting_session(cast, at)
    consent_answered(session, cast.bob, at, GIVEN)
    append_interactions(session=session, batch=[chat(1, "The scanner hums")])
    put(session, cast.bob, "scanner", at=at)
    AISettings.objects.filter(company=cast.northwind).update(outgoing_enabled=False)
    with pytest.raises(CaptureRefused):
        append_interactions(session=fresh(session), batch=[chat(2, "and hums")])
    assert (CopilotQuestion.objects.count(), states()) == (0, ["RESERVED"])

    a_minute_goes_by(at)

    assert states() == ["RELEASED"]


@pytest.mark.parametrize("rows", [Summary.objects, SupportSession.objects])
def test_rows_that_went_whoever_took_them_leave_no_credit_behind(cast, talk, at, rows):
    generation.request_summary(session=fresh(talk), actor=None, at=at)
    rows.filter(company=cast.northwind).delete()

    a_minute_goes_by(at)

    assert states() == ["RELEASED"]


# What still needs its credit keeps it.


def wait_for_another_try(session, cast, at):
    claim = take(summary_id=session.summary.pk, at=at)
    put_back(claim=claim, failure="The engine is busy.", retry_at=at + timedelta(days=1), counts=True)


def lose_the_worker(session, cast, at):
    take(summary_id=session.summary.pk, at=at - timedelta(days=1))


@pytest.mark.parametrize("step", [lambda *_: None, wait_for_another_try, lose_the_worker])
def test_summary_in_the_making_keeps_its_credit(cast, session, foreign_session, at, step):
    step(session, cast, at)

    assert (give_back_left(at=at + timedelta(days=40)), states()) == (0, ["RESERVED", "RESERVED"])


def test_session_in_a_batch_keeps_its_credit_although_the_backlog_is_cancelled(cast, talk, at, model):
    backlog = order(cast.northwind, cast.mona, at)
    item = backlog.items.get()
    claim = generation.request_and_hold(
        session=fresh(talk), actor=cast.mona, at=at, engine="CLAUDE", language="en", lease_seconds=86_400
    )
    put_into(item=item, batch=backlog.batches.create(company=cast.northwind, created_at=at), claim=claim, tokens=1)
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)

    assert (give_back_left(at=at), states()) == (0, ["RESERVED"])


@pytest.mark.parametrize("is_begun", [False, True])
def test_question_under_way_keeps_its_credit_of_whichever_part(cast, talk, foreign_talk, at, clock, model, is_begun):
    AISettings.objects.filter(company=cast.northwind).update(engine="BUILT_IN")
    use_first_credit(talk, cast.bob, at, clock)
    asked = [put(talk, cast.bob, at=at), put(foreign_talk, cast.charlie, at=at)]
    for each in asked if is_begun else []:
        question_claims.take(question_id=each.pk, at=at)

    assert (give_back_left(at=at), states()) == (0, ["CHARGED", "RESERVED", "RESERVED"])


def test_waiting_session_has_no_use_for_a_credit_that_it_does_not_know_of(cast, session, at):
    """One that waits for credits takes its own as soon as the sweep comes to it."""
    Summary.objects.update(state=SummaryState.WAITING_FOR_CREDITS)

    given_back = give_back_left(at=at)
    generation.sweep(at=at)

    assert (given_back, kinds(), Summary.objects.get().state) == (1, ["RESERVE", "RELEASE", "RESERVE"], "QUEUED")


def test_another_companys_session_keeps_nobodys_credit(cast, session, foreign_session, at):
    reserve(company=cast.contoso, session_id=session.public_id, at=at, session_label=session.label)

    assert (give_back_left(at=at), states()) == (1, ["RESERVED", "RESERVED", "RELEASED"])


@pytest.mark.parametrize("label", ["", "S-", "S-12345678901234567", "S-99"])
def test_credit_of_a_session_that_nobody_knows_comes_back(cast, session, at, label):
    reserve(company=cast.northwind, session_id=credit_id(session=session, part=1), at=at, session_label=label)

    assert (give_back_left(at=at), states()) == (1, ["RESERVED", "RELEASED"])


def test_credit_comes_back_to_the_grant_that_it_was_taken_from(cast, session, at):
    before = monthly_balance(company=cast.northwind, at=at)
    Summary.objects.all().delete()

    give_back_left(at=at)

    after = monthly_balance(company=cast.northwind, at=at)
    assert ((before.used, before.available), (after.used, after.available)) == ((1, 49), (0, 50))


# Each minute, and what it costs.


def queued_sessions(cast, at, count):
    for number in range(count):
        data = cast_bytes(("id", f"uid={number}"))
        import_recording(order=order_of(cast.northwind, cast.bob, data, at=at))


@pytest.mark.parametrize("count", [1, 3])
def test_look_that_finds_nothing_to_give_back_is_two_queries(cast, at, count, django_assert_num_queries):
    queued_sessions(cast, at, count)

    with django_assert_num_queries(2):
        give_back_left(at=at)


@pytest.mark.parametrize(("count", "queries"), [(1, 18), (3, 50)])
def test_what_is_given_back_is_sixteen_queries_each(cast, at, count, queries, django_assert_num_queries):
    queued_sessions(cast, at, count)
    Summary.objects.all().delete()

    with django_assert_num_queries(queries):
        give_back_left(at=at)

    assert states() == ["RELEASED"] * count


def test_task_gives_back_and_is_scheduled_for_every_minute(cast, session):
    Summary.objects.all().delete()
    schedule = Schedule.objects.get(name="give back credits")

    tasks.give_back_credits()

    assert (schedule.func, schedule.schedule_type, schedule.minutes) == (
        "summaries.tasks.give_back_credits",
        Schedule.MINUTES,
        1,
    )
    released = Reservation.objects.get()
    assert (released.state, released.settled_at <= timezone.now()) == ("RELEASED", True)
