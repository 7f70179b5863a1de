"""Two at once on PostgreSQL, each in a thread with a connection of its own, started together by a barrier."""

from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection

from policies.enums import ConsentAnswer, Reason
from summaries.domain.capture import CaptureRefused, append_interactions
from summaries.domain.consent.requests import UnableToAsk, answer_request, request_consent
from summaries.domain.consent.withdrawal import withdraw_by_link
from summaries.models import ConsentEntry, ConsentRequest, Interaction, SupportSession
from tests.conftest import build_cast
from tests.summaries.consent_cases import GIVEN, REFUSED, answered, ask, chat, say, waiting_session

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's tests share one connection in memory"),
    pytest.mark.django_db(transaction=True),
]
ROUNDS = 8


@pytest.fixture
def cast(transactional_db):
    return build_cast()


def together(*works):
    """Run the works at the same moment; returns what each returned or raised."""
    barrier, results = Barrier(len(works)), [None] * len(works)

    def run(place, work):
        barrier.wait()
        try:
            results[place] = work()
        except (CaptureRefused, UnableToAsk) as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_answers_at_once_one_counts(cast, at):
    for _ in range(ROUNDS):
        session = waiting_session(cast, at)
        link = ask(session, cast.bob, at)

        def give(answer, link=link, session=session):
            return answer_request(link=link, said=say(session, answer), at=at)

        results = together(partial(give, GIVEN), partial(give, REFUSED))

        assert len({result.stage for result in results}) == 1
        assert ConsentEntry.objects.filter(session=session).count() == 1


def test_of_two_questions_at_once_one_is_open_and_the_other_is_in_the_ledger(cast, at):
    for _ in range(ROUNDS):
        session = waiting_session(cast, at)

        def put_question(pk=session.pk):
            return request_consent(session=SupportSession.objects.get(pk=pk), actor=cast.bob, at=at)

        together(put_question, put_question)

        requests = ConsentRequest.objects.filter(session=session)
        assert (requests.filter(answer="").count(), requests.count()) == (1, 2)
        assert ConsentEntry.objects.get(session=session).answer == ConsentAnswer.TIMEOUT


def test_a_batch_in_flight_while_consent_is_withdrawn_leaves_nothing(cast, at):
    for _ in range(ROUNDS):
        session = waiting_session(cast, at)
        link = answered(session, cast.bob, at).withdrawal_link
        batch = [chat(number, f"line {number}") for number in range(1, 200)]

        together(
            lambda batch=batch, pk=session.pk: append_interactions(
                session=SupportSession.objects.get(pk=pk), batch=batch
            ),
            lambda link=link: withdraw_by_link(link=link, at=at),
        )

        session.refresh_from_db()
        assert (session.reason, session.interaction_count) == (Reason.CONSENT_WITHDRAWN, 0)
        assert Interaction.objects.filter(session=session).count() == 0
