"""Two at once, each in a thread with a connection of its own, started together by a barrier."""

from functools import partial

import pytest

from policies.enums import ConsentAnswer, Reason
from summaries.domain.capture import CaptureRefused, append_interactions
from summaries.domain.consent.requests import UnableToAsk, answer_request, request_consent
from summaries.domain.consent.withdrawal import withdraw_by_link
from summaries.models import ConsentEntry, ConsentRequest, Interaction, SupportSession
from tests.at_once import at_once, seen, shared_database
from tests.conftest import build_cast
from tests.summaries.consent_cases import GIVEN, REFUSED, answered, ask, chat, say, waiting_session

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


@pytest.fixture
def cast(transactional_db):
    return build_cast()


def test_of_two_answers_at_once_one_counts(cast, at, tmp_path):
    sessions = [waiting_session(cast, at) for _ in range(ROUNDS)]
    links = [ask(session, cast.bob, at) for session in sessions]
    with shared_database(tmp_path):
        for session, link in zip(sessions, links, strict=True):
            calls = [
                partial(answer_request, link=link, said=said, at=at)
                for said in (say(session, GIVEN), say(session, REFUSED))
            ]

            results = at_once(*calls)

            assert len({result.stage for result in results}) == 1
            assert seen(ConsentEntry.objects.filter(session=session).count) == 1


def test_of_two_questions_at_once_one_is_open_and_the_other_is_in_the_ledger(cast, at, tmp_path):
    sessions = [waiting_session(cast, at) for _ in range(ROUNDS)]
    with shared_database(tmp_path):
        for session in sessions:

            def put_question(pk=session.pk):
                return request_consent(session=SupportSession.objects.get(pk=pk), actor=cast.bob, at=at)

            outcomes = at_once(put_question, put_question)

            requests = ConsentRequest.objects.filter(session=session)
            assert {each for each in outcomes if isinstance(each, type)} <= {UnableToAsk}
            assert seen(lambda rows=requests: (rows.filter(answer="").count(), rows.count())) == (1, 2)
            entries = ConsentEntry.objects.filter(session=session).values_list("answer", flat=True)
            assert seen(lambda rows=entries: list(rows)) == [ConsentAnswer.TIMEOUT]


def test_a_batch_in_flight_while_consent_is_withdrawn_leaves_nothing(cast, at, tmp_path):
    sessions = [waiting_session(cast, at) for _ in range(ROUNDS)]
    links = [answered(session, cast.bob, at).withdrawal_link for session in sessions]
    batch = [chat(number, f"line {number}") for number in range(1, 200)]
    with shared_database(tmp_path):
        for session, link in zip(sessions, links, strict=True):

            def append(pk=session.pk):
                return append_interactions(session=SupportSession.objects.get(pk=pk), batch=batch)

            appended, _ = at_once(append, partial(withdraw_by_link, link=link, at=at))

            assert not isinstance(appended, type) or appended is CaptureRefused
            rows = SupportSession.objects.filter(pk=session.pk).values_list("reason", "interaction_count")
            assert seen(rows.get) == (Reason.CONSENT_WITHDRAWN, 0)
            assert seen(Interaction.objects.filter(session=session).count) == 0
