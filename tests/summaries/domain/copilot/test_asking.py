"""A question is checked, masked, counted and kept; and stopped."""

import pytest
from django_q.models import OrmQ

from accounts.models import AuditEntry, Role
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, forget_grants
from credits.models import Reservation
from policies.enums import Reason, Verdict
from summaries.domain.capture import append_interactions
from summaries.domain.copilot.answering import answer_here
from summaries.domain.copilot.asking import HERE_AT_MOST, MAX_QUESTION, NoCreditToAsk, StillAnswering, UnableToAsk, stop
from summaries.domain.copilot.claims import take
from summaries.models import CopilotQuestion, SupportSession, TokenUse
from tests.at_once import at_once, seen, shared_database
from tests.summaries.consent_cases import GIVEN, chat, waiting_session
from tests.summaries.consent_cases import answered as consent_answered
from tests.summaries.domain.copilot.conftest import answered, put, switch_off
from tests.summaries.domain.generation.test_requests import use_up_credits

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def states():
    return list(Reservation.objects.order_by("pk").values_list("state", flat=True))


def change(session, **fields):
    SupportSession.objects.filter(pk=session.pk).update(**fields)


def test_question_is_kept_with_its_credit_and_audited_without_its_words(cast, talk, at):
    asked = put(talk, cast.bob, " Was the disk\r\nfull?\x00 ", at=at, topic="ERRORS", language="de")

    asked.refresh_from_db()
    assert (asked.text, asked.topic, asked.language, asked.state) == ("Was the disk\nfull?", "ERRORS", "de", "ASKED")
    assert (asked.requested_engine, asked.known_interactions, asked.credit_part) == ("BUILT_IN", 5, 0)
    assert (asked.is_under_way, str(asked)) == (True, str(asked.public_id))
    assert states() == ["RESERVED"]
    entry = AuditEntry.objects.get(action="question.asked")
    assert (entry.actor, entry.details) == (cast.bob, {"engine": "BUILT_IN"})


def test_unknown_topic_and_language_count_for_nothing(cast, talk, at):
    asked = put(talk, cast.bob, at=at, topic="SECRETS", language="xx")

    assert (asked.topic, asked.language) == ("", "en")


def test_question_is_masked_as_the_record_is(cast, talk, at):
    asked = put(talk, cast.bob, "Is the password: Hunter2-Hunter2! that of jo@acme.example?", at=at)

    assert asked.text == "Is the password: [PASSWORD-1] that of [EMAIL-1]?"
    talk.refresh_from_db()
    assert (talk.redaction_counts, talk.redaction_memory) == ({}, {})


def test_remote_engine_is_queued_and_the_built_in_one_is_not(cast, talk, at, model, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asked = put(talk, cast.bob, at=at)
        put(talk, cast.mona, at=at, engine="BUILT_IN")

    (task,) = [each.task for each in OrmQ.objects.all()]
    assert (task["func"], task["kwargs"]) == ("summaries.tasks.answer_question", {"question_id": asked.pk})


def test_long_session_is_a_workers_whatever_the_engine(cast, talk, at, clock, django_capture_on_commit_callbacks):
    change(talk, interaction_count=HERE_AT_MOST + 1)

    with django_capture_on_commit_callbacks(execute=True):
        asked = put(talk, cast.bob, at=at)
    answer_here(question=asked, clock=clock)

    assert [each.task["kwargs"] for each in OrmQ.objects.all()] == [{"question_id": asked.pk}]
    assert CopilotQuestion.objects.get().state == "ASKED"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n\x00", "Write a question first."),
        ("x" * (MAX_QUESTION + 1), "The question is too long: up to 1000 characters."),
    ],
)
def test_question_that_is_none_is_refused(cast, talk, at, text, sentence):
    with pytest.raises(UnableToAsk) as refused:
        put(talk, cast.bob, text, at=at)

    assert str(refused.value) == sentence
    assert not CopilotQuestion.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"verdict": Verdict.NO, "reason": Reason.CONSENT_WITHDRAWN},
            f"Questions about this session are not answered: {Reason.CONSENT_WITHDRAWN.label}.",
        ),
        (
            {"verdict": Verdict.WAIT, "reason": Reason.WAITING_FOR_CONSENT},
            f"Questions about this session are not answered: {Reason.WAITING_FOR_CONSENT.label}.",
        ),
        ({"interaction_count": 0}, "Nothing is recorded of this session yet. Ask when there is."),
    ],
)
def test_session_that_may_not_be_looked_at_is_not_asked_about(cast, talk, at, fields, sentence):
    change(talk, **fields)

    with pytest.raises(UnableToAsk) as refused:
        put(talk, cast.bob, at=at)

    assert str(refused.value) == sentence
    assert (CopilotQuestion.objects.count(), states()) == (0, [])


def test_deleted_log_is_not_asked_about(cast, talk, at):
    change(talk, log_deleted_at=at)

    with pytest.raises(UnableToAsk, match="The session log was deleted"):
        put(talk, cast.bob, at=at)


def test_company_without_ai_features_asks_nothing(cast, talk, at):
    switch_off(cast.northwind)

    with pytest.raises(UnableToAsk, match="AI features are switched off"):
        put(talk, cast.bob, at=at)


def test_running_session_is_decided_anew(cast, talk, at):
    change(talk, status="OPEN", ended_at=None)
    own = cast.northwind.ai_settings
    own.outgoing_enabled = False
    own.save(update_fields=["outgoing_enabled"])

    with pytest.raises(UnableToAsk, match=f"not answered: {Reason.OUTGOING_OFF.label}"):
        put(talk, cast.bob, at=at)
    talk.refresh_from_db()
    assert talk.verdict == Verdict.YES


def test_running_session_is_asked_about_what_is_there_so_far(cast, at, clock):
    session = waiting_session(cast, at)
    consent_answered(session, cast.bob, at, GIVEN)
    append_interactions(session=session, batch=[chat(1, "The scanner hums")])
    first = answered(put(session, cast.bob, "scanner printer", at=at), clock)
    append_interactions(session=session, batch=[chat(2, "Now the printer hums, too")])

    second = answered(put(session, cast.bob, "printer", at=at), clock)

    assert (first.known_interactions, [each["evidence"] for each in first.statements]) == (1, [[1]])
    assert (second.known_interactions, [each["evidence"] for each in second.statements]) == (2, [[2]])


def test_tokens_of_the_day_that_are_used_up_leave_the_built_in_engine(cast, talk, at, model, settings):
    settings.ENGINE_TOKENS_PER_COMPANY_DAY = 100
    TokenUse.objects.create(company=cast.northwind, day=at.date(), tokens=100)

    with pytest.raises(UnableToAsk, match="The engine's tokens for today are used up"):
        put(talk, cast.bob, at=at)
    assert put(talk, cast.bob, at=at, engine="BUILT_IN").state == "ASKED"


def test_role_without_the_permission_and_the_other_company_ask_nothing(cast, talk, at):
    role = Role.objects.get(company=cast.northwind, name="Supporter")
    grants = role.group.groupobjectpermission_set
    grants.filter(permission__codename=Permission.ASK_COPILOT).delete()
    forget_grants(cast.bob)

    for stranger in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing):
            put(talk, stranger, at=at)
    assert not CopilotQuestion.objects.exists()


def test_member_asks_one_question_at_a_time_and_others_meanwhile(cast, talk, at):
    put(talk, cast.bob, at=at)

    with pytest.raises(StillAnswering):
        put(talk, cast.bob, "And now?", at=at)
    assert put(talk, cast.mona, at=at).state == "ASKED"
    assert states() == ["RESERVED"]


def test_without_a_credit_nothing_is_kept(cast, talk, at):
    use_up_credits(cast.northwind, at)

    with pytest.raises(NoCreditToAsk, match="All AI credits are used"):
        put(talk, cast.bob, at=at)
    assert not CopilotQuestion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_questions_of_one_member_at_once_are_one(cast, talk, at, tmp_path):
    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: put(talk, cast.bob, at=at).state] * 2)
        kept = seen(lambda: (CopilotQuestion.objects.count(), Reservation.objects.count()))

    assert sorted(map(str, outcomes)) == sorted(["ASKED", str(StillAnswering)])
    assert kept == (1, 1)


def test_stopped_before_anybody_began_it_costs_nothing(cast, talk, at):
    asked = put(talk, cast.bob, at=at)

    assert stop(question=asked, actor=cast.bob, at=at) is True

    asked.refresh_from_db()
    assert (asked.state, asked.ended_at, asked.is_charged) == ("STOPPED", at, False)
    assert states() == ["RELEASED"]
    assert AuditEntry.objects.filter(action="question.stopped", actor=cast.bob).count() == 1


def test_stopped_when_an_engine_had_begun_it_counts(cast, talk, at):
    asked = put(talk, cast.bob, at=at)
    take(question_id=asked.pk, at=at)

    assert stop(question=asked, actor=cast.mona, at=at) is True

    asked.refresh_from_db()
    assert (asked.state, asked.claim, asked.is_charged) == ("STOPPED", None, True)
    assert states() == ["CHARGED"]


def test_stopping_what_is_over_changes_nothing(cast, talk, at, clock):
    asked = answered(put(talk, cast.bob, at=at), clock)

    assert stop(question=asked, actor=cast.bob, at=at) is False
    assert CopilotQuestion.objects.get().state == "ANSWERED"
    assert not AuditEntry.objects.filter(action="question.stopped").exists()


def test_other_company_stops_nothing(cast, talk, at):
    asked = put(talk, cast.bob, at=at)

    with pytest.raises(PermissionMissing):
        stop(question=asked, actor=cast.charlie, at=at)
    assert CopilotQuestion.objects.get().state == "ASKED"
