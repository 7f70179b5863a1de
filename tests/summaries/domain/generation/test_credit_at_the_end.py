"""What ends a summary or a question gives its credit back in the same transaction; the sweep finds nothing left."""

from datetime import timedelta

import pytest

from accounts.models import AISettings
from summaries.domain.consent.withdrawal import record_withdrawal
from summaries.domain.copilot import answering
from summaries.domain.copilot import claims as question_claims
from summaries.domain.generation import requests as generation
from summaries.domain.generation.claims import take
from summaries.domain.generation.requests import ask_for_summary, generate
from summaries.domain.keeping.forgetting import forget_log
from summaries.domain.keeping.purging import purge
from summaries.domain.keeping.removal import delete_log, delete_report, delete_summary
from tests.summaries.domain.copilot.conftest import model, put, talk
from tests.summaries.domain.generation.test_left_credits import a_minute_goes_by, fresh, kinds, states

__all__ = ["model", "talk"]

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def kill_three_times(session, cast, at):
    for attempt in range(3):
        at += timedelta(hours=attempt)
        assert take(summary_id=session.summary.pk, at=at) is not None
        generation.sweep(at=at + timedelta(minutes=30))


def switch_off(session, cast, at):
    AISettings.objects.filter(company=cast.northwind).update(is_active=False)
    generate(summary_id=session.summary.pk, clock=lambda: at)


def purge_report(session, cast, at):
    purge(trashed=delete_report(session=session, actor=cast.alice, at=at), actor=cast.alice, at=at)


ENDINGS = {
    "worker killed three times": kill_three_times,
    "AI features off": switch_off,
    "summary deleted": lambda session, cast, at: delete_summary(session=session, actor=cast.alice, at=at),
    "log deleted": lambda session, cast, at: delete_log(session=session, actor=cast.alice, at=at),
    "log forgotten": lambda session, _cast, at: forget_log(session_id=session.pk, at=at),
    "report in the trash": lambda session, cast, at: delete_report(session=session, actor=cast.alice, at=at),
    "report deleted for good": purge_report,
    "consent withdrawn": lambda session, _cast, at: record_withdrawal(
        session=session, statement="By mail.", actor=None, at=at
    ),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_what_ends_a_summary_gives_the_credit_back_itself(cast, session, at, end):
    end(fresh(session), cast, at)
    assert states() == ["RELEASED"]

    a_minute_goes_by(at)

    assert kinds() == ["RESERVE", "RELEASE"]


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_what_ends_a_regeneration_or_a_translation_leaves_the_credit_charged(cast, session, at, clock, end):
    generate(summary_id=session.summary.pk, clock=clock)
    ask_for_summary(session=fresh(session), actor=cast.mona, at=at, language="de")
    end(fresh(session), cast, at)

    a_minute_goes_by(at)

    assert kinds() == ["RESERVE", "CHARGE"]


def test_question_whose_worker_was_killed_twice_gives_the_credit_back_itself(cast, talk, at, model):
    asked = put(talk, cast.bob, at=at)
    for hours in (1, 2):
        assert question_claims.take(question_id=asked.pk, at=at + timedelta(hours=hours)) is not None
        answering.sweep(at=at + timedelta(hours=hours, minutes=30))

    a_minute_goes_by(at)

    assert kinds() == ["RESERVE", "RELEASE"]
