"""A session that is asked about, and the engine that answers."""

import pytest

from accounts.models import AISettings
from summaries.domain.copilot.answering import answer
from summaries.domain.copilot.asking import Question, ask
from summaries.models import CopilotQuestion, Interaction, SupportSession
from tests.summaries.domain.remote import point_to
from tests.summaries.session_rows import add_session

LOG = (
    ("CHAT", "REMOTE_USER", "The disk is full, mail me at [EMAIL-1]"),
    ("COMMAND", "SUPPORTER", "df -h"),
    ("OUTPUT", "SYSTEM", "/dev/sda1 100% /"),
    ("COMMAND", "SUPPORTER", "rm old.log"),
    ("CHAT", "REMOTE_USER", "It works again, thank you"),
)


def record(session, rows=LOG):
    Interaction.objects.bulk_create(
        Interaction(
            company=session.company,
            session=session,
            number=number,
            offset_ms=number * 1000,
            kind=kind,
            actor=actor,
            text=text,
        )
        for number, (kind, actor, text) in enumerate(rows, start=1)
    )
    session.interaction_count = len(rows)
    session.save(update_fields=["interaction_count"])
    return session


@pytest.fixture
def talk(cast):
    """Bob's session in Northwind, ended."""
    return record(add_session(cast.northwind, cast.bob, 7))


@pytest.fixture
def foreign_talk(cast):
    """The same in the other company: data that could leak."""
    return record(add_session(cast.contoso, cast.charlie, 7))


@pytest.fixture
def model(cast, messages_server, settings):
    """Northwind's questions go to the loopback server; returns it."""
    settings.ENGINE_TIMEOUT_SECONDS = 5.0
    point_to(cast.northwind, messages_server.base_url)
    return messages_server


def put(session, actor, text="Was the disk full?", *, at, **said):
    found = SupportSession.objects.select_related("company", "device").get(pk=session.pk)
    return ask(session=found, question=Question(text=text, **said), actor=actor, at=at)


def answered(question, clock):
    answer(question_id=question.pk, clock=clock)
    return CopilotQuestion.objects.select_related("session__company", "member").get(pk=question.pk)


def switch_off(company):
    AISettings.objects.filter(company=company).update(is_active=False)
