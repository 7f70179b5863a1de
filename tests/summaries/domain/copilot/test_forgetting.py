"""Questions belong to the session log: they are hidden, brought back, handed out and deleted with it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django_q.models import OrmQ

from accounts.models import AISettings
from credits.models import Reservation
from policies.enums import Reason, Verdict
from summaries.domain.capture import CaptureRefused, append_interactions
from summaries.domain.consent.withdrawal import state_withdrawal
from summaries.domain.copilot.reading import questions_of
from summaries.domain.keeping import retention
from summaries.domain.keeping.data_subject_export import export
from summaries.domain.keeping.data_subjects import find
from summaries.domain.keeping.erasure import erase
from summaries.domain.keeping.purging import purge
from summaries.domain.keeping.removal import delete_log, delete_report
from summaries.domain.keeping.restoring import restore
from summaries.enums import SessionStatus
from summaries.models import CopilotQuestion, SupportSession
from summaries.tasks import give_back_question_credit
from tests.summaries.consent_cases import GIVEN, chat, waiting_session
from tests.summaries.consent_cases import answered as consent_answered
from tests.summaries.domain.copilot.conftest import answered, put

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def asked(cast, talk, foreign_talk, at, clock):
    """One answered question in each company."""
    answered(put(foreign_talk, cast.charlie, "FOREIGN disk", at=at), clock)
    return answered(put(talk, cast.bob, "disk", at=at), clock)


def fresh(session):
    return SupportSession.objects.select_related("company", "device").get(pk=session.pk)


def shown(talk, viewer):
    return [each.text for each in questions_of(session=fresh(talk), viewer=viewer)]


def kept():
    return sorted(CopilotQuestion.objects.values_list("text", flat=True))


@pytest.mark.parametrize("delete", [delete_log, delete_report])
def test_in_the_trash_they_are_hidden_and_come_back(cast, talk, asked, at, delete):
    put(talk, cast.mona, "And now?", at=at)
    trashed = delete(session=fresh(talk), actor=cast.alice, at=at)

    assert (shown(talk, cast.alice), len(kept())) == ([], 3)
    assert CopilotQuestion.objects.get(text="And now?").state == "STOPPED"

    restore(trashed=trashed, actor=cast.alice, at=at)
    assert shown(talk, cast.alice) == ["And now?", "disk"]


@pytest.mark.parametrize("delete", [delete_log, delete_report])
def test_deleted_for_good_they_are_gone(cast, talk, asked, at, delete):
    trashed = delete(session=fresh(talk), actor=cast.alice, at=at)

    purge(trashed=trashed, actor=cast.alice, at=at)

    assert kept() == ["FOREIGN disk"]


def test_retention_of_the_log_takes_them(cast, talk, asked, at):
    own = cast.northwind.ai_settings
    own.keep_logs_days = 30
    own.save(update_fields=["keep_logs_days"])

    retention.apply(company=cast.northwind, at=at + timedelta(days=31))

    assert kept() == ["FOREIGN disk"]


@pytest.mark.parametrize("status", ["ENDED", "OPEN"])
def test_withdrawal_ends_and_deletes_them(cast, talk, asked, at, status):
    put(talk, cast.mona, "And now?", at=at)
    if status == "OPEN":
        SupportSession.objects.filter(pk=talk.pk).update(status=status, ended_at=None)

    state_withdrawal(session=fresh(talk), statement="By mail.", actor=cast.alice, at=at)

    assert kept() == ["FOREIGN disk"]
    assert not Reservation.objects.filter(state="RESERVED").exists()


def test_consent_that_ended_hides_what_a_hold_keeps(cast, talk, asked):
    SupportSession.objects.filter(pk=talk.pk).update(verdict=Verdict.NO, reason=Reason.CONSENT_WITHDRAWN)

    assert (shown(talk, cast.alice), len(kept())) == ([], 2)


def copy_of(cast, kind, key, at):
    subject = find(company=cast.northwind, kind=kind, key=key, actor=cast.alice)
    with zipfile.ZipFile(io.BytesIO(b"".join(export(subject=subject, actor=cast.alice, at=at)))) as archive:
        return [json.loads(line) for line in archive.read("questions.jsonl").decode().splitlines()]


def test_copy_of_personal_data_holds_them(cast, talk, asked, at, clock):
    SupportSession.objects.filter(pk=talk.pk).update(remote_user="Kim")
    answered(put(talk, cast.mona, "Mona asks", at=at), clock)

    of_member = copy_of(cast, "member", str(cast.membership(cast.bob).pk), at)
    of_remote_user = copy_of(cast, "remote-user", "Kim", at)

    assert [(row["text"], "statements" in row) for row in of_member] == [("disk", False)]
    assert [(row["text"], len(row["statements"])) for row in of_remote_user] == [("disk", 1), ("Mona asks", 0)]


def test_erased_member_leaves_no_question(cast, talk, asked, at, clock):
    answered(put(talk, cast.mona, "Mona asks", at=at), clock)
    subject = find(company=cast.northwind, kind="member", key=str(cast.membership(cast.bob).pk), actor=cast.alice)

    erase(subject=subject, actor=cast.alice, at=at)

    assert kept() == ["FOREIGN disk", "Mona asks"]


def test_report_in_the_trash_is_not_sent_to_an_engine(cast, talk, at, clock, model):
    asked = put(talk, cast.bob, at=at)
    SupportSession.objects.filter(pk=talk.pk).update(status=SessionStatus.TRASHED)

    found = answered(asked, clock)

    assert (found.state, found.failure) == (
        "FAILED",
        "The session log was deleted, and without it nothing can be answered.",
    )
    assert (model.requests, Reservation.objects.get().state) == ([], "RELEASED")


def task_given(talk, part=0):
    return ("summaries.tasks.give_back_question_credit", {"session_id": talk.pk, "part": part})


def queued():
    return [(each.task["func"], each.task["kwargs"]) for each in OrmQ.objects.all()]


def test_running_session_that_may_not_be_looked_at_any_more_gives_the_credit_back(cast, at, model):
    session = waiting_session(cast, at)
    consent_answered(session, cast.bob, at, GIVEN)
    append_interactions(session=session, batch=[chat(1, "The scanner hums")])
    put(session, cast.bob, "scanner", at=at)
    AISettings.objects.filter(company=cast.northwind).update(outgoing_enabled=False)
    OrmQ.objects.all().delete()

    with pytest.raises(CaptureRefused):
        append_interactions(
            session=SupportSession.objects.select_related("company", "device").get(pk=session.pk),
            batch=[chat(2, "and hums")],
        )

    assert (CopilotQuestion.objects.count(), Reservation.objects.get().state) == (0, "RESERVED")
    assert task_given(session) in queued()
    give_back_question_credit(session_id=session.pk, part=0)
    assert Reservation.objects.get().state == "RELEASED"


def test_erased_members_question_gives_its_credit_back(cast, talk, at, model):
    put(talk, cast.bob, at=at)
    subject = find(company=cast.northwind, kind="member", key=str(cast.membership(cast.bob).pk), actor=cast.alice)

    # What is queued after the commit alone is not here yet.
    erase(subject=subject, actor=cast.alice, at=at)

    assert task_given(talk) in queued()
    give_back_question_credit(session_id=talk.pk, part=0)
    assert Reservation.objects.get().state == "RELEASED"


def test_forgotten_question_leaves_the_credit_to_who_asks_meanwhile(cast, talk, at, model):
    put(talk, cast.mona, at=at)

    give_back_question_credit(session_id=talk.pk, part=0)
    give_back_question_credit(session_id=0, part=0)

    assert Reservation.objects.get().state == "RESERVED"
