"""Members, workers and sweeps act on the same few sessions at random: credits add up, and nobody waits for ever."""

import random
import traceback
from datetime import timedelta

import pytest
from django.db import connection

from accounts.tenancy import PermissionMissing
from credits.domain.grants import UnableToGrantCredits, adjust, ensure_monthly, grant_purchased
from credits.domain.verification import discrepancies
from credits.models import Reservation
from summaries.domain.copilot import answering
from summaries.domain.copilot.asking import UnableToAsk, stop
from summaries.domain.copilot.forgetting import forget_questions_of
from summaries.domain.generation import requests as generation
from summaries.domain.generation.claims import fail, take
from summaries.domain.generation.credit_use import credit_id
from summaries.domain.generation.left_credits import give_back_left
from summaries.domain.keeping.removal import UnableToDelete, delete_log, delete_report, delete_summary
from summaries.domain.keeping.restoring import NotInTrash, UnableToRestore, restore
from summaries.models import CopilotQuestion, Summary, SupportSession, TrashedRecord
from tests.at_once import at_once
from tests.summaries.domain.copilot.conftest import put, record
from tests.summaries.session_rows import add_session

CLIENTS, CALLS, SESSIONS = 8, 60, 3
#: What members are told when somebody was faster, or when there is no credit; and rows that went after the look.
REFUSALS = (
    generation.NotEligible,
    NotInTrash,
    PermissionMissing,
    UnableToAsk,
    UnableToDelete,
    UnableToGrantCredits,
    UnableToRestore,
    CopilotQuestion.DoesNotExist,
    Summary.DoesNotExist,
    SupportSession.DoesNotExist,
)


class Client:
    """One of those who act at the same time. *trouble*: what nobody should have met."""

    def __init__(self, seed, cast, at):
        self._chance, self._cast, self._at = random.Random(seed), cast, at
        self.trouble = []

    def act(self):
        for _ in range(CALLS):
            what = self._chance.choice([*self._members(), *self._workers()])
            try:
                what()
            except REFUSALS:
                pass
            except Exception:  # noqa: BLE001 - whatever it is, it is told at the end
                self.trouble.append(traceback.format_exc())

    def _members(self):
        """Each as often as it is done, compared with the others."""
        admin = {"actor": self._cast.alice, "at": self._at}
        return [
            *[lambda: generation.ask_for_summary(session=self._session(), actor=self._member(), at=self._at)] * 6,
            *[lambda: put(self._session(), self._member(), "disk", at=self._at)] * 6,
            *[self._stop] * 3,
            *[lambda: delete_log(session=self._session(), **admin)] * 2,
            *[lambda: delete_summary(session=self._session(), **admin)] * 2,
            lambda: delete_report(session=self._session(), **admin),
            *[self._restore] * 6,
            lambda: forget_questions_of(company=self._cast.northwind, member_id=self._member().pk),
            lambda: adjust(
                company=self._cast.northwind, amount=self._chance.choice([-1, 1]), reason="Goodwill", **admin
            ),
        ]

    def _workers(self):
        return [
            *[self._write] * 6,
            *[self._fail] * 2,
            *[self._answer] * 6,
            *[lambda: give_back_left(at=self._at)] * 4,
            *[lambda: generation.sweep(at=self._at)] * 2,
            lambda: answering.sweep(at=self._at + timedelta(seconds=30)),
        ]

    def _session(self):
        found = SupportSession.objects.filter(company=self._cast.northwind).select_related("company", "device")
        return self._chance.choice(list(found))

    def _member(self):
        return self._chance.choice([self._cast.alice, self._cast.bob, self._cast.mona])

    def _one_of(self, rows):
        found = list(rows)
        return self._chance.sample(found, min(len(found), 1))

    def _stop(self):
        questions = CopilotQuestion.objects.filter(state__in=["ASKED", "ANSWERING"])
        for each in self._one_of(questions.select_related("session__company", "session__device", "member")):
            stop(question=each, actor=self._member(), at=self._at)

    def _restore(self):
        for each in self._one_of(TrashedRecord.objects.select_related("session__company")):
            restore(trashed=each, actor=self._cast.alice, at=self._at)

    def _write(self):
        for pk in self._one_of(Summary.objects.filter(state="QUEUED").values_list("pk", flat=True)):
            generation.generate(summary_id=pk, clock=lambda: self._at)

    def _fail(self):
        for pk in self._one_of(Summary.objects.filter(state="QUEUED").values_list("pk", flat=True)):
            claim = take(summary_id=pk, at=self._at)
            if claim is not None:
                fail(summary=claim.summary, claim=claim.token, failure="It broke.", at=self._at)

    def _answer(self):
        for pk in self._one_of(CopilotQuestion.objects.filter(state="ASKED").values_list("pk", flat=True)):
            answering.answer(question_id=pk, clock=lambda: self._at)


def kept_of(session, part=0):
    found = Reservation.objects.filter(session_id=credit_id(session=session, part=part))
    return found.values_list("state", flat=True).first()


def wrongs():
    """What is free although it was made, or was taken although nothing needs it."""
    summaries = Summary.objects.filter(session__isnull=False).select_related("session")
    for each in summaries.filter(state="READY"):
        if kept_of(each.session) != "CHARGED":
            yield f"written and not charged: {each.session}"
    for each in summaries.filter(state__in=["QUEUED", "RUNNING"]):
        if kept_of(each.session) not in ("RESERVED", "CHARGED"):
            yield f"in the making without a credit: {each.session}"
    for each in CopilotQuestion.objects.filter(is_charged=True).select_related("session"):
        if kept_of(each.session, each.credit_part) != "CHARGED":
            yield f"answered and not charged: {each}"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="It has one writer at a time.")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", ["one", "two"])
def test_whatever_happens_at_the_same_moment_each_credit_is_charged_given_back_or_needed(cast, at, seed):
    for number in range(1, SESSIONS + 1):
        record(add_session(cast.northwind, cast.bob, number))
    ensure_monthly(company=cast.northwind, at=at)
    adjust(company=cast.northwind, amount=-46, reason="Few credits, so that they run out.", at=at)
    grant_purchased(company=cast.northwind, credits=3, at=at)
    clients = [Client(f"{seed} {number}", cast, at) for number in range(CLIENTS)]

    at_once(*[client.act for client in clients])

    assert [each for client in clients for each in client.trouble] == []
    assert (list(discrepancies()), list(wrongs())) == ([], [])
    # Once nothing is under way, nothing is held.
    CopilotQuestion.objects.all().delete()
    for each in Summary.objects.filter(state__in=["QUEUED", "RUNNING"]):
        fail(summary=each, claim=each.claim, failure="It broke.", at=at)
    give_back_left(at=at)
    assert not Reservation.objects.filter(state="RESERVED").exists()
    assert list(discrepancies()) == []
