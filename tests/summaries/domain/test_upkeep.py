"""What runs each minute: one step's trouble stops no other, and the queue is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.db.models import F

from credits.models import Grant
from summaries.domain.copilot.claims import LEASE, take
from summaries.domain.upkeep import keep_up
from summaries.models import CopilotQuestion, Summary, SupportSession
from tests.summaries.domain.copilot.conftest import model, put, talk

__all__ = ["model", "talk"]

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def later(at):
    return at + LEASE + timedelta(hours=3)


@pytest.fixture
def dead(cast, talk, session, at, model):
    """A question whose worker died, and an import that was cut off."""
    asked = put(talk, cast.bob, at=at)
    take(question_id=asked.pk, at=at)
    SupportSession.objects.filter(pk=session.pk).update(status="IMPORTING", import_began_at=at)
    return asked


def found(dead, session):
    return CopilotQuestion.objects.get(pk=dead.pk).state, SupportSession.objects.get(pk=session.pk).status


def test_a_minute_takes_up_what_dead_processes_left(session, dead, later):
    keep_up(at=later)

    assert found(dead, session) == ("ASKED", "ENDED")


def test_a_step_that_fails_stops_no_other_and_is_told_at_the_end(cast, session, dead, later, caplog):
    Summary.objects.filter(session=session).update(
        state="RUNNING", claim=uuid4(), attempts=3, claimed_until=later - timedelta(hours=1)
    )
    # As if its credit had never been taken: the database lets nobody have more than was given.
    grants = Grant.objects.filter(company=cast.northwind)
    grants.update(remaining=F("credits"))

    with pytest.raises(IntegrityError):
        keep_up(at=later)

    assert found(dead, session) == ("ASKED", "ENDED")
    assert caplog.text.count("sweep_step_failed") == 1
    grants.update(remaining=F("credits") - 2)
