"""What happens to an endpoint whose receiver takes nothing any more."""

from datetime import timedelta

from accounts.domain.webhook_sending import HOLD_BACK
from accounts.enums import DeliveryState
from accounts.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from tests.accounts.webhook_world import listen, requests_of, send, tell, through_all_attempts


def test_a_receiver_that_is_gone_is_switched_off_at_once(cast, httpserver, at):
    httpserver.expect_request("/hooks").respond_with_data("", status=410)
    listen(cast, httpserver, at)
    tell(cast.northwind, at)
    tell(cast.northwind, at, key="2")

    send(at)

    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.is_enabled, endpoint.disabled_at) == (False, at)
    assert endpoint.disabled_reason == "The receiver answered 410 Gone: it wants nothing more."
    states = WebhookDelivery.objects.order_by("pk").values_list("state", "last_problem")
    assert list(states) == [
        (DeliveryState.FAILED, "The receiver answered 410."),
        (DeliveryState.FAILED, "The endpoint was switched off before this was sent."),
    ]
    assert len(requests_of(httpserver)) == 1
    tell(cast.northwind, at, key="3")
    assert WebhookMessage.objects.count() == 2


def test_a_receiver_that_takes_nothing_for_five_days_is_switched_off(cast, httpserver, at):
    httpserver.expect_request("/hooks").respond_with_data("", status=500)
    listen(cast, httpserver, at)
    tell(cast.northwind, at)
    through_all_attempts(at)
    assert WebhookEndpoint.objects.get().is_enabled

    tell(cast.northwind, at, key="2")
    send(at + timedelta(days=5))

    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.is_enabled, endpoint.disabled_reason) == (False, "The receiver has taken nothing for five days.")


def test_few_attempts_switch_nothing_off_however_long_ago_they_began(cast, httpserver, at):
    httpserver.expect_request("/hooks").respond_with_data("", status=500)
    listen(cast, httpserver, at)
    tell(cast.northwind, at)
    send(at)

    send(at + timedelta(days=6))

    assert WebhookEndpoint.objects.get().is_enabled


def test_while_a_receiver_fails_one_message_tries_for_all(cast, httpserver, at):
    httpserver.expect_request("/hooks").respond_with_data("", status=500)
    listen(cast, httpserver, at)
    for key in "12345":
        tell(cast.northwind, at, key=key)

    send(at)

    # The first failure is one message's; the second shows that it is the endpoint's.
    assert len(requests_of(httpserver)) == 2
    held = WebhookDelivery.objects.filter(next_attempt_at=at + HOLD_BACK).count()
    assert held == 4
    send(at + HOLD_BACK)
    assert len(requests_of(httpserver)) == 3
