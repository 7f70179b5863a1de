"""Questions through the API, by the rules of the page."""

import pytest
from django.utils import timezone

from accounts.models import AISettings
from credits.models import Reservation
from summaries.models import CopilotQuestion
from tests.summaries.domain.copilot.conftest import foreign_talk, model, put, talk
from tests.summaries.domain.copilot.test_reading import ask_rows
from tests.summaries.domain.generation.test_requests import use_up_credits

__all__ = ["foreign_talk", "model", "talk"]


def at(session, *more):
    return "/".join([f"/api/v1/sessions/{session.public_id}/questions", *map(str, more), ""])


def code_of(answer):
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]


def test_built_in_engine_answers_at_once(cast, api, talk):
    answer = api.post(at(talk), {"question": "Was the disk full?"}, format="json")

    told = answer.json()
    assert answer.status_code == 201
    assert (told["state"], told["engine"], told["is_ai_generated"]) == ("ANSWERED", "BUILT_IN", False)
    assert told["statements"] == [{"text": "The disk is full, mail me at [EMAIL-1]", "evidence": [1]}]
    assert (told["question"], told["member"]["name"]) == ("Was the disk full?", "Bob")
    assert api.get(at(talk, told["id"])).json() == told
    assert [each["id"] for each in api.get(at(talk)).json()["results"]] == [told["id"]]


def test_model_is_waited_for_and_can_be_stopped(cast, api, talk, model):
    asked = api.post(at(talk), {"question": "Was the disk full?", "language": "de"}, format="json").json()

    stopped = api.post(at(talk, asked["id"], "stop")).json()

    assert (asked["state"], stopped["state"]) == ("ASKED", "STOPPED")
    assert api.post(at(talk, asked["id"], "stop")).json() == stopped
    assert CopilotQuestion.objects.get().language == "de"


def test_same_key_asks_once(cast, api, talk):
    sent = {"data": {"question": "disk"}, "format": "json", "HTTP_IDEMPOTENCY_KEY": "k-1"}

    first, second = api.post(at(talk), **sent), api.post(at(talk), **sent)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (CopilotQuestion.objects.count(), Reservation.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "sent", [{}, {"question": ""}, {"question": "x" * 1001}, {"question": "a", "engine": "X"}, {"question": ["a"]}]
)
def test_bad_input_is_told_at_its_field(cast, api, talk, sent):
    assert code_of(api.post(at(talk), sent, format="json")) == (400, "invalid")
    assert not CopilotQuestion.objects.exists()


def test_what_the_domain_refuses_is_a_problem(cast, api, talk, at):
    put(talk, cast.bob, at=at)
    address = f"/api/v1/sessions/{talk.public_id}/questions/"

    assert code_of(api.post(address, {"question": "And?"}, format="json")) == (409, "unable_to_ask_copilot")


def test_without_a_credit_nothing_is_asked(cast, api, talk):
    use_up_credits(cast.northwind, timezone.now())

    assert code_of(api.post(at(talk), {"question": "disk"}, format="json")) == (409, "no_credit")
    assert not CopilotQuestion.objects.exists()


def test_too_many_questions_in_a_minute_are_refused(cast, api, talk, settings):
    settings.COPILOT_QUESTIONS_A_MINUTE = 1
    api.post(at(talk), {"question": "disk"}, format="json")

    assert code_of(api.post(at(talk), {"question": "disk"}, format="json")) == (429, "throttled")


def test_company_that_demands_approval_lets_no_answer_leave_by_a_token(cast, api, talk, client):
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)

    assert code_of(api.get(at(talk))) == (409, "not_released")
    assert code_of(api.post(at(talk), {"question": "disk"}, format="json")) == (409, "not_released")
    client.force_login(cast.bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(at(talk)).status_code == 200


def test_another_companys_questions_are_not_found(cast, api, talk, foreign_talk):
    now = talk.started_at
    (foreign,) = ask_rows(foreign_talk, cast.charlie, "FOREIGN", at=now)

    assert api.get(at(foreign_talk)).status_code == 404
    assert api.get(at(talk, foreign.public_id)).status_code == 404
    assert api.post(at(talk, foreign.public_id, "stop")).status_code == 404
    assert "FOREIGN" not in api.get(at(talk)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_fixed_number_of_queries(cast, api, talk, django_assert_num_queries, count):
    ask_rows(talk, cast.bob, *map(str, range(count)), at=talk.started_at)
    api.get(at(talk))

    with django_assert_num_queries(11):
        assert len(api.get(at(talk)).json()["results"]) == count
