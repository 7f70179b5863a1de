"""What webhooks tell of a session's way, and that its text is not among it."""

import json

import pytest

from accounts.models import WebhookMessage
from policies.enums import ConsentAnswer
from summaries.domain import capture
from summaries.domain.consent.entries import Said, enter
from summaries.domain.reading import review
from summaries.domain.webhook_notices import tell_of_summaries
from summaries.models import SummaryRevision, SupportSession
from tests.accounts.webhook_world import endpoint_at
from tests.summaries.report_examples import store_session, store_summary


@pytest.fixture
def session(cast, at):
    endpoint_at("https://desk.example/in", company=cast.northwind, actor=cast.alice, at=at)
    endpoint_at("https://other.example/in", company=cast.contoso, actor=cast.charlie, at=at)
    return store_session(cast.northwind, cast.bob, number=1042)


def told():
    messages = WebhookMessage.objects.filter(company__slug="northwind").order_by("pk")
    return [(message.event_type, json.loads(message.body)["data"]) for message in messages]


def test_a_summary_is_told_when_it_is_written_and_when_it_is_approved(cast, session, at):
    summary = store_summary(session)
    revision = SummaryRevision.objects.get(summary=summary)

    tell_of_summaries(revisions=[(session, revision)], at=at)
    review.mark_reviewed(summary=summary, revision_id=revision.pk, actor=cast.mona, at=at)
    review.approve(summary=summary, revision_id=revision.pk, actor=cast.mona, at=at)

    named = {"session": str(session.public_id), "number": "S-1042"}
    assert told() == [
        ("summary.ready", {**named, "revision": 1, "language": "en", "engine": "BUILT_IN"}),
        ("summary.approved", named),
    ]
    assert WebhookMessage.objects.filter(company=cast.contoso).count() == 0


def test_the_end_of_a_session_is_told_once(cast, session, at):
    SupportSession.objects.filter(pk=session.pk).update(status="OPEN", ended_at=None, verdict="NO")

    for _ in range(2):
        capture.end_session(session=SupportSession.objects.get(pk=session.pk), actor=cast.bob, at=at)

    [(event, data)] = told()
    assert (event, data["number"], data["interactions"]) == ("session.ended", "S-1042", session.interaction_count)
    assert data["ended_at"] is not None


def test_an_answer_to_the_question_is_told_without_its_words(session, at):
    said = Said(answer=ConsentAnswer.GIVEN, statement="Yes, go on, my password is swordfish.")

    enter(session=session, said=said, at=at)

    [(event, data)] = told()
    assert (event, data["answer"]) == ("consent.answered", "GIVEN")
    assert "swordfish" not in WebhookMessage.objects.get().body
