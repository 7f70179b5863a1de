"""Two workers that send webhooks at the same moment."""

import pytest
from django.db.models.signals import post_init

from accounts.domain import deliveries
from accounts.enums import DeliveryState
from accounts.models import WebhookDelivery
from tests.accounts.webhook_world import listen, requests_of, send, tell
from tests.at_once import at_once, shared_database
from tests.conftest import build_cast


@pytest.fixture
def receiver(httpserver):
    """Answers every message with 204."""
    httpserver.expect_request("/hooks", method="POST").respond_with_data("", status=204)
    return httpserver


def test_what_another_worker_takes_meanwhile_is_left_to_it(cast, receiver, at):
    for path in ("/hooks", "/hooks?another"):
        listen(cast, receiver, at, path=path)
    tell(cast.northwind, at)
    others = []

    def take_the_other(*, instance, **_signal):
        """The other worker comes when this one has read its first row."""
        if not others:
            others.append(WebhookDelivery.objects.exclude(pk=instance.pk).values_list("pk", flat=True).get())
            deliveries.take(WebhookDelivery.objects.filter(pk=others[0]), at=at)

    post_init.connect(take_the_other, sender=WebhookDelivery)
    try:
        assert send(at) == 1
    finally:
        post_init.disconnect(take_the_other, sender=WebhookDelivery)

    assert len(requests_of(receiver)) == 1
    left = WebhookDelivery.objects.get(pk=others[0])
    assert (left.state, left.attempt_count) == (DeliveryState.WAITING, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(transactional_db, receiver, at, tmp_path):
    cast = build_cast()
    listen(cast, receiver, at)
    for key in "1234":
        tell(cast.northwind, at, key=key)
    with shared_database(tmp_path):
        outcomes = at_once(lambda: send(at), lambda: send(at))

        assert sum(outcomes) == 4
        assert len({request.headers["webhook-id"] for request in requests_of(receiver)}) == 4
        assert len(requests_of(receiver)) == 4
