"""The client's way: ask, wait for the answer, capture or not."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.enums import ApiScope
from policies.enums import ConsentAnswer, Reason, Verdict
from summaries.api import consent as api_consent
from summaries.domain.consent.requests import answer_request
from summaries.domain.consent.state import state_of
from summaries.models import ConsentEntry, ConsentRequest, SupportSession
from tests.summaries.consent_cases import GIVEN, REFUSED, say, waiting_session


@pytest.fixture
def waiting(cast):
    return waiting_session(cast, timezone.now())


@pytest.fixture
def base(waiting):
    return f"/api/v1/sessions/{waiting.public_id}"


def link_of(response):
    return urlsplit(response.json()["link"]).path.strip("/").partition("/")[2]


def test_ask_returns_the_link_once(api, base):
    first = api.post(f"{base}/consent-requests/", headers={"Idempotency-Key": "one"})
    again = api.post(f"{base}/consent-requests/", headers={"Idempotency-Key": "one"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"link": None}
    assert first.json()["link"].startswith("http://testserver/consent/")
    assert ConsentRequest.objects.count() == 1


def test_ask_where_there_is_nothing_to_ask_is_a_conflict(api, base, waiting):
    link = link_of(api.post(f"{base}/consent-requests/"))
    answer_request(link=link, said=say(waiting, GIVEN), at=timezone.now())

    refused = api.post(f"{base}/consent-requests/")

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:session-insights:problem:unable_to_ask")


def test_wait_tells_where_consent_stands(api, base, waiting):
    asked = api.post(f"{base}/consent-requests/")
    open_ = api.get(f"{base}/consent/").json()
    answer_request(link=link_of(asked), said=say(waiting, REFUSED), at=timezone.now())
    closed = api.get(f"{base}/consent/?wait=30").json()

    assert (open_["verdict"], open_["answer"], open_["expires_at"]) == ("WAIT", None, asked.json()["expires_at"])
    assert (closed["verdict"], closed["reason"], closed["explanation"], closed["answer"], closed["expires_at"]) == (
        "NO",
        "CONSENT_REFUSED",
        "Consent refused",
        "REFUSED",
        None,
    )


class Clock:
    """Time that passes only while somebody sleeps; *meanwhile* happens during the first sleep."""

    def __init__(self, meanwhile=lambda: None):
        self.now, self.slept, self.meanwhile = 0.0, [], meanwhile

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds
        self.meanwhile()


def test_wait_is_answered_as_soon_as_the_remote_user_answers(api, base, waiting, monkeypatch):
    link = link_of(api.post(f"{base}/consent-requests/"))
    clock = Clock(lambda: answer_request(link=link, said=say(waiting, GIVEN), at=timezone.now()))
    monkeypatch.setattr(api_consent, "time", clock)

    found = api.get(f"{base}/consent/?wait=30").json()

    assert (found["verdict"], found["answer"], clock.slept) == ("YES", "GIVEN", [1.0])


def test_wait_ends_after_the_seconds_it_was_given(api, base, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(api_consent, "time", clock)

    assert api.get(f"{base}/consent/?wait=3").json()["verdict"] == "WAIT"
    assert clock.slept == [1.0, 1.0, 1.0]


def test_wait_is_answered_at_once_when_too_many_wait(api, base, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(api_consent, "time", clock)
    for _ in range(4):
        assert api_consent._SEATS.acquire(blocking=False)
    try:
        assert api.get(f"{base}/consent/?wait=30").json()["verdict"] == "WAIT"
    finally:
        api_consent._SEATS.release(4)

    assert clock.slept == []
    assert api_consent._SEATS.acquire(blocking=False)
    api_consent._SEATS.release()


@pytest.mark.parametrize("wait", ["-1", "31", "x", "1.5", "٣"])
def test_wait_takes_whole_seconds_up_to_its_limit(api, base, wait):
    assert api.get(f"{base}/consent/?wait={wait}").status_code in ((400,) if wait != "٣" else (200, 400))


def test_looking_closes_a_question_whose_time_is_over(api, base):
    api.post(f"{base}/consent-requests/")
    past = timezone.now() - timedelta(minutes=5)
    ConsentRequest.objects.update(requested_at=past, expires_at=past + timedelta(seconds=120))

    found = api.get(f"{base}/consent/?wait=30").json()

    assert (found["verdict"], found["answer"]) == ("NO", "TIMEOUT")


def test_state_of_a_session_that_is_gone_is_not_found(db):
    from django.http import Http404  # what the API answers as a problem

    with pytest.raises(Http404):
        state_of(session_id=1, at=timezone.now())


def test_asking_needs_the_writing_scope_and_waiting_the_reading_one(client_of, cast, base):
    reader, writer = client_of(cast.bob, ApiScope.SESSIONS_READ), client_of(cast.bob, ApiScope.SESSIONS_WRITE)

    assert [reader.post(f"{base}/consent-requests/").status_code, reader.get(f"{base}/consent/").status_code] == [
        403,
        200,
    ]
    assert [writer.post(f"{base}/consent-requests/").status_code, writer.get(f"{base}/consent/").status_code] == [
        201,
        403,
    ]


def test_another_companys_session_is_not_found(client_of, cast, base):
    stranger = client_of(cast.charlie)

    assert [
        stranger.post(f"{base}/consent-requests/").status_code,
        stranger.get(f"{base}/consent/?wait=30").status_code,
    ] == [404, 404]


def test_a_stated_withdrawal_deletes_and_a_second_one_changes_nothing(api, base, waiting):
    said = {"answer": "GIVEN", "statement": "Agreed aloud."}
    assert api.post(f"{base}/consent/", said, format="json").json()["capture"]["verdict"] == "YES"

    for _ in range(2):
        gone = api.post(f"{base}/consent/", {"answer": "WITHDRAWN", "statement": "Changed their mind."}, format="json")
        assert (gone.status_code, gone.json()["capture"]["reason"]) == (201, "CONSENT_WITHDRAWN")

    assert list(ConsentEntry.objects.values_list("answer", flat=True)) == [GIVEN, ConsentAnswer.WITHDRAWN]


def test_an_incoming_session_carries_the_notice_for_the_remote_side(api, waiting, base):
    assert api.get(f"{base}/").json()["capture"]["notice"] == ""
    SupportSession.objects.filter(pk=waiting.pk).update(verdict=Verdict.YES, reason=Reason.INCOMING_POLICY)

    notice = api.get(f"{base}/").json()["capture"]["notice"]

    assert notice.startswith("Connections to this device are logged and summarised by Northwind IT Services")
    assert api.get("/api/v1/sessions/").json()["results"][0]["capture"]["notice"] == notice
