"""Questions belong to the session log: they are hidden, brought back, handed out and deleted with it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from credits.models import Reservation
from policies.enums import Reason, Verdict
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
