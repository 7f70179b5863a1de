"""Webhooks on their way, to real receivers on loopback."""

import json
import threading
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from werkzeug import Response

from accounts.domain import webhook_sending
from accounts.domain.webhook_endpoints import rotate_secret
from accounts.domain.webhook_sending import FLIGHTS_OF_A_COMPANY, PAUSES, forget_old
from accounts.enums import DeliveryState
from accounts.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage
from accounts.tasks import send_webhooks
from tests.accounts.webhook_world import delivery, endpoint_at, listen, requests_of, send, tell


@pytest.fixture
def side_by_side():
    """A receiver that answers several at a time; the other fixture's answers one after the other."""
    with HTTPServer(threaded=True) as server:
        yield server


@pytest.fixture
def receiver(httpserver):
    """Answers every message with 204."""
    httpserver.expect_request("/hooks", method="POST").respond_with_data("", status=204)
    return httpserver


def test_a_message_arrives_signed_by_the_convention(cast, receiver):
    at = timezone.now()
    _, secret = listen(cast, receiver, at)
    tell(cast.northwind, at)

    assert send(at) == 1

    [request] = requests_of(receiver)
    body = request.get_data()
    Webhook(secret).verify(body, dict(request.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"S-1", b"S-2"), dict(request.headers))
    assert json.loads(body)["data"] == {"session": "S-1"}
    assert request.headers["webhook-id"] == WebhookMessage.objects.get().public_id
    assert request.headers["content-type"] == "application/json"
    sent = delivery()
    assert (sent.state, sent.settled_at, sent.attempt_count) == (DeliveryState.DELIVERED, at, 1)
    assert WebhookAttempt.objects.get().status == 204
    assert send(at) == 0


def test_the_task_sends_what_is_due(cast, receiver):
    listen(cast, receiver, timezone.now())
    tell(cast.northwind, timezone.now())

    send_webhooks()

    assert delivery().state == DeliveryState.DELIVERED


def test_after_a_rotation_both_secrets_sign_for_a_day(cast, receiver):
    at = timezone.now()
    endpoint, former = listen(cast, receiver, at)
    renewed = rotate_secret(endpoint=endpoint, actor=cast.alice, at=at - timedelta(hours=23, minutes=59))
    tell(cast.northwind, at)
    send(at)
    tell(cast.northwind, at, key="2")
    send(at + timedelta(minutes=2))

    during, after = requests_of(receiver)
    for secret in (former, renewed):
        Webhook(secret).verify(during.get_data(), dict(during.headers))
    Webhook(renewed).verify(after.get_data(), dict(after.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(after.get_data(), dict(after.headers))


@pytest.mark.parametrize(("status", "body"), [(500, "<h1>Oops</h1>"), (302, ""), (404, "no"), (429, "slow down")])
def test_what_is_not_taken_is_tried_again_with_growing_pauses_and_then_failed(cast, httpserver, at, status, body):
    httpserver.expect_request("/hooks").respond_with_data(body, status=status, headers={"Location": "/other"})
    listen(cast, httpserver, at)
    tell(cast.northwind, at)
    moment = at
    for number, pause in enumerate(PAUSES, start=1):
        assert send(moment) == 0
        waiting = delivery()
        assert (waiting.state, waiting.attempt_count) == (DeliveryState.WAITING, number)
        assert waiting.next_attempt_at == moment + pause
        assert send(moment + pause - timedelta(milliseconds=1)) == 0
        moment += pause
    send(moment)

    assert (delivery().state, delivery().attempt_count) == (DeliveryState.FAILED, 10)
    assert delivery().last_problem == f"The receiver answered {status}."
    attempts = WebhookAttempt.objects.all()
    assert {(each.status, each.answer) for each in attempts} == {(status, body)}
    assert len({request.headers["webhook-id"] for request in requests_of(httpserver)}) == 1
    # Redirects are not followed.
    assert {request.path for request in requests_of(httpserver)} == {"/hooks"}


def test_a_second_attempt_that_is_taken_ends_it(cast, httpserver, at):
    httpserver.expect_ordered_request("/hooks").respond_with_data("busy", status=503)
    httpserver.expect_ordered_request("/hooks").respond_with_data("ok")
    listen(cast, httpserver, at)
    tell(cast.northwind, at)
    send(at)
    assert WebhookEndpoint.objects.get().failing_since == at

    assert send(at + PAUSES[0]) == 1

    assert (delivery().state, delivery().last_problem) == (DeliveryState.DELIVERED, "")
    assert WebhookEndpoint.objects.get().failing_since is None


def test_a_killed_worker_is_followed_after_its_lease_under_the_same_id(cast, receiver, at):
    listen(cast, receiver, at)
    tell(cast.northwind, at)
    send(at)
    # It had sent, and was killed before it wrote so down.
    WebhookDelivery.objects.update(state=DeliveryState.WAITING, leased_until=at + timedelta(minutes=2), settled_at=None)

    assert send(at + timedelta(minutes=1)) == 0
    assert send(at + timedelta(minutes=2)) == 1

    first, second = requests_of(receiver)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.get_data() == second.get_data()


def test_a_message_that_kills_its_workers_is_given_up(cast, receiver, at):
    listen(cast, receiver, at)
    tell(cast.northwind, at)
    WebhookDelivery.objects.update(attempt_count=len(PAUSES) + 1)

    assert send(at) == 0

    assert (delivery().state, requests_of(receiver)) == (DeliveryState.FAILED, [])


def test_a_secret_of_another_key_is_told_and_nothing_sent(cast, receiver, at):
    listen(cast, receiver, at)
    WebhookEndpoint.objects.update(secret_encrypted="written under another key")
    tell(cast.northwind, at)

    assert send(at) == 0

    assert delivery().last_problem == "The secret was stored under another key of the portal. Make a new secret."
    assert requests_of(receiver) == []


def test_a_private_address_is_refused_when_it_is_called(cast, httpserver, at, settings):
    listen(cast, httpserver, at)
    settings.OUTBOUND_ALLOWED_HOSTS = []
    WebhookEndpoint.objects.update(url=httpserver.url_for("/hooks").replace("http://", "https://"))
    tell(cast.northwind, at)

    send(at)

    assert "leads into a private network" in delivery().last_problem
    assert requests_of(httpserver) == []


def test_a_slow_receiver_holds_up_only_itself(cast, side_by_side, at):
    answered, quick_ones = threading.Event(), []

    def slow(request):
        # Released by the last of the other company's messages.
        return Response(status=200 if answered.wait(timeout=9) else 500)

    def quick(request):
        quick_ones.append(request.path)
        if len(quick_ones) == 3:
            answered.set()
        return Response(status=200)

    side_by_side.expect_request("/slow").respond_with_handler(slow)
    side_by_side.expect_request("/quick").respond_with_handler(quick)
    listen(cast, side_by_side, at, path="/slow")
    endpoint_at(side_by_side.url_for("/quick"), company=cast.contoso, actor=cast.charlie, at=at)
    tell(cast.northwind, at)
    for key in "123":
        tell(cast.contoso, at, key=key)

    assert send(at) == 4

    assert quick_ones == ["/quick"] * 3


def test_one_message_at_a_time_goes_to_an_endpoint_and_few_to_a_company(cast, side_by_side, at):
    flying, most, twice, lock = set(), [], [], threading.Lock()
    first_four = threading.Barrier(FLIGHTS_OF_A_COMPANY)

    def count(request):
        with lock:
            twice.extend({request.path} & flying)
            flying.add(request.path)
            most.append(len(flying))
            is_early = len(most) <= FLIGHTS_OF_A_COMPANY
        if is_early:
            # As many as may fly wait here for each other.
            first_four.wait(timeout=9)
        with lock:
            flying.discard(request.path)
        return Response(status=200)

    for number in range(6):
        side_by_side.expect_request(f"/{number}").respond_with_handler(count)
        listen(cast, side_by_side, at, path=f"/{number}")
    tell(cast.northwind, at, key="1")
    tell(cast.northwind, at, key="2")

    assert send(at) == 12

    assert (max(most), twice) == (FLIGHTS_OF_A_COMPANY, [])


def test_an_endpoint_deleted_while_its_message_is_on_the_way_leaves_nothing(cast, receiver, at):
    endpoint, _ = listen(cast, receiver, at)
    tell(cast.northwind, at)
    looks = []

    def clock():
        # The third look is the one after the answer.
        looks.append(at)
        if len(looks) == 3:
            endpoint.delete()
        return at

    assert webhook_sending.send_due(clock=clock, seconds=50) == 1

    assert (WebhookDelivery.objects.count(), WebhookAttempt.objects.count()) == (0, 0)


def test_a_run_begins_nothing_new_after_its_time(cast, receiver, at):
    listen(cast, receiver, at)
    tell(cast.northwind, at)
    tell(cast.northwind, at, key="2")
    moments = iter([at, at, at])

    done = webhook_sending.send_due(clock=lambda: next(moments, at + timedelta(seconds=51)), seconds=50)

    assert (done, WebhookDelivery.objects.filter(state=DeliveryState.WAITING).count()) == (1, 1)


def test_nothing_due_costs_one_query(cast, receiver, at, django_assert_num_queries):
    listen(cast, receiver, at)

    with django_assert_num_queries(1):
        assert send(at) == 0


def test_messages_are_forgotten_after_thirty_days(cast, receiver, at):
    listen(cast, receiver, at)
    tell(cast.northwind, at - timedelta(days=30, seconds=1), key="old")
    tell(cast.northwind, at - timedelta(days=30), key="young")
    send(at)

    assert forget_old(at=at) == 1

    assert list(WebhookMessage.objects.values_list("key", flat=True)) == ["young"]
    assert (WebhookDelivery.objects.count(), WebhookAttempt.objects.count()) == (1, 1)
